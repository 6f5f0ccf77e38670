"""Features become numbers by rules that are written down: words, bands, gaps, and what is not read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.errors import DataError
from gnnrec.recommenders.parts.features import read_features
from tests import worlds


def world(items: pd.DataFrame, users: pd.DataFrame | None = None):
    """Twelve people and ten items with these features; everything is in train."""
    return worlds.whole(replace(worlds.two_communities(), item_features=items, user_features=users))


def genres(*values: str | None) -> pd.DataFrame:
    return pd.DataFrame({"genres": list(values)})


TEN = ("Drama|Comedy", "Drama", "Drama", "Comedy", "Comedy", None, "", "Drama|War", "War", "Drama|Drama")


def test_words_are_told_apart_and_share_a_weight_of_one() -> None:
    reading = read_features(world(genres(*TEN)).training(), "item")
    assert reading.labels == ["genres: Comedy", "genres: Drama"]
    rows = reading.rows(genres(*TEN), 10)
    assert rows[0] == pytest.approx([2**-0.5, 2**-0.5])
    assert rows[1].tolist() == [0, 1]
    assert rows[9].tolist() == [0, 1]
    assert not rows[[5, 6]].any(), "a gap has no label"


def test_rare_words_are_left_out_and_counted() -> None:
    reading = read_features(world(genres(*TEN)).training(), "item")
    assert reading.unseen == {"genres": 2}
    assert not reading.rows(genres(*TEN), 10)[8].any()


def test_a_word_that_only_new_items_have_is_unseen() -> None:
    table = genres("Noir", "Noir", "Noir", *["Drama"] * 3, *["Comedy"] * 4)
    data = world(table).training()
    data = type(data)(data.dataset, data.rows[data.item > 2])
    assert read_features(data, "item").labels == ["genres: Comedy", "genres: Drama"]
    assert read_features(data, "item").unseen == {"genres": 3}


def test_a_number_becomes_a_band_and_the_ends_are_open() -> None:
    table = pd.DataFrame({"year": [1950, 1960, 1970, 1980, 1990, 2000, 2010, 2020, np.nan, 2021.0]})
    reading = read_features(world(table).training(), "item")
    rows = reading.rows(table, 10)
    assert not rows[8].any()
    assert (rows.sum(1)[[0, 9]] == 1).all()
    assert np.array_equal(reading.row({"year": 1500}), reading.row({"year": 1950}))
    assert np.array_equal(reading.row({"year": "3000"}), reading.row({"year": 2021}))
    assert not reading.row({"year": None}).any()
    assert not reading.row({"year": "unknown"}).any()
    assert reading.not_known({"year": "unknown"}) == ["year: unknown"]


def test_an_unknown_word_counts_for_nothing_and_an_unknown_column_is_an_error() -> None:
    reading = read_features(world(genres(*TEN)).training(), "item")
    assert not reading.row({"genres": "Western"}).any()
    assert reading.not_known({"genres": "Western|Drama"}) == ["genres: Western|Drama"]
    with pytest.raises(DataError, match=r"unknown feature 'genre'.*expected some of genres"):
        reading.row({"genre": "Drama"})


def test_names_and_what_is_not_shared_are_not_read() -> None:
    table = genres(*TEN).assign(title=["same"] * 10, code=[f"c{n}" for n in range(10)])
    reading = read_features(world(table).training(), "item")
    assert [one.name for one in reading.columns] == ["genres"]
    assert set(reading.left_out) == {"title", "code"}


def test_a_column_that_copies_who_has_an_item_is_not_read() -> None:
    dataset = worlds.two_communities()
    rows = dataset.interactions
    had = ["|".join(dataset.users.ids[rows.user[rows.item == item]]) for item in range(dataset.n_items)]
    planted = genres(*TEN).assign(viewers=had)
    reading = read_features(world(planted).training(), "item")
    assert [one.name for one in reading.columns] == ["genres"]
    assert "ids of" in reading.left_out["viewers"]


def test_without_a_table_nothing_is_read() -> None:
    reading = read_features(world(genres(*TEN)).training(), "user")
    assert reading.n_labels == 0
    assert reading.rows(None, 12).shape == (12, 0)
    with pytest.raises(DataError, match="the data set has none"):
        reading.row({"age": 3})
