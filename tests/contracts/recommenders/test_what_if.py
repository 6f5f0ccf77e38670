"""Questions about other histories: edits of the graph, and people who were not there."""

from __future__ import annotations

import numpy as np

from gnnrec.recommenders import Query
from gnnrec.recommenders.capabilities import DECOMPOSES, EDITS_GRAPH, FOLDS_IN
from tests.contracts.recommenders.contract import EVERY, Variant, all_scores, fitted, of


@of(EDITS_GRAPH)
def test_a_graph_edit_that_changes_nothing_equals_the_known_person(variant: Variant) -> None:
    recommender = fitted(variant)
    for user in (0, 7):
        history = tuple(recommender.data.history(user).tolist())
        asked = Query(user=user, history=history)
        assert asked.kind == "graph edit"
        assert np.allclose(
            recommender.scores([asked])[0], recommender.scores([user])[0], rtol=1e-5, atol=1e-6
        )


@of(EDITS_GRAPH)
def test_a_graph_edit_is_the_same_by_history_and_by_edges(variant: Variant) -> None:
    recommender = fitted(variant)
    history = recommender.data.history(2).tolist()
    by_history = recommender.scores([Query(user=2, history=tuple(history[1:]))])[0]
    by_edge = recommender.scores([Query(user=2, without=((2, history[0]),))])[0]
    assert np.allclose(by_history, by_edge, rtol=1e-5, atol=1e-6)
    assert not np.allclose(by_history, recommender.scores([2])[0], rtol=1e-5, atol=1e-6)
    assert history[0] in recommender.recommend([Query(user=2, without=((2, history[0]),))], k=999).items[0]


@of(EDITS_GRAPH)
def test_an_edge_goes_once_and_one_that_is_not_there_changes_nothing(variant: Variant) -> None:
    recommender = fitted(variant)
    history = recommender.data.history(2).tolist()
    other = next(user for user in range(3, 40) if history[0] in recommender.data.history(user))
    absent = next(item for item in range(recommender.data.n_items) if item not in history)
    edges = ((2, history[0]), (other, history[0]))
    once = recommender.scores([Query(user=2, without=edges)])[0]
    again = recommender.scores([Query(user=2, without=(*edges, *edges, (2, absent)))])[0]
    assert np.allclose(once, again, rtol=1e-5, atol=1e-6)


@of(EDITS_GRAPH)
def test_asking_what_if_leaves_the_recommender_as_it_was(variant: Variant) -> None:
    recommender = fitted(variant)
    before = all_scores(recommender)
    item = int(recommender.data.history(4)[0])
    recommender.scores([Query(user=4, without=((4, item),)), Query(user=4, history=())])
    assert np.array_equal(all_scores(recommender), before)


@of(FOLDS_IN, DECOMPOSES)
def test_folding_in_a_known_history_equals_the_person_without_an_own_part(variant: Variant) -> None:
    recommender = fitted(variant)
    for user in (0, 3):
        history = tuple(recommender.data.history(user).tolist())
        folded = recommender.scores([Query(history=history)])[0]
        equal = np.allclose(folded, recommender.scores([user])[0], rtol=1e-4, atol=1e-5)
        assert equal != recommender.contributions(user, [0, 1]).own.any()


@EVERY
def test_an_empty_history_is_answered(variant: Variant) -> None:
    recommender = fitted(variant)
    if FOLDS_IN in recommender.capabilities:
        assert np.isfinite(recommender.scores([Query(history=())])).all()
    if EDITS_GRAPH in recommender.capabilities:
        assert np.isfinite(recommender.scores([Query(user=0, history=())])).all()
