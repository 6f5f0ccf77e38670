"""Sessions: clicks one after another, whose they were, and when they ended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from gnnrec.data.dataset import Dataset

_TRAIN, _NONE = 0, -1


@dataclass(frozen=True, eq=False)
class Sessions:
    """Clicks of many sessions, session after session, oldest click first.

    Every click after the first of its session is a *question*: what came next, after the clicks before it? A
    session of one click asks nothing, and nothing can be learned from it about what follows what.

    Attributes:
        start: Where each session's clicks begin, and where the last one ends. **Shapes**: [S + 1].
        item: Item number of each click. **Shapes**: [C].
        user: Whose session it was. **Shapes**: [S].
        time: Unix seconds of each session's last click, NaN where missing; None where no session has a time.
    """

    start: np.ndarray
    item: np.ndarray
    user: np.ndarray
    time: np.ndarray | None

    @classmethod
    def of(cls, table: pd.DataFrame) -> Sessions:
        """From rows of `session`, `user`, `item` and, where there are any, `position` and `timestamp`.

        Clicks go by position, those with the same position in the order of the rows. A session belongs to
        whoever made its last click. Sessions are numbered as they first come in the table.
        """
        number, _ = pd.factorize(table["session"])
        order = np.arange(len(table))
        if "position" in table.columns:
            order = np.argsort(table["position"].to_numpy(), kind="stable")
        order = order[np.argsort(number[order], kind="stable")]
        start = np.r_[0, np.cumsum(np.bincount(number))] if len(table) else np.zeros(1, dtype=np.int64)
        last = order[start[1:] - 1]
        time = None
        if "timestamp" in table.columns:
            time = pd.to_numeric(table["timestamp"], errors="coerce").to_numpy(dtype=np.float64)[last]
        return cls(
            start=start.astype(np.int64),
            item=table["item"].to_numpy()[order].astype(np.int32),
            user=table["user"].to_numpy()[last].astype(np.int32),
            time=None if time is None or np.isnan(time).all() else time,
        )

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Number of clicks of each session. **Shapes**: [S]."""
        return np.diff(self.start)

    @cached_property
    def session_of_click(self) -> np.ndarray:
        """**Shapes**: [C]."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def clicks(self, number: int) -> np.ndarray:
        """Items of one session, oldest first."""
        return self.item[self.start[number] : self.start[number + 1]]

    def of_person(self, user: int) -> np.ndarray:
        """Numbers of a person's sessions, oldest first where there are times."""
        mine = np.flatnonzero(self.user == user)
        return mine if self.time is None else mine[np.argsort(self.time[mine], kind="stable")]

    def take(self, numbers: np.ndarray) -> Sessions:
        """Some of the sessions, in the order asked for."""
        numbers = np.asarray(numbers, dtype=np.int64)
        lengths = self.lengths[numbers]
        start = np.r_[0, np.cumsum(lengths)]
        shift = np.repeat(self.start[numbers] - start[:-1], lengths)
        return Sessions(
            start=start,
            item=self.item[np.arange(start[-1]) + shift],
            user=self.user[numbers],
            time=None if self.time is None else self.time[numbers],
        )

    def questions(self) -> tuple[np.ndarray, np.ndarray]:
        """Every click that follows another: its session, and how many clicks came before it.

        The item asked for is `item[start[session] + before]`. **Shapes**: [n], [n].
        """
        before = np.arange(len(self.item)) - self.start[self.session_of_click]
        return self.session_of_click[before > 0], before[before > 0]


def parts_of_sessions(dataset: Dataset, part: np.ndarray) -> np.ndarray:
    """The part of each session that a split of the interactions leads to: every session is wholly in one.

    It is the latest part of the interactions that its clicks reveal (test after validation after train), so
    that nothing held out is clicked on in a session that is learned from. A click on what the person never
    chose reveals nothing. A session with an interaction in no part is in none.

    **Shapes**: part of each interaction row [n] → [S].
    """
    sessions, rows = dataset.clicks, dataset.interactions
    if not len(sessions):
        return np.empty(0, dtype=np.int8)
    keys = rows.user.astype(np.int64) * dataset.n_items + rows.item
    order = np.argsort(keys, kind="stable")
    asked = sessions.user[sessions.session_of_click].astype(np.int64) * dataset.n_items + sessions.item
    place = np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)
    found = keys[order][place] == asked
    revealed = np.where(found, part[order[place]], _TRAIN)
    latest = np.maximum.reduceat(revealed, sessions.start[:-1])
    outside = np.logical_or.reduceat(revealed == _NONE, sessions.start[:-1])
    return np.where(outside, _NONE, latest).astype(np.int8)
