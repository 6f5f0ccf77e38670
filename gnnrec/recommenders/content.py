"""Content: recommends by features alone, so that items and people nobody has met get a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.recommenders.base import Contributions
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH, FOLDS_IN, READS_FEATURES
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.ease import zero_diagonal_weights
from gnnrec.recommenders.parts.feature_queries import FeatureQueries
from gnnrec.recommenders.parts.item_weights import ItemWeights
from gnnrec.recommenders.query import Query


class Content(FeatureQueries, ItemWeights):
    """Reads nothing but features: what somebody chose speaks for what is described alike.

    How much one feature speaks for another is a ridge regression on how trained items go together: by how often
    the same people have them (`together`), by the weights of EASE (`ease`), or not learned at all: the angle
    between the descriptions (`cosine`). Somebody without a history is described by their own features, which
    speak for items by a second ridge regression on what trained people have. An item that nobody has is scored
    by its features either way.

    **Source**: the map from descriptions to collaborative weights follows Gantner et al., "Learning
    Attribute-to-Feature Mappings for Cold-Start Recommendations", ICDM 2010. Ours differs: the target is a
    table of item pairs, not factors, so that W = F M Fᵀ comes in closed form,
    M = (FᵀF + λI)⁻¹ FᵀSF (FᵀF + λI)⁻¹ over trained items.

    **Shapes**: features F [I, F], S and W [I, I], and people's features to items [G + 1, I].
    """

    name = "content"
    title = "Content"
    paper = "Gantner et al., ICDM 2010"
    simple = True
    bytes_per_item_pair = 40
    search_space: ClassVar[dict[str, tuple | list]] = {
        "space": ["together", "ease", "cosine"],
        "reg": (0.1, 100.0, "log"),
        "people_reg": (1.0, 1000.0, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of content."""

        space: str = setting(
            "together",
            "What descriptions learn to explain: choices of the same people (together), the weights of EASE "
            "(ease), or nothing (cosine)",
            choices=("together", "ease", "cosine"),
        )
        reg: float = setting(
            3.0, "Ridge λ of items: larger values trust rare features less", low=1e-6, high=1e6
        )
        people_reg: float = setting(
            30.0, "Ridge λ of people: larger values trust rare features of people less", low=1e-6, high=1e6
        )

    @property
    def capabilities(self) -> frozenset[str]:
        # Not all of a score is the history: without one, a person's own features decide.
        return frozenset({DECOMPOSES, FOLDS_IN, EDITS_GRAPH, READS_FEATURES})

    def _fit(self, data: TrainingData) -> None:
        rows = self._item_rows.astype(np.float64)
        known = np.bincount(data.item, minlength=data.n_items) > 0
        rows = np.c_[rows, np.ones(len(rows))]
        back = _ridge(rows[known], self.config.reg)
        if self.config.space == "cosine":
            lengths = np.maximum(np.linalg.norm(rows[:, :-1], axis=1, keepdims=True), 1e-12)
            plain = rows[:, :-1] / lengths
            weights = plain @ plain.T
        else:
            together = self._together(data)[np.ix_(known, known)]
            weights = rows @ (back @ together @ back.T) @ rows.T
        np.fill_diagonal(weights, 0)
        self.weights = weights.astype(np.float32)
        people = np.c_[self._user_rows, np.ones(data.n_users)].astype(np.float64)
        met = np.diff(data.matrix.indptr) > 0
        reads = _ridge(people[met], self.config.people_reg) @ data.matrix[met].toarray()
        # Nobody has a new item, so what its features say stands in for who has it.
        reads[:, ~known] = (reads[:, known] @ back.T) @ rows[~known].T
        self.people = reads.astype(np.float32)

    def _together(self, data: TrainingData) -> np.ndarray:
        """How much each pair of items goes together. **Shapes**: [I, I]."""
        gram = (data.matrix.T @ data.matrix).toarray().astype(np.float64)
        if self.config.space == "ease":
            return zero_diagonal_weights(gram, 250.0).astype(np.float64)
        counts = np.maximum(np.diag(gram), 1)
        gram /= np.sqrt(counts[:, None] * counts)
        np.fill_diagonal(gram, 0)
        return gram

    def _state(self) -> dict[str, Any]:
        return {"weights": self.weights, "people": self.people}

    def _load_state(self, state: dict[str, Any]) -> None:
        self.weights, self.people = state["weights"], state["people"]

    # Somebody without a history

    def _described(self, rows: np.ndarray) -> np.ndarray:
        """Scores by features of people. **Shapes**: [B, G] → [B, I]."""
        return np.c_[rows, np.ones(len(rows), dtype=np.float32)] @ self.people

    def _newcomer(self, history: np.ndarray, row: np.ndarray) -> np.ndarray:
        return (
            ItemWeights._fold_in_many(self, [history])[0] if len(history) else self._described(row[None])[0]
        )

    def _scores(self, users: np.ndarray) -> np.ndarray:
        scores = super()._scores(users)
        empty = np.flatnonzero(np.diff(self.data.matrix.indptr)[users] == 0)
        scores[empty] = self._described(self._user_rows[users[empty]])
        return scores

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        scores = super()._fold_in_many(histories)
        empty = [place for place, history in enumerate(histories) if not len(history)]
        scores[empty] = self._described(np.zeros((len(empty), self._user_rows.shape[1]), dtype=np.float32))
        return scores

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        histories = [self.history(query) for query in queries]
        scores = super()._fold_in_many(histories)
        for place, (query, history) in enumerate(zip(queries, histories, strict=True)):
            if not len(history):
                scores[place] = self._described(self._user_rows[[query.user]])[0]
        return scores

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        split = super()._contributions(query, items)
        # Without a history the person's own features are all there is.
        own = np.zeros(len(items)) if len(split.items) else split.score.astype(np.float64)
        return Contributions(split.score, own, split.items, split.values)


def _ridge(rows: np.ndarray, reg: float) -> np.ndarray:
    """(FᵀF + λI)⁻¹ Fᵀ, with a last column of ones that is not held back. **Shapes**: [n, F] → [F, n]."""
    held = np.full(rows.shape[1], reg)
    held[-1] = 1e-6
    return np.linalg.solve(rows.T @ rows + np.diag(held), rows.T)
