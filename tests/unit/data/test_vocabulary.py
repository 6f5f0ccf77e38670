"""Vocabulary: one canonical order, and unknown ids named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.data import Vocabulary
from gnnrec.errors import DataError

IDS = st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=30)


@given(IDS, st.randoms())
def test_order_of_the_file_does_not_matter(ids: list[str], random) -> None:
    shuffled = list(ids)
    random.shuffle(shuffled)
    one, two = Vocabulary(ids), Vocabulary(shuffled)
    assert one.ids.tolist() == two.ids.tolist() == sorted(ids)
    assert one.hash == two.hash
    assert two.numbers(ids).tolist() == one.numbers(ids).tolist()


@given(IDS)
def test_there_and_back(ids: list[str]) -> None:
    vocabulary = Vocabulary(ids)
    assert [vocabulary.id(number) for number in vocabulary.numbers(ids)] == ids
    assert sorted(vocabulary.numbers(ids).tolist()) == list(range(len(ids)))
    assert all(one in vocabulary for one in ids)
    assert len(vocabulary) == len(ids)


def test_ids_are_text_sorted_as_text() -> None:
    vocabulary = Vocabulary([10, 9, 1])
    assert vocabulary.ids.tolist() == ["1", "10", "9"]
    assert vocabulary.number(10) == vocabulary.number("10") == 1
    assert 9 in vocabulary
    assert "09" not in vocabulary


def test_the_hash_tells_apart_what_only_joins_alike() -> None:
    assert Vocabulary(["ab", "c"]).hash != Vocabulary(["a", "bc"]).hash
    assert Vocabulary(["a"]).hash != Vocabulary(["a", "b"]).hash


def test_unknown_ids_are_named_in_four_parts() -> None:
    vocabulary = Vocabulary(["a", "b", "c"], "item")
    with pytest.raises(DataError) as caught:
        vocabulary.numbers(["a", "x", "y", "x"])
    assert caught.value.where == "item id"
    assert caught.value.found == "unknown item 'x', 'y'"
    assert "3 known item ids" in caught.value.expected
    assert caught.value.todo
    with pytest.raises(DataError, match="and 4 more"):
        vocabulary.numbers([f"z{number}" for number in range(9)])
    with pytest.raises(DataError, match="unknown item"):
        vocabulary.number("x")
    assert vocabulary.numbers(["a", "x"], missing="negative").tolist() == [0, -1]


@pytest.mark.parametrize(
    ("ids", "found"), [(["a", "b", "a"], "'a' more than once"), (["a", ""], "an empty id")]
)
def test_repeated_and_empty_ids_are_refused(ids: list[str], found: str) -> None:
    with pytest.raises(DataError) as caught:
        Vocabulary(ids, "user")
    assert caught.value.found == found
    assert all(caught.value.parts.values())


def test_numbers_of_nothing() -> None:
    assert Vocabulary(["a"]).numbers([]).dtype == np.int64
    assert len(Vocabulary([])) == 0
