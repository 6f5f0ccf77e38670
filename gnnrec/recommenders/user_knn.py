"""User neighbours: what people with a similar history have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.base import Contributions, Recommender
from gnnrec.recommenders.capabilities import COVERS, DECOMPOSES, EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.neighbours import largest_of_rows, shrunk_cosine
from gnnrec.recommenders.query import Query


class UserKNN(Recommender):
    """Adds up, for each item, how similar the people who have it are to the person; nearest people only.

    Nothing is learned but the length of each history; neighbours are found when somebody asks. The score
    splits exactly over the history, with the neighbours and the lengths of their histories held: item j's
    share goes through the neighbours who have j. A person is among their own neighbours, which only speaks
    for what they have already. A graph edit or fold-in finds the neighbours of the new history; other
    people's histories stay as they are.

    **Source**: Herlocker et al., "An Algorithmic Framework for Performing Collaborative Filtering", SIGIR
    1999, with cosine instead of correlation because there are no ratings:
    s(u, v) = |I_u ∩ I_v| / (√|I_u| √|I_v| + shrink), score(u, i) = Σ over v near u who have i of s(u, v).

    **Shapes**: neighbours of B people [B, U] with at most `neighbours` entries a row.
    """

    name = "user_knn"
    title = "User neighbours"
    paper = "Herlocker et al., SIGIR 1999"
    simple = True
    search_space: ClassVar[dict[str, tuple | list]] = {"neighbours": (20, 400, "log"), "shrink": (0.0, 100.0)}

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of user neighbours."""

        neighbours: int = setting(
            100, "How many of the most similar people are listened to", low=1, high=100_000, unit="people"
        )
        shrink: float = setting(10.0, "Trust less in similarities that rest on few items", low=0, high=10_000)

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({DECOMPOSES, COVERS, FOLDS_IN, EDITS_GRAPH})

    def _fit(self, data: TrainingData) -> None:
        self._lengths = np.sqrt(np.bincount(data.user, minlength=data.n_users)).astype(np.float32)

    def _state(self) -> dict[str, Any]:
        return {"lengths": self._lengths}

    def _load_state(self, state: dict[str, Any]) -> None:
        self._lengths = np.asarray(state["lengths"], dtype=np.float32)

    def _scores(self, users: np.ndarray) -> np.ndarray:
        rows = self.data.matrix[users]
        common = (rows @ self.data.matrix.T).tocsr()
        alike = shrunk_cosine(common, self._lengths[users], self._lengths, self.config.shrink)
        return (largest_of_rows(alike, self.config.neighbours) @ self.data.matrix).toarray()

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._of_history(history, None)

    def _edited(self, query: Query) -> np.ndarray:
        return self._of_history(self.history(query), query.user)

    def _of_history(self, history: np.ndarray, user: int | None) -> np.ndarray:
        near, per_item = self._near(history, user)
        had = self._had(near, np.arange(self.data.n_items), history, user)
        similarity = per_item * self._had(near, history, history, user).sum(axis=1)
        return similarity @ had

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        history = self.history(query)
        near, per_item = self._near(history, query.user)
        had_scored, had_before = (
            self._had(near, which, history, query.user).astype(np.float64) for which in (items, history)
        )
        values = (had_scored.T * per_item) @ had_before
        return Contributions(self.scores([query], items)[0], np.zeros(len(items)), history, values)

    def _near(self, history: np.ndarray, user: int | None) -> tuple[np.ndarray, np.ndarray]:
        """The nearest people, and what each item in common adds to the similarity. **Shapes**: [K], [K].

        A known person's own row is the history that is asked about, whatever it was in train.
        """
        mine = np.zeros(self.data.n_items, dtype=np.float32)
        mine[history] = 1
        common = self.data.matrix @ mine
        lengths = self._lengths.copy()
        own = np.sqrt(np.float32(len(history)))
        if user is not None:
            common[user], lengths[user] = len(history), own
        size = own * lengths + np.float32(self.config.shrink)
        per_item = np.divide(1, size, out=np.zeros_like(size), where=common > 0)
        near = largest_of_rows(sparse.csr_matrix(common * per_item), self.config.neighbours).indices
        return near, per_item[near]

    def _had(
        self, people: np.ndarray, items: np.ndarray, history: np.ndarray, user: int | None
    ) -> np.ndarray:
        """Who of some people has which of some items; for `user`, those of `history`. **Shapes**: [K, C]."""
        had = self.data.matrix[people][:, items].toarray()
        had[people == user] = np.isin(items, history)
        return had
