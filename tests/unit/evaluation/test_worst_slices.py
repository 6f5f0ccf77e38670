"""Worst slices: a planted one is found and told once, noise is not, and nothing breaks on odd values."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import FILMS
from gnnrec.errors import ConfigError
from gnnrec.evaluation.bootstrap import Interval
from gnnrec.evaluation.slices import Measured
from gnnrec.evaluation.trait_groups import Group, Trait
from gnnrec.evaluation.worst_slices import (
    Search,
    extremes_by_chance,
    pool_of,
    sentence,
    standing_out,
    threshold_of,
    worst_slices,
)

PEOPLE = 600
USERS = np.arange(PEOPLE)


def trait(key: str, codes: np.ndarray) -> Trait:
    return Trait(key, key, tuple(Group(f"{key} {n}") for n in range(codes.max() + 1)), codes, "Made up.")


@pytest.fixture(scope="module")
def traits() -> list[Trait]:
    rng = np.random.default_rng(0)
    return [trait(key, rng.integers(0, 4, PEOPLE)) for key in "abcd"]


def members(traits: list[Trait], **codes: int) -> np.ndarray:
    chosen = {one.key: one.codes for one in traits}
    return np.flatnonzero(np.all([chosen[key] == code for key, code in codes.items()], axis=0))


def search(traits: list[Trait], values: np.ndarray, **options) -> Search:
    return worst_slices(traits, USERS, values, permutations=options.pop("permutations", 99), **options)


def test_a_planted_pair_is_found_named_and_told_once(traits) -> None:
    values = np.random.default_rng(1).normal(0, 1, PEOPLE)
    planted = members(traits, a=1, c=2)
    values[planted] -= 1.5
    found = search(traits, values, permutations=199).found
    assert [one.slice.name for one in found] == ["a 1 and c 2"]
    assert found[0].slice.members.tolist() == planted.tolist()
    assert found[0].slice.conditions == (("a", 1), ("c", 2))
    assert found[0].p == 1 / 200
    assert found[0].measured.inside.n == len(planted)
    assert found[0].measured.difference.high < 0


def test_a_planted_trait_is_not_told_again_with_every_other_trait(traits) -> None:
    values = np.random.default_rng(2).normal(0, 1, PEOPLE)
    values[members(traits, b=3)] -= 1.2
    assert [one.slice.name for one in search(traits, values).found] == ["b 3"]


def test_two_planted_slices_are_both_told(traits) -> None:
    values = np.random.default_rng(3).normal(0, 0.5, PEOPLE)
    values[members(traits, a=0)] -= 1
    values[members(traits, b=2, d=1)] -= 1.5
    assert {one.slice.name for one in search(traits, values).found} == {"a 0", "b 2 and d 1"}
    assert len(search(traits, values, most=1).found) == 1


def test_the_same_people_under_two_names_are_told_once(traits) -> None:
    copy = traits[0].codes.copy()
    copy[:10] = (copy[:10] + 1) % 4
    doubled = [*traits, trait("copy of a", copy)]
    values = np.random.default_rng(4).normal(0, 1, PEOPLE)
    values[members(traits, a=1)] -= 1.5
    found = search(doubled, values).found
    assert len(found) == 1
    assert {found[0].slice.name, *found[0].alike} >= {"a 1", "copy of a 1"}
    # The pair "a 1 and copy of a 1" is nearly both and no third finding either.
    assert "a 1 and copy of a 1" in {found[0].slice.name, *found[0].alike}


def test_noise_is_seldom_told(traits) -> None:
    rng = np.random.default_rng(5)
    alarms = sum(bool(search(traits, rng.normal(0, 1, PEOPLE), seed=seed).found) for seed in range(60))
    assert alarms <= 9


def test_a_noisy_slice_with_the_same_mean_is_seldom_told(traits) -> None:
    rng, alarms = np.random.default_rng(6), 0
    loud = members(traits, a=1, b=1)
    for seed in range(60):
        values = rng.normal(0, 1, PEOPLE)
        values[loud] *= 4
        alarms += bool(search(traits, values, seed=seed).found)
    assert alarms <= 9


def test_sides_and_directions(traits) -> None:
    values = np.random.default_rng(7).normal(0, 1, PEOPLE)
    values[members(traits, a=1)] += 1.5
    assert [one.slice.name for one in search(traits, values, direction="lower").found] == ["a 1"]
    assert search(traits, values, side="both").found[0].slice.name == "a 1"
    assert "a 1" not in {one.slice.name for one in search(traits, values).found}


def test_the_statistic_is_that_of_a_permutation(traits) -> None:
    """Standing out is the mean of a slice over the spread it would have if its people were drawn by lot."""
    pool = pool_of(traits[:1], USERS)
    signed = np.random.default_rng(8).normal(3, 1, PEOPLE)
    n, size = PEOPLE, pool.sizes[0]
    inside = signed[pool.slices[0].members]
    spread = max(signed.var(ddof=1), inside.var(ddof=1))
    expected = (inside.mean() - signed.mean()) / np.sqrt(spread * (1 / size - 1 / n))
    assert standing_out(pool, signed)[0] == pytest.approx(expected)


def test_extremes_are_the_largest_over_all_slices(traits) -> None:
    signed = np.random.default_rng(9).normal(0, 1, PEOPLE)
    one, all_of_them = (
        extremes_by_chance(pool_of(some, USERS), signed, permutations=200) for some in (traits[:1], traits)
    )
    assert len(one) == 200
    assert np.median(all_of_them) > np.median(one) > 0
    assert (extremes_by_chance(pool_of(traits, USERS), signed, "both", 200) >= all_of_them).all()


def test_the_threshold_is_that_of_the_adjusted_p() -> None:
    extremes = np.arange(1.0, 100.0)
    limit = threshold_of(extremes, 0.05)
    assert (1 + (extremes >= limit + 0.5).sum()) / 100 <= 0.05 < (1 + (extremes >= limit).sum()) / 100 + 0.011
    assert threshold_of(np.ones(10), 0.05) == float("inf")


def test_pools_hold_what_is_large_enough_and_no_slice_twice() -> None:
    codes = np.array([0] * 30 + [1] * 25 + [2] * 5)
    one, nested = trait("a", codes), trait("b", (codes == 0).astype(int))
    pool = pool_of([one, nested], np.arange(60))
    assert [each.name for each in pool.slices] == ["a 0", "a 1", "b 0", "b 1"]
    for place, each in enumerate(pool.slices):
        assert pool.inside[place].indices.tolist() == each.members.tolist()
    # "a 0 and b 1" has the people of "a 0"; "a 1 and b 0" those of "a 1".
    assert pool_of([one], np.arange(60), fewest=40).slices == ()


def test_one_trait_only(traits) -> None:
    values = np.random.default_rng(10).normal(0, 1, PEOPLE)
    values[members(traits, a=2)] -= 1
    result = search(traits[:1], values)
    assert result.searched == 4
    assert [one.slice.name for one in result.found] == ["a 2"]


def test_people_without_a_value_are_left_out(traits) -> None:
    values = np.random.default_rng(11).normal(0, 1, PEOPLE)
    planted = members(traits, a=1)
    values[planted] -= 1.5
    values[::7] = np.nan
    result = search(traits, values)
    assert result.people == np.isfinite(values).sum()
    assert result.found[0].measured.inside.n == np.isfinite(values[planted]).sum()


def test_the_order_of_the_people_does_not_matter(traits) -> None:
    rng = np.random.default_rng(12)
    values = rng.normal(0, 1, PEOPLE)
    values[members(traits, a=1, c=2)] -= 1.5
    order = rng.permutation(PEOPLE)
    turned = worst_slices(traits, USERS[order], values[order], permutations=99)
    assert [one.slice.name for one in turned.found] == ["a 1 and c 2"]
    assert turned.found[0].slice.members.tolist() == members(traits, a=1, c=2).tolist()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.full(PEOPLE, 0.1), "all 600 people have the same value"),
        (np.zeros(PEOPLE), "same value"),
        (np.full(PEOPLE, np.nan), "no person was judged"),
        (np.where(USERS < 5, USERS / 5, np.nan), "too few to search"),
    ],
)
def test_what_cannot_be_searched_is_said(traits, values: np.ndarray, said: str) -> None:
    result = search(traits, values)
    assert result.found == ()
    assert said in result.said


def test_no_traits_at_all() -> None:
    assert "too few" in worst_slices([], USERS, np.random.default_rng(0).random(PEOPLE)).said


def test_what_is_explained_to_the_last_digit_leaves_nothing_to_tell(traits) -> None:
    values = np.where(traits[0].codes == 1, 0.1, 0.3)
    assert [one.slice.name for one in search(traits, values).found] == ["a 1"]


def test_what_is_wrong_is_refused(traits) -> None:
    for wrong in (
        {"direction": "up"},
        {"side": "left"},
        {"level": 0},
        {"permutations": 0},
        {"most": 0},
        {"fewest": 1},
    ):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            search(traits, np.ones(PEOPLE), **wrong)


def test_sentences() -> None:
    told = Measured(
        "few films in their history and narrow taste",
        Interval(0.11, 0.08, 0.14, 63),
        Interval(0.30, 0.28, 0.32, 1107),
        Interval(-0.19, -0.23, -0.15, 63),
        4,
    )
    assert sentence(told, "NDCG@10", FILMS) == (
        "the 63 people with few films in their history and narrow taste: NDCG@10 0.11 against 0.30 for the others "
        "(difference −0.19, −0.23 to −0.15)"
    )
    nothing = Interval(float("nan"), None, None, 1)
    few = Measured("narrow taste", nothing, nothing, nothing, 0, "1 person judged: too few to compare")
    assert sentence(few, "NDCG@10", FILMS) == "people with narrow taste: 1 person judged: too few to compare"


def test_progress_of_the_search_is_told_to_the_end(traits) -> None:
    told: list[tuple[int, int]] = []
    values = np.random.default_rng(1).random(PEOPLE)
    search(traits, values, permutations=50, tell=lambda done, of: told.append((done, of)))
    assert told and told[-1] == (50, 50)
