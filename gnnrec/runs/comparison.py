"""Comparison of leaderboard rows person by person, with its uncertainty over people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gnnrec.evaluation import RATING_METRICS
from gnnrec.evaluation.bootstrap import Interval, paired_difference

_DRAWS, _LEVEL = 2000, 0.95
_CELLS_AT_ONCE = 4_000_000


def difference(mine: Sequence[pd.DataFrame], other: Sequence[pd.DataFrame], metric: str) -> Interval:
    """How much larger a metric is for one row than for another, with its paired bootstrap interval.

    The same person on another split or under another seed is no new person: their values are averaged first.
    Where all ratings, or all questions about what comes next, are pooled, people are drawn again with all of theirs.

    Args:
        mine: One table of people for each fit: `held_out` and the metrics by user number.
        other: The same for the other row.
        metric: Such as `ndcg@10` or `rmse`.

    Returns:
        First less second; with a lower value better, a negative difference is a gain.
    """
    pools = metric in RATING_METRICS or any((one["held_out"] != 1).any() for one in (*mine, *other))
    first, second = _by_person(mine, metric, pools), _by_person(other, metric, pools)
    people = first.index.intersection(second.index)
    first, second = first.loc[people], second.loc[people]
    if not pools:
        return paired_difference(first["value"].to_numpy(), second["value"].to_numpy())
    return _pooled_difference(
        first["value"].to_numpy(), second["value"].to_numpy(), first["held_out"].to_numpy(), metric
    )


def _by_person(tables: Sequence[pd.DataFrame], metric: str, pools: bool) -> pd.DataFrame:
    """Mean over fits for each person; for rating metrics the mean over their ratings, before the last step."""
    table = pd.concat(tables)
    values = table[metric].astype("float64")
    if not pools:
        return pd.DataFrame({"value": values}).groupby(level=0).mean()
    held_out = table["held_out"].astype("float64")
    if metric in RATING_METRICS:
        values = RATING_METRICS[metric].to_mean(values)
    sums = pd.DataFrame({"value": values * held_out, "held_out": held_out}).groupby(level=0)
    found = sums.sum()
    return pd.DataFrame(
        {"value": found["value"] / found["held_out"], "held_out": found["held_out"] / len(tables)}
    )


def _pooled_difference(a: np.ndarray, b: np.ndarray, held_out: np.ndarray, metric: str) -> Interval:
    n, finish = len(a), RATING_METRICS[metric].of_mean if metric in RATING_METRICS else np.asarray
    if n == 0:
        return Interval(float("nan"), None, None, 0)

    def of(weights: np.ndarray) -> np.ndarray:
        total = weights.sum(-1)
        return finish((weights * a).sum(-1) / total) - finish((weights * b).sum(-1) / total)

    mean = float(of(held_out))
    if n < 2:
        return Interval(mean, None, None, n)
    rng, step = np.random.default_rng(0), max(_CELLS_AT_ONCE // n, 1)
    drawn = np.concatenate(
        [
            of(rng.multinomial(n, np.full(n, 1 / n), min(step, _DRAWS - start)) * held_out)
            for start in range(0, _DRAWS, step)
        ]
    )
    low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Interval(mean, float(low), float(high), n)
