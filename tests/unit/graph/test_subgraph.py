from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.errors import ConfigError, DataError
from gnnrec.graph import ITEM, USER, Graph, Subgraph, k_hop, reweighted


@st.composite
def worlds(draw):
    """A random graph, a centre, hops, and weights for every directed edge (ties and zeros included)."""
    n_users, n_items = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    pair = st.tuples(st.integers(0, n_users - 1), st.integers(0, n_items - 1))
    pairs = np.array(draw(st.lists(pair, max_size=50)), dtype=int).reshape(-1, 2)
    graph = Graph.bipartite(n_users, n_items, pairs[:, 0], pairs[:, 1])
    n_edges = graph.edge_index().shape[1]
    weight = np.array(
        draw(st.lists(st.sampled_from([0.0, 0.25, 0.5, -1.0, 2.0]), min_size=n_edges, max_size=n_edges))
    )
    centre = draw(st.integers(0, graph.n_nodes - 1))
    return graph, centre, draw(st.integers(1, 4)), weight if draw(st.booleans()) else None


def brute_force_hops(graph: Graph, centre: int, hops: int) -> dict[int, int]:
    neighbours: dict[int, set[int]] = {node: set() for node in range(graph.n_nodes)}
    for source, target in graph.edge_index().T.tolist():
        neighbours[source].add(target)
    found, frontier = {centre: 0}, {centre}
    for step in range(1, hops + 1):
        frontier = {n for node in frontier for n in neighbours[node]} - set(found)
        found.update(dict.fromkeys(frontier, step))
    return found


def drawn_edges(subgraph: Subgraph) -> set[frozenset[int]]:
    return {
        frozenset(pair)
        for pair in zip(subgraph.edges.source.tolist(), subgraph.edges.target.tolist(), strict=True)
    }


def hops_of(subgraph: Subgraph) -> dict[int, int]:
    return dict(zip(subgraph.nodes.node.tolist(), subgraph.nodes.hop.tolist(), strict=True))


@settings(deadline=None, max_examples=200)
@given(worlds())
def test_without_a_budget_it_equals_a_brute_force_search(world):
    graph, centre, hops, weight = world
    subgraph = k_hop(graph, centre, hops, None, weight)
    expected = brute_force_hops(graph, centre, hops)
    assert hops_of(subgraph) == expected
    assert subgraph.total_nodes == len(expected)
    assert subgraph.total_by_hop == tuple(list(expected.values()).count(step) for step in range(hops + 1))


@settings(deadline=None, max_examples=200)
@given(worlds(), st.integers(1, 30))
def test_with_a_budget_it_is_full_connected_and_induced(world, budget):
    graph, centre, hops, weight = world
    subgraph = k_hop(graph, centre, hops, budget, weight)
    whole, kept = brute_force_hops(graph, centre, hops), hops_of(subgraph)
    assert len(kept) == min(budget, len(whole))
    assert subgraph.nodes.node[0] == centre
    assert kept.items() <= whole.items()
    assert subgraph.total_nodes == len(whole)
    edges = drawn_edges(subgraph)
    whole_edges = {frozenset(pair) for pair in graph.edge_index().T.tolist()}
    assert edges == {edge for edge in whole_edges if edge <= kept.keys()}
    assert len(subgraph.edges) == len(edges)
    for node, hop in kept.items():
        parents = [n for edge in edges if node in edge for n in edge if kept[n] == hop - 1]
        assert hop == 0 or parents


@settings(deadline=None)
@given(worlds(), st.integers(1, 30))
def test_edges_point_inwards_and_carry_the_weights_of_the_whole_graph(world, budget):
    graph, centre, hops, weight = world
    subgraph = k_hop(graph, centre, hops, budget, weight)
    values = graph.edge_norm if weight is None else weight
    by_pair = dict(zip(map(tuple, graph.edge_index().T.tolist()), values.tolist(), strict=True))
    hop, edges = hops_of(subgraph), subgraph.edges
    for place in range(len(edges)):
        source, target = int(edges.source[place]), int(edges.target[place])
        assert hop[source] == hop[target] + 1
        assert edges.weight[place] == by_pair[source, target]
        assert edges.reverse_weight[place] == by_pair[target, source]
        assert graph.edge_index()[:, edges.edge[place]].tolist() == [source, target]
        assert edges.relation[place] == "watched"


@settings(deadline=None)
@given(worlds(), st.integers(1, 30))
def test_coverage_counts_neighbours_and_sums_their_weight(world, budget):
    graph, centre, hops, weight = world
    subgraph = k_hop(graph, centre, hops, budget, weight)
    values = np.abs(graph.edge_norm if weight is None else weight)
    source, target = graph.edge_index()
    kept = set(subgraph.nodes.node.tolist())
    for node in kept:
        into = target == node
        drawn = into & np.isin(source, list(kept))
        coverage = subgraph.coverage(node)
        assert (coverage.drawn, coverage.neighbours) == (drawn.sum(), into.sum())
        total = values[into].sum()
        assert coverage.share == pytest.approx(values[drawn].sum() / total if total else 0)


