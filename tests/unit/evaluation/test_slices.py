"""Slices: means by hand, intervals against independent ones, too few people, people without held-out items."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gnnrec.data import FILMS
from gnnrec.errors import IncompatibleError
from gnnrec.evaluation import slices
from gnnrec.evaluation.bootstrap import mean_interval
from gnnrec.evaluation.slices import (
    FEWEST,
    Slice,
    measure,
    membership,
    missing,
    named_conditions,
    slice_where,
    slices_of,
)
from gnnrec.evaluation.trait_groups import Group, Trait


def of(members: list[int] | np.ndarray, name: str = "made up") -> Slice:
    return Slice(name, np.asarray(members, dtype=np.int64))


def test_means_and_counts_by_hand() -> None:
    users = np.array([5, 2, 9, 7])
    told = measure([of([2, 3, 5, 8])], users, np.array([1.0, 0.5, 0.25, np.nan]), fewest=1, draws=50)[0]
    assert (told.inside.n, told.inside.mean) == (2, 0.75)
    assert (told.rest.n, told.rest.mean) == (1, 0.25)
    assert told.difference.mean == 0.5
    assert told.not_judged == 2
    assert told.said is None


def test_people_whose_metric_is_undefined_are_not_judged() -> None:
    users = np.arange(60)
    values = np.where(users < 30, 1.0, 0.0)
    values[:5] = np.nan
    told = measure([of(users[:30])], users, values, draws=50)[0]
    assert (told.inside.n, told.not_judged, told.inside.mean, told.rest.n) == (25, 5, 1.0, 30)


@pytest.mark.parametrize(
    ("n", "words"), [(0, "no person"), (1, "1 person"), (FEWEST - 1, f"{FEWEST - 1} people judged: too few")]
)
def test_slices_of_too_few_are_said_not_computed(n: int, words: str) -> None:
    users = np.arange(100)
    told = measure([of(users[:n])], users, np.random.default_rng(0).random(100), FILMS, draws=20)[0]
    assert words in told.said
    assert told.inside.low is None and told.difference.low is None
    assert math.isnan(told.difference.mean)
    assert told.inside.n == n


def test_a_slice_of_nearly_everybody_has_nobody_to_compare_with() -> None:
    users = np.arange(100)
    told = measure([of(users[:95]), of(users)], users, np.ones(100), draws=20)
    assert "5 people outside" in told[0].said
    assert "0 people outside" in told[1].said


def test_nobody_judged_at_all() -> None:
    told = measure([of([1, 2]), of([])], np.empty(0), np.empty(0))
    assert [one.not_judged for one in told] == [2, 0]
    assert all("no person" in one.said for one in told)
    assert measure([], np.arange(3), np.ones(3)) == []


def test_all_metrics_equal() -> None:
    users = np.arange(80)
    told = measure([of(users[:40])], users, np.full(80, 0.3), draws=100)[0]
    assert told.difference.mean == pytest.approx(0)
    assert (told.difference.low, told.difference.high) == pytest.approx((0, 0))
    assert told.inside.low == told.inside.high == pytest.approx(0.3)


def test_intervals_agree_with_independent_ones() -> None:
    rng = np.random.default_rng(1)
    users, values = np.arange(900), rng.gamma(1, 1, 900)
    values[:200] -= 0.5
    told = measure([of(users[:200])], users, values, draws=4000)[0]
    for ours, theirs in (
        (told.inside, mean_interval(values[:200], seed=9, draws=4000)),
        (told.rest, mean_interval(values[200:], seed=9, draws=4000)),
    ):
        width = theirs.high - theirs.low
        assert ours.mean == pytest.approx(theirs.mean)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.1 * width)
    half = 1.96 * math.sqrt(values[:200].var(ddof=1) / 200 + values[200:].var(ddof=1) / 700)
    gap = values[:200].mean() - values[200:].mean()
    assert told.difference.mean == pytest.approx(gap)
    assert (told.difference.low, told.difference.high) == pytest.approx(
        (gap - half, gap + half), abs=0.2 * half
    )


def test_the_difference_is_covered_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    users, covered = np.arange(200), 0
    for seed in range(200):
        values = (rng.random(200) < np.where(users < 60, 0.3, 0.5)).astype(float)
        difference = measure([of(users[:60])], users, values, seed=seed, draws=300, level=0.9)[0].difference
        covered += difference.low <= -0.2 <= difference.high
    assert 164 <= covered <= 196


def test_blocks_and_company_do_not_matter(monkeypatch) -> None:
    users, values = np.arange(90), np.random.default_rng(3).random(90)
    both = measure([of(users[:40]), of(users[20:70])], users, values, draws=64)
    alone = measure([of(users[20:70])], users, values, draws=64)
    assert both[1] == alone[0]
    monkeypatch.setattr(slices, "_CELLS_AT_ONCE", 90 * 16)
    in_blocks = measure([of(users[20:70])], users, values, draws=64)
    assert in_blocks[0].difference == alone[0].difference


def test_membership_keeps_the_order_of_the_people() -> None:
    table = membership([np.array([1, 4, 8]), np.empty(0, dtype=np.int64)], np.array([8, 2, 1])).toarray()
    assert table.tolist() == [[1, 0, 1], [0, 0, 0]]


def test_every_group_of_a_trait_is_a_slice() -> None:
    trait = Trait("t", "T", (Group("low t"), Group("high t")), np.array([1, 0, 1]), "Made up.")
    found = slices_of([trait])
    assert [(one.name, one.members.tolist(), one.conditions) for one in found] == [
        ("low t", [1], (("t", 0),)),
        ("high t", [0, 2], (("t", 1),)),
    ]


@pytest.mark.parametrize(("users", "values"), [([1, 2], [0.5]), ([1, 1], [0.5, 0.6])])
def test_users_and_values_have_to_fit(users: list[int], values: list[float]) -> None:
    with pytest.raises(IncompatibleError, match="one value for each person"):
        measure([of([1])], np.array(users), np.array(values))


# Slices put together from groups

SIZE = Trait(
    "size", "Size", (Group("small"), Group("large"), Group("size not known")), np.array([0, 1, 1, 2, 0]), ""
)
CITY = Trait("city", "City", (Group("city A"), Group("city B")), np.array([0, 0, 1, 1, 1]), "")


def test_groups_of_one_trait_add_up_and_traits_narrow_down() -> None:
    one = slice_where([SIZE, CITY], [("size", "small")])
    assert (one.name, one.members.tolist(), one.conditions) == ("small", [0, 4], (("size", 0),))
    either = slice_where([SIZE, CITY], [("size", "size not known"), ("size", "small")])
    assert (either.name, either.members.tolist()) == ("small or size not known", [0, 3, 4])
    both = slice_where([SIZE, CITY], [("city", "city B"), ("size", "small"), ("size", "large")])
    assert (both.name, both.members.tolist()) == ("small or large and city B", [2, 4])
    assert both.conditions == (("size", 0), ("size", 1), ("city", 1))
    assert set(named_conditions([SIZE, CITY], both)) == {
        ("size", "small"),
        ("size", "large"),
        ("city", "city B"),
    }


def test_conditions_that_are_not_there_are_left_out_and_named() -> None:
    wanted = [("size", "small"), ("size", "gone"), ("gone", "small")]
    assert missing([SIZE, CITY], wanted) == wanted[1:]
    assert slice_where([SIZE, CITY], wanted).members.tolist() == [0, 4]
    nothing = slice_where([SIZE, CITY], [])
    assert nothing.conditions == () and nothing.name == "" and len(nothing.members) == 5
    assert len(slice_where([], wanted).members) == 0


def test_progress_is_told_to_the_end_and_can_stop_it() -> None:
    told: list[tuple[int, int]] = []
    users = np.arange(100)
    measure(
        [of(users[:50])], users, np.arange(100.0), draws=30, tell=lambda done, of: told.append((done, of))
    )
    assert told and told[-1] == (30, 30)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure([of(users[:50])], users, np.arange(100.0), draws=30, tell=stop)
