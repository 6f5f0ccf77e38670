"""Turbo-CF: one polynomial filter over the graph of items, without any training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.degrees import degree_power
from gnnrec.recommenders.parts.item_weights import ItemWeights
from gnnrec.recommenders.parts.neighbours import largest_of_rows

_ROWS_AT_ONCE = 1024


class TurboCF(ItemWeights):
    """Passes a history over a graph of items whose edges are weighed by how often people have both.

    Nothing is trained. Two exponents decide how much busy people and popular items count, and how far strong
    edges stand out from weak ones.

    **Source**: Park et al., "Turbo-CF: Matrix Decomposition-Free Graph Filtering for Fast Recommendation",
    SIGIR 2024, with the linear filter: R̃ = D_U^-α R D_I^(α-1), W = (R̃ᵀR̃) with each entry raised to
    `power`. Where the paper keeps W dense, here each scored item keeps its `neighbours` strongest edges, its
    own among them.

    **Shapes**: W [I, I] with at most `neighbours` entries a column.
    """

    name = "turbo_cf"
    title = "Graph filter Turbo-CF"
    paper = "Park et al., SIGIR 2024"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "alpha": (0.2, 0.8),
        "power": (0.5, 2.0),
        "neighbours": (50, 2000, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of Turbo-CF."""

        alpha: float = setting(
            0.6, "0 holds popular items back, 1 holds busy people back, between them both", low=0, high=1
        )
        power: float = setting(
            0.7, "Below 1 weak edges count more, above 1 strong edges stand out", low=0.01, high=10
        )
        neighbours: int = setting(
            2000, "How many of its strongest edges each item keeps", low=1, high=100_000, unit="items"
        )

    def _fit(self, data: TrainingData) -> None:
        matrix = data.matrix
        people = np.bincount(data.item, minlength=data.n_items)
        of_people = sparse.diags(degree_power(np.diff(matrix.indptr), -self.config.alpha))
        of_items = sparse.diags(degree_power(people, self.config.alpha - 1))
        normal = (of_people @ matrix @ of_items).tocsr().astype(np.float32)
        by_item = normal.T.tocsr()
        kept = []
        # Rows in blocks: the whole graph of items is many times larger than what is kept of it.
        for start in range(0, data.n_items, _ROWS_AT_ONCE):
            edges = (by_item[start : start + _ROWS_AT_ONCE] @ normal).tocsr()
            edges.data **= np.float32(self.config.power)
            kept.append(largest_of_rows(edges, self.config.neighbours))
        # The graph is symmetric until it is cut: row i holds the strongest edges of the item that is scored.
        self.weights = sparse.vstack(kept).T.tocsr()
        self.weights.sort_indices()
