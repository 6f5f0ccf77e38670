"""Friends: which rows of a social table are edges, what is counted of the others, and the two matrices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset
from gnnrec.data.friends import friends_of
from gnnrec.errors import DataError, IncompatibleError
from tests import worlds


def with_edges(*edges: tuple[int, int]) -> Dataset:
    """Five people; person 4 has no interaction."""
    dataset = worlds.of_pairs([(0, 0), (1, 0), (2, 1), (3, 1)], 5, 2)
    return replace(dataset, social=pd.DataFrame(edges, columns=["user", "friend"], dtype="int64"))


def test_one_direction_is_enough_and_odd_rows_are_counted() -> None:
    friends = friends_of(with_edges((0, 1), (1, 0), (2, 0), (2, 0), (3, 3), (3, 3), (4, 2)))
    expected = np.zeros((5, 5))
    for one, other in ((0, 1), (0, 2), (2, 4)):
        expected[one, other] = expected[other, one] = 1
    np.testing.assert_array_equal(friends.matrix.toarray(), expected)
    assert (friends.rows, friends.repeated, friends.with_self) == (7, 1, 2)
    assert (friends.pairs, friends.one_way, friends.only_friends) == (3, 2, 1)
    assert friends.counts.tolist() == [2, 1, 2, 0, 1]
    assert friends.of(0).tolist() == [1, 2]
    assert friends.of(3).tolist() == []


def test_edges_weigh_by_the_number_of_friends() -> None:
    friends = friends_of(with_edges((0, 1), (0, 2), (2, 4)))
    normalised, averaging = friends.normalised.toarray(), friends.averaging.toarray()
    assert normalised[0, 1] == pytest.approx(1 / np.sqrt(2))
    assert normalised[0, 2] == pytest.approx(1 / 2)
    np.testing.assert_allclose(normalised, normalised.T)
    np.testing.assert_allclose(averaging.sum(1), [1, 1, 1, 0, 1])
    assert averaging[0].tolist() == [0, 0.5, 0.5, 0, 0]


def test_no_edges_at_all_are_no_friends() -> None:
    friends = friends_of(with_edges())
    assert friends.pairs == 0
    assert not friends.normalised.nnz


def test_a_person_who_does_not_exist_is_named() -> None:
    with pytest.raises(DataError, match="2 edges to a person who does not exist, first in row 2"):
        friends_of(with_edges((0, 1), (0, 5), (-1, 2)))


def test_data_without_social_edges_say_so() -> None:
    with pytest.raises(IncompatibleError, match="no social edges"):
        friends_of(worlds.checkerboard())
