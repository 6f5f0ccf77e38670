"""SLIM: each item is predicted from a few others, by a regression that keeps only what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.item_weights import ItemWeights

_ROWS_AT_ONCE = 64


class SLIM(ItemWeights):
    """Learns which few items of a history speak for each item, and how strongly.

    **Source**: Ning and Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011,
    equation 3: min ½‖X − XW‖² + ½β‖W‖² + λ‖W‖₁ with W ≥ 0 and a zero diagonal. Solved by coordinate descent
    on XᵀX, row by row of W for all items at once, in place of one regression per item.

    **Shapes**: X [U, I], XᵀX and W [I, I] while learning: memory grows with the square of the catalogue.
    """

    name = "slim"
    title = "SLIM"
    paper = "Ning and Karypis, ICDM 2011"
    simple = True
    bytes_per_item_pair = 16
    search_space: ClassVar[dict[str, tuple | list]] = {"l1": (0.05, 8.0, "log"), "l2": (10.0, 1000.0, "log")}

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of SLIM."""

        l1: float = setting(
            0.5, "Weights that help less than this are dropped; larger is sparser", low=0, high=1e6
        )
        l2: float = setting(50.0, "Ridge β: larger values spread over similar items", low=0.001, high=1e6)
        sweeps: int = setting(
            50, "At most how often every weight is set anew", low=1, high=10_000, unit="sweeps"
        )
        tolerance: float = setting(
            1e-3, "Stop when no weight moved by more than this in a sweep", low=0, high=1
        )

    def _fit(self, data: TrainingData) -> None:
        gram = (data.matrix.T @ data.matrix).toarray().astype(np.float32)
        self.weights = sparse.csr_matrix(
            nonnegative_elastic_net(
                gram, self.config.l1, self.config.l2, self.config.sweeps, self.config.tolerance
            )
        )


def nonnegative_elastic_net(
    gram: np.ndarray, l1: float, l2: float, sweeps: int, tolerance: float
) -> np.ndarray:
    """W ≥ 0 with a zero diagonal that minimises ½ tr((I−W)ᵀ G (I−W)) + ½ l2 ‖W‖² + l1 ‖W‖₁.

    Args:
        gram: G, symmetric.
        l1: Weight of the sum of W.
        l2: Weight of the sum of squares of W.
        sweeps: At most how many sweeps over the rows of W.
        tolerance: Stop after a sweep in which no entry moved by more than this.

    **Shapes**: [I, I] → [I, I].
    """
    diagonal = np.diag(gram)
    weights = np.zeros_like(gram)
    for _ in range(sweeps):
        largest = 0.0
        # What is left to explain is computed for a block of rows in one product, and kept up to date inside.
        for start in range(0, len(gram), _ROWS_AT_ONCE):
            block = gram[start : start + _ROWS_AT_ONCE]
            left = block - block @ weights
            for place in range(len(block)):
                row = start + place
                if not diagonal[row]:
                    continue
                new = np.maximum(left[place] + diagonal[row] * weights[row] - l1, 0) / (diagonal[row] + l2)
                new[row] = 0
                step = new - weights[row]
                left[place + 1 :] -= block[place + 1 :, row, None] * step
                weights[row] = new
                largest = max(largest, float(np.abs(step).max()))
        if largest <= tolerance:
            break
    return weights
