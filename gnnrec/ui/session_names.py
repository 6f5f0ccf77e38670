"""Sessions as pickers call them: the day of the last click and the number of clicks."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from gnnrec.data.sessions import Sessions


def session_name(sessions: Sessions, number: int, note: str = "") -> str:
    """A session in a few words: `2 Mar 2019 · 4 clicks`, and a note where there is one."""
    n = int(sessions.lengths[number])
    told = [session_day(sessions, number), f"{n} click{'' if n == 1 else 's'}", note]
    return " · ".join(one for one in told if one)


def session_day(sessions: Sessions, number: int) -> str:
    """The day of its last click; empty where that has no time."""
    if sessions.time is None or np.isnan(sessions.time[number]):
        return ""
    day = datetime.fromtimestamp(int(sessions.time[number]), tz=UTC)
    return f"{day.day} {day:%b %Y}"
