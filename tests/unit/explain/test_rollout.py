"""Rollout: where a final vector comes from, against dense matrices multiplied out."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gnnrec.errors import DataError, IncompatibleError
from gnnrec.explain.attention import attention_view, rolled_out
from gnnrec.explain.methods import Asked, importance
from gnnrec.graph import Graph
from gnnrec.recommenders import Query, Recommender
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "heads": 2, "epochs": 3}
KINDS = [
    ("gat", {"n_layers": 1}),
    ("gat", {"n_layers": 2}),
    ("gat", {"n_layers": 3}),
    ("graph_transformer", {"n_layers": 2}),
    ("graph_transformer", {"n_layers": 3, "residual": "gated"}),
]
kinds = pytest.mark.parametrize(("name", "settings"), KINDS)


def fitted(name: str, settings: dict) -> Recommender:
    return _fitted(name, tuple(settings.items()))


@cache
def _fitted(name: str, settings: tuple) -> Recommender:
    split = worlds.published(worlds.scattered(14, 9, 5))
    return fit(name, split.dataset, split, device="cpu", settings=SMALL | dict(settings)).recommender


def dense_layers(model: Recommender) -> list[np.ndarray]:
    """Ã of each layer, row = who takes in, column = whose vector. **Shapes**: L times [N, N]."""
    source, target = model.graph.edge_index()
    out = []
    for weight, keeps in zip(model.attention(), model.kept(), strict=True):
        heard = np.zeros((model.graph.n_nodes, model.graph.n_nodes))
        heard[target, source] = weight.mean(0)
        out.append(np.diag(keeps) + (1 - keeps)[:, None] * heard)
    return out


@kinds
@pytest.mark.parametrize("user", [0, 5, 13])
def test_origins_are_the_product_of_all_layers(name: str, settings: dict, user: int) -> None:
    model = fitted(name, settings)
    product = np.eye(model.graph.n_nodes)
    total = product.copy()
    for layer in dense_layers(model):
        product = layer @ product
        total += product
    expected = total[user] / (settings["n_layers"] + 1)
    found = rolled_out(model, model.graph, user)
    np.testing.assert_allclose(found.origin, expected, atol=1e-6)
    assert found.origin.sum() == pytest.approx(1, abs=1e-6)


@kinds
def test_shares_of_the_history_and_the_own_share_add_up_to_one(name: str, settings: dict) -> None:
    model = fitted(name, settings)
    for user in range(model.data.n_users):
        found = rolled_out(model, model.graph, user)
        assert found.items.tolist() == model.history(user).tolist()
        assert found.through.sum() + found.own == pytest.approx(1, abs=1e-6)
        assert found.own <= found.origin[user] + 1e-9


@kinds
def test_what_comes_in_by_an_item_is_what_is_lost_when_the_person_hears_nothing_by_it(
    name: str, settings: dict
) -> None:
    """The person is split in two: one who is asked and only hears, and one whom others hear.

    What the first no longer takes in from an item is missing from the sum of the row.
    """
    model, user = fitted(name, settings), 3
    n, layers = model.graph.n_nodes, dense_layers(model)
    found = rolled_out(model, model.graph, user)
    for item, through in zip(found.items, found.through, strict=True):
        product = np.eye(n + 1)
        total = product.copy()
        for layer in layers:
            split = np.zeros((n + 1, n + 1))
            split[:n, :n] = layer
            split[n, :n] = layer[user]
            split[n, user], split[n, n] = 0, layer[user, user]
            split[n, model.data.n_users + item] = 0
            product = split @ product
            total += product
        assert 1 - total[n].sum() / (len(layers) + 1) == pytest.approx(through, abs=1e-6)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_without_gates_the_order_is_that_of_the_average_over_layers(n_layers: int) -> None:
    model = fitted("gat", {"n_layers": n_layers})
    source, target = model.graph.edge_index()
    average = attention_view(model, model.graph)
    for user in (0, 7):
        into = target == user
        expected = average[into][np.argsort(source[into])] * n_layers / (n_layers + 1)
        np.testing.assert_allclose(rolled_out(model, model.graph, user).through, expected, atol=1e-6)


def test_a_gate_leaves_the_person_more_of_their_own() -> None:
    plain, gated = (fitted(*KINDS[place]) for place in (3, 4))
    assert rolled_out(plain, plain.graph, 0).own == pytest.approx(1 / 3)
    assert rolled_out(gated, gated.graph, 0).own > 1 / 4 + 0.01


def test_a_person_without_history_is_their_own_vector_alone() -> None:
    dataset = worlds.of_pairs([(0, 0), (0, 1), (1, 1)], 3, 2)
    split = worlds.whole(dataset)
    model = fit("gat", dataset, split, device="cpu", settings=SMALL).recommender
    found = rolled_out(model, model.graph, 2)
    assert (len(found.through), found.own, found.origin[2]) == (0, 1, 1)


def test_bad_questions_are_refused_in_words() -> None:
    model = fitted("gat", {"n_layers": 1})
    with pytest.raises(DataError, match="user number"):
        rolled_out(model, model.graph, 99)
    with pytest.raises(IncompatibleError, match="fitted on"):
        rolled_out(model, Graph.bipartite(14, 9, [0], [0]), 0)


def test_as_a_method_of_explanation_it_knows_the_history_and_refuses_newcomers() -> None:
    model = fitted("gat", {"n_layers": 2})
    found = importance(Asked(model, model.graph, Query(user=4), 0), "attention")
    assert found.items.tolist() == model.history(4).tolist()
    np.testing.assert_allclose(found.values, rolled_out(model, model.graph, 4).through)
    with pytest.raises(IncompatibleError, match="newcomer"):
        importance(Asked(model, model.graph, Query(history=(0, 1)), 2), "attention")
