"""GF-CF: two filters over the graph of items, without any training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.item_filter import ItemFilter


class GFCF(ItemFilter):
    """Adds up what two steps along the graph find nearby and what the broad tastes of everybody suggest.

    Nothing is trained: a linear filter follows the edges, and an ideal low-pass filter keeps the leading
    singular vectors of the normalised graph.

    **Source**: Shen et al., "How Powerful is Graph Convolution for Recommendation?", CIKM 2021:
    F = R̃ᵀR̃ + w · D_I^-½ V Vᵀ D_I^½. F is never formed here; rows are sent through its parts.
    """

    name = "gf_cf"
    title = "Graph filter GF-CF"
    paper = "Shen et al., CIKM 2021"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "factors": (16, 256, "log"),
        "weight": (0.05, 3.0, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of GF-CF."""

        factors: int = setting(
            256, "How many broad tastes the low-pass filter keeps", low=1, high=4096, unit="vectors"
        )
        weight: float = setting(0.3, "How much broad tastes count beside what lies nearby", low=0, high=10)

    def _fit(self, data: TrainingData) -> None:
        self._learn_factors(self.config.factors)

    def _filtered(self, rows: sparse.csr_matrix) -> np.ndarray:
        return self._passed(rows) + np.float32(self.config.weight) * self._low_pass(rows)
