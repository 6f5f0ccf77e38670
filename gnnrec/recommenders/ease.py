"""EASE: a linear autoencoder in closed form, the simple model that most graph networks do not beat on films."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.item_weights import ItemWeights


class EASE(ItemWeights):
    """Learns how each item of a history speaks for or against every other item, in one matrix inversion.

    **Source**: Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, equation 8:
    P = (XᵀX + λI)⁻¹, W = I − P · diag(1 / diag P), so the diagonal of W is zero.

    **Shapes**: X [U, I], P and W [I, I]: memory grows with the square of the catalogue.
    """

    name = "ease"
    title = "EASE"
    paper = "Steck, WWW 2019"
    simple = True
    bytes_per_item_pair = 32
    search_space: ClassVar[dict[str, tuple | list]] = {"reg": (20.0, 2000.0, "log")}

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of EASE."""

        reg: float = setting(
            250.0, "Ridge λ: larger values trust single co-occurrences less", low=0.001, high=1e6
        )

    def _fit(self, data: TrainingData) -> None:
        gram = (data.matrix.T @ data.matrix).toarray().astype(np.float64)
        self.weights = zero_diagonal_weights(gram, self.config.reg)


def zero_diagonal_weights(gram: np.ndarray, reg: float) -> np.ndarray:
    """Ridge regression of every item on all others, from G = XᵀX in float64, which is overwritten.

    **Shapes**: [I, I] → [I, I] float32.
    """
    gram[np.diag_indices_from(gram)] += reg
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)[None]
    np.fill_diagonal(weights, 0)
    return weights.astype(np.float32)
