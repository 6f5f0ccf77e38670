from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.errors import DataError
from gnnrec.graph import ITEM, Graph, paths


@st.composite
def worlds(draw):
    n_users, n_items = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    pair = st.tuples(st.integers(0, n_users - 1), st.integers(0, n_items - 1))
    pairs = np.array(draw(st.lists(pair, max_size=40)), dtype=int).reshape(-1, 2)
    graph = Graph.bipartite(n_users, n_items, pairs[:, 0], pairs[:, 1])
    return graph, draw(st.integers(0, n_users - 1)), n_users + draw(st.integers(0, n_items - 1))


def brute_force(graph: Graph, user: int, item: int, weight: np.ndarray) -> dict[tuple[int, ...], float]:
    value = dict(zip(map(tuple, graph.edge_index().T.tolist()), weight.tolist(), strict=True))
    return {
        (user, first, other, item): value[item, other] * value[other, first] * value[first, user]
        for first in range(graph.n_nodes)
        for other in range(graph.n_nodes)
        if first != item and other != user and {(first, user), (other, first), (item, other)} <= value.keys()
    }


@settings(deadline=None, max_examples=200)
@given(worlds(), st.integers(0, 99))
def test_all_paths_equal_a_double_loop(world, seed):
    graph, user, item = world
    weight = np.random.default_rng(seed).random(graph.edge_index().shape[1])
    found = paths(graph, user, item, top=10_000, weight=weight)
    assert {path.nodes: pytest.approx(path.weight) for path in found} == brute_force(
        graph, user, item, weight
    )
    assert len({path.nodes for path in found}) == len(found)
    assert [path.weight for path in found] == sorted((path.weight for path in found), reverse=True)


@settings(deadline=None)
@given(worlds())
def test_paths_to_an_unseen_item_sum_to_the_third_power_of_the_normalised_matrix(world):
    graph, user, item = world
    if graph.adjacency[user, item]:
        return
    cube = np.linalg.matrix_power(graph.normalised.toarray().astype(float), 3)
    total = sum(path.weight for path in paths(graph, user, item, top=10_000))
    assert total == pytest.approx(cube[user, item], abs=1e-6)


def test_the_strongest_come_first_and_history_can_be_restricted():
    # Anna watched films 0 and 1; Ben watched 0 and 2, Cleo watched 1, 2 and 3.
    graph = Graph.bipartite(3, 4, np.array([0, 0, 1, 1, 2, 2, 2]), np.array([0, 1, 0, 2, 1, 2, 3]))
    wanted = graph.node(ITEM, 2)
    assert [path.nodes for path in paths(graph, 0, wanted)] == [(0, 3, 1, 5), (0, 4, 2, 5)]
    assert [path.nodes for path in paths(graph, 0, wanted, top=1)] == [(0, 3, 1, 5)]
    assert [path.nodes for path in paths(graph, 0, wanted, via_items=[4])] == [(0, 4, 2, 5)]
    assert paths(graph, 0, wanted, via_items=[]) == []


def test_equal_paths_come_in_the_order_of_their_nodes():
    graph = Graph.bipartite(3, 3, np.array([0, 0, 1, 1, 2, 2, 1, 2]), np.array([0, 1, 0, 1, 0, 1, 2, 2]))
    found = [path.nodes for path in paths(graph, 0, 5)]
    assert found == [(0, 3, 1, 5), (0, 3, 2, 5), (0, 4, 1, 5), (0, 4, 2, 5)]


def test_a_path_runs_from_a_person_to_an_item():
    graph = Graph.bipartite(1, 1, np.array([0]), np.array([0]))
    with pytest.raises(DataError, match="from a person to an item"):
        paths(graph, 1, 0)
