"""Attention views: a choice or an average of what the model says, never something new."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.explain import attention_view, edge_weights, evenness, explain_subgraph, incoming, weight_kinds
from gnnrec.graph import Graph
from gnnrec.recommenders import create
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.capabilities import ATTENTION
from tests import worlds

# Person 0 has items 0 and 1, person 1 has items 1 and 2, person 2 has item 2.
GRAPH = Graph.bipartite(3, 3, [0, 0, 1, 1, 2], [0, 1, 1, 2, 2])


class Attentive(Recommender):
    """Attention as given."""

    name = "attentive"
    title = "Attentive"

    def __init__(self, values: np.ndarray) -> None:
        super().__init__()
        self.values = values

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({ATTENTION})

    def attention(self) -> np.ndarray:
        return self.values

    def _state(self) -> dict:
        return {}

    def _load_state(self, state) -> None:
        pass

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return np.zeros((len(users), 3), dtype=np.float32)


@pytest.fixture
def model() -> Attentive:
    """Two layers of two heads, each summing to 1 for every target."""
    raw = np.random.default_rng(0).random((2, 2, GRAPH.edge_index().shape[1])) + 0.05
    target = GRAPH.edge_index()[1]
    for layer in raw:
        for head in layer:
            head /= np.bincount(target, weights=head, minlength=GRAPH.n_nodes)[target]
    return Attentive(raw)


def sums(weight: np.ndarray) -> np.ndarray:
    return np.bincount(GRAPH.edge_index()[1], weights=weight, minlength=GRAPH.n_nodes)


def test_a_layer_and_head_are_taken_as_they_are(model) -> None:
    assert np.array_equal(attention_view(model, GRAPH, 1, 0), model.values[1, 0])


def test_averages_run_over_what_was_not_chosen(model) -> None:
    assert attention_view(model, GRAPH) == pytest.approx(model.values.mean((0, 1)))
    assert attention_view(model, GRAPH, layer=0) == pytest.approx(model.values[0].mean(0))
    assert attention_view(model, GRAPH, head=1) == pytest.approx(model.values[:, 1].mean(0))


@pytest.mark.parametrize(("layer", "head"), [(None, None), (0, None), (None, 1), (1, 1)])
def test_every_view_sums_to_one_for_each_target(model, layer, head) -> None:
    assert sums(attention_view(model, GRAPH, layer, head)) == pytest.approx(1)


@pytest.mark.parametrize(("layer", "head", "named"), [(2, None, "layer"), (None, -1, "head"), (0, 2, "head")])
def test_layers_and_heads_that_are_not_there(model, layer, head, named) -> None:
    with pytest.raises(ConfigError, match=f"attention {named}"):
        attention_view(model, GRAPH, layer, head)


def test_another_graph_is_noticed(model) -> None:
    with pytest.raises(IncompatibleError, match="fitted on"):
        attention_view(model, GRAPH.edited(remove=[(0, 0)]))


def test_a_model_without_attention_says_so() -> None:
    split = worlds.whole(worlds.path_of_four())
    with pytest.raises(IncompatibleError, match="has no attention"):
        attention_view(create("popularity").fit(split.training("train")), GRAPH)


def test_where_a_node_looks() -> None:
    weight = np.zeros(10)
    source, target = GRAPH.edge_index()
    weight[(source == 3) & (target == 0)] = 0.25
    weight[(source == 4) & (target == 0)] = 0.75
    seen = incoming(GRAPH, weight, 0)
    assert seen.source.tolist() == [4, 3]
    assert seen.share.tolist() == [0.75, 0.25]
    assert (target[seen.edge] == 0).all()
    assert source[seen.edge].tolist() == [4, 3]
    assert incoming(GRAPH, np.zeros(10), 0).share.tolist() == [0, 0]
    lonely = Graph.bipartite(1, 1, [], [])
    assert len(incoming(lonely, np.zeros(0), 0).source) == 0


def test_evenness_runs_from_one_neighbour_alone_to_all_alike() -> None:
    source, target = GRAPH.edge_index()
    assert evenness(GRAPH, np.ones(10))[[0, 1, 4, 5]] == pytest.approx(1)
    alone = np.where((source == 3) & (target == 0), 1.0, 0.0)
    values = evenness(GRAPH, alone)
    assert values[0] == 0
    # A single neighbour leaves no choice; nothing arriving leaves nothing to spread.
    assert np.isnan(values[[2, 3, 1]]).all()
    skewed = np.where(target == 0, np.where(source == 3, 0.9, 0.1), 0.0)
    expected = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1)) / np.log(2)
    assert evenness(GRAPH, skewed)[0] == pytest.approx(expected)


# Subgraphs by capability


def test_the_capability_decides_which_weights_open(model) -> None:
    plain = create("popularity")
    assert weight_kinds(model) == ("attention", "norm")
    assert weight_kinds(plain) == ("norm",)
    values, kind = edge_weights(model, GRAPH, layer=1, head=1)
    assert (kind, values.tolist()) == ("attention", model.values[1, 1].tolist())
    values, kind = edge_weights(model, GRAPH, "norm")
    assert kind == "norm"
    assert np.array_equal(values, GRAPH.edge_norm)
    with pytest.raises(ConfigError, match="expected norm"):
        edge_weights(plain, GRAPH, "attention")
    with pytest.raises(ConfigError, match="attention or norm"):
        edge_weights(model, GRAPH, "contribution")


def test_drawn_weights_are_those_of_the_whole_graph(model) -> None:
    cut = explain_subgraph(model, GRAPH, user=0, hops=3, budget=4, layer=0, head=1)
    assert cut.weight_kind == "attention"
    assert cut.centre == 0
    assert len(cut.nodes) == 4
    assert np.array_equal(cut.edges.weight, model.values[0, 1][cut.edges.edge])
    both = explain_subgraph(create("popularity"), GRAPH, user=0, hops=1, budget=None)
    assert both.weight_kind == "norm"
    assert both.nodes.node.tolist() == [0, 3, 4]
