"""What graph models with vectors share: batches, the choice of ranking loss, scoring by vectors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gnnrec.losses import ranking, sampling
from gnnrec.recommenders.base import EMBEDDINGS, PROPAGATES
from gnnrec.recommenders.config import setting
from gnnrec.recommenders.edited_layers import LastFew
from gnnrec.recommenders.query import Query
from gnnrec.recommenders.trainable import Trainable

LOSSES = ("softmax", "sampled_softmax", "bpr")
HELP = {
    "loss": "What a choice competes with: the whole catalogue (softmax), some items, or one (bpr)",
    "temperature": "Sharpness of the softmax: lower looks harder at the closest rivals",
    "popularity_exponent": "Pushes popular items down: 0 not at all, 1 as in-batch negatives do",
    "score": "Rank by the angle between vectors, or by their product (raw), which favours popular items",
    "batch_users": "People per step of the softmax loss; 0 takes everybody at once",
    "batch_size": "Interactions per step of the sampled losses",
    "negatives": "Sampled items per step of sampled_softmax",
    "reg": "Weight decay on the vectors of the batch (sampled losses)",
}


def loss_setting(name: str, default: Any) -> Any:
    """A loss setting of a Config with the help and range shared by all models that use `PairwiseModel`."""
    limits = {
        "loss": {"choices": LOSSES},
        "temperature": {"low": 0.01, "high": 5.0},
        "popularity_exponent": {"low": 0.0, "high": 1.5},
        "score": {"choices": ("cosine", "raw")},
        "batch_users": {"low": 0, "high": 1_000_000, "unit": "people"},
        "batch_size": {"low": 1, "high": 1_000_000, "unit": "interactions"},
        "negatives": {"low": 1, "high": 100_000, "unit": "items"},
        "reg": {"low": 0.0, "high": 10.0},
    }[name]
    return setting(default, HELP[name], **limits)


class PairwiseModel(Trainable):
    """A model that gives every person and item a vector and compares the two.

    A member computes the vectors in `_vectors`, prepares in `_graph_placed` what it needs of `self.graph`,
    and has in its Config the settings named in `HELP`.
    """

    @property
    def score_kind(self) -> str:
        """`cosine` or `raw`."""
        return self.config.score

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({EMBEDDINGS, PROPAGATES})

    @abstractmethod
    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        """Final vectors of people, of items, and the layer-0 table. **Shapes**: [U, D], [I, D], [N, D]."""

    @abstractmethod
    def _graph_placed(self) -> None:
        """Put what propagation needs of `self.graph` on `self.device`."""

    # Learning

    def _placed(self) -> None:
        self._graph_placed()
        data = self.data
        matrix = data.matrix
        self._indptr, self._indices = self._tensor(matrix.indptr), self._tensor(matrix.indices)
        self._active = self._tensor(np.flatnonzero(np.diff(matrix.indptr)))
        self._pair_users = self._tensor(np.repeat(np.arange(data.n_users), np.diff(matrix.indptr)))
        self._unseen_before = sampling.unseen_before(self._indptr, self._indices, data.n_items)
        popularity = np.bincount(data.item, minlength=data.n_items) + 1.0
        share = torch.from_numpy(np.log(popularity / popularity.sum())).float().to(self.device)
        self._log_popularity = (
            share * self.config.popularity_exponent if self.config.popularity_exponent else None
        )

    def _tensor(self, numbers: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(numbers, dtype=np.int64)).to(self.device)

    def batches(self) -> Iterator[Tensor]:
        source, size = (
            (self._active, self.config.batch_users or len(self._active))
            if self.config.loss == "softmax"
            else (torch.arange(len(self._indices), device=self.device), self.config.batch_size)
        )
        if len(source) <= size:
            yield source
            return
        shuffled = source[torch.randperm(len(source), generator=self.generator, device=self.device)]
        yield from torch.split(shuffled, size)

    def loss(self, batch: Tensor) -> Tensor:
        return self._softmax(batch) if self.config.loss == "softmax" else self._sampled(batch)

    def _softmax(self, users: Tensor) -> Tensor:
        user_vectors, item_vectors, _ = self._vectors()
        counts = self._indptr[users + 1] - self._indptr[users]
        rows = torch.repeat_interleave(torch.arange(len(users), device=self.device), counts)
        starts = self._indptr[users] - (torch.cumsum(counts, 0) - counts)
        positives = self._indices[torch.arange(len(rows), device=self.device) + starts[rows]]
        return ranking.exact_softmax(
            functional.normalize(user_vectors[users]),
            functional.normalize(item_vectors),
            rows,
            positives,
            self.config.temperature,
            self._log_popularity,
        )

    def _sampled(self, pairs: Tensor) -> Tensor:
        user_vectors, item_vectors, table = self._vectors()
        users, positives = self._pair_users[pairs], self._indices[pairs]
        if self.config.loss == "bpr":
            negatives = sampling.unseen_items(
                users, self._indptr, self._unseen_before, self.data.n_items, self.generator
            )
            loss = ranking.bpr(user_vectors[users], item_vectors[positives], item_vectors[negatives])
        else:
            weights = (
                torch.ones(self.data.n_items, device=self.device)
                if self._log_popularity is None
                else self._log_popularity.exp()
            )
            negatives = torch.multinomial(
                weights, self.config.negatives, replacement=True, generator=self.generator
            )
            loss = ranking.sampled_softmax(
                functional.normalize(user_vectors[users]),
                functional.normalize(item_vectors[positives]),
                functional.normalize(item_vectors[negatives]),
                positives[:, None] == negatives[None],
                self.config.temperature,
            )
        if self.config.reg:
            rows = torch.cat([users, self.data.n_users + positives])
            loss = loss + self.config.reg * table[rows].pow(2).sum() / (2 * len(users))
        return loss

    # Scoring

    def _serve(self) -> None:
        users, items, _ = self._vectors()
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)

    def _for_scoring(self, vectors: Tensor) -> np.ndarray:
        if self.config.score == "cosine":
            vectors = functional.normalize(vectors, dim=-1)
        return vectors.detach().cpu().numpy()

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._user_vectors[users] @ self._item_vectors.T

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        self._require_data()
        return self._user_vectors, self._item_vectors

    # What if: the same parameters on another graph

    def serve(self) -> None:
        self._edits: LastFew = LastFew(2)
        super().serve()

    def _edited_model(self, query: Query) -> PairwiseModel:
        """This model on the graph of the query, messages passed again. Shares the parameters."""
        before, after = self.data.history(query.user), self.history(query)
        gone = {(query.user, int(item)) for item in np.setdiff1d(before, after)}
        gone |= {(user, item) for user, item in query.without if item in self.data.history(user)}
        come = [(query.user, int(item)) for item in np.setdiff1d(after, before)]
        add, remove = _pairs(come), _pairs(sorted(gone))
        # A page asks for the list, its reasons and their shares: one question, one answer.
        key = (add.tobytes(), remove.tobytes())
        return self._edits.get(key, lambda: self._on_edited_graph(add, remove))

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> PairwiseModel:
        """This model with some edges added and some removed. **Shapes**: pairs (user, item) [n, 2]."""
        edited = self._copy()
        edited.graph = self.graph.edited(add=add, remove=remove)
        edited._graph_placed()
        with torch.inference_mode():
            edited._serve()
        return edited

    def _copy(self) -> PairwiseModel:
        copy = object.__new__(type(self))
        copy.__dict__ = dict(self.__dict__)
        return copy

    def _edited(self, query: Query) -> np.ndarray:
        return self._edited_model(query)._scores(np.array([query.user]))[0]


def _pairs(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
