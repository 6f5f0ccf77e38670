"""LightGCN and a linear autoencoder asked together: a graph network that does not lose to EASE on films."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gnnrec.recommenders.base import Contributions
from gnnrec.recommenders.capabilities import DIFFERENTIABLE, EMBEDDINGS, LAYERS
from gnnrec.recommenders.config import setting
from gnnrec.recommenders.ease_dan import normalised_weights
from gnnrec.recommenders.lightgcn import LightGCN
from gnnrec.recommenders.parts.histories import summed
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.query import Query


class LightBlend(LightGCN):
    """Two opinions of every item, what messages in the graph say and what co-occurrence says, are averaged.

    Each opinion is first put on one scale: for one person, minus its mean over the catalogue, divided by its
    standard deviation. The graph part is trained as ever, but its best epoch is the one with the best blend.

    **Source**: He et al., "LightGCN", SIGIR 2020, as in `lightgcn`, and the normalised EASE of `ease_dan` (Park
    et al., SIGIR 2025; Steck, WWW 2019), which is solved once before training. The blend is our own: s = w · z(g)
    + (1 − w) · z(x W) with z(v) = (v − mean v) / std v over the catalogue.

    For one person the standard deviations are constants and the mean of a sum is the sum of the means, so the
    score splits exactly: an item of the history adds what it says for the item asked about beyond what it
    says for the average item. Frozen in fold-in and graph edit: vectors and W; a graph edit passes messages
    again and takes the edited history times W.

    **Shapes**: table [N, D], W [I, I]: memory grows with the square of the catalogue.
    """

    name = "light_blend"
    title = "LightGCN with a linear autoencoder"
    paper = "He et al., SIGIR 2020; Park et al., SIGIR 2025"
    bytes_per_item_pair = 32
    score_kind = "standardised"
    search_space: ClassVar[dict[str, tuple | list]] = {
        **LightGCN.search_space,
        "graph_share": (0.3, 0.7),
        "ridge": (2.0, 200.0, "log"),
        "user_exponent": (0.0, 0.5),
        "item_exponent": (0.0, 0.5),
    }

    @dataclass(frozen=True)
    class Config(LightGCN.Config):
        """Settings of both parts. Without user vectors by default: lists are as good, and reasons cover the score."""

        user_vectors: str = setting(
            "none",
            "trained: people have vectors of their own; none: a person is only what they chose",
            choices=("trained", "none"),
        )
        batch_users: int = shared_setting("batch_users", 240)
        learning_rate: float = shared_setting("learning_rate", 0.03)
        graph_share: float = setting(
            0.5, "Weight of the graph part; the linear part has the rest", low=0.0, high=1.0
        )
        ridge: float = setting(
            20.0, "Ridge λ of the linear part: larger trusts co-occurrence less", low=0.001, high=1e6
        )
        user_exponent: float = setting(
            0.2,
            "Linear part: divides the choices of a person by this power of how many they have",
            low=0.0,
            high=1.0,
        )
        item_exponent: float = setting(
            0.2,
            "Linear part: divides the choices of an item by this power of how many it has",
            low=0.0,
            high=1.0,
        )

    @property
    def capabilities(self) -> frozenset[str]:
        # Its vectors are one part of the score only: a map of them would not be a map of the model.
        # Masks on messages would leave its linear part as it is, and the catalogue both are measured by.
        return super().capabilities - {DIFFERENTIABLE, EMBEDDINGS, LAYERS}

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        raise self._cannot("has vectors for one part of its score only")

    # Learning and state

    def _attached(self) -> None:
        super()._attached()
        self._linear: np.ndarray | None = None

    def _placed(self) -> None:
        super()._placed()
        if self._linear is None:
            config = self.config
            self._linear = normalised_weights(
                self.data.matrix, config.ridge, config.user_exponent, config.item_exponent
            )

    def _state(self) -> dict[str, Any]:
        return super()._state() | {"linear": self._linear}

    def _load_state(self, state: dict[str, Any]) -> None:
        self._linear = np.asarray(state["linear"])
        super()._load_state({name: value for name, value in state.items() if name != "linear"})

    # Answers

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._mixed(super()._scores(users), self.data.matrix[users] @ self._linear)

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._fold_in_many([history])[0]

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        return self._mixed(super()._fold_in_many(histories), summed(histories, self._linear))

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        histories = [self.history(query) for query in queries]
        return self._mixed(super()._edited_many(queries), summed(histories, self._linear))

    def _sends(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        share = self.config.graph_share
        both = super()._sends(sources, targets), self._linear[np.ix_(sources, targets)]
        of_graph, of_linear = (one / max(float(one.std()), 1e-9) for one in both)
        return share * of_graph + (1 - share) * of_linear

    def _mixed(self, graph: np.ndarray, linear: np.ndarray) -> np.ndarray:
        """Both opinions on one scale, averaged. **Shapes**: twice [..., I] → [..., I]."""
        share = self.config.graph_share
        return share * _standardised(graph) + (1 - share) * _standardised(linear)

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        graph = super()._contributions(query, np.arange(self.data.n_items))
        linear = self._linear[graph.items].T.astype(np.float64)
        share = self.config.graph_share
        of_graph = share / _deviation(graph.own + graph.values.sum(1))
        of_linear = (1 - share) / _deviation(linear.sum(1))
        own = of_graph * _centred(graph.own)
        values = of_graph * _centred(graph.values) + of_linear * _centred(linear)
        return Contributions(graph.score[items], own[items], graph.items, values[items])


def _standardised(scores: np.ndarray) -> np.ndarray:
    """Minus the mean over the catalogue, over the standard deviation; zeros stay zeros. **Shapes**: [..., I]."""
    centred = scores - scores.mean(-1, keepdims=True, dtype=np.float64)
    return (centred / _deviation(scores)).astype(np.float32)


def _deviation(scores: np.ndarray) -> np.ndarray:
    spread = scores.std(-1, keepdims=True, dtype=np.float64)
    return np.where(spread > 1e-9, spread, 1.0)


def _centred(shares: np.ndarray) -> np.ndarray:
    """Beyond what the average item gets. **Shapes**: [I, ...] → [I, ...]."""
    return shares - shares.mean(0, keepdims=True)
