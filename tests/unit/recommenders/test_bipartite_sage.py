"""Bipartite GraphSAGE: the layers of torch-geometric, and answers for people and items it never saw."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gnnrec.data import split
from gnnrec.data.cold_start import seen
from gnnrec.recommenders.parts.feature_queries import newcomer
from tests.unit.recommenders.test_content import fitted, two_tastes


@pytest.fixture(scope="module")
def dataset():
    return two_tastes(noise=0.05)


@pytest.mark.parametrize("n_layers", [1, 2])
def test_its_rounds_are_those_of_torch_geometric(dataset, n_layers: int) -> None:
    from torch_geometric.nn import SAGEConv

    model = fitted(
        "bipartite_sage",
        split(dataset, "random:seed=1"),
        n_layers=n_layers,
        dropout=0.0,
        epochs=4,
        embedding_size=8,
    )
    source, target = model.graph.edge_index()
    half = len(source) // 2
    to_items = torch.from_numpy(np.stack([source[:half], target[:half] - model.data.n_users]))
    with torch.inference_mode():
        users = model.net.user_features(torch.from_numpy(model._user_rows)) + model.net.user
        items = model.net.item_features(torch.from_numpy(model._item_rows)) + model.net.item
        for number in range(n_layers):
            heard = {}
            for side, own, other, edges in (
                ("user", users, items, to_items.flip(0)),
                ("item", items, users, to_items),
            ):
                conv = SAGEConv((8, 8), 8)
                conv.lin_l.weight, conv.lin_l.bias = (
                    getattr(model.net, f"{side}_heard")[number].weight,
                    getattr(model.net, f"{side}_own")[number].bias,
                )
                conv.lin_r.weight = getattr(model.net, f"{side}_own")[number].weight
                heard[side] = conv((other, own), edges)
            users, items = (torch.relu(one) if number + 1 < n_layers else one for one in heard.values())
        expected = torch.nn.functional.normalize(users) @ torch.nn.functional.normalize(items).T
    np.testing.assert_allclose(model.scores(range(model.data.n_users)), expected.numpy(), atol=1e-5)


def test_without_vectors_of_its_own_a_known_person_is_a_newcomer(dataset) -> None:
    model = fitted("bipartite_sage", split(dataset, "random:seed=1"), ids="none", n_layers=2)
    for user in (0, 7):
        asked = newcomer({"age": int(dataset.user_features["age"][user])}, model.data.history(user).tolist())
        np.testing.assert_allclose(model.scores([asked]), model.scores([user]), atol=1e-5)


def test_what_nobody_has_is_known_by_its_features_alone(dataset) -> None:
    cut = split(dataset, "cold_items:share=20,seed=1")
    model = fitted("bipartite_sage", cut)
    new = ~seen(cut, "item")
    before = model.scores(range(60))
    model.net.item.data[new] += 1
    model.serve()
    np.testing.assert_allclose(model.scores(range(60)), before, atol=1e-6)
    model.net.item.data[~new] += 1
    model.serve()
    assert np.abs(model.scores(range(60)) - before).max() > 0.01
