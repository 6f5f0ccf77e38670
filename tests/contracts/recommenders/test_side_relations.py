"""What a recommender hears beside who chose what: it can be switched off, and friends are named."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import DataError
from gnnrec.graph import NEXT_CLICK, relations_of
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import EDITS_GRAPH, FOLLOWS_CLICKS, NAMES_FACTS, NAMES_FRIENDS, SWITCHES
from tests.contracts.recommenders.contract import EVERY, Variant, all_scores, fitted, of


def answers(recommender: Recommender) -> np.ndarray:
    """Scores of all people; of what comes after some clicks too, for who reads them: a last session may be one click."""
    if FOLLOWS_CLICKS not in recommender.capabilities:
        return all_scores(recommender)
    clicks = [recommender.data.history(user)[:4] for user in range(5)]
    asked = [Query(session=tuple(one.tolist())) for one in clicks]
    return np.concatenate([all_scores(recommender), recommender.scores(asked)])


@EVERY
def test_who_hears_side_relations_can_switch_them_off(variant: Variant) -> None:
    recommender = fitted(variant)
    assert bool(recommender.side_relations) == (SWITCHES in recommender.capabilities)
    dataset = recommender.data.dataset
    steps = {NEXT_CLICK} if dataset.sessions is not None else set()
    assert set(recommender.side_relations) <= set(relations_of(dataset)) | steps


@of(SWITCHES)
def test_switched_off_it_answers_otherwise_and_stays_as_it_was(variant: Variant) -> None:
    recommender = fitted(variant)
    before = answers(recommender)
    every = recommender.side_relations
    off = recommender.without(every)
    assert not off.side_relations
    assert not np.allclose(answers(off), before, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(answers(recommender.without(())), before, rtol=1e-5, atol=1e-6)
    assert recommender.side_relations == every
    np.testing.assert_array_equal(answers(recommender), before)
    again = recommender.without(every)
    np.testing.assert_allclose(answers(again), answers(off), rtol=1e-5, atol=1e-6)


@of(SWITCHES, EDITS_GRAPH)
def test_a_what_if_is_answered_anew_once_something_is_switched_off(variant: Variant) -> None:
    recommender = fitted(variant)
    off = recommender.without(recommender.side_relations)
    unchanged = np.isclose(all_scores(off), all_scores(recommender), rtol=1e-5, atol=1e-6).all(1)
    user = int(np.flatnonzero(~unchanged)[0])
    asked = Query(user=user, without=((user, int(recommender.data.history(user)[0])),))
    on = recommender.scores([asked])[0]
    assert not np.allclose(off.scores([asked])[0], on, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(recommender.scores([asked])[0], on, rtol=1e-5, atol=1e-6)


@of(SWITCHES)
def test_what_it_does_not_hear_cannot_be_switched_off(variant: Variant) -> None:
    with pytest.raises(DataError, match="nobody-knows"):
        fitted(variant).without(["nobody-knows"])


@of(NAMES_FRIENDS)
def test_shares_of_history_and_friends_add_up_to_the_score(variant: Variant) -> None:
    recommender = fitted(variant)
    items = np.arange(recommender.data.n_items)
    largest = 0.0
    for user in range(0, recommender.data.n_users, 3):
        found = recommender.shares(user, items)
        assert found.friend_values.shape == (len(items), len(found.friends))
        assert user not in found.friends
        assert np.all(np.diff(found.friends) > 0)
        np.testing.assert_array_equal(found.items, recommender.history(user))
        np.testing.assert_array_equal(found.score, recommender.scores([user])[0])
        total = found.own + found.values.sum(1) + found.friend_values.sum(1)
        size = np.abs(found.own) + np.abs(found.values).sum(1) + np.abs(found.friend_values).sum(1)
        assert (np.abs(total - found.score) <= 1e-4 * size + 1e-6).all()
        largest = max(largest, float(np.abs(found.friend_values).max(initial=0)))
    assert largest > 0


@of(NAMES_FACTS)
def test_shares_of_the_item_and_its_facts_add_up_to_the_score(variant: Variant) -> None:
    recommender = fitted(variant)
    items = np.arange(recommender.data.n_items)
    largest = 0.0
    for user in range(0, recommender.data.n_users, 3):
        found = recommender.fact_shares(user, items)
        assert set(found.relation) <= set(recommender.side_relations)
        np.testing.assert_array_equal(found.score, recommender.scores([user])[0])
        of_facts, size = (
            np.bincount(found.place, one, minlength=len(items))
            for one in (found.values, np.abs(found.values))
        )
        error = np.abs(found.own + of_facts - found.score)
        assert (error <= 1e-4 * (np.abs(found.own) + size) + 1e-6).all()
        largest = max(largest, float(np.abs(found.values).max(initial=0)))
    assert largest > 0
