"""A neighbourhood changed by hand: what comes in, what goes, and that everything else keeps its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.errors import ConfigError, DataError
from gnnrec.graph import ITEM, USER, Graph, grown, k_hop, more_neighbours, ring_layout, with_added
from gnnrec.graph.growing import STEP

# Person 0 watched items 0..2; person 1 watched 0 and 3..19; person 2 watched 3 and 20; person 3 nothing.
PAIRS = [(0, 0), (0, 1), (0, 2), (1, 0), *((1, item) for item in range(3, 20)), (2, 3), (2, 20)]
GRAPH = Graph.bipartite(4, 22, *np.array(PAIRS).T)


def film(number: int) -> int:
    return GRAPH.node(ITEM, number)


def weights(strong: dict[tuple[int, int], float]) -> np.ndarray:
    """0.1 everywhere but on the given edges (source, target)."""
    pairs = [tuple(pair) for pair in GRAPH.edge_index().T.tolist()]
    return np.array([strong.get(pair, 0.1) for pair in pairs])


def nodes(subgraph) -> set[int]:
    return set(subgraph.nodes.node.tolist())


@pytest.fixture
def base():
    return k_hop(GRAPH, 0, 2, None)


def test_expanding_brings_the_strongest_neighbours_that_were_missing(base) -> None:
    weight = weights({(film(17), 1): 0.9, (film(9), 1): 0.8})
    found = grown(GRAPH, base, weight, expanded=[1])
    new = nodes(found.subgraph) - nodes(base)
    assert len(new) == STEP < more_neighbours(GRAPH, base, 1) == 17
    assert [node for node, _ in found.added[:2]] == [film(17), film(9)]
    assert {parent for _, parent in found.added} == {1}
    # The rest of equal strength by node.
    assert found.added[2][0] == film(3)
    twice = grown(GRAPH, base, weight, expanded=[1, 1])
    assert len(nodes(twice.subgraph)) == len(nodes(base)) + 17
    assert twice.added[:STEP] == found.added


def test_added_nodes_stand_at_their_true_distance_and_bring_all_their_edges(base) -> None:
    found = grown(GRAPH, base, expanded=[1, 1]).subgraph
    hop = dict(zip(found.nodes.node.tolist(), found.nodes.hop.tolist(), strict=True))
    assert {hop[film(item)] for item in range(3, 20)} == {3}
    # With item 3 drawn, person 2 can come in, four steps away.
    further = grown(GRAPH, base, expanded=[1, 1, film(3)]).subgraph
    place = further.place(2)
    assert further.nodes.hop[place] == 4
    pairs = set(zip(further.edges.source.tolist(), further.edges.target.tolist(), strict=True))
    assert (2, film(3)) in pairs


def test_a_node_that_is_not_drawn_cannot_be_expanded_and_order_does_not_matter(base) -> None:
    assert grown(GRAPH, base, expanded=[2]).added == ()
    # Item 3 only comes with person 1, so its expansion waits for that one.
    early, late = (grown(GRAPH, base, expanded=asked) for asked in ([film(3), 1], [1, film(3)]))
    assert nodes(early.subgraph) == nodes(late.subgraph)


def test_a_pinned_node_comes_in_with_the_shortest_way_to_it(base) -> None:
    found = grown(GRAPH, base, pinned=[film(20)])
    assert nodes(found.subgraph) - nodes(base) == {film(3), 2, film(20)}
    assert found.added == ((film(3), 1), (2, film(3)), (film(20), 2))
    # Pinning what is there already changes nothing, and nor does pinning what nobody is joined to.
    assert grown(GRAPH, base, pinned=[1, film(21)]).added == ()


def test_pinning_what_an_expansion_brought_leaves_the_picture_as_it_is(base) -> None:
    brought = grown(GRAPH, base, expanded=[1])
    again = grown(GRAPH, base, expanded=[1], pinned=[brought.added[4][0]])
    assert again.added == brought.added


def test_hiding_takes_away_what_hangs_on_it_alone_and_never_the_centre(base) -> None:
    found = grown(GRAPH, base, hidden=[film(0)])
    # Person 1 is only joined over item 0.
    assert nodes(found.subgraph) == {0, film(1), film(2)}
    assert nodes(found.whole) == nodes(base)
    assert nodes(grown(GRAPH, base, hidden=[0]).subgraph) == nodes(base)


def test_the_budget_ends_expansions(base) -> None:
    found = grown(GRAPH, base, expanded=[1, 1], most=len(base.nodes) + 5)
    assert len(found.subgraph.nodes) == len(base.nodes) + 5
    assert grown(GRAPH, base, pinned=[film(20)], most=len(base.nodes) + 2).added == ()


def test_wrong_weights_and_nodes_are_said_so(base) -> None:
    with pytest.raises(ConfigError):
        grown(GRAPH, base, np.ones(3))
    with pytest.raises(DataError):
        grown(GRAPH, base, pinned=[999])


# Places


def places(layout, subgraph) -> dict[int, tuple[float, float]]:
    return {
        int(node): (float(x), float(y))
        for node, x, y in zip(subgraph.nodes.node, layout.x, layout.y, strict=True)
    }


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.data())
def test_nothing_that_was_drawn_moves_and_nodes_do_not_lie_on_each_other(seed, hops, data) -> None:
    rng = np.random.default_rng(seed)
    graph = Graph.bipartite(30, 40, rng.integers(0, 30, 160), rng.integers(0, 40, 160))
    base = k_hop(graph, 0, hops, 12)
    layout = ring_layout(base)
    before = places(layout, base)
    asked = data.draw(st.lists(st.sampled_from(base.nodes.node.tolist()), max_size=5))
    step = grown(graph, base, expanded=asked)
    one = places(with_added(layout, base, step), step.subgraph)
    assert {node: one[node] for node in before} == before
    # One more expansion, and hiding, move nothing either.
    more = grown(graph, base, expanded=[*asked, base.centre], hidden=base.nodes.node[1:2])
    two = places(with_added(layout, base, more), more.subgraph)
    assert all(two[node] == one[node] for node in two.keys() & one.keys())
    spots = np.array(list(one.values()))
    apart = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(spots))
    assert len(spots) == 1 or apart.min() > 20


def test_an_added_node_stands_in_the_band_of_its_own_ring(base) -> None:
    found = grown(GRAPH, base, expanded=[1, 1, film(3)])
    layout = with_added(ring_layout(base), base, found)
    assert len(layout.rings) == 4
    radius = np.hypot(layout.x, layout.y)
    for hop, (inner, outer) in enumerate(layout.rings, start=1):
        ring = radius[found.subgraph.nodes.hop == hop]
        assert ((ring >= inner - 0.2) & (ring <= outer + 0.2)).all()
    ends = [end for band in layout.rings for end in band]
    assert ends == sorted(ends)


def test_a_person_without_edges_is_a_picture_of_one(base) -> None:
    alone = k_hop(GRAPH, GRAPH.node(USER, 3), 2, 60)
    found = grown(GRAPH, alone, expanded=[GRAPH.node(USER, 3)], hidden=[film(0)])
    layout = with_added(ring_layout(alone), alone, found)
    assert len(layout.x) == 1 and found.added == ()
