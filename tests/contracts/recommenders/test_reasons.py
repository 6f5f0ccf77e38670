"""Why an item is recommended: shares of the history that add up, and attention."""

from __future__ import annotations

import numpy as np

from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import ATTENTION, COVERS, DECOMPOSES, EDITS_GRAPH, FOLDS_IN
from tests.contracts.recommenders.contract import Variant, fitted, of


@of(COVERS)
def test_reasons_that_cover_the_score_leave_nothing_to_the_person_itself(variant: Variant) -> None:
    recommender = fitted(variant)
    shares = recommender.contributions(0, np.arange(recommender.data.n_items))
    np.testing.assert_allclose(shares.own, 0, atol=1e-12)


@of(DECOMPOSES)
def test_shares_add_up_to_the_score(variant: Variant) -> None:
    recommender = fitted(variant)
    rng = np.random.default_rng(0)
    n_users, n_items = recommender.data.n_users, recommender.data.n_items
    pairs = 0
    while pairs < 1000:
        user, items = int(rng.integers(n_users)), rng.integers(n_items, size=20)
        split = recommender.contributions(user, items)
        assert np.array_equal(split.items, recommender.history(user))
        assert split.values.shape == (20, len(split.items))
        assert np.array_equal(split.score, recommender.scores([user], items)[0])
        assert _sum_error(split).max() < 1e-4
        pairs += len(items)


@of(DECOMPOSES)
def test_shares_add_up_after_an_edit_and_for_newcomers(variant: Variant) -> None:
    recommender = fitted(variant)
    history = recommender.data.history(6).tolist()
    other = next(item for item in range(recommender.data.n_items) if item not in history)
    asked = []
    if EDITS_GRAPH in recommender.capabilities:
        asked += [Query(user=6, without=((6, history[0]),)), Query(user=6, history=(*history[1:], other))]
    if FOLDS_IN in recommender.capabilities:
        asked += [Query(history=tuple(history[:3]))]
    for query in asked:
        split = recommender.contributions(query, range(recommender.data.n_items))
        assert np.array_equal(split.items, recommender.history(query))
        assert np.allclose(split.score, recommender.scores([query])[0], rtol=1e-5, atol=1e-6)
        assert _sum_error(split).max() < 1e-4


def _sum_error(split) -> np.ndarray:
    size = np.abs(split.values).sum(1) + np.abs(split.own)
    missed = np.abs(split.values.sum(1) + split.own - split.score)
    return np.divide(missed, size, out=missed.copy(), where=size > 0)


@of(ATTENTION)
def test_attention_sums_to_one_for_each_target(variant: Variant) -> None:
    recommender = fitted(variant)
    graph = recommender.graph
    values = recommender.attention()
    assert values.ndim == 3
    assert values.shape[2] == graph.edge_index().shape[1]
    for layer in values:
        for head in layer:
            sums = np.bincount(graph.edge_index()[1], weights=head, minlength=graph.n_nodes)
            assert np.allclose(sums[graph.degrees > 0], 1, atol=1e-4)
