"""Item neighbours: what is often chosen together with the person's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.item_weights import ItemWeights
from gnnrec.recommenders.parts.neighbours import largest_of_rows, shrunk_cosine, without_own

_ROWS_AT_ONCE = 2048


class ItemKNN(ItemWeights):
    """Scores an item by its cosine similarity to the items of the person's history, nearest neighbours only.

    **Source**: Sarwar et al., "Item-based Collaborative Filtering", WWW 2001; cosine with shrinkage,
    w(j, i) = |U_j ∩ U_i| / (√|U_j| √|U_i| + shrink), kept where j is among the
    `neighbours` nearest items of i.
    """

    name = "item_knn"
    title = "Item neighbours"
    paper = "Sarwar et al., WWW 2001"
    simple = True
    search_space: ClassVar[dict[str, tuple | list]] = {"neighbours": (10, 400, "log"), "shrink": (0.0, 100.0)}

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of item neighbours."""

        neighbours: int = setting(
            100, "How many nearest items count for each item", low=1, high=10_000, unit="items"
        )
        shrink: float = setting(
            10.0, "Trust less in similarities that rest on few people", low=0, high=10_000
        )

    def _fit(self, data: TrainingData) -> None:
        matrix, by_item = data.matrix, data.matrix.T.tocsr()
        counts = np.sqrt(np.bincount(data.item, minlength=data.n_items)).astype(np.float32)
        kept = []
        # Rows in blocks: the whole co-occurrence table of a large catalogue would not fit into memory.
        for start in range(0, data.n_items, _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            together = without_own((by_item[rows] @ matrix).tocsr(), start)
            alike = shrunk_cosine(together, counts[rows], counts, self.config.shrink)
            kept.append(largest_of_rows(alike, self.config.neighbours))
        # Column i holds the neighbours of the item that is scored.
        weights = sparse.vstack(kept).T.tocsr().astype(np.float32)
        weights.sort_indices()
        self.weights = weights
