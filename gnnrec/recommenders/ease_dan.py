"""EASE on normalised data: neither busy people nor popular items outvote the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.ease import zero_diagonal_weights
from gnnrec.recommenders.parts.degrees import degree_power
from gnnrec.recommenders.parts.item_weights import ItemWeights


class EaseDAN(ItemWeights):
    """EASE that learns from choices divided by powers of how much people choose and how often items are chosen.

    **Source**: Park et al., "Why is Normalization Necessary for Linear Recommenders?", SIGIR 2025 (DAN: data-
    adaptive normalisation) around Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019,
    equation 8. With n_u and n_i the degrees in train, X̃ = D_U^-a X D_I^-b and W̃ the zero-diagonal ridge
    regression of X̃ on itself, a score is x_u D_I^-b W̃. That is a ridge of λ n_i^2b on item i of the plain data
    and a division of its column by n_i^b. Ours differs: a and b are chosen on validation, not derived from the
    skewness and the homophily of the data; items are normalised before the regression, not after it; and
    there is no dropout term. The own factor n_u^-a of a score is left out: it changes no list, and without it a
    person is exactly the sum of their history.

    **Shapes**: X [U, I], W [I, I]: memory grows with the square of the catalogue.
    """

    name = "ease_dan"
    title = "EASE with normalisation by degrees"
    paper = "Park et al., SIGIR 2025"
    simple = True
    bytes_per_item_pair = 32
    search_space: ClassVar[dict[str, tuple | list]] = {
        "reg": (2.0, 200.0, "log"),
        "user_exponent": (0.0, 0.5),
        "item_exponent": (0.0, 0.5),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of EASE with normalisation."""

        reg: float = setting(
            20.0, "Ridge λ on normalised data: larger trusts co-occurrence less", low=0.001, high=1e6
        )
        user_exponent: float = setting(
            0.2, "Divides the choices of a person by this power of how many they have", low=0.0, high=1.0
        )
        item_exponent: float = setting(
            0.2, "Divides the choices of an item by this power of how many it has", low=0.0, high=1.0
        )

    def _fit(self, data: TrainingData) -> None:
        self.weights = normalised_weights(
            data.matrix, self.config.reg, self.config.user_exponent, self.config.item_exponent
        )


def normalised_weights(
    matrix: sparse.csr_matrix, reg: float, user_exponent: float, item_exponent: float
) -> np.ndarray:
    """What each item of a history adds to the score of every item: D_I^-b W̃. **Shapes**: CSR [U, I] → [I, I]."""
    of_people = degree_power(np.diff(matrix.indptr), -user_exponent)
    of_items = degree_power(np.bincount(matrix.indices, minlength=matrix.shape[1]), -item_exponent)
    scaled = (sparse.diags(of_people) @ matrix @ sparse.diags(of_items)).astype(np.float64)
    return of_items[:, None] * zero_diagonal_weights((scaled.T @ scaled).toarray(), reg)
