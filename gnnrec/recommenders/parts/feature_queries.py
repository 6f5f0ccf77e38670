"""Answers for people of whom only features are known, beside those for people with a history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gnnrec.data import Dataset
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.parts.features import Features, read_features
from gnnrec.recommenders.query import FOLD_IN, Query, as_queries


class FeatureQueries(Recommender):
    """A recommender that reads features of items, and those of people where the data set has them.

    A `Query` with `features` is answered by `_newcomer`; one with neither user nor history must at least have an
    empty history. What is read of the features is settled by the train rows alone. A member says READS_FEATURES
    where features of a person change what they get; `user_reading` has the columns, none where the data has none.
    """

    needs = frozenset({"item_features", "user_features"})

    item_reading: Features
    user_reading: Features

    @classmethod
    def missing_needs(cls, dataset: Dataset) -> frozenset[str]:
        """Features of items must be there, with columns; features of people may be."""
        table = dataset.item_features
        return frozenset({"item_features"}) if table is None or not len(table.columns) else frozenset()

    def _attached(self) -> None:
        super()._attached()
        self.item_reading, self.user_reading = (read_features(self.data, kind) for kind in ("item", "user"))
        dataset = self.data.dataset
        self._item_rows = self.item_reading.rows(dataset.item_features, dataset.n_items)
        self._user_rows = self.user_reading.rows(dataset.user_features, dataset.n_users)

    def _newcomer(self, history: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Scores for somebody unknown with features. **Shapes**: [H], [F] → [I]."""
        raise NotImplementedError

    def scores(
        self, queries: Iterable[Query | int], items: Sequence[int] | np.ndarray | None = None
    ) -> np.ndarray:
        asked = as_queries(queries)
        out = super().scores(asked, items)
        for place, query in enumerate(asked):
            if query.kind == FOLD_IN and query.features:
                history = np.unique(np.asarray(query.history, dtype=np.int64))
                scores = self._newcomer(history, self.user_reading.row(query.features))
                out[place] = scores if items is None else scores[np.asarray(items, dtype=np.int64)]
        return out


def newcomer(features: dict[str, Any], history: Sequence[int] = ()) -> Query:
    """The question of somebody unknown: features, and a history if there is one."""
    return Query(history=tuple(history), features=features)
