"""Dataset: what from_frame makes of plain tables, what it refuses, and when a fingerprint changes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.data import Dataset, Interactions
from gnnrec.errors import DataError
from tests import worlds


def frame(**columns) -> pd.DataFrame:
    return pd.DataFrame({"user_id": ["b", "a", "a"], "item_id": ["y", "x", "y"], **columns})


def refused(*args, **kwargs) -> DataError:
    with pytest.raises(DataError) as caught:
        Dataset.from_frame(*args, **kwargs)
    assert all(caught.value.parts.values()), "an error has four parts"
    return caught.value


def test_a_plain_frame_becomes_a_data_set() -> None:
    dataset = Dataset.from_frame(frame(interaction=[1, 1, 1]), name="mine")
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions)) == (2, 2, 3)
    assert dataset.interactions.user.tolist() == [1, 0, 0]
    assert dataset.interactions.item.tolist() == [1, 0, 1]
    assert dataset.interactions.rating is None
    assert dataset.provides == frozenset()
    assert dataset.item_title(0) == "Item x"
    assert dataset.user_name(1) == "Person b"


def test_interaction_is_a_rating_where_its_values_differ() -> None:
    assert Dataset.from_frame(frame(interaction=[5, 3, 4])).interactions.rating.tolist() == [5, 3, 4]
    assert Dataset.from_frame(frame(interaction=[7, 7, 7])).interactions.rating is None
    assert Dataset.from_frame(frame(rating=[2, 2, 2])).interactions.rating.tolist() == [2, 2, 2]
    assert "ratings" in Dataset.from_frame(frame(rating=[2, 2, 2])).provides


def test_the_readable_world_provides_what_it_has() -> None:
    dataset = worlds.readable()
    assert len(dataset.interactions) == 13
    assert dataset.provides == {"ratings", "timestamps", "item_features", "user_features"}
    assert dataset.item_titles.tolist() == ["Alien", "Amélie", "Heat", "Solaris", "Zorba the Greek"]
    assert dataset.user_name(4) == "Eve"
    assert dataset.interactions.rating_scale == (1, 5)


def test_people_and_items_without_interactions_have_numbers_too() -> None:
    dataset = Dataset.from_frame(
        frame(),
        users=pd.DataFrame({"user_id": ["c", "a"], "name": ["Cleo", None]}),
        items=pd.DataFrame({"item_id": ["w", "x"], "title": ["W", "<script>alert(1)</script>"]}),
        social=pd.DataFrame({"user_id": ["a"], "friend_id": ["d"]}),
    )
    assert dataset.users.ids.tolist() == ["a", "b", "c", "d"]
    assert dataset.user_names.tolist() == ["Person a", "Person b", "Cleo", "Person d"]
    assert dataset.item_titles.tolist() == ["W", "<script>alert(1)</script>", "Item y"]
    assert dataset.social.to_numpy().tolist() == [[0, 3]]


def test_further_columns_become_context() -> None:
    dataset = Dataset.from_frame(frame(evening=[True, False, True]))
    assert dataset.interactions.context["evening"].tolist() == [True, False, True]
    assert "context" in dataset.provides


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"rating": [1, "five", 2]}, "'five' in row 2"),
        ({"rating": [1, np.inf, 2]}, "1 values that are no finite numbers"),
        ({"timestamp": ["x", 2, "y"]}, "'x' in row 1 and 1 more"),
    ],
)
def test_text_in_a_number_column_names_the_row(columns, found) -> None:
    assert refused(frame(**columns)).found == found


def test_missing_columns_are_named_with_what_is_there() -> None:
    error = refused(pd.DataFrame({"userId": [1], "movieId": [2]}))
    assert "'user_id' or 'item_id'" in error.found
    assert "userId, movieId" in error.found


@pytest.mark.parametrize("empty", [None, "", np.nan])
def test_empty_ids_name_the_first_row(empty) -> None:
    table = pd.DataFrame({"user_id": ["a", empty, empty], "item_id": ["x", "y", "z"]})
    assert refused(table).found == "2 rows without user_id, first in row 2"


def test_no_rows_and_repeated_rows() -> None:
    assert refused(frame().head(0)).found == "no rows"
    twice = pd.DataFrame(
        {"user_id": ["a"] * 3, "item_id": ["x"] * 3, "rating": [1, 2, 3], "timestamp": [5, 9, 9]}
    )
    assert refused(twice).found == "2 repeated pairs of user and item"
    kept = Dataset.from_frame(twice, duplicates="last")
    assert kept.interactions.rating.tolist() == [3]


def test_features_for_the_same_item_twice() -> None:
    assert "'x' more than once" in refused(frame(), items=pd.DataFrame({"item_id": ["x", "x"]})).found


def test_facts_about_unknown_items_name_them() -> None:
    facts = pd.DataFrame({"item_id": ["nowhere"], "relation": ["by"], "entity": ["me"]})
    assert "'nowhere'" in refused(frame(), knowledge=facts).found


def test_numbers_outside_the_vocabulary_are_refused() -> None:
    dataset = Dataset.from_frame(frame())
    with pytest.raises(DataError, match="outside 0"):
        dataclasses.replace(dataset, interactions=Interactions(user=np.array([9]), item=np.array([0])))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(DataError, match="one per row"):
        Interactions(user=np.array([0, 1]), item=np.array([0]))


def test_a_data_set_cannot_be_changed() -> None:
    dataset = worlds.readable()
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset.name = "other"
    with pytest.raises(ValueError, match="read-only"):
        dataset.interactions.rating[0] = 1


@given(st.permutations(range(13)))
@settings(deadline=None, max_examples=25)
def test_the_order_of_rows_changes_no_fingerprint(order) -> None:
    dataset = worlds.readable()
    rows = dataset.interactions
    shuffled = dataclasses.replace(
        dataset,
        interactions=Interactions(
            rows.user[order], rows.item[order], rows.rating[order], rows.timestamp[order]
        ),
    )
    assert shuffled.fingerprints == dataset.fingerprints


def test_each_part_has_a_fingerprint_of_its_own() -> None:
    dataset = worlds.readable()
    corrected = dataset.item_features.assign(title=["Alien", "Amelie", "Heat", "Solaris", "Zorba"])
    other = dataclasses.replace(dataset, item_features=corrected)
    differ = {part for part in dataset.fingerprints if dataset.fingerprints[part] != other.fingerprints[part]}
    assert differ == {"item_features"}
    rows = dataset.interactions
    rated = np.where(np.arange(13) == 5, 5.0, rows.rating)
    changed = dataclasses.replace(dataset, interactions=dataclasses.replace(rows, rating=rated))
    assert {
        part for part in dataset.fingerprints if dataset.fingerprints[part] != changed.fingerprints[part]
    } == {"interactions"}


def test_play_counts_are_no_scale() -> None:
    counts = Dataset.from_frame(frame(rating=[13, 4051, 2]))
    assert counts.interactions.rating_scale is None
    assert Dataset.from_frame(frame(rating=[3, 3, 3])).interactions.rating_scale is None
    assert Dataset.from_frame(frame()).interactions.rating_scale is None
    assert Dataset.from_frame(frame(rating=[0.5, 4, 5])).interactions.rating_scale == (0.5, 5)
