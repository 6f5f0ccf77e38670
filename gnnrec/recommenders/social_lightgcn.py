"""LightGCN with friends: in every round a person hears what they chose and who their friends are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from gnnrec.data.friends import friends_of
from gnnrec.recommenders.answers import Contributions
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.capabilities import COVERS, DECOMPOSES, DIFFERENTIABLE
from gnnrec.recommenders.config import setting
from gnnrec.recommenders.lightgcn import LightGCN
from gnnrec.recommenders.parts.hears_friends import NamesFriends
from gnnrec.recommenders.parts.one_way import OneWay
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.query import GRAPH_EDIT, Query


class SocialLightGCN(NamesFriends, LightGCN):
    """In every round a person hears their items and their friends, weighed against each other; items hear people.

    **Source**: the graph fusion of Liao et al., "SocialLGN: Light graph convolution network for social
    recommendation", Information Sciences 2022, over He et al., "LightGCN", SIGIR 2020. With the normalised
    matrix of friends S = D_S^-1/2 T D_S^-1/2 one round is e_u^(k+1) = (1 − w) Σ_i Â_ui e_i^(k) +
    w Σ_v S_uv e_v^(k) and e_i^(k+1) = Σ_u Â_iu e_u^(k); final vectors are the mean of layers 0..L. Ours differs:
    the fusion is this plain weighted average and learns no matrices, trust in one direction joins both people,
    who has no friends hears items alone (w = 0 for them), and the loss is that of our `lightgcn`.
    With `social_weight: 0` it is exactly `lightgcn`.

    A score splits exactly over history and friends (`shares`), but not over the history alone, so it does not
    claim to decompose. A newcomer is a person without friends. A graph edit changes what people chose, not who
    their friends are.

    **Shapes**: table [N, D] with people first, Â [N, N], S [U, U].
    """

    name = "social_lightgcn"
    title = "LightGCN with friends"
    paper = "Liao et al., Information Sciences 2022; He et al., SIGIR 2020"
    needs = frozenset({"social"})
    search_space: ClassVar[dict[str, tuple | list]] = {
        **LightGCN.search_space,
        "social_weight": (0.05, 0.8),
    }

    @dataclass(frozen=True)
    class Config(LightGCN.Config):
        """Settings of LightGCN, and the weight of friends."""

        social_weight: float = setting(
            0.3,
            "Weight of friends in what a person hears; items have the rest. 0 is LightGCN without friends",
            low=0.0,
            high=1.0,
        )

    @property
    def capabilities(self) -> frozenset[str]:
        # Shares of the history alone would leave out the friends, and so would masks on the edges to items.
        return super().capabilities - {COVERS, DECOMPOSES, DIFFERENTIABLE}

    @property
    def _hears_friends(self) -> bool:
        return self.config.social_weight > 0

    # Learning

    def _attached(self) -> None:
        super()._attached()
        self._friends = friends_of(self.data.dataset)

    def _graph_placed(self) -> None:
        n_users = self.data.n_users
        graph = self.graph.normalised
        to_people, to_items = graph[:n_users, n_users:], graph[n_users:, :n_users]
        befriended = (self._friends.counts > 0).astype(np.float32)
        self._friend_weight = np.float32(self.config.social_weight) * befriended
        to_people = _rows_times(1 - self._friend_weight, to_people)
        # Without weight the friends are left out whole: the products are then LightGCN's to the last digit.
        among = (
            _rows_times(self._friend_weight, self._friends.normalised) if self.config.social_weight else None
        )
        heard = [[among, to_people], [to_items, None]]
        self._rounds = OneWay(sparse.bmat(heard, format="csr"), self.device)

    def _layers_of(self, table: Tensor) -> list[Tensor]:
        layers = [table]
        for _ in range(self.config.n_layers):
            layers.append(self._rounds(layers[-1]))
        return layers

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(self._table(), self.config.dropout)
        final = torch.stack(self._layers_of(table)).mean(0)
        return *final.split([self.data.n_users, self.data.n_items]), table

    # Answers

    def _serve(self) -> None:
        self._layers = [layer.cpu().numpy() for layer in self._layers_of(self._table())]
        self._final = np.mean(self._layers, axis=0)
        # What a node sends over the rounds, before the weight of the edge.
        sent = sum(self._layers[:-1], np.zeros_like(self._final)) / len(self._layers)
        self._sent_by_people, self._sent = np.split(sent, [self.data.n_users])
        self._take(self._final, self.graph.degrees)

    def _alone(self) -> Self:
        alone = self._copy()
        alone.config = type(self.config)(**{**self.config.as_dict(), "social_weight": 0.0})
        alone._graph_placed()
        alone.serve()
        return alone

    def _shares(self, query: Query, items: np.ndarray) -> Contributions:
        model = self._edited_model(query) if query.kind == GRAPH_EDIT else self
        history = self.history(query)
        own, from_items = np.zeros(self.config.embedding_size), model._messages(history).astype(np.float64)
        friends, from_friends = np.empty(0, dtype=np.int64), np.empty((0, self.config.embedding_size))
        if query.user is not None:
            weight = float(model._friend_weight[query.user])
            own = own + self._layers[0][query.user] / len(self._layers)
            from_items *= 1 - weight
            if weight:
                friends = self._friends.of(query.user).astype(np.int64)
                edges = self._friends.normalised[query.user].data.astype(np.float64)
                from_friends = weight * edges[:, None] * model._sent_by_people[friends]
        length = 1.0
        if self.config.score == "cosine":
            length = max(float(np.linalg.norm(own + from_items.sum(0) + from_friends.sum(0))), 1e-12)
        asked = model._item_vectors[items].astype(np.float64) / length
        return Contributions(
            self.scores([query], items)[0],
            asked @ own,
            history,
            asked @ from_items.T,
            friends,
            asked @ from_friends.T,
        )

    # What if: messages are passed again; the short ways of plain LightGCN know no friends

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> PairwiseModel:
        return PairwiseModel._on_edited_graph(self, add, remove)

    @property
    def edit_work(self) -> float | None:
        return None

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        return Recommender._edited_many(self, queries)


def _rows_times(weights: np.ndarray, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Each row times a weight, in single precision. **Shapes**: [n], [n, m] → [n, m]."""
    data = matrix.data * np.repeat(weights, np.diff(matrix.indptr))
    return sparse.csr_matrix((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)
