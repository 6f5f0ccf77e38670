"""Intervals over people: known answers, seeds, too few people."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gnnrec.errors import IncompatibleError
from gnnrec.evaluation import bootstrap
from gnnrec.evaluation.bootstrap import (
    mean_interval,
    mean_intervals,
    paired_difference,
    pooled_interval,
    wilson,
)


def test_is_close_to_the_normal_interval_of_many_people() -> None:
    values = np.random.default_rng(0).normal(3, 2, 2000)
    interval = mean_interval(values, draws=4000)
    half = 1.96 * values.std(ddof=1) / math.sqrt(len(values))
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half, abs=0.15 * half)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.15 * half)


def test_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    covered = 0
    for seed in range(200):
        interval = mean_interval(rng.random(80) < 0.3, seed=seed, draws=400, level=0.9)
        covered += interval.low <= 0.3 <= interval.high
    assert 160 <= covered <= 197


def test_the_same_seed_gives_the_same_numbers_and_another_one_others() -> None:
    values = np.random.default_rng(2).random(50)
    assert mean_interval(values, seed=4) == mean_interval(values, seed=4)
    assert mean_interval(values, seed=4) != mean_interval(values, seed=5)


def test_blocks_draw_as_many_as_asked(monkeypatch) -> None:
    values = np.random.default_rng(3).random(30)
    monkeypatch.setattr(bootstrap, "_CELLS_AT_ONCE", 100)
    assert len(bootstrap._drawn_means(values, 0, 50)) == 50
    assert mean_interval(values).low < values.mean() < mean_interval(values).high


@pytest.mark.parametrize(
    ("values", "n", "mean"), [([], 0, math.nan), ([0.4], 1, 0.4), ([math.nan, 0.4], 1, 0.4)]
)
def test_too_few_people_have_no_interval(values, n, mean) -> None:
    interval = mean_interval(values)
    assert interval.n == n
    assert interval.low is None
    assert interval.high is None
    assert interval.too_few
    assert not interval.excludes_zero
    assert interval.mean == pytest.approx(mean, nan_ok=True)


def test_pairs_are_compared_person_by_person() -> None:
    rng = np.random.default_rng(4)
    people = rng.random(300)
    a, b = people + 0.05 + rng.normal(0, 0.01, 300), people
    difference = paired_difference(a, b)
    assert difference.excludes_zero
    assert difference.low < 0.05 < difference.high
    # People differ far more than the models do: unpaired intervals overlap.
    assert mean_interval(a).low < mean_interval(b).high
    assert paired_difference(b, a).mean == pytest.approx(-difference.mean)
    assert not paired_difference(b, b).excludes_zero


def test_different_people_are_not_compared() -> None:
    with pytest.raises(IncompatibleError, match="same people"):
        paired_difference([1, 2], [1, 2, 3])


def test_a_pooled_mean_weighs_people_by_their_ratings() -> None:
    interval = pooled_interval([1.0, 2.0, float("nan"), 9.0], [3, 1, 5, 0])
    assert interval.mean == pytest.approx(5 / 4) and interval.n == 2
    assert 1 <= interval.low <= interval.mean <= interval.high <= 2
    assert pooled_interval([1.0], [3]).too_few and math.isnan(pooled_interval([], []).mean)


def test_with_one_rating_each_it_is_the_mean_over_people() -> None:
    values = np.random.default_rng(0).random(200)
    assert pooled_interval(values, np.ones(200)) == mean_interval(values)


def test_several_means_at_once_are_those_of_each_alone(monkeypatch) -> None:
    table = np.random.default_rng(8).random((60, 3)) < 0.3
    for cells in (4_000_000, 500):
        monkeypatch.setattr(bootstrap, "_CELLS_AT_ONCE", cells)
        found = mean_intervals(table, seed=3, draws=300)
        for one, column in zip(found, table.T, strict=True):
            alone = mean_interval(column, seed=3, draws=300)
            assert (one.mean, one.low, one.high, one.n) == pytest.approx(
                (alone.mean, alone.low, alone.high, alone.n)
            )


def test_several_means_of_too_few_people() -> None:
    assert [one.low for one in mean_intervals(np.ones((1, 2)))] == [None, None]
    nobody = mean_intervals(np.empty((0, 2)))
    assert len(nobody) == 2 and all(math.isnan(one.mean) and one.n == 0 for one in nobody)


def test_intervals_are_those_of_scipy() -> None:
    rng = np.random.default_rng(11)
    # Like a real metric: many zeros, a few ones, the rest between.
    a = np.where(rng.random(400) < 0.3, 0.0, rng.beta(1, 3, 400))
    b = np.where(rng.random(400) < 0.5, a, rng.beta(1, 4, 400))
    for ours, values in ((mean_interval(a, draws=6000), a), (paired_difference(a, b, draws=6000), a - b)):
        theirs = stats.bootstrap(
            (values,), np.mean, n_resamples=6000, method="percentile", rng=np.random.default_rng(1)
        ).confidence_interval
        width = theirs.high - theirs.low
        assert ours.low == pytest.approx(theirs.low, abs=0.05 * width)
        assert ours.high == pytest.approx(theirs.high, abs=0.05 * width)


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (950, 1000), (7, 7)])
def test_the_interval_of_a_share_is_wilsons(count: int, n: int) -> None:
    known = stats.binomtest(count, n).proportion_ci(0.95, method="wilson")
    assert wilson(count / n, n) == pytest.approx((known.low, known.high), abs=1e-6)
