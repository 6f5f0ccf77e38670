"""Seed noise: how far two trainings of one model lie apart that differ in nothing but their seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from gnnrec.evaluation.bootstrap import Interval

_LEVEL = 0.95
# What a comparison says, from its interval over people and the noise of seeds.
SAME, TOO_FEW, OPEN, WITHIN, NO_SEEDS, FEW_SEEDS, BEYOND = (
    "same",
    "too few",
    "open",
    "within",
    "no seeds",
    "few seeds",
    "beyond",
)


@dataclass(frozen=True)
class SeedNoise:
    """What changing the seed alone does to a mean over people.

    Attributes:
        means: The mean of each seed, by model: only models with two seeds or more. Nothing at all says that no
            model of the two depends on a seed.
    """

    means: tuple[tuple[float, ...], ...]

    @property
    def n_seeds(self) -> int:
        """How many trainings are behind it."""
        return sum(len(one) for one in self.means)

    @property
    def gap(self) -> float:
        """The largest difference between two seeds of one model."""
        return max((abs(x - y) for one in self.means for x, y in combinations(one, 2)), default=0.0)

    @property
    def limit(self) -> float:
        """What the difference of two trainings that only differ in seeds exceeds once in twenty times.

        t · s · √2, with the deviation s of the means within models; with two seeds in all it is wide (12.7 gaps).
        """
        if not self.means:
            return 0.0
        freedom = sum(len(one) - 1 for one in self.means)
        squares = sum(float(np.var(one)) * len(one) for one in self.means)
        return float(stats.t.ppf((1 + _LEVEL) / 2, freedom)) * math.sqrt(2 * squares / freedom)


def says(difference: Interval, noise: SeedNoise | None, same: bool) -> str:
    """What a comparison says.

    Args:
        difference: A less B over people, with its interval.
        noise: Of the seeds of A or B; None where neither has a second one.
        same: Whether nobody is served differently.

    Returns:
        `same`; `too few` people for an interval; `open` where the interval holds 0; `within` the largest gap between
        seeds; `no seeds` to compare with; `few seeds`, where it is larger than the gaps seen but not than what so few
        seeds leave possible; `beyond` seed noise.
    """
    if difference.too_few:
        return TOO_FEW
    if same:
        return SAME
    if not difference.excludes_zero:
        return OPEN
    if noise is None:
        return NO_SEEDS
    size = abs(difference.mean)
    if size <= noise.gap:
        return WITHIN
    return BEYOND if size > noise.limit else FEW_SEEDS
