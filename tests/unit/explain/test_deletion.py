"""Deletion: each score and rank equals that of the model run on the changed graph, degrees included."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import IncompatibleError
from gnnrec.explain import deletion as module
from gnnrec.explain.deletion import deletion, estimate, hidden_for, rescored
from gnnrec.recommenders import Query, create
from tests import worlds
from tests.unit.explain.given import Given

GRAPH_MODELS = {
    "lightgcn": {"embedding_size": 8, "n_layers": 2},
    "xsimgcl": {"embedding_size": 8, "n_layers": 2},
    "gat": {"embedding_size": 8, "n_layers": 2, "heads": 2},
    "ngcf": {"embedding_size": 8, "n_layers": 1},
}


def data():
    return worlds.whole(worlds.scattered()).training()


def served(name: str, settings: dict, graph=None):
    model = create(name, settings)
    model.attach(data())
    if graph is not None:
        model.graph = graph
    model.reset(seed=4)
    model.serve()
    return model


@pytest.mark.parametrize("name", GRAPH_MODELS)
def test_taking_an_edge_out_equals_running_the_model_without_it(name: str) -> None:
    model = served(name, GRAPH_MODELS[name])
    item = int(model.recommend([5], k=3).items[0, 2])
    found = deletion(model, 5, item)
    usual = model.scores([5])[0]
    assert found.score == pytest.approx(usual[item], abs=1e-6) and found.rank == 3
    np.testing.assert_array_equal(found.items, data().history(5))
    for place, one in enumerate(found.items):
        whole = served(name, GRAPH_MODELS[name], model.graph.edited(remove=[(5, int(one))]))
        scores = whole.scores([5])[0]
        assert found.scores[place] == pytest.approx(scores[item], abs=1e-5)
        assert found.effect[place] == pytest.approx(usual[item] - scores[item], abs=2e-5)
        visible = np.setdiff1d(np.arange(len(scores)), found.items)
        assert found.ranks[place] == 1 + np.count_nonzero(scores[visible] > scores[item])


def test_effects_of_a_sum_are_its_terms() -> None:
    weights = np.arange(36).reshape(6, 6)
    model = Given(weights)
    model.fit(worlds.whole(worlds.of_pairs([(0, 0), (0, 1), (0, 2), (1, 3), (1, 5)], 2, 6)).training())
    found = deletion(model, 0, 4)
    np.testing.assert_allclose(found.effect, weights[:3, 4])
    assert found.kind == "graph edit"
    assert deletion(model, Query(history=(0, 1, 2)), 4).kind == "fold-in"


def test_sets_are_taken_out_and_what_leaves_stays_hidden() -> None:
    weights = np.zeros((6, 6))
    weights[0, [3, 4]] = 2, 1
    weights[1, 0] = 9
    model = Given(weights)
    model.fit(worlds.whole(worlds.of_pairs([(0, 0), (0, 1), (1, 5)], 2, 6)).training())
    query = Query(user=0)
    found = rescored(model, query, 4, [(), (0,), (1,), (0, 1)], hidden_for(model, query))
    np.testing.assert_allclose(found.score, [1, 0, 1, 0])
    # Without item 0 all that is left to show scores nothing, so nothing has a place.
    np.testing.assert_array_equal(found.rank, [2, 0, 2, 0])


@pytest.mark.parametrize("name", ["lightgcn", "ease"])
def test_long_histories_are_answered_in_parts(name: str, monkeypatch) -> None:
    if name == "lightgcn":
        model = served(name, GRAPH_MODELS[name])
    else:
        model = create(name)
        model.fit(data())
    item = int(np.setdiff1d(np.arange(31), data().history(5))[0])
    told: list[tuple[int, int]] = []
    whole = deletion(model, 5, item)
    monkeypatch.setattr(module, "_AT_ONCE", 4)
    parts = deletion(model, 5, item, tell=lambda done, total: told.append((done, total)))
    np.testing.assert_allclose(parts.scores, whole.scores, atol=1e-5)
    np.testing.assert_array_equal(parts.ranks, whole.ranks)
    length = len(whole.items)
    assert told == [(min(done, length), length) for done in range(4, length + 4, 4)]


def test_a_slow_model_can_be_stopped_after_each_edit_and_is_timed_by_two(monkeypatch) -> None:
    model = served("gat", GRAPH_MODELS["gat"])
    asked: list[int] = []
    edited = model._edited
    model._edited = lambda query: asked.append(1) or edited(query)

    class Enough(Exception):
        pass

    def tell(done: int, total: int) -> None:
        if done == 2:
            raise Enough

    with pytest.raises(Enough):
        deletion(model, 5, 1, tell=tell)
    assert len(asked) == 2
    assert estimate(model, 5, 0) == 0 and len(asked) == 2
    monkeypatch.setattr(module, "_LONG_ENOUGH_S", 0)
    assert estimate(model, 5, 1000) > 0 and len(asked) == 4


def test_a_model_without_a_graph_is_refused() -> None:
    model = served("mf", {"embedding_size": 4})
    with pytest.raises(IncompatibleError, match="without retraining"):
        deletion(model, 5, 1)
    with pytest.raises(IncompatibleError, match="without retraining"):
        estimate(model, 5, 3)


def test_a_person_without_a_history_has_nothing_to_take_out() -> None:
    model = create("item_knn")
    model.fit(worlds.whole(worlds.of_pairs([(1, 0), (1, 1)], 2, 3)).training())
    found = deletion(model, 0, 2)
    assert len(found.items) == len(found.effect) == 0
