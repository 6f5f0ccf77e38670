"""Hybrid: features stand in where the graph says nothing, and the graph alone is LightGCN."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.data.cold_start import seen
from gnnrec.recommenders import Query
from gnnrec.recommenders.parts.feature_queries import newcomer
from tests.unit.recommenders.test_content import fitted, two_tastes

FUSIONS = ("dot", "gated", "mlp")
SONGS = np.arange(40) % 2 == 1


@pytest.fixture(scope="module")
def dataset():
    return two_tastes(noise=0.05)


@pytest.fixture(scope="module", params=FUSIONS)
def of_new_items(request, dataset):
    return fitted("hybrid", split(dataset, "cold_items:share=20,seed=1"), fusion=request.param)


@pytest.fixture(scope="module", params=FUSIONS)
def of_new_people(request, dataset):
    return fitted("hybrid", split(dataset, "cold_people:share=20,seed=1"), fusion=request.param)


def test_new_items_go_to_those_who_have_their_like(of_new_items, dataset) -> None:
    new = np.flatnonzero(~seen(split(dataset, "cold_items:share=20,seed=1"), "item"))
    scores = of_new_items.scores(range(60), new)
    for user in range(60):
        mine = SONGS[new] == bool(user % 2)
        assert scores[user, mine].mean() > scores[user, ~mine].mean()


def test_new_people_get_what_their_like_have(of_new_people, dataset) -> None:
    for user in np.flatnonzero(~seen(split(dataset, "cold_people:share=20,seed=1"), "user")):
        scores = of_new_people.scores([user])[0]
        assert (scores[SONGS].mean() > scores[~SONGS].mean()) == bool(user % 2)


def test_a_newcomer_with_features_alone_is_a_known_person_without_history(of_new_people, dataset) -> None:
    new = np.flatnonzero(~seen(split(dataset, "cold_people:share=20,seed=1"), "user"))
    for user in new[:4]:
        age = int(dataset.user_features["age"][user])
        assert np.allclose(
            of_new_people.scores([newcomer({"age": age})]), of_new_people.scores([user]), atol=1e-5
        )


def test_history_and_features_both_count(of_new_people) -> None:
    history = tuple(np.flatnonzero(SONGS)[:4].tolist())
    alone = of_new_people.scores([Query(history=history)])[0]
    both = of_new_people.scores([newcomer({"age": 20}, history)])[0]
    assert alone[SONGS].mean() > alone[~SONGS].mean()
    assert not np.allclose(alone, both, atol=1e-4)


def test_what_nobody_has_competes_with_no_choice(of_new_items, dataset) -> None:
    """The graph vector of a new item is never learned: it hears nothing and counts for nothing."""
    new = ~seen(split(dataset, "cold_items:share=20,seed=1"), "item")
    before = of_new_items.scores(range(60))
    kept = of_new_items.net.item.data.clone()
    of_new_items.net.item.data[new] += 1
    of_new_items.serve()
    assert np.allclose(of_new_items.scores(range(60)), before, atol=1e-6)
    of_new_items.net.item.data = kept
    of_new_items.serve()


def test_without_the_tower_it_is_lightgcn(dataset) -> None:
    cut = split(dataset, "random:seed=1")
    given = {"embedding_size": 16, "epochs": 6, "evaluate_every": 2, "dropout": 0.0, "learning_rate": 0.05}
    plain = fitted("hybrid", cut, tower="none", **given)
    assert np.allclose(plain.scores(range(60)), fitted("lightgcn", cut, **given).scores(range(60)), atol=1e-5)
