from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.graph import ITEM, Graph, k_hop, reweighted, ring_layout
from gnnrec.graph.layout import SPACING


def random_graph(seed: int, n_users: int = 60, n_items: int = 80, n_edges: int = 600) -> Graph:
    rng = np.random.default_rng(seed)
    return Graph.bipartite(
        n_users, n_items, rng.integers(0, n_users, n_edges), rng.integers(0, n_items, n_edges)
    )


def two_communities(seed: int) -> Graph:
    """Person 0 watched all of two blocks of items; every other person stays within one block."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(24)
    user, item = [0] * 24, list(range(24))
    for other in range(1, 41):
        block = order[:12] if other % 2 else order[12:]
        user += [other] * 4
        item += rng.choice(block, 4, replace=False).tolist()
    return Graph.bipartite(41, 24, np.array(user), np.array(item))


def distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    apart = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    np.fill_diagonal(apart, np.inf)
    return apart


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 300), st.integers(20, 3000))
def test_nodes_never_overlap_and_hops_stay_in_their_bands(seed, hops, budget, n_edges):
    subgraph = k_hop(random_graph(seed, 250, 250, n_edges), 0, hops, budget)
    layout = ring_layout(subgraph, subgraph.nodes.number % 5)
    if len(subgraph.nodes) > 1:
        assert distances(layout.x, layout.y).min() > 0.95 * SPACING
    radius = np.hypot(layout.x, layout.y)
    assert radius[0] == 0
    for hop, (inner, outer) in enumerate(layout.rings, start=1):
        band = radius[subgraph.nodes.hop == hop]
        assert (band > inner - 0.2).all()
        assert (band < outer + 0.2).all()
    assert all(before[1] < after[0] for before, after in zip(layout.rings, layout.rings[1:], strict=False))


def test_same_subgraph_same_places_and_weights_move_nothing():
    graph = random_graph(1)
    subgraph = k_hop(graph, 0, 2, 60)
    attention = np.random.default_rng(2).random(graph.edge_index().shape[1])
    before, again = ring_layout(subgraph), ring_layout(k_hop(graph, 0, 2, 60))
    after = ring_layout(reweighted(graph, subgraph, attention, "attention"))
    for other in (again, after):
        assert np.array_equal(before.x, other.x)
        assert np.array_equal(before.y, other.y)


@pytest.mark.parametrize("seed", range(5))
def test_items_of_one_community_sit_together(seed):
    """Round the first ring the two blocks change hands twice; shuffled it would be a dozen times."""
    rng = np.random.default_rng(seed)
    graph = two_communities(seed)
    subgraph = k_hop(graph, 0, 2, None)
    layout = ring_layout(subgraph)
    items = np.flatnonzero(subgraph.nodes.hop == 1)
    block = np.isin(subgraph.nodes.number[items], rng.permutation(24)[:12])
    round_the_ring = block[np.argsort(np.arctan2(layout.y[items], layout.x[items]))]
    assert np.count_nonzero(round_the_ring != np.roll(round_the_ring, 1)) == 2


def test_groups_of_the_first_ring_are_neighbours():
    subgraph = k_hop(random_graph(3), 0, 2, 80)
    group = subgraph.nodes.number % 3
    layout = ring_layout(subgraph, group)
    first = np.flatnonzero(subgraph.nodes.hop == 1)
    clockwise = np.argsort((np.arctan2(layout.y[first], layout.x[first]) + np.pi / 2 + 0.01) % (2 * np.pi))
    assert group[first][clockwise].tolist() == sorted(group[first])


def test_an_outer_node_stands_behind_its_only_neighbour():
    # Four items all round; Ben watched only the second, Cleo only the fourth.
    graph = Graph.bipartite(3, 4, np.array([0, 0, 0, 0, 1, 2]), np.array([0, 1, 2, 3, 1, 3]))
    subgraph = k_hop(graph, 0, 2, None)
    layout = ring_layout(subgraph)
    angle = np.arctan2(layout.y, layout.x)
    for person, item in ((1, 1), (2, 3)):
        inner, outer = subgraph.place(graph.node(ITEM, item)), subgraph.place(person)
        assert angle[outer] == pytest.approx(angle[inner], abs=0.01)


def test_a_lonely_node_stands_in_the_middle():
    layout = ring_layout(k_hop(Graph.bipartite(1, 1, [], []), 0, 2, 10))
    assert (layout.x.tolist(), layout.y.tolist(), layout.rings) == ([0.0], [0.0], ())


@pytest.mark.parametrize("count", [3, 20, 60])
def test_neighbours_on_a_lane_stand_as_far_apart_as_asked(count: int) -> None:
    star = Graph.bipartite(1, count, np.zeros(count, dtype=int), np.arange(count))
    layout = ring_layout(k_hop(star, 0, 1, None), spacing=2 * SPACING)
    lane = np.hypot(layout.x[1:], layout.y[1:]).round()
    for one in np.unique(lane):
        kept = np.flatnonzero(lane == one) + 1
        # A chord is a little shorter than the way along the lane.
        assert distances(layout.x[kept], layout.y[kept]).min() > 1.9 * SPACING
