"""What both models of attention promise: torch-geometric's own weights, and newcomers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch

from gnnrec.recommenders import Query, create
from gnnrec.recommenders.parts.attention_model import AttentionModel
from gnnrec.training import fit
from tests import worlds

SMALL = {"embedding_size": 8, "heads": 2, "n_layers": 2, "epochs": 6}
KINDS = [
    ("gat", "variant", "gatv2"),
    ("gat", "variant", "gat"),
    ("graph_transformer", "residual", "none"),
    ("graph_transformer", "residual", "gated"),
]


@cache
def fitted(name: str, setting: str, value: str) -> AttentionModel:
    split = worlds.published(worlds.scattered())
    wishes = {**SMALL, setting: value}
    return fit(create(name, wishes), split.dataset, split, device="cpu").recommender


@pytest.fixture(params=KINDS, ids="-".join)
def recommender(request: pytest.FixtureRequest) -> AttentionModel:
    return fitted(*request.param)


def test_attention_equals_the_weights_torch_geometric_returns_on_the_joint_graph(
    recommender: AttentionModel,
) -> None:
    graph, net = recommender.graph, recommender.net
    n_users = recommender.data.n_users
    edges = torch.from_numpy(graph.edge_index())
    into_items = edges[1] >= n_users
    values = recommender.attention()
    assert values.shape == (2, 2, edges.shape[1])
    nodes = torch.cat([net.user, net.item]).detach()
    for layer in range(2):
        following = torch.empty_like(nodes)
        for module, chosen in ((net.to_items[layer], into_items), (net.to_users[layer], ~into_items)):
            with torch.inference_mode():
                out, (index, weights) = module(nodes, edges[:, chosen], return_attention_weights=True)
            assert torch.equal(index, edges[:, chosen])
            np.testing.assert_allclose(values[layer][:, chosen.numpy()], weights.T.numpy(), rtol=1e-4)
            targets = edges[1, chosen].unique()
            following[targets] = out[targets]
        nodes = following
    assert np.ptp(values) > 0.01


def test_a_newcomer_has_no_own_vector_and_listens_to_the_items_as_trained(
    recommender: AttentionModel,
) -> None:
    history = recommender.data.history(4)
    edges = torch.stack([torch.from_numpy(history), torch.zeros(len(history), dtype=torch.int64)])
    vectors = [torch.zeros(1, 8)]
    with torch.inference_mode():
        for to_users, (_, items) in zip(recommender.net.to_users, recommender._layers[:2], strict=True):
            vectors.append(to_users((items, vectors[-1]), edges))
    mean = torch.cat(vectors).mean(0).numpy()
    folded = recommender.scores([Query(history=tuple(history.tolist()))])[0]
    expected = recommender.embeddings()[1] @ mean / np.linalg.norm(mean)
    np.testing.assert_allclose(folded, expected, rtol=1e-4, atol=1e-6)
    assert not np.allclose(folded, recommender.scores([4])[0], atol=1e-3)
