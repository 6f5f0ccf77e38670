"""Layers and raw attention can be read as the model itself uses them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import ATTENTION, DIFFERENTIABLE, LAYERS
from tests.contracts.recommenders.contract import Variant, all_scores, fitted, of


def softmax_by_target(raw: np.ndarray, target: np.ndarray, n_nodes: int) -> np.ndarray:
    """**Shapes**: [E] → [E]."""
    highest = np.full(n_nodes, -np.inf)
    np.maximum.at(highest, target, raw)
    risen = np.exp(raw - highest[target])
    return risen / np.bincount(target, weights=risen, minlength=n_nodes)[target]


@of(LAYERS)
def test_the_last_layers_are_what_it_scores_by(variant: Variant) -> None:
    recommender: Recommender = fitted(variant)
    layers = recommender.layers()
    assert len(layers) == recommender.config.n_layers + 1
    for last, final in zip(layers[-1], recommender.embeddings(), strict=True):
        np.testing.assert_allclose(last, final, atol=1e-6)
    users, items = layers[-1]
    np.testing.assert_allclose(users @ items.T, all_scores(recommender), atol=1e-5)


@of(LAYERS, where=lambda variant: dict(variant[1]).get("n_layers") != 0)
def test_every_round_of_messages_changes_what_it_knows(variant: Variant) -> None:
    scores = [users @ items.T for users, items in fitted(variant).layers()]
    assert all(np.isfinite(one).all() for one in scores)
    for before, after in pairwise(scores):
        assert np.abs(after - before).max() > 1e-4


@of(DIFFERENTIABLE, where=lambda variant: variant[0] not in ("gat", "graph_transformer"))
def test_who_says_to_hear_itself_counts_one_more_neighbour(variant: Variant) -> None:
    recommender = fitted(variant)
    graph = recommender.graph
    degrees = graph.degrees[graph.edge_index()] + int(recommender.hears_itself)
    weights = recommender.differentiable().edge_weight.numpy()
    np.testing.assert_allclose(weights, 1 / np.sqrt(degrees.prod(0)), rtol=1e-5)


@of(LAYERS, where=lambda variant: dict(variant[1]).get("n_layers") != 0)
def test_some_round_is_read(variant: Variant) -> None:
    recommender = fitted(variant)
    assert 0 <= recommender.first_read_round < len(recommender.layers())


def test_who_reads_late_rounds_only() -> None:
    of_name = {
        name: fitted((name, ())).first_read_round for name in ("lightgcn", "gat", "xsimgcl", "gcn_link")
    }
    assert of_name == {"lightgcn": 0, "gat": 0, "xsimgcl": 1, "gcn_link": 2}


@of(ATTENTION)
def test_attention_is_the_softmax_of_the_raw_scores_over_each_targets_edges(variant: Variant) -> None:
    recommender = fitted(variant)
    _, target = recommender.graph.edge_index()
    raw = recommender.raw_attention(np.arange(len(target)))
    weights = recommender.attention()
    assert raw.shape == weights.shape
    for of_raw, of_weights in zip(
        raw.reshape(-1, len(target)), weights.reshape(-1, len(target)), strict=True
    ):
        expected = softmax_by_target(of_raw, target, recommender.graph.n_nodes)
        np.testing.assert_allclose(of_weights, expected, atol=1e-5)


@of(ATTENTION)
def test_what_a_node_keeps_of_itself_is_a_share(variant: Variant) -> None:
    recommender = fitted(variant)
    kept = recommender.kept()
    assert kept.shape == (recommender.config.n_layers, recommender.graph.n_nodes)
    assert (kept >= 0).all() and (kept <= 1).all()
    gated = dict(variant[1]).get("residual") == "gated"
    assert bool(kept.any()) == gated


def test_a_wrong_raw_score_would_be_noticed() -> None:
    target = np.array([0, 0, 1])
    right = softmax_by_target(np.array([0.0, 1.0, 5.0]), target, 2)
    assert right == pytest.approx([0.2689, 0.7311, 1.0], abs=1e-4)
    assert softmax_by_target(np.array([0.0, -1.0, 5.0]), target, 2) != pytest.approx(right)
