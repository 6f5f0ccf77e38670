"""LightGCN with friends: what it is without them, what one round is, and that shares name every friend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Split
from gnnrec.data.friends import friends_of
from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, Recommender, create
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 6, "embedding_size": 8, "evaluate_every": 2}


@pytest.fixture(scope="module")
def split() -> Split:
    return worlds.published(worlds.befriended())


def fitted(name: str, split: Split, **settings) -> Recommender:
    return fit(name, split.dataset, split, seed=0, device="cpu", settings=SMALL | settings).recommender


def everybody(recommender: Recommender) -> np.ndarray:
    return recommender.scores(range(recommender.data.n_users))


@pytest.mark.parametrize(
    "settings",
    [{}, {"n_layers": 3, "dropout": 0.3}, {"user_vectors": "none"}, {"loss": "bpr"}, {"init": "mf"}],
    ids=str,
)
def test_without_weight_it_is_exactly_lightgcn(split: Split, settings: dict) -> None:
    plain = fitted("lightgcn", split, **settings)
    without = fitted("social_lightgcn", split, social_weight=0.0, **settings)
    np.testing.assert_array_equal(everybody(without), everybody(plain))
    for name, value in plain.state().items():
        np.testing.assert_array_equal(without.state()[name], value)
    queries = [Query(history=(1, 4)), Query(user=2, without=((2, int(plain.data.history(2)[0])),))]
    np.testing.assert_allclose(without.scores(queries), plain.scores(queries), rtol=1e-5, atol=1e-6)


def test_with_weight_it_is_not(split: Split) -> None:
    assert (
        np.abs(everybody(fitted("social_lightgcn", split)) - everybody(fitted("lightgcn", split))).max()
        > 0.01
    )


def test_one_round_is_the_weighted_average_of_items_and_friends(split: Split) -> None:
    model = fitted("social_lightgcn", split, n_layers=2, social_weight=0.4, dropout=0.0)
    train, friends = split.matrix("train").toarray(), friends_of(split.dataset)
    norm = train / np.sqrt(np.maximum(train.sum(1, keepdims=True), 1) * np.maximum(train.sum(0), 1))
    among = friends.normalised.toarray()
    weight = np.where(friends.counts > 0, 0.4, 0)[:, None]
    assert 0 < weight.astype(bool).sum() < len(weight)
    people, items = model.state()["user"], model.state()["item"]
    layers = [(people, items)]
    for _ in range(2):
        people, items = (1 - weight) * (norm @ items) + weight * (among @ people), norm.T @ people
        layers.append((people, items))
    people, items = (np.mean([one[side] for one in layers], axis=0) for side in (0, 1))
    people, items = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (people, items))
    np.testing.assert_allclose(everybody(model), people @ items.T, atol=1e-5)


@pytest.mark.parametrize(
    "settings", [{}, {"score": "raw"}, {"user_vectors": "none"}, {"n_layers": 1}], ids=str
)
def test_shares_of_history_and_friends_add_up_exactly(split: Split, settings: dict) -> None:
    model = fitted("social_lightgcn", split, **settings)
    friends = friends_of(split.dataset)
    befriended, alone = int(np.argmax(friends.counts)), int(np.argmin(friends.counts))
    history = model.data.history(befriended).tolist()
    items = np.arange(split.dataset.n_items)
    for query in (
        Query(user=befriended),
        Query(user=alone),
        Query(user=befriended, without=((befriended, history[0]),)),
        Query(history=tuple(history)),
    ):
        found = model.shares(query, items)
        total = found.own + found.values.sum(1) + found.friend_values.sum(1)
        np.testing.assert_allclose(total, found.score, atol=1e-5)
        np.testing.assert_array_equal(found.items, model.history(query))
        expected = friends.of(query.user) if query.user is not None else []
        np.testing.assert_array_equal(found.friends, expected)
    # With one round and no vectors of their own friends have nothing to send.
    silent = settings.get("user_vectors") == "none" and settings.get("n_layers") == 1
    assert (np.abs(model.shares(befriended, items).friend_values).max() > 1e-4) != silent


def test_a_score_does_not_split_over_the_history_alone(split: Split) -> None:
    model = fitted("social_lightgcn", split)
    assert not {"decomposes", "covers", "differentiable"} & model.capabilities
    with pytest.raises(IncompatibleError, match="Choose another model"):
        model.contributions(0, [1])


def test_friends_can_be_switched_off_without_learning_again(split: Split) -> None:
    model = fitted("social_lightgcn", split, dropout=0.0)
    before = everybody(model)
    off = model.without(["friend"])
    plain = create("lightgcn", {k: v for k, v in model.config.as_dict().items() if k != "social_weight"})
    plain.load_state(split.training(), model.state())
    np.testing.assert_allclose(everybody(off), everybody(plain), atol=1e-6)
    assert np.abs(everybody(off) - before).max() > 1e-3
    np.testing.assert_array_equal(everybody(model), before)


def test_a_friend_is_heard(split: Split) -> None:
    """With the same parameters, one more friend moves the scores of both and of nobody far from them."""
    model = fitted("social_lightgcn", split, n_layers=1, dropout=0.0)
    loner, other = split.dataset.n_users - 1, split.dataset.n_users - 2
    social = pd.concat([split.dataset.social, pd.DataFrame({"user": [loner], "friend": [other]})])
    there = worlds.published(replace(split.dataset, social=social))
    moved = create("social_lightgcn", model.config.as_dict())
    moved.load_state(there.training(), model.state())
    changed = np.abs(everybody(moved) - everybody(model)).max(1) > 1e-4
    assert set(np.flatnonzero(changed)) == {loner, other}


def test_people_of_trust_alone_get_finite_scores() -> None:
    dataset = worlds.of_pairs([(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2)], 4, 3, [0, 1, 0, 2, 0, 0])
    dataset = replace(dataset, social=pd.DataFrame({"user": [3, 3], "friend": [0, 3]}))
    model = fitted("social_lightgcn", worlds.published(dataset), user_vectors="none")
    scores = everybody(model)
    assert np.isfinite(scores).all()
    assert np.ptp(scores[3]) > 0
