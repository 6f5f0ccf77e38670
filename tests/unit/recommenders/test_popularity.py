"""Most popular: counts of train, edited by what-if."""

from __future__ import annotations

import numpy as np

from gnnrec.recommenders import Query, create
from tests import worlds

PAIRS = [(0, 0), (0, 1), (1, 0), (2, 0), (2, 2)]


def fitted():
    return create("popularity").fit(worlds.whole(worlds.of_pairs(PAIRS, 4, 4)).training())


def test_everybody_gets_the_counts() -> None:
    assert fitted().scores([0, 3]).tolist() == [[3, 1, 1, 0]] * 2
    assert fitted().scores([Query(history=(1,))]).tolist() == [[3, 1, 1, 0]]


def test_held_out_rows_do_not_count() -> None:
    split = worlds.published(worlds.checkerboard())
    scores = create("popularity").fit(split.training()).scores([0])[0]
    np.testing.assert_array_equal(scores, np.asarray(split.matrix("train").sum(0)).ravel())
    assert scores.sum() < len(split.dataset.interactions)


def test_an_edited_history_moves_the_counts() -> None:
    recommender = fitted()
    assert recommender.scores([Query(user=0, history=(0, 2, 3))])[0].tolist() == [3, 0, 2, 1]
    assert recommender.scores([Query(user=0, without=((2, 0), (0, 1)))])[0].tolist() == [2, 0, 1, 0]


def test_an_edge_that_was_never_there_takes_nothing_away() -> None:
    assert fitted().scores([Query(user=0, without=((1, 2),))])[0].tolist() == [3, 1, 1, 0]
