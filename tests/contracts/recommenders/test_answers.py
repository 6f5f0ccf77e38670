"""Scores, lists and vectors: their shapes, and the same answer however it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import DataError
from gnnrec.recommenders.capabilities import CAPABILITIES, EMBEDDINGS
from tests.contracts.recommenders.contract import EVERY, Variant, all_scores, fitted, of


@EVERY
def test_shapes_and_finite_numbers(variant: Variant) -> None:
    recommender = fitted(variant)
    n_users, n_items = recommender.data.n_users, recommender.data.n_items
    scores = all_scores(recommender)
    assert scores.shape == (n_users, n_items)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    some = recommender.scores([3, 1], items=[4, 0, 4])
    assert np.allclose(some, scores[[3, 1]][:, [4, 0, 4]], rtol=1e-5, atol=1e-6)
    assert recommender.scores([]).shape == (0, n_items)
    assert recommender.capabilities <= set(CAPABILITIES)


@EVERY
def test_a_batch_equals_one_by_one(variant: Variant) -> None:
    recommender = fitted(variant)
    users = [5, 0, 5, 9]
    batch = recommender.scores(users)
    for place, user in enumerate(users):
        assert np.allclose(batch[place], recommender.scores([user])[0], rtol=1e-5, atol=1e-6)


@EVERY
def test_the_scores_of_pairs_are_those_of_the_table(variant: Variant) -> None:
    recommender = fitted(variant)
    n_users, n_items = recommender.data.n_users, recommender.data.n_items
    rng = np.random.default_rng(1)
    users, items = rng.integers(n_users, size=200), rng.integers(n_items, size=200)
    expected = all_scores(recommender)[users, items]
    assert np.allclose(recommender.pair_scores(users, items), expected, rtol=1e-5, atol=1e-6)
    assert recommender.pair_scores([], []).shape == (0,)
    with pytest.raises(DataError, match="expected 0 to"):
        recommender.pair_scores([0], [n_items])


@EVERY
def test_unknown_numbers_are_refused(variant: Variant) -> None:
    recommender = fitted(variant)
    n_users, n_items = recommender.data.n_users, recommender.data.n_items
    for users, items in (([n_users], None), ([-1], None), ([0], [n_items]), ([0], [-1])):
        with pytest.raises(DataError, match="expected 0 to"):
            recommender.scores(users, items)


@EVERY
def test_seen_items_stay_out_unless_asked(variant: Variant) -> None:
    recommender = fitted(variant)
    n_items = recommender.data.n_items
    lists = recommender.recommend(range(10), k=n_items)
    for user in range(10):
        history = set(recommender.data.history(user).tolist())
        listed = lists.items[user]
        assert set(listed[listed >= 0].tolist()) == set(range(n_items)) - history
        assert (listed == -1).sum() == len(history)
    everything = recommender.recommend([0], k=n_items, exclude_seen=False).items[0]
    assert sorted(everything.tolist()) == list(range(n_items))


@EVERY
def test_a_list_longer_than_the_catalogue(variant: Variant) -> None:
    recommender = fitted(variant)
    n_items = recommender.data.n_items
    lists = recommender.recommend([0, 1], k=n_items + 50)
    assert lists.items.shape == (2, n_items)
    known = lists.scores[0][lists.items[0] >= 0]
    assert (np.diff(known) <= 0).all()


@of(EMBEDDINGS)
def test_vectors_have_one_row_each(variant: Variant) -> None:
    recommender = fitted(variant)
    people, items = recommender.embeddings()
    assert people.shape[0] == recommender.data.n_users
    assert items.shape[0] == recommender.data.n_items
    assert people.shape[1] == items.shape[1]
    assert np.isfinite(people).all()
    assert np.isfinite(items).all()
