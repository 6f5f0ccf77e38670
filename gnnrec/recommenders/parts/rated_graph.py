"""What rating models that pass messages along rated edges share: edges with values, hiding some of them, what-if."""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gnnrec.recommenders.capabilities import EDITS_GRAPH, EMBEDDINGS, PROPAGATES
from gnnrec.recommenders.config import setting
from gnnrec.recommenders.parts.edited_model import EditedModel
from gnnrec.recommenders.parts.rating import Rated, RatingModel


class RatedEdges(NamedTuple):
    """One edge for each pair with a rating, sorted by user, then item. **Shapes**: each [E]."""

    users: np.ndarray
    items: np.ndarray
    rating: np.ndarray

    @classmethod
    def of(cls, users: np.ndarray, items: np.ndarray, rating: np.ndarray) -> RatedEdges:
        """From rated rows; a pair rated more than once becomes one edge with the mean of its ratings."""
        pairs = np.stack([users, items]).astype(np.int64)
        (users, items), place = np.unique(pairs, axis=1, return_inverse=True)
        place = place.reshape(-1)
        mean = np.bincount(place, weights=rating) / np.bincount(place) if len(place) else np.empty(0)
        return cls(users, items, mean.astype(np.float32))

    def places(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        """Where pairs stand, -1 for pairs without an edge. **Shapes**: [n], [n] → [n]."""
        n_items = int(max(self.items.max(initial=0), np.max(items, initial=0))) + 1
        keys = self.users * n_items + self.items
        asked = np.asarray(users, dtype=np.int64) * n_items + items
        place = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
        return np.where(keys[place] == asked, place, -1) if len(keys) else np.full(len(asked), -1)


@dataclass(frozen=True, eq=False)
class EdgeMatrix:
    """A sparse matrix whose entries are values of edges: places are found once, values may change at every step.

    **Shapes**: `shape` [R, C]; `edge` [nnz] is the edge behind each entry, row by row.
    """

    indptr: Tensor
    columns: Tensor
    edge: Tensor
    shape: tuple[int, int]

    @classmethod
    def of(
        cls, rows: np.ndarray, columns: np.ndarray, edge: np.ndarray, shape: tuple[int, int], device: Any
    ) -> EdgeMatrix:
        """From the row, the column and the edge of each entry, in any order."""
        order = np.lexsort((columns, rows))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
        parts = (
            torch.from_numpy(part.astype(np.int64)).to(device)
            for part in (indptr, columns[order], edge[order])
        )
        return cls(*parts, shape)

    def filled(self, values: Tensor) -> Tensor:
        """The matrix with these values of edges. **Shapes**: [E] → CSR [R, C]."""
        with warnings.catch_warnings():
            # torch calls every sparse matrix "in beta state"; who trains a model cannot act on that.
            warnings.filterwarnings("ignore", message="Sparse (CSR tensor support|invariant checks)")
            return torch.sparse_csr_tensor(self.indptr, self.columns, values[self.edge], size=self.shape)


class SparseProduct(torch.autograd.Function):
    """A X for a constant sparse A; the gradient is Aᵀ G with a transposed copy that the caller keeps.

    **Shapes**: A [R, C] CSR, Aᵀ [C, R] CSR, X [C, D] → [R, D].
    """

    @staticmethod
    def forward(ctx, matrix: Tensor, transposed: Tensor, values: Tensor) -> Tensor:
        ctx.transposed = transposed
        return matrix @ values

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[None, None, Tensor]:
        return None, None, ctx.transposed @ gradient.contiguous()


def target_share(default: float) -> Any:
    """The setting of every rating model that hides from the graph what it predicts."""
    return setting(
        default,
        "Share of the ratings that one step predicts, hidden from the graph in that step; 0 predicts all in "
        "one step and hides none",
        low=0.0,
        high=0.9,
    )


class RatedGraphModel(EditedModel, RatingModel):
    """A rating model whose messages travel along rated edges.

    A train rating is both a target and an edge of the graph. Read from a graph that holds the edge itself, a
    target can be looked up instead of predicted, which no held-out rating can; so each step hides the edges of
    the ratings it predicts, and degrees count what is left.

    A member writes `_graph_placed` (what stays the same whichever edges are hidden), `_vectors` and
    `_predicted`, and has `target_share` in its Config.
    """

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({EMBEDDINGS, PROPAGATES, EDITS_GRAPH})

    @abstractmethod
    def _graph_placed(self) -> None:
        """Put what message passing needs of `self._edges` on `self.device`."""

    @abstractmethod
    def _vectors(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        """Final vectors of people and items on the graph of the kept edges (1, hidden ones 0).

        **Shapes**: [E] → [U, D], [I, D].
        """

    # Learning

    def _placed(self) -> None:
        super()._placed()
        data = self.data
        self._edges = RatedEdges.of(data.user, data.item, data.rating)
        self._edge_of_row = torch.from_numpy(self._edges.places(data.user, data.item)).to(self.device)
        self._graph_placed()

    def batches(self) -> Iterator[Tensor]:
        """Train rows in as many steps as it takes to predict each rating once."""
        n, share = len(self._rated.rating), self.config.target_share
        rows = torch.randperm(n, generator=self.generator, device=self.device)
        yield from torch.split(rows, max(1, math.ceil(n * share)) if share else n)

    def loss(self, batch: Tensor) -> Tensor:
        rated = Rated(*(column[batch] for column in self._rated))
        hidden = self._edge_of_row[batch]
        encoded = self._vectors(self._all_but(hidden)) if self._hides_targets else self._encoded()
        return self._error(encoded, rated) + self._penalty(rated)

    @property
    def _hides_targets(self) -> bool:
        return self.config.target_share > 0

    def _error(self, encoded: Any, rated: Rated) -> Tensor:
        """How wrong the predictions of rated pairs are; a scalar."""
        return (self._predicted(encoded, rated.users, rated.items) - rated.rating).square().mean()

    def _all_but(self, hidden: Tensor) -> Tensor:
        """1 for each edge, 0 for the hidden ones. **Shapes**: [n] → [E]."""
        kept = torch.ones(len(self._edges.rating), device=self.device)
        kept[hidden] = 0
        return kept

    # Scoring

    def _encoded(self) -> tuple[Tensor, Tensor]:
        return self._vectors(torch.ones(len(self._edges.rating), device=self.device))

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        self._require_data()
        people, items = self._served
        return people.cpu().numpy(), items.cpu().numpy()

    # What if

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> RatedGraphModel:
        """Nobody has rated an edge that is added, so it carries the rating this model expects for it."""
        edges = self._edges
        kept = np.ones(len(edges.rating), dtype=bool)
        kept[edges.places(remove[:, 0], remove[:, 1])] = False
        # All that is added is one person's.
        expected = self._scores(add[:1, 0])[:, add[:, 1]].ravel()
        edited = self._copy()
        edited._edges = RatedEdges.of(
            np.concatenate([edges.users[kept], add[:, 0]]),
            np.concatenate([edges.items[kept], add[:, 1]]),
            np.concatenate([edges.rating[kept], expected]),
        )
        edited._graph_placed()
        self.net.eval()
        with torch.inference_mode():
            edited._serve()
        return edited
