from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.errors import DataError
from gnnrec.graph import ITEM, USER, Graph

# Anna and Ben watched the first film, Ben the second; nobody watched the third, Cleo watched nothing.
USERS, ITEMS = np.array([1, 0, 1]), np.array([1, 0, 0])


@pytest.fixture
def small() -> Graph:
    return Graph.bipartite(3, 3, USERS, ITEMS)


@st.composite
def pair_lists(draw, min_size: int = 0):
    n_users, n_items = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    pair = st.tuples(st.integers(0, n_users - 1), st.integers(0, n_items - 1))
    return n_users, n_items, draw(st.lists(pair, min_size=min_size, max_size=30))


def build(n_users: int, n_items: int, pairs: list[tuple[int, int]]) -> Graph:
    table = np.array(pairs, dtype=int).reshape(-1, 2)
    return Graph.bipartite(n_users, n_items, table[:, 0], table[:, 1])


def dense_adjacency(n_users: int, n_items: int, pairs) -> np.ndarray:
    joined = np.zeros((n_users + n_items, n_users + n_items))
    for user, item in pairs:
        joined[user, n_users + item] = joined[n_users + item, user] = 1
    return joined


def test_people_come_first_then_items(small):
    assert small.n_nodes == 6
    assert small.node(USER, 2) == 2
    assert small.node(ITEM, 0) == 3
    assert small.node(ITEM, np.array([0, 2])).tolist() == [3, 5]
    assert small.kind_and_number(2) == (USER, 2)
    assert small.kind_and_number(5) == (ITEM, 2)


@given(pair_lists())
def test_node_and_kind_and_number_are_inverse(world):
    graph = build(*world)
    for node in range(graph.n_nodes):
        assert graph.node(*graph.kind_and_number(node)) == node


@pytest.mark.parametrize("number", [-1, 3])
def test_numbers_outside_the_range_are_named(small, number):
    with pytest.raises(DataError, match=str(number)):
        small.node(ITEM, number)
    with pytest.raises(DataError, match=str(number)):
        Graph.bipartite(3, 3, np.array([0]), np.array([number]))


def test_arrays_of_different_length_are_refused():
    with pytest.raises(DataError):
        Graph.bipartite(3, 3, np.array([0, 1]), np.array([0]))
    with pytest.raises(DataError, match="2 weights for 1 pairs"):
        Graph.bipartite(3, 3, np.array([0]), np.array([0]), np.array([1.0, 2.0]))


def test_user_item_is_binary_sorted_and_merged():
    graph = Graph.bipartite(
        2, 3, np.array([0, 0, 1, 0]), np.array([2, 0, 1, 2]), np.array([2.0, 1.0, 3.0, 4.0])
    )
    assert graph.user_item.toarray().tolist() == [[1, 0, 1], [0, 1, 0]]
    assert graph.user_item.dtype == np.float32
    assert graph.user_item.indices.tolist() == [0, 2, 1]
    assert graph.watched.matrix.toarray().tolist() == [[1, 0, 6], [0, 3, 0]]


def test_merged_pairs_keep_the_latest_time():
    graph = Graph.bipartite(1, 2, np.array([0, 0, 0]), np.array([1, 0, 1]), time=np.array([5, 7, 9]))
    assert graph.watched.time.tolist() == [7, 9]


@given(pair_lists())
def test_adjacency_and_normalised_equal_the_dense_ones(world):
    graph, dense = build(*world), dense_adjacency(*world)
    degree = dense.sum(axis=1)
    scale = np.divide(1, np.sqrt(degree), out=np.zeros_like(degree), where=degree > 0)
    assert np.array_equal(graph.adjacency.toarray(), dense)
    assert np.array_equal(graph.degrees, degree)
    assert np.allclose(graph.normalised.toarray(), scale[:, None] * dense * scale[None, :], atol=1e-6)
    assert graph.normalised.dtype == np.float32


def test_nodes_without_edges_stay_finite(small):
    assert small.degrees[2] == 0
    assert np.isfinite(small.normalised.data).all()
    assert small.normalised[2].nnz == 0


def test_edge_index_holds_both_directions_in_the_documented_order(small):
    assert small.edge_index().tolist() == [[0, 1, 1, 3, 3, 4], [3, 3, 4, 0, 1, 1]]
    assert small.edge_index().dtype == np.int64


@given(pair_lists(min_size=1))
def test_reverse_of_an_edge_lies_half_the_edges_on(world):
    source, target = build(*world).edge_index()
    reverse = (np.arange(len(source)) + len(source) // 2) % len(source)
    assert np.array_equal(source[reverse], target)


@given(pair_lists(min_size=1))
def test_edge_order_aligns_edge_values_with_the_adjacency(world):
    graph = build(*world)
    source, target = graph.edge_index()
    rows, columns = graph.adjacency.nonzero()
    assert np.array_equal(source[graph.edge_order], rows)
    assert np.array_equal(target[graph.edge_order], columns)
    assert np.array_equal(graph.edge_norm[graph.edge_order], graph.normalised.data)


@settings(deadline=None)
@given(pair_lists(), st.data())
def test_edited_equals_a_graph_built_from_the_edited_pairs(world, data):
    n_users, n_items, pairs = world
    before = sorted(set(pairs))
    remove = data.draw(st.lists(st.sampled_from(before), unique=True)) if before else []
    pair = st.tuples(st.integers(0, n_users - 1), st.integers(0, n_items - 1))
    add = data.draw(st.lists(pair, max_size=5))
    graph = build(*world)
    changed = graph.edited(add=add, remove=remove)
    expected = build(n_users, n_items, sorted((set(before) - set(remove)) | set(add)))
    assert np.array_equal(changed.edge_index(), expected.edge_index())
    assert np.array_equal(changed.normalised.toarray(), expected.normalised.toarray())
    assert np.array_equal(graph.adjacency.toarray(), dense_adjacency(*world))


def test_edited_keeps_weights_and_times_of_the_edges_that_stay():
    graph = Graph.bipartite(
        2, 2, np.array([0, 1]), np.array([1, 0]), np.array([4.0, 5.0]), time=np.array([10, 20])
    )
    changed = graph.edited(add=[(0, 0)], remove=[(1, 0)]).watched
    assert changed.matrix.toarray().tolist() == [[1, 4], [0, 0]]
    assert changed.time.tolist() == [20, 10]


def test_removing_an_edge_that_does_not_exist_is_named(small):
    with pytest.raises(DataError, match=r"\(2, 2\)"):
        small.edited(remove=[(2, 2)])


def test_importing_the_graph_brings_no_torch():
    heavy = "{'torch', 'streamlit', 'pyvis', 'plotly'}"
    code = f"import sys, gnnrec.graph; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
