"""Recommenders that score by one weight for each pair of items, summed over the person's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from gnnrec.recommenders.base import Contributions, Recommender
from gnnrec.recommenders.capabilities import COVERS, DECOMPOSES, EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.parts.histories import summed
from gnnrec.recommenders.query import Query


class ItemWeights(Recommender):
    """score(u, i) = Σ over j in u's history of W[j, i]. Members compute W, dense or as CSR, in `_fit`.

    What was learned is W alone, so a person is the sum of their history: fold-in and graph edit are the same
    number, and the share of history item j in a score is W[j, i] itself.

    **Shapes**: `weights` [I, I].
    """

    weights: np.ndarray | sparse.csr_matrix

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({DECOMPOSES, COVERS, FOLDS_IN, EDITS_GRAPH})

    def _state(self) -> dict[str, Any]:
        return {"weights": self.weights}

    def _load_state(self, state: dict[str, Any]) -> None:
        self.weights = state["weights"]

    def _scores(self, users: np.ndarray) -> np.ndarray:
        product = self.data.matrix[users] @ self.weights
        return product.toarray() if sparse.issparse(product) else np.asarray(product)

    @property
    def edit_work(self) -> float | None:
        return self.data.n_items

    def _sends(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        if sparse.issparse(self.weights):
            return self.weights[sources][:, targets].toarray()
        return self.weights[np.ix_(sources, targets)]

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        return summed(histories, self.weights)

    def _edited_many(self, queries: Sequence[Query]) -> np.ndarray:
        return self._fold_in_many([self.history(query) for query in queries])

    def _contributions(self, query: Query, items: np.ndarray) -> Contributions:
        history = self.history(query)
        shares = self.weights[history][:, items]
        values = (shares.toarray() if sparse.issparse(shares) else np.asarray(shares)).T.astype(np.float64)
        return Contributions(self.scores([query], items)[0], np.zeros(len(items)), history, values)
