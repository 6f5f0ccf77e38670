"""DiffNet: how tastes spread among friends, what is left without them, and whose share is whose."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import Split
from gnnrec.data.friends import friends_of
from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, Recommender
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 6, "embedding_size": 8, "evaluate_every": 2, "dropout": 0.0}


@pytest.fixture(scope="module")
def split() -> Split:
    return worlds.published(worlds.befriended())


def fitted(split: Split, **settings) -> Recommender:
    return fit("diffnet", split.dataset, split, seed=0, device="cpu", settings=SMALL | settings).recommender


def everybody(recommender: Recommender) -> np.ndarray:
    return recommender.scores(range(recommender.data.n_users))


@pytest.mark.parametrize("weight", [0.0, 0.4])
def test_a_person_is_what_arrived_and_the_mean_of_their_items(split: Split, weight: float) -> None:
    model = fitted(split, social_weight=weight, n_layers=2)
    friends, train = friends_of(split.dataset), split.matrix("train").toarray()
    state = model.state()
    people, items = state["user"].astype(np.float64), state["item"].astype(np.float64)
    for _ in range(2):
        heard = [
            people[friends.of(user)].mean(0) if friends.counts[user] else people[user] for user in range(40)
        ]
        people = (1 - weight) * people + weight * np.array(heard)
    vectors = people + train @ items / train.sum(1, keepdims=True)
    vectors, items = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (vectors, items))
    np.testing.assert_allclose(everybody(model), vectors @ items.T, atol=1e-5)
    users, last = model.layers()[-1]
    np.testing.assert_allclose(users, vectors, atol=1e-5)
    np.testing.assert_allclose(last, items, atol=1e-5)


@pytest.mark.parametrize("settings", [{}, {"score": "raw"}, {"n_layers": 3}, {"social_weight": 0.0}], ids=str)
def test_shares_add_up_exactly_and_name_who_they_come_from(split: Split, settings: dict) -> None:
    model = fitted(split, **settings)
    friends = friends_of(split.dataset)
    user = int(np.argmax(friends.counts))
    history, items = model.data.history(user).tolist(), np.arange(split.dataset.n_items)
    for query in (
        Query(user=user),
        Query(user=user, history=tuple(history[1:])),
        Query(history=tuple(history)),
    ):
        found = model.shares(query, items)
        total = found.own + found.values.sum(1) + found.friend_values.sum(1)
        np.testing.assert_allclose(total, found.score, atol=1e-5)
        assert user not in found.friends
    reached = friends.matrix[user].toarray()[0]
    for _ in range(model.config.n_layers - 1):
        reached = reached + friends.matrix @ reached
    reached[user] = 0
    expected = np.flatnonzero(reached) if model.config.social_weight else []
    np.testing.assert_array_equal(model.shares(user, items).friends, expected)


def test_an_edited_history_moves_one_person_and_items_hear_nobody(split: Split) -> None:
    model = fitted(split)
    history = model.data.history(3)
    edited = model.scores([Query(user=3, without=((3, int(history[0])),))])[0]
    assert np.abs(edited - model.scores([3])[0]).max() > 1e-3
    other = model.scores([Query(user=4, without=((3, int(history[0])),))])[0]
    np.testing.assert_allclose(other, model.scores([4])[0], atol=1e-6)
    assert "propagates" not in model.capabilities
    with pytest.raises(IncompatibleError, match="Choose another model"):
        model.contributions(0, [1])


def test_friends_can_be_switched_off_without_learning_again(split: Split) -> None:
    model = fitted(split)
    befriended = friends_of(split.dataset).counts > 0
    moved = np.abs(everybody(model.without(["friend"])) - everybody(model)).max(1) > 1e-4
    np.testing.assert_array_equal(moved, befriended)


def test_data_without_social_edges_are_refused() -> None:
    with pytest.raises(IncompatibleError, match="no social"):
        fitted(worlds.published(worlds.scattered()))


def test_what_is_asked_for_is_not_heard(split: Split) -> None:
    """With choices hidden, each step learns from those that are not in the means of that step."""
    model = fitted(split, hidden_choices=0.5)
    model.net.train()
    pairs = np.arange(model.data.matrix.nnz)
    asked = set(model._asked(model._tensor(pairs)).tolist())
    assert 0.3 < len(asked) / len(pairs) < 0.7
    train, heard = split.matrix("train"), np.zeros((40, 31))
    for pair in set(pairs.tolist()) - asked:
        heard[np.searchsorted(train.indptr, pair, side="right") - 1, train.indices[pair]] = 1
    heard /= np.maximum(heard.sum(1, keepdims=True), 1)
    items = model.net.item.detach()
    np.testing.assert_allclose(model._heard(items).numpy(), heard @ items.numpy(), atol=1e-5)
    model.net.eval()
    assert not np.allclose(model._heard(items).numpy(), model._choices(items).numpy(), atol=1e-3)


def test_with_nothing_hidden_it_learns_from_everything(split: Split) -> None:
    model = fitted(split, hidden_choices=0.0)
    pairs = model._tensor(np.arange(model.data.matrix.nnz))
    assert model._asked(pairs) is pairs
