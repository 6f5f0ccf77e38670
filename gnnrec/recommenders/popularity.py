"""Most popular: the same list for everybody, the floor every model must clear."""

from __future__ import annotations

from typing import Any

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.capabilities import EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.query import Query


class Popularity(Recommender):
    """Ranks items by how many people have them in train. The same list for everybody, less what they know."""

    name = "popularity"
    title = "Most popular"
    simple = True
    personalised = False

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({FOLDS_IN, EDITS_GRAPH})

    def _fit(self, data: TrainingData) -> None:
        self._counts = np.bincount(data.item, minlength=data.n_items).astype(np.float32)

    def _state(self) -> dict[str, Any]:
        return {"counts": self._counts}

    def _load_state(self, state: dict[str, Any]) -> None:
        self._counts = np.asarray(state["counts"], dtype=np.float32)

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return np.repeat(self._counts[None], len(users), axis=0)

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._counts

    def _edited(self, query: Query) -> np.ndarray:
        before, after = self.data.history(query.user), self.history(query)
        counts = self._counts.copy()
        counts[np.setdiff1d(before, after)] -= 1
        counts[np.setdiff1d(after, before)] += 1
        for user, item in set(query.without):
            if user != query.user and item in self.data.history(user):
                counts[item] -= 1
        return counts
