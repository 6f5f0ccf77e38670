"""What recommenders that know dates share: when each row happened, and what was known at an earlier moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.data.moments import Moments, moments_of
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.capabilities import TRAVELS
from gnnrec.recommenders.query import Query, as_queries


class Travels(Recommender):
    """A recommender that says what a person would have got on an earlier day.

    Of the rows of train it then uses those before that moment; what was learned stays as it is. A member answers
    for one moment in `_at`. Rows without a believable date count as `moments_of` says.
    """

    needs: ClassVar[frozenset[str]] = frozenset({"timestamps"})

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {TRAVELS}

    def _attached(self) -> None:
        self._moments: Moments = moments_of(self.data.timestamp)
        super()._attached()

    def history(self, query: Query | int) -> np.ndarray:
        query = as_queries([query])[0]
        if query.as_of is None:
            return super().history(query)
        mine = (self.data.user == query.user) & (self._moments.seconds < query.as_of)
        return np.unique(self.data.item[mine]).astype(np.int64)

    def _data_until(self, moment: int) -> TrainingData:
        """The rows of train before a moment, in unix seconds."""
        return replace(self.data, rows=self.data.rows[self._moments.seconds < moment])

    def _as_of(self, queries: Sequence[Query]) -> np.ndarray:
        moments = np.array([query.as_of for query in queries])
        users = np.array([query.user for query in queries], dtype=np.int64)
        out = np.empty((len(queries), self.data.n_items), dtype=np.float32)
        for moment in np.unique(moments):
            asked = moments == moment
            out[asked] = self._at(int(moment), users[asked])
        return out

    def _at(self, moment: int, users: np.ndarray) -> np.ndarray:
        """Scores of people at a moment, in unix seconds. **Shapes**: [B] → [B, I]."""
        raise NotImplementedError
