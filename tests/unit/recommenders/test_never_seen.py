"""People and items that nobody has seen: what every trained model that reads features does for them."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.data.cold_start import seen
from gnnrec.recommenders import Query
from gnnrec.recommenders.parts.feature_queries import newcomer
from tests.unit.recommenders.test_content import fitted, two_tastes

SONGS = np.arange(40) % 2 == 1
MODELS = [
    ("hybrid", {"fusion": "dot"}),
    ("hybrid", {"fusion": "gated"}),
    ("hybrid", {"fusion": "mlp"}),
    ("bipartite_sage", {"ids": "learned"}),
    ("bipartite_sage", {"ids": "none"}),
]


def _named(model: tuple[str, dict[str, str]]) -> str:
    return f"{model[0]}-{next(iter(model[1].values()))}"


@pytest.fixture(scope="module")
def dataset():
    return two_tastes(noise=0.05)


@pytest.fixture(scope="module", params=MODELS, ids=_named)
def of_new_items(request, dataset):
    name, settings = request.param
    return fitted(name, split(dataset, "cold_items:share=20,seed=1"), **settings)


@pytest.fixture(scope="module", params=MODELS, ids=_named)
def of_new_people(request, dataset):
    name, settings = request.param
    return fitted(name, split(dataset, "cold_people:share=20,seed=1"), **settings)


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
        asked = of_new_people.scores([newcomer({"age": int(dataset.user_features["age"][user])})])
        np.testing.assert_allclose(asked, of_new_people.scores([user]), atol=1e-5)


def test_history_and_features_both_count(of_new_people) -> None:
    history = tuple(np.flatnonzero(SONGS)[:4].tolist())
    alone = of_new_people.scores([Query(history=history)])[0]
    both = of_new_people.scores([newcomer({"age": 20}, history)])[0]
    assert alone[SONGS].mean() > alone[~SONGS].mean()
    assert not np.allclose(alone, both, atol=1e-4)
