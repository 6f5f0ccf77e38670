"""The split of a score against a dense computation in double precision, edge by edge and layer by layer."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.double_precision import in_double
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import create, names, recommender_class
from gnnrec.recommenders.capabilities import DECOMPOSES
from gnnrec.training import fit
from tests import worlds


@pytest.fixture(scope="module")
def cut():
    return worlds.published(worlds.scattered(per_user=12))


def trained(name: str, cut, **settings):
    model = create(name, settings)
    if hasattr(model.config, "epochs"):
        model = create(name, {**settings, "epochs": 2})
    if hasattr(model.config, "factors"):
        model = create(name, {**settings, "factors": 6})
    return fit(model, cut.dataset, cut, seed=0).recommender


def dense_adjacency(cut) -> np.ndarray:
    """Â = D^-½ A D^-½ over people and items, every entry written down."""
    pairs = cut.matrix("train").toarray() > 0
    n_users, n_items = pairs.shape
    adjacency = np.zeros((n_users + n_items,) * 2)
    adjacency[:n_users, n_users:] = pairs
    adjacency[n_users:, :n_users] = pairs.T
    degrees = np.maximum(adjacency.sum(1), 1)
    return adjacency / np.sqrt(degrees[:, None] * degrees)


@pytest.mark.parametrize("score", ["raw", "cosine"])
@pytest.mark.parametrize("name", ["lightgcn", "xsimgcl"])
def test_messages_of_a_linear_network_layer_by_layer(cut, name: str, score: str) -> None:
    """An item sends a person the edge weight times the sum of its vectors one layer before, over the layers averaged."""
    model = trained(name, cut, n_layers=3, score=score, embedding_size=8)
    n_users, first = model.data.n_users, 1 if name == "xsimgcl" else 0
    with_edges = dense_adjacency(cut)
    layers = [
        np.concatenate([table.detach().numpy() for table in (model.net.user, model.net.item)]).astype(
            np.float64
        )
    ]
    for _ in range(3):
        layers.append(with_edges @ layers[-1])
    final = np.mean(layers[first:], axis=0)
    people, items = final[:n_users], final[n_users:]
    if score == "cosine":
        people, items = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (people, items))
    sent = sum(layers[:-1])[n_users:] / len(layers[first:])
    for user in range(0, n_users, 7):
        found = model.contributions(user, np.arange(model.data.n_items))
        length = np.linalg.norm(final[user]) if score == "cosine" else 1.0
        messages = with_edges[user, n_users + found.items][:, None] * sent[found.items]
        own = layers[0][user] / len(layers) if first == 0 else np.zeros(8)
        np.testing.assert_allclose(found.values, items @ messages.T / length, atol=2e-6)
        np.testing.assert_allclose(found.own, items @ own / length, atol=2e-6)
        np.testing.assert_allclose(found.values.sum(1) + found.own, items @ people[user], atol=5e-6)
        # In the dense computation itself the split is exact.
        np.testing.assert_allclose(
            items @ (messages.sum(0) + own) / length, items @ people[user], rtol=1e-12, atol=1e-14
        )


def test_ease_against_its_closed_form(cut) -> None:
    model = trained("ease", cut)
    history = cut.matrix("train").toarray().astype(np.float64)
    inverse = np.linalg.inv(history.T @ history + model.config.reg * np.eye(history.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    for user in range(0, 40, 7):
        found = model.contributions(user, np.arange(model.data.n_items))
        np.testing.assert_allclose(found.values, weights[found.items].T, atol=1e-6)
        np.testing.assert_allclose(found.values.sum(1), history[user] @ weights, atol=1e-6)


def test_a_low_pass_filter_against_its_dense_matrix(cut) -> None:
    model = trained("gf_cf", cut)
    history = cut.matrix("train").toarray().astype(np.float64)
    of_people, of_items = (np.sqrt(np.maximum(history.sum(axis), 1)) for axis in (1, 0))
    graph = history / of_people[:, None] / of_items
    _, _, vectors = np.linalg.svd(graph)
    ideal = (vectors[:6].T @ vectors[:6]) * of_items / of_items[:, None]
    dense = graph.T @ graph + model.config.weight * ideal
    for user in range(0, 40, 7):
        found = model.contributions(user, np.arange(model.data.n_items))
        np.testing.assert_allclose(found.values, dense[found.items].T, atol=1e-5)


@pytest.mark.parametrize("name", [one for one in names() if DECOMPOSES in create(one).capabilities])
def test_in_double_precision_nothing_is_missed(cut, name: str) -> None:
    if recommender_class(name).missing_needs(cut.dataset):
        cut = split(open_dataset("demo"), "random:seed=1")
    model = trained(name, cut)
    wide, n_items = in_double(model), model.data.n_items
    for user in range(0, 40, 3):
        parts = wide.contributions(user, np.arange(n_items))
        size = np.abs(parts.values).sum(1) + np.abs(parts.own)
        missed = np.abs(parts.values.sum(1) + parts.own - wide._scores(np.array([user]))[0])
        assert (missed <= 1e-6 * size).all()
    # The model itself stays in single precision.
    plain = model.contributions(3, np.arange(n_items))
    np.testing.assert_array_equal(plain.score, model.scores([3])[0])
