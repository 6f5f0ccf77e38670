"""Traits of people: known answers from a small world, train alone, groups that fit, what is not known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from gnnrec.data import Split, Words, split
from gnnrec.evaluation.communities import item_communities
from gnnrec.evaluation.trait_groups import (
    NOT_KNOWN,
    QUANTILES,
    Trait,
    as_numbers,
    by_quantiles,
    by_values,
    of_attribute,
)
from gnnrec.evaluation.traits import breadth, traits_of
from tests.worlds import of_pairs, published, scattered

NAMES = ("very low", "low", "middling", "high", "very high")
DAY = 86_400


def cut(values: list[float]) -> Trait:
    return by_quantiles("x", "X", np.array(values, dtype=float), NAMES, "x not known", "Made up.")


def named(trait: Trait) -> list[str]:
    return [trait.groups[code].name for code in trait.codes]


def world(**columns: list) -> Split:
    """Four people: u0 has the drama i0 twice as often as comedy, u1 comedies, u2 one film, u3 nothing in train."""
    pairs = [(0, 0), (0, 1), (0, 2), (1, 2), (1, 3), (2, 0), (3, 3), (3, 0)]
    dataset = of_pairs(pairs, 4, 4, [0, 0, 0, 0, 0, 0, 2, 1], **columns)
    films = pd.DataFrame(
        {
            "title": ["a", "b", "c", "d"],
            "genres": ["Drama", "Drama|Crime", "Comedy", None],
            "country": ["X", "X", "Y", "Y"],
        }
    )
    people = pd.DataFrame(
        {"name": list("ABCD"), "age": [20.0, np.nan, 30.0, 40.0], "town": ["P", "P", "Q", None]}
    )
    return published(replace(dataset, item_features=films, user_features=people))


def by_key(cut: Split) -> dict[str, Trait]:
    return {one.key: one for one in traits_of(cut)}


def test_traits_of_a_small_world() -> None:
    found = by_key(world(timestamp=[0, DAY, 4 * DAY, 0, 2 * DAY, 7, 8, 9]))
    assert list(found) == [
        "activity",
        "breadth",
        "mainstream",
        "tenure",
        "person.town",
        "item.genres",
        "item.country",
    ]
    ranges = {key: [(one.low, one.high) for one in trait.groups] for key, trait in found.items()}
    assert ranges["activity"] == [(1, 1), (2, 2), (3, 3), (None, None)]
    assert named(found["activity"]) == [
        "many films in their history",
        "a middling number of films in their history",
        "few films in their history",
        "no films in their history",
    ]
    # u0 has films that 2, 1 and 2 people have; u1 of 2 and 1; u2 of 2.
    assert ranges["mainstream"][:3] == [(1.5, 1.5), (pytest.approx(5 / 3),) * 2, (2, 2)]
    assert ranges["tenure"][:3] == [(0, 0), (2, 2), (4, 4)]
    assert named(found["person.town"]) == ["town P", "town P", "town Q", f"town {NOT_KNOWN}"]
    assert named(found["item.genres"])[:2] == [
        "Drama as most watched genre",
        "Comedy as most watched genre",
    ]
    assert named(found["item.country"])[3] == f"most watched country {NOT_KNOWN}"


def test_breadth_is_the_number_of_kinds_if_all_are_equally_frequent() -> None:
    cut = world()
    genres = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0, 0, 1], [0, 0, 0]])
    found = breadth(cut.matrix("train"), sparse.csr_matrix(genres))
    shares = np.array([1.5, 0.5, 1]) / 3
    assert found[0] == pytest.approx(math.exp(-(shares * np.log(shares)).sum()))
    assert found[1] == found[2] == 1
    assert np.isnan(found[3])


def test_what_is_held_out_decides_nothing() -> None:
    first = scattered()
    rows = first.interactions
    held = np.flatnonzero(first.published["parts"] != 0)
    item = rows.item.copy()
    rng = np.random.default_rng(3)
    for user in range(first.n_users):
        mine = held[rows.user[held] == user]
        free = np.setdiff1d(np.arange(first.n_items), rows.item[rows.user == user])
        item[mine] = rng.choice(free, len(mine), replace=False)
    other = replace(first, interactions=replace(rows, item=item, timestamp=rows.timestamp))
    one, two = (traits_of(published(data)) for data in (first, other))
    assert [trait.key for trait in one] == [trait.key for trait in two]
    for before, after in zip(one, two, strict=True):
        assert before.groups == after.groups
        assert (before.codes == after.codes).all()
    everything = traits_of(split(first, "published:fold=parts"))
    assert [trait.key for trait in everything] == [trait.key for trait in one]


def test_five_groups_are_cut_at_the_documented_quantiles() -> None:
    trait = cut(list(range(1000)))
    sizes = np.bincount(trait.codes) / 1000
    assert np.cumsum(sizes)[:4] == pytest.approx(QUANTILES, abs=0.002)
    assert [group.name for group in trait.groups] == list(NAMES)
    assert all(before.high < after.low for before, after in zip(trait.groups, trait.groups[1:], strict=False))
    assert "10%, 30%, 70%, 90%" in trait.how


def test_equal_values_stay_together_and_names_fit_the_groups_left() -> None:
    assert named(cut([1] * 50 + [2] * 50)) == ["low"] * 50 + ["high"] * 50
    assert set(named(cut([1] * 20 + [2] * 60 + [9] * 20))) == {"low", "middling", "high"}
    one = cut([5.0] * 10)
    assert named(one) == ["middling"] * 10
    assert not one.parts


def test_nan_and_infinity_are_a_group_of_their_own() -> None:
    trait = cut([1, 2, 3, np.nan, np.inf, -np.inf])
    assert named(trait)[3:] == ["x not known"] * 3
    assert trait.groups[-1].low is None
    nobody = cut([np.nan, np.nan])
    assert named(nobody) == ["x not known"] * 2
    assert not nobody.parts


def test_many_texts_become_twelve_and_all_others() -> None:
    texts = pd.Series([f"town {place:02d}" for place in range(20) for _ in range(20 - place)] + [None, ""])
    trait = by_values("t", "Town", texts, "in {value}", "elsewhere", "where is not known", "Made up.")
    assert [group.name for group in trait.groups][-2:] == ["elsewhere", "where is not known"]
    assert len(trait.groups) == 14
    assert trait.groups[0].name == "in town 00"
    assert named(trait)[-2:] == ["where is not known"] * 2
    shuffled = texts.sample(frac=1, random_state=0)
    again = by_values("t", "Town", shuffled, "in {value}", "elsewhere", "where is not known", "Made up.")
    assert again.groups == trait.groups


@pytest.mark.parametrize(
    ("column", "groups"),
    [
        ([f"person {n}" for n in range(100)], None),
        ([1.0] * 100, None),
        ([None] * 100, None),
        (list(range(100)), 5),
        ([float(n) for n in range(99)] + [np.nan], 6),
        ([1, 2, 3, 1] * 25, 3),
        ([True, False] * 50, 2),
        ([[1], "x"] * 50, 2),
        (list(pd.date_range("2024-01-01", periods=100, tz="UTC")), 5),
        ([pd.Timestamp("2024-01-01"), pd.NaT] * 50, 2),
        (["{low}", "<b>"] * 50, 2),
    ],
)
def test_columns_of_all_kinds(column: list, groups: int | None) -> None:
    trait = of_attribute("person.x", pd.Series(column), "x {low} {value} {", "Made up.")
    if groups is None:
        assert trait is None
    else:
        assert len(trait.groups) == groups
        assert len(trait.codes) == 100


def test_numbers_are_written_as_they_are_read() -> None:
    def names(column: list) -> list[str]:
        return [group.name for group in of_attribute("person.x", pd.Series(column), "x", "Made up.").groups]

    assert names(list(range(1900, 2000)))[0] == "x 1900 to 1909"
    assert names([n / 100 for n in range(100)])[0] == "x 0.00 to 0.09"
    seconds = [1_662_000_000 + DAY * n for n in range(100)]
    assert names(seconds)[0] == "x 2022-09-01 to 2022-09-10"
    assert as_numbers(pd.Series([1, 2, 3])) is None


def table(pairs: list[tuple[int, int]], people: int, items: int) -> sparse.csr_matrix:
    user, item = np.array(pairs).T
    return sparse.csr_matrix((np.ones(len(user)), (user, item)), shape=(people, items))


def test_items_without_genres_get_communities_that_the_data_hold() -> None:
    rng = np.random.default_rng(0)
    every = [(user, item) for user in range(60) for item in range(user % 2, 40, 2)]
    train = table([pair for pair in every if rng.random() < 0.7], 60, 41)
    of_items = item_communities(train, most=2)
    assert of_items.shape == (41, 2)
    code = of_items.toarray().argmax(1)
    assert len(set(code[0:40:2])) == len(set(code[1:40:2])) == 1
    assert code[0] != code[1]
    assert of_items[40].nnz == 0
    assert (of_items != item_communities(train, most=2)).nnz == 0


@pytest.mark.parametrize(("people", "items"), [(1, 1), (1, 3), (3, 1), (2, 2), (5, 9), (9, 5)])
def test_communities_of_hardly_any_data(people: int, items: int) -> None:
    train = table([(user, item) for user in range(people) for item in range(items)], people, items)
    assert (np.asarray(item_communities(train).sum(1)).ravel() == 1).all()


def test_sentences_use_the_words_of_the_data_set() -> None:
    dataset = replace(scattered(), words=Words(item="place", items="places", past="visited"))
    kinds = pd.DataFrame({"kind": ["bar", "park"] * 15 + ["bar"]})
    traits = traits_of(published(replace(dataset, item_features=kinds)))
    names = [group.name for one in traits for group in one.groups]
    assert {"very rare places", "bar as most visited kind"} <= set(names)
    assert not any("film" in name or "watch" in name for name in names)
