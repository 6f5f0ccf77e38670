"""Click AUC against a plain double loop, and the drawn items it stands on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from gnnrec.evaluation.click_auc import auc, auc_difference, click_auc, unseen_items
from gnnrec.recommenders import create
from tests import worlds

SCORES = st.lists(st.integers(0, 6), min_size=1, max_size=30)


@given(SCORES, SCORES)
def test_auc_is_that_of_a_plain_loop(positives: list[int], negatives: list[int]) -> None:
    wins = sum((p > q) + 0.5 * (p == q) for p in positives for q in negatives)
    assert auc(np.array(positives), np.array(negatives)) == pytest.approx(
        wins / len(positives) / len(negatives)
    )


def test_what_counts_twice_is_as_if_it_stood_there_twice() -> None:
    rng = np.random.default_rng(2)
    positives, negatives = rng.integers(9, size=20), rng.integers(9, size=15)
    times = rng.integers(3, size=20), rng.integers(3, size=15)
    twice = auc(np.repeat(positives, times[0]), np.repeat(negatives, times[1]))
    assert auc(positives, negatives, (times[0].astype(float), times[1].astype(float))) == pytest.approx(twice)


def test_a_difference_of_auc_holds_zero_only_where_models_are_alike() -> None:
    rng = np.random.default_rng(5)
    users = np.repeat(np.arange(50), 6)
    good = rng.normal(1.0, 1, 300), rng.normal(0.0, 1, 300)
    other = tuple(one + rng.normal(0, 0.1, 300) for one in good)
    poor = rng.normal(0.2, 1, 300), rng.normal(0.0, 1, 300)
    alike, apart = (auc_difference(good, one, users, draws=300) for one in (other, poor))
    assert alike.low < 0 < alike.high
    assert 0 < apart.low < apart.mean < apart.high
    assert apart.mean == pytest.approx(auc(*good) - auc(*poor))
    assert apart.n == 50
    assert auc_difference(good, poor, np.zeros(300, int)).too_few


def test_auc_of_nothing_is_no_number() -> None:
    assert np.isnan(auc(np.array([]), np.array([1.0])))


def test_drawn_items_are_unseen_and_evenly_drawn() -> None:
    seen = np.zeros((3, 6))
    seen[0, :4] = seen[1, 5] = 1
    seen[2] = 1
    users = np.repeat([0, 1, 2], 3000)
    drawn = unseen_items(sparse.csr_matrix(seen), users, seed=1)
    counts = np.stack([np.bincount(drawn[users == user], minlength=6) for user in range(3)])
    assert counts[0, :4].sum() == 0
    assert counts[1, 5] == 0
    np.testing.assert_allclose(counts[0, 4:] / 3000, 0.5, atol=0.05)
    np.testing.assert_allclose(counts[1, :5] / 3000, 0.2, atol=0.05)
    # Whoever has everything gets something all the same.
    assert counts[2].sum() == 3000
    np.testing.assert_array_equal(drawn, unseen_items(sparse.csr_matrix(seen), users, seed=1))
    assert (drawn != unseen_items(sparse.csr_matrix(seen), users, seed=2)).any()


@pytest.mark.parametrize("part", ["valid", "test"])
def test_the_figure_of_popularity_is_the_reference_beside_it(part: str) -> None:
    split = worlds.published(worlds.scattered())
    found = click_auc(create("popularity", {}).fit(split.training()), split, part, seed=3)
    assert found.auc == pytest.approx(found.popularity)
    assert len(found.chosen) == len(found.drawn) == len(split.rows(part))
    rows = split.dataset.interactions
    train = split.rows("train")
    counts = np.bincount(rows.item[train], minlength=split.dataset.n_items)
    held = split.rows(part)
    drawn = unseen_items(split.matrix("train", "valid", "test"), rows.user[held], 3)
    wins = [(counts[a] > counts[b]) + 0.5 * (counts[a] == counts[b]) for a in rows.item[held] for b in drawn]
    assert found.popularity == pytest.approx(np.mean(wins))


def test_a_model_that_knows_the_answer_is_perfect() -> None:
    split = worlds.published(worlds.checkerboard())
    oracle = create("item_knn", {}).fit(split.training())
    assert click_auc(oracle, split, "test").auc == 1.0
