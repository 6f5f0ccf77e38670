"""BSPM: blur a history along the graph, then sharpen it, without any training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.item_filter import ItemFilter

# Taylor coefficients of exp from the first order to the fourth: one step of the classical Runge-Kutta method.
_RUNGE_KUTTA = (1, 1 / 2, 1 / 6, 1 / 24)
_PEOPLE_AT_ONCE = 32


class BSPM(ItemFilter):
    """Blurs a history by two steps along the graph and by broad tastes, then takes back what blurring smears.

    Sharpening runs the blur backwards in time, which holds back what is near to everything.

    **Source**: Choi et al., "Blurring-Sharpening Process Models for Collaborative Filtering", SIGIR 2023, the
    variant with early merge. P = R̃ᵀR̃; blurring is one Euler step of length 1, rP, and an ideal low-pass
    filter with weight w; sharpening y' = −yP over the time T is one step of fourth-order Runge-Kutta. All of
    it is linear, so it is written here as one polynomial in P:
    F = (P + w · D_I^-½ V Vᵀ D_I^½) · Σ_{m≤4} (−T P)^m / m!.

    **Units**: T in the time of the paper's equation, where blurring takes 1.
    """

    name = "bspm"
    title = "Blurring and sharpening BSPM"
    paper = "Choi et al., SIGIR 2023"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "factors": (16, 448, "log"),
        "weight": (0.05, 2.0, "log"),
        "sharpening": (0.5, 3.0),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of BSPM."""

        factors: int = setting(
            448, "How many broad tastes the low-pass filter keeps", low=1, high=4096, unit="vectors"
        )
        weight: float = setting(0.2, "How much broad tastes count beside what lies nearby", low=0, high=10)
        sharpening: float = setting(2.5, "How long the blur is run backwards; 0 leaves it", low=0, high=4)

    def _fit(self, data: TrainingData) -> None:
        self._learn_factors(self.config.factors)

    def _filtered(self, rows: sparse.csr_matrix) -> np.ndarray:
        blurred = self._passed(rows) + np.float32(self.config.weight) * self._low_pass(rows)
        if not self.config.sharpening:
            return blurred
        sharpened = blurred.copy()
        # A few people at a time, items first: a step along the graph then stays within fast memory.
        for start in range(0, len(blurred), _PEOPLE_AT_ONCE):
            some = slice(start, start + _PEOPLE_AT_ONCE)
            power = np.ascontiguousarray(blurred[some].T)
            for order, coefficient in enumerate(_RUNGE_KUTTA, 1):
                power = self._graph_by_item @ (self._graph @ power)
                sharpened[some] += np.float32(coefficient * (-self.config.sharpening) ** order) * power.T
        return sharpened