def star(n_items: int) -> Graph:
    """One person with many items; each item has two private other people; item 0 is the most watched."""
    user = [0] * n_items + [1 + i for i in range(2 * n_items)] + [1 + 2 * n_items]
    item = list(range(n_items)) + [i // 2 for i in range(2 * n_items)] + [0]
    return Graph.bipartite(2 + 2 * n_items, n_items, np.array(user), np.array(item))


def test_hop_one_takes_half_when_the_person_has_very_many_items():
    subgraph = k_hop(star(500), 0, 2, 150)
    assert np.bincount(subgraph.nodes.hop).tolist() == [1, 75, 74]
    assert subgraph.total_by_hop == (1, 500, 1001)


def test_hop_one_takes_more_when_hop_two_needs_less():
    user = np.array([0] * 100 + [1])
    item = np.array([*range(100), 3])
    subgraph = k_hop(Graph.bipartite(2, 100, user, item), 0, 2, 80, np.ones(202))
    assert np.bincount(subgraph.nodes.hop).tolist() == [1, 78, 1]


def test_what_outer_hops_cannot_use_goes_back_to_the_inner_ones():
    # Only item 9 leads to other people, and its weight is the lowest: the share of hop one leaves it out.
    user = np.array([0] * 10 + [1 + i for i in range(30)])
    item = np.array([*range(10), *([9] * 30)])
    subgraph = k_hop(Graph.bipartite(31, 10, user, item), 0, 2, 9)
    assert len(subgraph.nodes) == 9
    assert 31 + 9 not in subgraph.nodes.node


def test_nodes_are_kept_by_weight_then_by_number():
    graph = Graph.bipartite(1, 4, np.zeros(4, dtype=int), np.arange(4))
    weight = np.zeros(8)
    weight[4:] = [0.1, 0.4, 0.1, 0.4]  # item → person; the other direction must not matter
    weight[:4] = [9, 0, 0, 0]
    assert k_hop(graph, 0, 1, 2, weight).nodes.node.tolist() == [0, 2]
    assert k_hop(graph, 0, 1, 3, weight).nodes.node.tolist() == [0, 2, 4]
    assert k_hop(graph, 0, 1, 4, weight).nodes.node.tolist() == [0, 1, 2, 4]


def test_outer_nodes_are_ranked_by_all_their_ways_to_the_centre():
    # Ben shares two items with Anna, Cleo one: two weak ways together are stronger than one.
    graph = Graph.bipartite(3, 2, np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 0]))
    weight = np.full(graph.edge_index().shape[1], 0.3)
    edges = graph.edge_index().T.tolist()
    weight[edges.index([2, 3])] = 0.4
    assert k_hop(graph, 0, 2, 4, weight).nodes.node.tolist() == [0, 3, 4, 1]


def test_nodes_of_a_path_are_kept_although_they_are_weak():
    graph = star(50)
    weak_item = graph.node(ITEM, 0)
    other = 1
    without = k_hop(graph, 0, 2, 20)
    assert weak_item not in without.nodes.node
    with_path = k_hop(graph, 0, 2, 20, keep=[weak_item, other])
    assert {weak_item, other} <= set(with_path.nodes.node.tolist())
    assert len(with_path.nodes) == 20


@settings(deadline=None)
@given(worlds(), st.integers(4, 30), st.data())
def test_a_path_from_the_centre_is_kept_whole(world, budget, data):
    graph, centre, _, weight = world
    hop = brute_force_hops(graph, centre, 3)
    path = [max(hop, key=lambda node: (hop[node], node))]
    while path[-1] != centre:
        inner = [
            s for s, t in graph.edge_index().T.tolist() if t == path[-1] and hop.get(s) == hop[path[-1]] - 1
        ]
        path.append(data.draw(st.sampled_from(sorted(inner))))
    assert set(path) <= set(k_hop(graph, centre, 3, budget, weight, keep=path).nodes.node.tolist())


def test_an_item_can_be_the_centre():
    graph = Graph.bipartite(2, 1, np.array([0, 1]), np.array([0, 0]))
    nodes = k_hop(graph, graph.node(ITEM, 0), 1, 10).nodes
    assert nodes.kind.tolist() == [ITEM, USER, USER]
    assert nodes.number.tolist() == [0, 0, 1]


def test_coverage_in_words():
    subgraph = k_hop(star(58), 0, 1, 13)
    assert str(subgraph.coverage(0)).startswith("the 12 drawn of 58 neighbours hold ")
    assert str(k_hop(star(3), 0, 1, None).coverage(0)) == "all 3 neighbours are drawn"
    assert str(k_hop(Graph.bipartite(1, 1, [], []), 0, 1, None).coverage(0)) == "no neighbours"
    with pytest.raises(KeyError):
        subgraph.coverage(1)


def test_other_weights_keep_the_nodes_and_edges():
    graph = star(20)
    before = k_hop(graph, 0, 2, 15)
    attention = np.linspace(0, 1, graph.edge_index().shape[1])
    after = reweighted(graph, before, attention, "attention")
    assert np.array_equal(after.nodes.node, before.nodes.node)
    assert np.array_equal(after.nodes.hop, before.nodes.hop)
    assert np.array_equal(after.edges.edge, before.edges.edge)
    assert np.array_equal(after.edges.weight, attention[before.edges.edge])
    assert after.weight_kind == "attention"
    assert after.total_by_hop == before.total_by_hop


@pytest.mark.parametrize(("hops", "budget"), [(0, 10), (1, 0)])
def test_hops_and_budget_below_one_are_refused(hops, budget):
    with pytest.raises(ConfigError, match="at least 1"):
        k_hop(star(2), 0, hops, budget)


def test_weights_of_the_wrong_length_and_unknown_nodes_are_refused():
    with pytest.raises(ConfigError, match=r"shape \(3,\)"):
        k_hop(star(2), 0, 1, 5, np.ones(3))
    with pytest.raises(DataError, match="99"):
        k_hop(star(2), 99, 1, 5)
