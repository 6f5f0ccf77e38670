"""A model as a function of its messages gives the scores it serves, and masks on messages move them."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import IncompatibleError
from gnnrec.graph import ITEM, USER
from gnnrec.graph.computation import computation_graph
from gnnrec.recommenders.capabilities import DIFFERENTIABLE
from tests.contracts.recommenders.contract import EVERY, Variant, fitted, of


@of(DIFFERENTIABLE)
def test_from_the_messages_of_the_whole_graph_come_the_scores_it_serves(variant: Variant) -> None:
    import torch

    recommender = fitted(variant)
    graph, model = recommender.graph, recommender.differentiable()
    users, items = pairs(recommender, 100)
    asked = torch.from_numpy(np.stack([graph.node(USER, users), graph.node(ITEM, items)]))
    edge_index, nodes = torch.from_numpy(graph.edge_index()), torch.arange(graph.n_nodes)
    found = model(model.table, edge_index, model.edge_weight, nodes, asked)
    np.testing.assert_allclose(found, recommender.pair_scores(users, items), rtol=0, atol=1e-5)
    silent = model(model.table, edge_index, torch.zeros_like(model.edge_weight), nodes, asked)
    assert (silent - found).abs().max() > 1e-3, "messages count for nothing"


@of(DIFFERENTIABLE)
def test_from_the_computation_graph_of_a_pair_comes_its_score(variant: Variant) -> None:
    from gnnrec.explain.explainers import PairScore

    recommender = fitted(variant)
    graph, model = recommender.graph, recommender.differentiable()
    for user, item in zip(*pairs(recommender, 10), strict=True):
        ends = [graph.node(USER, int(user)), graph.node(ITEM, int(item))]
        pair = PairScore(model, computation_graph(graph, ends, model.n_layers))
        expected = recommender.scores([user], [item])[0]
        np.testing.assert_allclose(pair(pair.x, pair.edge_index), expected, rtol=0, atol=1e-5)


@of(DIFFERENTIABLE)
def test_explaining_leaves_no_gradient_in_the_model(variant: Variant) -> None:
    recommender = fitted(variant)
    model = recommender.differentiable()
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert all(parameter.requires_grad for parameter in recommender.parameters())


@EVERY
def test_what_is_no_function_of_messages_says_so(variant: Variant) -> None:
    recommender = fitted(variant)
    if DIFFERENTIABLE not in recommender.capabilities:
        with pytest.raises(IncompatibleError, match=r"Choose another model"):
            recommender.differentiable()


def pairs(recommender, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.integers(recommender.data.n_users, size=n), rng.integers(recommender.data.n_items, size=n)
