"""Popular of late: the same list for everybody, counted over the last weeks alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.data.moments import DAY
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.travels import Travels


class RecentPopularity(Travels):
    """Ranks items by how many people chose them in the last weeks of train. The same list for everybody.

    Items with the same count are ordered by their count in all of train. Rows without a believable date count in
    the latter alone. On an earlier day the weeks before that day are counted.
    """

    name = "recent_popularity"
    title = "Popular of late"
    simple = True
    personalised = False
    search_space: ClassVar[dict[str, tuple | list]] = {"window": (7, 365, "log")}

    @dataclass(frozen=True)
    class Config(Settings):
        """How far back it looks."""

        window: int = setting(
            30,
            "How many days before the last row of train are counted",
            low=1,
            high=36_500,
            unit="days",
        )

    def _fit(self, data: TrainingData) -> None:
        dated = self._moments.seconds[self._moments.dated]
        self._counts = self._until(int(dated.max()) + 1 if len(dated) else 1)

    def _until(self, moment: int) -> np.ndarray:
        """Counts before a moment, in unix seconds. **Shapes**: [I]."""
        seconds, item, n = self._moments.seconds, self.data.item, self.data.n_items
        before = seconds < moment
        late = before & self._moments.dated & (seconds >= moment - self.config.window * DAY)
        counts = np.bincount(item[late], minlength=n) + np.bincount(item[before], minlength=n) / (
            before.sum() + 1.0
        )
        return counts.astype(np.float32)

    def _state(self) -> dict[str, Any]:
        return {"counts": self._counts}

    def _load_state(self, state: dict[str, Any]) -> None:
        self._counts = np.asarray(state["counts"], dtype=np.float32)

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return np.repeat(self._counts[None], len(users), axis=0)

    def _at(self, moment: int, users: np.ndarray) -> np.ndarray:
        return np.repeat(self._until(moment)[None], len(users), axis=0)
