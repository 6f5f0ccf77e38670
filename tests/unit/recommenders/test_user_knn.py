"""User neighbours: similarities by hand, only the nearest count, and edits of the person's own row."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.recommenders import Query, create
from tests import worlds

# Person 0 shares both items with person 1 and one with person 2; person 3 has an item of their own.
PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 3), (3, 4)]


def fitted(**settings: float):
    data = worlds.whole(worlds.of_pairs(PAIRS, 4, 5)).training()
    return create("user_knn", {"shrink": 0} | settings).fit(data)


def test_scores_by_hand() -> None:
    to_one, to_two = 2 / np.sqrt(6), 1 / 2
    expected = [1 + to_one, 1 + to_one + to_two, to_one, to_two, 0]
    np.testing.assert_allclose(fitted().scores([0])[0], expected, rtol=1e-6)


def test_shrinking_takes_more_from_what_rests_on_few_items() -> None:
    scores = fitted(shrink=3).scores([0])[0]
    np.testing.assert_allclose(scores[2:4], [2 / (np.sqrt(6) + 3), 1 / (2 + 3)], rtol=1e-6)


def test_only_the_nearest_people_count() -> None:
    # Person 0 and person 1; person 2 is third.
    scores = fitted(neighbours=2).scores([0])[0]
    assert scores[2] > 0
    assert scores[3] == 0


def test_each_share_goes_through_the_neighbours_who_have_the_item() -> None:
    shares = fitted().contributions(0, [2, 3])
    np.testing.assert_allclose(shares.values, [[1 / np.sqrt(6), 1 / np.sqrt(6)], [0, 1 / 2]], rtol=1e-6)


def test_an_item_taken_out_is_no_longer_spoken_for_by_the_person_itself() -> None:
    scores = fitted().scores([Query(user=0, without=((0, 1),))])[0]
    # Person 1 alone has it, and shares one item of one and three; person 2 shares nothing any more.
    assert scores[1] == pytest.approx(1 / np.sqrt(3), rel=1e-6)
    assert scores[3] == 0


def test_a_newcomer_is_nobodys_neighbour() -> None:
    scores = fitted().scores([Query(history=(3, 4))])[0]
    np.testing.assert_allclose(scores, [0, 1 / 2, 0, 1 / 2, 1 / np.sqrt(2)], rtol=1e-6)
