"""What models with vectors share: batches, the choice of ranking loss, scoring by vectors."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.losses import ranking, sampling
from gnnrec.recommenders.capabilities import EMBEDDINGS
from gnnrec.recommenders.parts.pairwise_settings import space_of_loss
from gnnrec.recommenders.parts.trainable import Trainable


class VectorModel(Trainable):
    """A model that gives every person and item a vector and compares the two.

    A member computes the vectors in `_vectors` and has in its Config the settings of
    `pairwise_settings.SHARED` (those about layers only where it has layers).
    """

    @property
    def score_kind(self) -> str:
        """`cosine` or `raw`."""
        return self.config.score

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({EMBEDDINGS})

    @abstractmethod
    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        """Final vectors of people, of items, and the layer-0 table. **Shapes**: [U, D], [I, D], [N, D]."""

    def _with_vectors(self, of_people: bool = True) -> nn.Module:
        """A module with freshly drawn `user` [U, D] (unless told not to) and `item` [I, D]."""
        net = nn.Module()
        counts = {"user": self.data.n_users} if of_people else {}
        for name, count in (counts | {"item": self.data.n_items}).items():
            table = nn.init.normal_(torch.empty(count, self.config.embedding_size), std=0.1)
            setattr(net, name, nn.Parameter(table))
        return net

    # Learning

    def _placed(self) -> None:
        data = self.data
        matrix = data.matrix
        self._indptr, self._indices = self._tensor(matrix.indptr), self._tensor(matrix.indices)
        self._active = self._tensor(np.flatnonzero(np.diff(matrix.indptr)))
        self._pair_users = self._tensor(np.repeat(np.arange(data.n_users), np.diff(matrix.indptr)))
        self._unseen_before = sampling.unseen_before(self._indptr, self._indices, data.n_items)
        popularity = np.bincount(data.item, minlength=data.n_items) + 1.0
        share = torch.from_numpy(np.log(popularity / popularity.sum())).float().to(self.device)
        exponent = self.config.popularity_exponent
        self._log_popularity = share * exponent if exponent else None
        # Items of a batch compete as often as they are popular: with exponent 1 they are left at that.
        self._log_correction = share * (exponent - 1) if exponent != 1 else None
        self._item_weights = None
        if self.config.popularity_correction:
            chosen = torch.bincount(self._indices, minlength=data.n_items).float()
            self._item_weights = ranking.inverse_propensity(chosen, self.config.popularity_correction)

    def _tensor(self, numbers: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(numbers, dtype=np.int64)).to(self.device)

    @classmethod
    def space_under(cls, settings: Mapping[str, Any]) -> dict[str, tuple | list]:
        return space_of_loss(super().space_under(settings), settings.get("loss", cls.Config().loss))

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
        pairs = self._asked(self._pairs_of(batch) if self.config.loss == "softmax" else batch)
        user_vectors, item_vectors, table = self._vectors()
        users, positives = self._pair_users[pairs], self._indices[pairs]
        of = {"softmax": self._softmax, "sampled_softmax": self._sampled_softmax, "bpr": self._bpr}
        loss = of.get(self.config.loss, self._in_batch)(user_vectors, item_vectors, users, positives)
        if self.config.reg and self.config.loss != "softmax":
            rows = torch.cat([users, self.data.n_users + positives])
            loss = loss + self.config.reg * table[rows].pow(2).sum() / (2 * len(users))
        return loss

    def _pairs_of(self, users: Tensor) -> Tensor:
        """Numbers of all pairs of some people, person after person. **Shapes**: [B] → [P]."""
        counts = self._indptr[users + 1] - self._indptr[users]
        starts = self._indptr[users] - (torch.cumsum(counts, 0) - counts)
        return torch.arange(int(counts.sum()), device=self.device) + torch.repeat_interleave(starts, counts)

    def _asked(self, pairs: Tensor) -> Tensor:
        """Which pairs of a batch are learned from; called before `_vectors`. **Shapes**: [P] → [at most P]."""
        return pairs

    def _pair_weights(self, positives: Tensor) -> Tensor | None:
        return None if self._item_weights is None else self._item_weights[positives]

    def _softmax(
        self, user_vectors: Tensor, item_vectors: Tensor, users: Tensor, positives: Tensor
    ) -> Tensor:
        people, rows = torch.unique_consecutive(users, return_inverse=True)
        return ranking.exact_softmax(
            functional.normalize(user_vectors[people]),
            functional.normalize(item_vectors),
            rows,
            positives,
            self.config.temperature,
            self._log_popularity,
            self._pair_weights(positives),
        )

    def _in_batch(
        self, user_vectors: Tensor, item_vectors: Tensor, users: Tensor, positives: Tensor
    ) -> Tensor:
        config, weights = self.config, self._pair_weights(positives)
        people, rows = torch.unique(users, return_inverse=True)
        items, places = torch.unique(positives, return_inverse=True)
        correction = None if self._log_correction is None else self._log_correction[items]
        people, items = functional.normalize(user_vectors[people]), functional.normalize(item_vectors[items])
        given = (people, items, rows, places, config.temperature)
        if config.loss == "in_batch":
            return ranking.in_batch_softmax(*given, weights, correction)
        return ranking.bilateral_softmax(*given, config.negative_power, weights, correction)

    def _sampled_softmax(
        self, user_vectors: Tensor, item_vectors: Tensor, users: Tensor, positives: Tensor
    ) -> Tensor:
        share = (
            torch.ones(self.data.n_items, device=self.device)
            if self._log_popularity is None
            else self._log_popularity.exp()
        )
        negatives = torch.multinomial(
            share, self.config.negatives, replacement=True, generator=self.generator
        )
        return ranking.sampled_softmax(
            functional.normalize(user_vectors[users]),
            functional.normalize(item_vectors[positives]),
            functional.normalize(item_vectors[negatives]),
            positives[:, None] == negatives[None],
            self.config.temperature,
            self._pair_weights(positives),
        )

    def _bpr(self, user_vectors: Tensor, item_vectors: Tensor, users: Tensor, positives: Tensor) -> Tensor:
        negatives = sampling.unseen_items(
            users, self._indptr, self._unseen_before, self.data.n_items, self.generator
        )
        return ranking.bpr(
            user_vectors[users],
            item_vectors[positives],
            item_vectors[negatives],
            self._pair_weights(positives),
        )

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
