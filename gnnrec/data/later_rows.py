"""Whether anything learned from is later than what is held out: rows, dates and features that know the future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gnnrec.data.finding import Finding
from gnnrec.data.moments import moments_of
from gnnrec.data.protocol import GlobalTime, LeaveLastOut
from gnnrec.data.split import Split

# A feature this close to what only held-out rows could tell was counted on them.
_TELLS = 0.9
_FEWEST = 20


def time_checks(split: Split) -> list[Finding]:
    """What is held out against what is learned from, by date.

    A split by time that learns from later rows is a leak; so is a feature that follows the held-out rows. Any
    other split does so by design, which is said.
    """
    return [*_dates(split), *_later_rows(split), *_features(split)]


def percent(share: float) -> str:
    """A share for the screen."""
    return "less than 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def _dates(split: Split) -> list[Finding]:
    """Rows without a date to be believed, where there are some."""
    rows = split.dataset.interactions
    if rows.timestamp is None:
        return []
    kept = np.flatnonzero(split.part >= 0)
    found = moments_of(rows.timestamp[kept])
    if not found.undated:
        return []
    held = int((~found.dated & (split.part[kept] > 0)).sum())
    return [
        Finding(
            "Dates",
            f"{found.missing:,} rows have no date (0 or before 1970) and {found.future:,} lie in the future. "
            "Models that know time put them in the middle of the others; a split by time cuts them as they are"
            + (f", so that {held:,} of them are held out." if held else "."),
            held,
            held / max(1, len(split.rows("valid", "test"))),
            grave=isinstance(split.protocol, GlobalTime),
        )
    ]


def _later_rows(split: Split) -> list[Finding]:
    rows, held = split.dataset.interactions, split.rows("valid", "test")
    if rows.timestamp is None or not len(held):
        return []
    train = split.rows("train")
    everybody = isinstance(split.protocol, GlobalTime)
    latest = np.full(split.dataset.n_users, np.iinfo(np.int64).min)
    np.maximum.at(latest, rows.user[train], rows.timestamp[train])
    if everybody:
        latest[:] = latest.max()
    early = rows.timestamp[held] < latest[rows.user[held]]
    n, share = int(early.sum()), float(early.mean())
    name = "Learned from the future"
    of = "from anybody" if everybody else f"from the same {split.dataset.words.person}"
    if not n:
        return [Finding(name, f"Everything held out is later than what is learned {of}.")]
    by_time = isinstance(split.protocol, (GlobalTime, LeaveLastOut))
    return [
        Finding(
            name,
            f"{percent(share)} of what is held out happened before something that is learned {of}: "
            + (
                "a split by time must not do that."
                if by_time
                else "figures tell how well gaps are filled, not how well the future is foreseen."
            ),
            n,
            share,
            grave=by_time,
        )
    ]


def _features(split: Split) -> list[Finding]:
    """Numeric features that follow how often somebody or something is held out, beyond what train tells."""
    found = []
    rows, held, train = split.dataset.interactions, split.rows("valid", "test"), split.rows("train")
    sides = (
        (split.dataset.item_features, rows.item, split.dataset.words.items),
        (split.dataset.user_features, rows.user, split.dataset.words.people),
    )
    for table, numbers, many in sides:
        if table is None or not len(held):
            continue
        known, later = (np.bincount(numbers[one], minlength=len(table)) for one in (train, held))
        for column in table.select_dtypes("number").columns:
            values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
            told = _beyond(values, later.astype(float), known.astype(float))
            if told > _TELLS:
                found.append(
                    Finding(
                        "Features from later rows",
                        f"The column {column[:40]} of {many} follows how often they are held out (correlation "
                        f"{told:.2f} beyond what train tells): it was counted on rows that are to be foreseen.",
                        len(held),
                        1.0,
                        grave=True,
                    )
                )
    return found


def _beyond(values: np.ndarray, later: np.ndarray, known: np.ndarray) -> float:
    """Correlation of a feature with held-out counts, once what train counts explain is taken off both."""
    there = np.isfinite(values)
    if there.sum() < _FEWEST:
        return 0.0
    base = np.stack([np.ones(there.sum()), known[there]], axis=1)
    left = []
    for one in (values[there], later[there]):
        rest = one - base @ np.linalg.lstsq(base, one, rcond=None)[0]
        if np.linalg.norm(rest) <= 1e-9 * max(np.linalg.norm(one), 1.0):
            return 0.0
        left.append(rest)
    return abs(float(np.corrcoef(*left)[0, 1]))
