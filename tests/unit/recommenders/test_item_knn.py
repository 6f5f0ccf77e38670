"""Item neighbours: cosines by hand, and only the nearest count."""

from __future__ import annotations

import numpy as np

from gnnrec.recommenders import create, item_knn
from tests import worlds

# Items 0 and 1 share two of three people, items 1 and 2 one; item 3 stands alone.
PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (3, 1), (3, 2), (4, 3)]


def weights(**settings: float) -> np.ndarray:
    data = worlds.whole(worlds.of_pairs(PAIRS, 5, 4)).training()
    return create("item_knn", settings).fit(data).weights.toarray()


def test_cosines_by_hand() -> None:
    expected = np.zeros((4, 4))
    expected[0, 1] = expected[1, 0] = 2 / 3
    expected[1, 2] = expected[2, 1] = 1 / np.sqrt(3)
    np.testing.assert_allclose(weights(shrink=0), expected, rtol=1e-6)


def test_shrinking_takes_more_from_what_rests_on_few_people() -> None:
    plain, shrunk = weights(shrink=0), weights(shrink=4)
    np.testing.assert_allclose(shrunk[0, 1], 2 / (3 + 4), rtol=1e-6)
    assert shrunk[0, 1] / plain[0, 1] > shrunk[1, 2] / plain[1, 2]


def test_only_the_nearest_neighbours_of_the_scored_item_count() -> None:
    nearest = weights(neighbours=1, shrink=0)
    # Item 1 listens to item 0 alone, while item 2 still listens to item 1: the table is not symmetric.
    assert nearest[0, 1] > 0
    assert nearest[2, 1] == 0
    assert nearest[1, 2] > 0


def test_blocks_of_rows_give_the_same_as_one(monkeypatch) -> None:
    data = worlds.published(worlds.scattered()).training()
    whole = create("item_knn", {"neighbours": 5}).fit(data).weights
    monkeypatch.setattr(item_knn, "_ROWS_AT_ONCE", 4)
    parts = create("item_knn", {"neighbours": 5}).fit(data).weights
    assert (whole != parts).nnz == 0
    assert whole.nnz > 0
