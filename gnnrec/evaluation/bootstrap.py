"""Uncertainty over people: how far a mean would move had other people of the same kind been asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from gnnrec.errors import IncompatibleError

_CELLS_AT_ONCE = 4_000_000
# Between this many standard errors lie 95 % of a normal distribution.
_Z = 1.959964


@dataclass(frozen=True)
class Interval:
    """A mean over people and the range it would mostly fall into with other people.

    Attributes:
        mean: Mean over the people measured; NaN where there are none.
        low: Lower end, or None where fewer than two people were measured.
        high: Upper end, likewise.
        n: How many people were measured.
    """

    mean: float
    low: float | None
    high: float | None
    n: int

    @property
    def too_few(self) -> bool:
        """Whether there are too few people for a range."""
        return self.low is None

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole range lies on one side of zero: a difference that other people would show too."""
        return self.low is not None and (self.low > 0 or self.high < 0)


def mean_interval(
    values: Sequence[float] | np.ndarray, seed: int = 0, draws: int = 2000, level: float = 0.95
) -> Interval:
    """The mean of one value per person with its bootstrap interval.

    Args:
        values: One value per person; NaN for people who could not be measured, who are left out.
        seed: Of the draws, so that a page shows the same numbers twice.
        draws: How many times as many people are drawn again, with replacement.
        level: Share of the drawn means that lie inside the interval.

    **Shapes**: [people].
    **Source**: Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 1979;
    percentile interval.
    """
    array = np.asarray(values, dtype=np.float64).ravel()
    array = array[~np.isnan(array)]
    n = len(array)
    if n < 2:
        return Interval(float(array[0]) if n else float("nan"), None, None, n)
    means = _drawn_means(array, seed, draws)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(array.mean()), float(low), float(high), n)


def mean_intervals(
    table: np.ndarray, seed: int = 0, draws: int = 2000, level: float = 0.95
) -> list[Interval]:
    """The means of several values per person, each as `mean_interval` gives it, from one drawing of people.

    Args:
        table: One row per person, one column per value; nobody may be missing in any.
        seed: Of the draws.
        draws: How many times as many people are drawn again, with replacement.
        level: Share of the drawn means that lie inside the interval.

    **Shapes**: [people, values].
    """
    values = np.asarray(table, dtype=np.float64)
    n = len(values)
    if n < 2:
        means = values[0] if n else np.full(values.shape[1], np.nan)
        return [Interval(float(one), None, None, n) for one in means]
    means = np.concatenate(
        [
            # How often each person was drawn, times what they have: nothing is copied for each draw.
            np.stack([np.bincount(people, minlength=n) for people in block]) @ values / n
            for block in _drawn_people(n, seed, draws)
        ]
    )
    lows, highs = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return [
        Interval(float(mean), float(low), float(high), n)
        for mean, low, high in zip(values.mean(0), lows, highs, strict=True)
    ]


def pooled_interval(
    values: Sequence[float] | np.ndarray,
    counts: Sequence[int] | np.ndarray,
    seed: int = 0,
    draws: int = 2000,
    level: float = 0.95,
) -> Interval:
    """A mean over all ratings, where each person has several, with its bootstrap interval over people.

    Args:
        values: Each person's own mean; NaN for people who could not be measured, who are left out.
        counts: How many ratings that mean is over.
        seed: Of the draws.
        draws: How many times as many people are drawn again, with replacement.
        level: Share of the drawn means that lie inside the interval.

    **Shapes**: [people], [people].
    """
    array, weights = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    known = ~np.isnan(array) & (weights > 0)
    array, weights = array[known], weights[known]
    n = len(array)
    mean = float((array * weights).sum() / weights.sum()) if n else float("nan")
    if n < 2:
        return Interval(mean, None, None, n)
    total, drawn = (_drawn_means(one, seed, draws) for one in (array * weights, weights))
    low, high = np.quantile(total / drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(mean, float(low), float(high), n)


def paired_difference(
    a: Sequence[float] | np.ndarray,
    b: Sequence[float] | np.ndarray,
    seed: int = 0,
    draws: int = 2000,
    level: float = 0.95,
) -> Interval:
    """How much better A is than B, person by person, with its bootstrap interval.

    The same people are drawn for both, so what makes some people easier than others cancels out.

    Args:
        a: One value per person for A.
        b: The same people in the same order for B.
        seed: Of the draws.
        draws: How many times people are drawn again.
        level: Share of the drawn differences that lie inside the interval.

    Raises:
        IncompatibleError: The two are not about the same number of people.

    **Shapes**: [people], [people].
    """
    left, right = np.asarray(a, dtype=np.float64).ravel(), np.asarray(b, dtype=np.float64).ravel()
    if left.shape != right.shape:
        raise IncompatibleError(
            where="difference between two models",
            found=f"values of {len(left):,} people for one and {len(right):,} for the other",
            expected="the same people for both",
            todo="Evaluate both on the same part of the same split.",
        )
    return mean_interval(left - right, seed, draws, level)


def wilson(share: float, n: float) -> tuple[float, float]:
    """Both ends of Wilson's 95 % interval of a share.

    Args:
        share: From 0 to 1.
        n: How many independent ones it is of; above 0, not always whole.

    **Source**: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
    """
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return middle - half, middle + half


def _drawn_means(values: np.ndarray, seed: int, draws: int) -> np.ndarray:
    return np.concatenate([values[people].mean(1) for people in _drawn_people(len(values), seed, draws)])


def _drawn_people(n: int, seed: int, draws: int) -> Iterator[np.ndarray]:
    """Places of n people drawn with replacement, some draws at a time. **Shapes**: [draws, n] in blocks."""
    rng = np.random.default_rng(seed)
    step = max(_CELLS_AT_ONCE // n, 1)
    for start in range(0, draws, step):
        yield rng.integers(0, n, (min(step, draws - start), n), dtype=np.int32)
