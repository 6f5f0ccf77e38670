"""Graph transformer: the published formulas by hand, the gate, and people without a neighbour."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from gnnrec.errors import ConfigError
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.graph_transformer import GraphTransformer
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "heads": 2, "n_layers": 2, "epochs": 6}
RESIDUALS = pytest.mark.parametrize("residual", ["none", "gated"])


@cache
def fitted(residual: str) -> GraphTransformer:
    split = worlds.published(worlds.scattered())
    wishes = {**SMALL, "residual": residual}
    return fit(create("graph_transformer", wishes), split.dataset, split, device="cpu").recommender


def attend(layer: dict[str, np.ndarray], sources: np.ndarray, target: np.ndarray, heads: int):
    """One layer for one target node, from the paper. Returns the weights of each head and what the node becomes."""
    query, keys, values = (
        part.reshape(-1, heads, len(target) // heads)
        for part in (
            target[None] @ layer["lin_query.weight"].T,
            sources @ layer["lin_key.weight"].T,
            sources @ layer["lin_value.weight"].T,
        )
    )
    logits = (query * keys).sum(-1) / np.sqrt(len(target) // heads)
    weights = np.exp(logits) / np.exp(logits).sum(0)
    message = (weights[..., None] * values).sum(0).ravel()
    if "lin_skip.weight" in layer:
        own = layer["lin_skip.weight"] @ target
        gate = layer["lin_beta.weight"][0] @ np.concatenate([message, own, message - own])
        gate = 1 / (1 + np.exp(-gate))
        message = gate * own + (1 - gate) * message
    return weights, message


@RESIDUALS
def test_attention_and_vectors_by_hand(residual: str) -> None:
    # Person 0 - item 0 - person 1 - item 1.
    wishes = {"residual": residual, "embedding_size": 4, "heads": 2, "n_layers": 1, "score": "raw"}
    recommender = create("graph_transformer", wishes)
    recommender.attach(worlds.whole(worlds.path_of_four()).training())
    recommender.reset(seed=5)
    # Larger vectors than training starts from, so that the weights differ visibly.
    state = {name: value * 10 for name, value in recommender.state().items()}
    recommender.load_state(recommender.data, state)
    layers = {
        direction: {
            name.removeprefix(f"{direction}.0."): value.astype(np.float64)
            for name, value in state.items()
            if name.startswith(direction)
        }
        for direction in ("to_items", "to_users")
    }
    users, items = state["user"].astype(np.float64), state["item"].astype(np.float64)
    heard = [
        attend(layers["to_items"], users, items[0], heads=2),
        attend(layers["to_items"], users[[1]], items[1], heads=2),
        attend(layers["to_users"], items[[0]], users[0], heads=2),
        attend(layers["to_users"], items, users[1], heads=2),
    ]
    # Edges: person 0 → item 0, person 1 → item 0, person 1 → item 1, and the same turned round.
    expected = np.concatenate([weights for weights, _ in heard])
    found = recommender.attention()
    np.testing.assert_allclose(found[0], expected.T, rtol=1e-4, atol=1e-6)
    assert np.abs(found[0, 0, :2] - 0.5).max() > 0.01
    messages = [message for _, message in heard]
    people, films = recommender.embeddings()
    np.testing.assert_allclose(people, (users + np.stack(messages[2:])) / 2, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(films, (items + np.stack(messages[:2])) / 2, rtol=1e-3, atol=1e-4)


@RESIDUALS
def test_an_edit_that_leaves_a_person_alone_equals_serving_on_that_graph(residual: str) -> None:
    """Nobody to listen to: what arrives is nothing, and the gate mixes the own vector with that."""
    recommender = fitted(residual)
    history = recommender.data.history(3)
    edits = [Query(user=3, history=()), Query(user=3, without=((3, int(history[0])), (5, int(history[1]))))]
    for query in edits:
        found = recommender.scores([query])[0]
        slow = recommender._copy()
        gone = [(3, int(item)) for item in history] if query.history == () else query.without
        gone = [edge for edge in gone if edge[1] in recommender.data.history(edge[0])]
        slow.graph = recommender.graph.edited(add=np.empty((0, 2), int), remove=np.array(gone))
        slow._graph_placed()
        with torch.inference_mode():
            slow._serve()
        np.testing.assert_allclose(found, slow._scores(np.array([3]))[0], rtol=1e-4, atol=1e-5)


def test_only_the_gate_has_weights_for_the_own_vector() -> None:
    assert not any("skip" in name for name in fitted("none").state())
    assert sum("skip" in name for name in fitted("gated").state()) == 4


def test_vectors_that_the_heads_cannot_share_are_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"settings of GraphTransformer, heads.*5 heads for vectors of length 96"
    ):
        create("graph_transformer", {"heads": 5})
