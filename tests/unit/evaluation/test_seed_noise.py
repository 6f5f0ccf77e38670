"""Seed noise: the gap seen, the gap to expect, and what a comparison says beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gnnrec.evaluation import seed_noise
from gnnrec.evaluation.bootstrap import Interval
from gnnrec.evaluation.seed_noise import SeedNoise, says


def interval(mean: float, half: float | None = 0.001) -> Interval:
    return Interval(mean, *((None, None) if half is None else (mean - half, mean + half)), n=100)


def test_the_gap_is_the_largest_within_one_model() -> None:
    noise = SeedNoise(((0.30, 0.31, 0.305), (0.20, 0.24)))
    assert noise.gap == pytest.approx(0.04)
    assert noise.n_seeds == 5


def test_two_seeds_leave_nearly_everything_possible() -> None:
    # t of one degree of freedom at 97.5 % is 12.706, and the deviation is the gap over √2.
    assert SeedNoise(((0.30, 0.31),)).limit == pytest.approx(12.706 * 0.01, rel=1e-3)


def test_the_limit_is_passed_once_in_twenty_by_two_more_trainings() -> None:
    rng = np.random.default_rng(0)
    passed = 0
    for _ in range(4000):
        noise = SeedNoise((tuple(rng.normal(0.3, 0.01, 4)), tuple(rng.normal(0.2, 0.01, 3))))
        one, other = rng.normal(0.3, 0.01, 2)
        passed += abs(one - other) > noise.limit
    assert passed / 4000 == pytest.approx(0.05, abs=0.012)


def test_without_seeds_there_is_no_noise() -> None:
    none = SeedNoise(())
    assert none.gap == none.limit == 0 and not math.isnan(none.limit)


TWO, FIVE = SeedNoise(((0.30, 0.31),)), SeedNoise(((0.300, 0.301, 0.302, 0.301, 0.300),))


@pytest.mark.parametrize(
    ("difference", "noise", "same", "expected"),
    [
        (interval(0.05, None), TWO, False, seed_noise.TOO_FEW),
        (interval(0.0), TWO, True, seed_noise.SAME),
        (interval(0.0005), None, False, seed_noise.OPEN),
        (interval(0.05), None, False, seed_noise.NO_SEEDS),
        (interval(-0.009), TWO, False, seed_noise.WITHIN),
        (interval(-0.05), TWO, False, seed_noise.FEW_SEEDS),
        (interval(0.05), FIVE, False, seed_noise.BEYOND),
        (interval(0.5), TWO, False, seed_noise.BEYOND),
        (interval(0.002), SeedNoise(()), False, seed_noise.BEYOND),
    ],
)
def test_what_is_said(difference: Interval, noise: SeedNoise | None, same: bool, expected: str) -> None:
    assert says(difference, noise, same) == expected
