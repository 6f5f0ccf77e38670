"""Oracle: knows what everybody would really like; the ceiling on data whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnrec.data import Dataset, TrainingData
from gnnrec.datasets.film_club import truth
from gnnrec.recommenders.base import Recommender


class Oracle(Recommender):
    """Ranks by the true taste that the made-up data set was generated from; learns nothing.

    Only for data whose truth came with it. How far the best model stays below it is what there is left to
    gain. What people then watched also hung on fame, friends and chance, so even the oracle is often wrong.

    **Shapes**: true utility [U, I].
    """

    name = "oracle"
    title = "Oracle (true taste)"
    needs = frozenset({"truth"})

    @classmethod
    def missing_needs(cls, dataset: Dataset) -> frozenset[str]:
        """`truth` for every data set but the one whose truth is at hand, told by its ids."""
        return frozenset() if truth.available_for(dataset) else cls.needs

    def _attached(self) -> None:
        self._utility = truth.utility(self.data.dataset)

    def _fit(self, data: TrainingData) -> None:
        pass

    def _state(self) -> dict[str, Any]:
        return {}

    def _load_state(self, state: dict[str, Any]) -> None:
        pass

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._utility[users]
