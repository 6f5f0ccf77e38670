"""Recommenders that pass a history through a filter over items that is too large to be written down."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from gnnrec.recommenders.base import Contributions, Recommender
from gnnrec.recommenders.capabilities import COVERS, DECOMPOSES, EDITS_GRAPH, FOLDS_IN, PROPAGATES
from gnnrec.recommenders.parts.degrees import degree_power
from gnnrec.recommenders.parts.histories import from_the_first, rows_of
from gnnrec.recommenders.query import Query


class ItemFilter(Recommender):
    """score(u, i) = (r_u F)[i], r_u the history as zeros and ones; members say how F is applied to rows.

    F is made of the normalised train graph R̃ = D_U^-½ R D_I^-½, which is sparse, and of its leading right
    singular vectors V. Whole columns and rows of F are never kept: F has as many entries as pairs of items.
    The share of history item j in a score is F[j, i], which is F applied to a history of j alone.

    Frozen in fold-in and graph edit: R̃ with everybody's degrees as in train, and V. What changes is r_u.

    **Shapes**: R̃ [U, I], `factors` [I, F].
    """

    factors: np.ndarray

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({DECOMPOSES, COVERS, FOLDS_IN, EDITS_GRAPH, PROPAGATES})

    def _attached(self) -> None:
        matrix = self.data.matrix
        people = np.bincount(self.data.item, minlength=self.data.n_items)
        self._roots, self._inverse_roots = degree_power(people, 0.5), degree_power(people, -0.5)
        of_people = sparse.diags(degree_power(np.diff(matrix.indptr), -0.5))
        self._graph = (of_people @ matrix @ sparse.diags(self._inverse_roots)).tocsr().astype(np.float32)
        self._graph_by_item = self._graph.T.tocsr()

    def _learn_factors(self, n: int, seed: int = 0) -> None:
        """The n leading right singular vectors of R̃, fewer where R̃ has no more."""
        graph, rank = self._graph.astype(np.float64), min(self._graph.shape)
        if rank == 1:
            # One person or one item: the iterative solver wants to leave at least one vector out.
            _, values, vectors = np.linalg.svd(graph.toarray(), full_matrices=False)
        else:
            start = np.random.default_rng(seed).standard_normal(rank)
            _, values, vectors = svds(graph, k=min(n, rank - 1), v0=start, return_singular_vectors="vh")
        self.factors = np.ascontiguousarray(vectors[np.argsort(-values)].T, dtype=np.float32)

    def _state(self) -> dict[str, Any]:
        return {"factors": self.factors}

    def _load_state(self, state: dict[str, Any]) -> None:
        self.factors = np.asarray(state["factors"], dtype=np.float32)

    @abstractmethod
    def _filtered(self, rows: sparse.csr_matrix) -> np.ndarray:
        """F applied to histories. **Shapes**: CSR [B, I] → [B, I]."""

    def _passed(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Two steps along the graph, to people and back to items: rows R̃ᵀ R̃. **Shapes**: [B, I] → [B, I]."""
        return ((rows @ self._graph_by_item) @ self._graph).toarray()

    def _low_pass(self, rows: sparse.csr_matrix) -> np.ndarray:
        """What the leading singular vectors keep: rows D_I^-½ V Vᵀ D_I^½. **Shapes**: [B, I] → [B, I]."""
        scaled = (rows @ sparse.diags(self._inverse_roots)).tocsr()
        return ((scaled @ self.factors) @ self.factors.T) * self._roots

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._filtered(self.data.matrix[users])

    @property
    def edit_work(self) -> float | None:
        return self.data.matrix.nnz + self.data.n_items * self.factors.shape[1]

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        # F is linear: histories that differ little from the first cost what they differ by.
        first, near, rows = from_the_first(histories, self.data.n_items)
        scores = self._filtered(rows)
        if near.any():
            scores[near] += self._filtered(first)
        return scores

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        return self._fold_in_many([self.history(query) for query in queries])

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        history = self.history(query)
        alone = rows_of(history[:, None], self.data.n_items)
        values = self._filtered(alone)[:, items].T.astype(np.float64)
        return Contributions(self.scores([query], items)[0], np.zeros(len(items)), history, values)
