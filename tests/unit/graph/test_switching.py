"""Graphs with several sorts of edges: cut, walked, and with sorts switched off; small enough to check by eye."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from gnnrec.explain.paths import ways_of_each_sort
from gnnrec.graph import ITEM, USER, Graph, Relation, Subgraph, edges_of_both, hubs, k_hop, left_of, paths
from gnnrec.graph.switching import MOST_THROUGH


def joined(rows: int, columns: int, pairs: list[tuple[int, int]]) -> sparse.csr_matrix:
    row, column = np.array(pairs).T
    return sparse.csr_matrix((np.ones(len(pairs), np.float32), (row, column)), shape=(rows, columns))


def graph() -> Graph:
    """Ann (0) has film 0; Bob (1), her friend, has film 1; Cid (2) has films 0 and 2; Dora (3) has film 3.

    Ida directed films 0 and 3. Ann and Dora live in Ulm.
    """
    watched = Graph.bipartite(4, 4, np.array([0, 1, 2, 2, 3]), np.array([0, 1, 0, 2, 3])).relations
    return Graph(
        ((USER, 4), (ITEM, 4), ("city", 1), ("director", 1)),
        (
            *watched,
            Relation(USER, "friend", USER, joined(4, 4, [(0, 1)])),
            Relation(ITEM, "director", "director", joined(4, 1, [(0, 0), (3, 0)])),
            Relation(USER, "city", "city", joined(4, 1, [(0, 0), (3, 0)])),
        ),
    )


ANN, BOB, CID, DORA = range(4)
FILM = [4, 5, 6, 7]
ULM, IDA = 8, 9


def hops(subgraph: Subgraph) -> dict[int, int]:
    return dict(zip(subgraph.nodes.node.tolist(), subgraph.nodes.hop.tolist(), strict=True))


def edges(subgraph: Subgraph) -> set[tuple[int, int, str]]:
    found = subgraph.edges
    return set(zip(found.source.tolist(), found.target.tolist(), found.relation.tolist(), strict=True))


def test_every_sort_of_edge_is_walked_and_named() -> None:
    seen = k_hop(graph(), ANN, 2, None)
    assert hops(seen) == {ANN: 0, FILM[0]: 1, BOB: 1, ULM: 1, FILM[1]: 2, CID: 2, IDA: 2, DORA: 2}
    assert seen.nodes.kind[seen.nodes.node == IDA].tolist() == ["director"]
    assert edges(seen) == {
        (FILM[0], ANN, "watched"),
        (BOB, ANN, "friend"),
        (ULM, ANN, "city"),
        (FILM[1], BOB, "watched"),
        (CID, FILM[0], "watched"),
        (IDA, FILM[0], "director"),
        (DORA, ULM, "city"),
    }


def test_no_way_leads_through_what_is_named_as_an_end() -> None:
    ends = np.arange(10) == ULM
    seen = k_hop(graph(), ANN, 2, None, ends=ends)
    assert ULM in hops(seen) and DORA not in hops(seen)
    # She is three steps further over Ida's other film, and the edge to her city is drawn with her.
    far = k_hop(graph(), ANN, 4, None, ends=ends)
    assert hops(far)[DORA] == 4 and (DORA, ULM, "city") in edges(far)
    # In the middle an end is walked from like anything else.
    assert hops(k_hop(graph(), ULM, 1, None, ends=ends)) == {ULM: 0, ANN: 1, DORA: 1}


def test_only_entities_with_very_many_neighbours_are_hubs() -> None:
    n = MOST_THROUGH + 1
    people = np.arange(n)
    watched = Graph.bipartite(n, 1, people, np.zeros(n, dtype=int)).relations
    crowd = Relation(USER, "city", "city", joined(n, 2, [(one, 0) for one in people] + [(0, 1)]))
    found = hubs(Graph(((USER, n), (ITEM, 1), ("city", 2)), (*watched, crowd)))
    # The film has as many neighbours and is walked through all the same.
    assert np.flatnonzero(found).tolist() == [n + 1]
    assert hubs(graph()) is None


def test_no_kind_is_crowded_out_by_another() -> None:
    n = 40
    watched = Graph.bipartite(1, n, np.zeros(n, dtype=int), np.arange(n)).relations
    facts = Relation(USER, "city", "city", joined(1, 3, [(0, 0), (0, 1), (0, 2)]))
    wide = Graph(((USER, 1), (ITEM, n), ("city", 3)), (*watched, facts))
    weight = np.where(wide.edge_relation == 0, 1.0, 0.001)
    kinds = k_hop(wide, 0, 1, 12, weight).nodes.kind.tolist()
    assert kinds.count("city") == 2 and kinds.count(ITEM) == 9


def test_what_is_switched_off_is_gone_with_what_hung_on_it_and_nothing_else_moves() -> None:
    whole = k_hop(graph(), ANN, 2, None)
    alone = graph().without({"friend"})
    left = left_of(whole, alone)
    assert hops(left) == {ANN: 0, FILM[0]: 1, ULM: 1, CID: 2, IDA: 2, DORA: 2}
    assert edges(left) == {one for one in edges(whole) if not {BOB, FILM[1]} & set(one[:2])}
    assert left.total_nodes == 6
    # Weights and counts are those of the graph without it.
    assert left.coverage(ANN).neighbours == 2
    nothing = left_of(whole, graph().without({"friend", "director", "city"}))
    assert hops(nothing) == {ANN: 0, FILM[0]: 1, CID: 2}


def test_who_is_further_away_without_a_sort_of_edges_leaves_the_picture() -> None:
    # Cid becomes a friend: one step, or two over the film that both have.
    before = graph()
    friends = Relation(USER, "friend", USER, joined(4, 4, [(0, 1), (0, 2)]))
    relations = tuple(friends if one.name == "friend" else one for one in before.relations)
    both = Graph(before.kinds, relations)
    assert hops(k_hop(both, ANN, 2, None))[CID] == 1
    assert CID not in hops(left_of(k_hop(both, ANN, 2, None), both.without({"friend"})))


def test_without_keeps_the_numbers_of_nodes_and_the_edges_to_items() -> None:
    alone = graph().without({"friend", "city", "watched"})
    assert alone.n_nodes == graph().n_nodes
    assert [one.name for one in alone.relations] == ["watched", "director"]
    assert (alone.degrees[ANN], alone.degrees[ULM]) == (1, 0)
    same = graph()
    assert same.without([]) is same


def test_paths_lead_over_friends_facts_and_people() -> None:
    typed = graph()
    assert [one.nodes for one in paths(typed, ANN, FILM[1])] == [(ANN, BOB, FILM[1])]
    assert [one.nodes for one in paths(typed, ANN, FILM[2])] == [(ANN, FILM[0], CID, FILM[2])]
    # Over the director of both films, or over somebody of the same city.
    ways = {one.nodes: one.weight for one in paths(typed, ANN, FILM[3])}
    assert ways.keys() == {(ANN, FILM[0], IDA, FILM[3]), (ANN, ULM, DORA, FILM[3])}
    norm = 1 / np.sqrt(3 * 3 * 3 * 2 * 2 * 2)
    assert ways[ANN, FILM[0], IDA, FILM[3]] == pytest.approx(norm)
    assert [one.nodes for one in paths(typed, ANN, FILM[3], via_items=[FILM[0]])] == [
        (ANN, FILM[0], IDA, FILM[3])
    ]


def test_the_best_way_of_each_sort_comes_before_a_second_of_one_sort() -> None:
    # Three friends have film 1, and Cid, with whom Ann shares film 0, has it too.
    friends = Relation(USER, "friend", USER, joined(6, 6, [(0, 1), (0, 3), (0, 4)]))
    user, item = np.array([0, 1, 2, 2, 3, 4]), np.array([0, 1, 0, 1, 1, 1])
    crowd = Graph(((USER, 6), (ITEM, 2)), (*Graph.bipartite(6, 2, user, item).relations, friends))
    film = crowd.node(ITEM, 1)
    assert [len(one.nodes) for one in paths(crowd, ANN, film, 2)] == [3, 3]
    chosen = ways_of_each_sort(crowd, 0, 1, 2)
    assert {len(one.nodes) for one in chosen} == {3, 4}
    assert [one.weight for one in chosen] == sorted((one.weight for one in chosen), reverse=True)
    assert len(ways_of_each_sort(crowd, 0, 1, 9)) == 4


def test_edges_of_people_and_items_are_found_again_among_more() -> None:
    typed = graph()
    few = typed.without({"friend", "director", "city"})
    same = edges_of_both(few, typed)
    assert (typed.edge_index()[:, same] == few.edge_index()).all()
    other = Graph.bipartite(4, 4, np.array([0]), np.array([0]))
    with pytest.raises(ValueError, match="differ"):
        edges_of_both(other, typed)
