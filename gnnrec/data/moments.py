"""Moments: when each interaction happened, once dates that cannot be true are set aside and counted."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

DAY = 86_400


@dataclass(frozen=True, eq=False)
class Moments:
    """When some rows happened.

    A row without a believable date counts as neither new nor old: it stands at the middle of the dated ones.

    Attributes:
        seconds: Unix time of each row; that of the middle dated row where the row has none to be believed.
        dated: Which rows have a date of their own.
        missing: Rows whose time is 0 or before 1970, which files write where they do not know it.
        future: Rows dated more than a day after today.

    **Shapes**: [n] each.
    """

    seconds: np.ndarray
    dated: np.ndarray
    missing: int
    future: int

    @property
    def undated(self) -> int:
        """Rows without a date to be believed."""
        return self.missing + self.future


def moments_of(timestamps: np.ndarray, now: float | None = None) -> Moments:
    """When some rows happened.

    Args:
        timestamps: Unix seconds.
        now: What counts as today; the clock's own time where None. Where it would make every date a future one,
            the clock is wrong and not the dates, and none is set aside.

    **Shapes**: [n].
    """
    seconds = np.asarray(timestamps, dtype=np.int64)
    missing = seconds <= 0
    future = seconds > (time.time() if now is None else now) + DAY
    if (future | missing).all():
        future[:] = False
    dated = ~(missing | future)
    if dated.all():
        return Moments(seconds, dated, 0, 0)
    middle = int(np.median(seconds[dated])) if dated.any() else 0
    return Moments(np.where(dated, seconds, middle), dated, int(missing.sum()), int(future.sum()))
