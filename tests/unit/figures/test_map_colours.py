"""Colours of the map: every point gets one that fits its value, and the legend says what it is."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.figures.map_colours import (
    NO_VALUE,
    by_difference,
    by_genre,
    by_kind,
    by_number,
    densest,
)

PLACES = np.random.default_rng(0).random((100, 2))


def test_the_eight_most_frequent_genres_have_a_name() -> None:
    genres = [name for place, name in enumerate("abcdefghij") for _ in range(20 - place)]
    xy = np.random.default_rng(0).random((len(genres) + 3, 2))
    found = by_genre([*genres, "", "", ""], "Genre", xy, 100, "none known")
    assert found.names == (*"abcdefgh", "Other") and found.none == "none known"
    assert [found.names[one] for one in found.index[:-3]] == [
        one if one in "abcdefgh" else "Other" for one in genres
    ]
    assert (found.index[-3:] == NO_VALUE).all()
    assert len(found.light) == len(found.dark) == len(found.names)
    assert len(set(found.light)) == 9


def test_people_and_items_differ() -> None:
    found = by_kind(3, 2, ("people", "films"))
    assert found.index.tolist() == [0, 0, 0, 1, 1] and found.names == ("people", "films")


def test_a_number_never_has_a_paler_colour_than_a_smaller_one() -> None:
    values = np.concatenate([np.arange(200.0), [np.nan, 1e6]])
    for logarithmic in (False, True):
        found = by_number(values, "Degree", lambda one: f"{one:.0f}", "unknown", logarithmic=logarithmic)
        assert (np.diff(found.index[:200].astype(int)) >= 0).all()
        assert found.index[0] == 0 and found.index[201] == len(found.light) - 1
        assert found.index[200] == NO_VALUE and found.none == "unknown"
        assert found.ends[0] == "0" and found.ends[1].endswith("and more")
        assert found.notes[5] == "5" and found.notes[200] == ""


@pytest.mark.parametrize("values", [np.full(5, 2.0), np.full(5, np.nan), np.zeros(0)])
def test_all_equal_or_none_known(values: np.ndarray) -> None:
    for found in (
        by_number(values, "x", str, "unknown"),
        by_difference(values, "x", ("less", "more"), "unknown"),
    ):
        assert len(found.index) == len(values)
        assert all(one == NO_VALUE or one < len(found.light) for one in found.index)


def test_a_difference_has_a_side_and_none_is_grey() -> None:
    found = by_difference(np.array([-0.5, -0.01, 0, 0.01, 0.5, np.nan]), "x", ("B", "A"), "none")
    half = found.steps // 2
    below, barely, none, barely_more, above, unknown = (int(one) for one in found.index)
    assert below < barely < half <= barely_more < above < found.steps
    assert none == found.steps == len(found.light) - 1 and unknown == NO_VALUE


def test_a_group_is_named_where_it_is_dense_and_not_where_it_is_anywhere() -> None:
    rng = np.random.default_rng(0)
    xy = np.concatenate([rng.random((300, 2)), 0.8 + 0.02 * rng.random((100, 2))])
    index = np.concatenate([np.zeros(300, int), np.ones(100, int)])
    found = {name: (x, y) for x, y, name in densest(index, xy, ["all over", "corner"])}
    assert found["corner"] == pytest.approx((0.81, 0.81), abs=0.06)
    index = rng.integers(0, 2, len(xy))
    assert densest(np.where(np.arange(400) < 3, 2, index), xy, ["x", "y", "rare"]) == ()


def test_names_of_groups_stand_where_the_shown_kind_is() -> None:
    rng = np.random.default_rng(0)
    corners = [0.1 + 0.02 * rng.random((50, 2)), 0.9 + 0.02 * rng.random((50, 2))]
    noise = rng.random((100, 2))
    xy = np.concatenate([corners[0], noise[:50], corners[1], noise[50:]])
    genres = (["Horror"] * 50 + ["Drama"] * 50) * 2
    groups = by_genre(genres, "Genre", xy, 100).groups
    places = {kind: {name: x for x, _, name in groups[kind]} for kind in groups}
    assert places["people"]["Horror"] < 0.3 < 0.7 < places["items"]["Horror"]
    assert set(groups) == {"both", "people", "items"}
