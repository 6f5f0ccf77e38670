"""The computation graph: every edge that reaches in time, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import DataError
from gnnrec.graph import Graph
from gnnrec.graph.computation import computation_graph


def chain() -> Graph:
    """u0 – i0 – u1 – i1 – u2 – i2: nodes 0 3 1 4 2 5 in this order."""
    return Graph.bipartite(3, 3, np.array([0, 1, 1, 2, 2]), np.array([0, 0, 1, 1, 2]))


def as_pairs(graph: Graph, edges: np.ndarray) -> set[tuple[int, int]]:
    return set(map(tuple, graph.edge_index()[:, edges].T.tolist()))


def test_on_a_chain() -> None:
    graph = chain()
    one = computation_graph(graph, [0], 1)
    assert as_pairs(graph, one.edges) == {(3, 0)}
    assert one.nodes.tolist() == [0, 3]
    two = computation_graph(graph, [0], 2)
    # The edge out of the border, and not the one into it.
    assert as_pairs(graph, two.edges) == {(3, 0), (0, 3), (1, 3)}
    assert two.heard == (3, 1)
    assert as_pairs(graph, two.edges[:1]) == {(3, 0)}
    assert np.array_equal(two.nodes[two.edge_index], graph.edge_index()[:, two.edges])


def test_no_layers_need_no_edges() -> None:
    part = computation_graph(chain(), [0, 5], 0)
    assert part.nodes.tolist() == [0, 5] and part.edges.shape == (0,)
    assert part.heard == () and part.asked.tolist() == [0, 1]


def test_who_is_asked_keeps_its_place() -> None:
    part = computation_graph(chain(), [5, 0], 1)
    assert part.nodes[part.asked].tolist() == [5, 0]
    with pytest.raises(DataError):
        computation_graph(chain(), [6], 1)


@pytest.mark.parametrize("n_layers", [1, 2, 3])
def test_it_is_the_neighbourhood_without_edges_into_its_border(n_layers: int) -> None:
    torch = pytest.importorskip("torch")
    from torch_geometric.utils import k_hop_subgraph

    rng = np.random.default_rng(n_layers)
    graph = Graph.bipartite(60, 50, rng.integers(60, size=150), rng.integers(50, size=150))
    asked = [3, 60 + 7]
    part = computation_graph(graph, asked, n_layers)
    edge_index = torch.from_numpy(graph.edge_index())
    nodes, _, _, inside = k_hop_subgraph(asked, n_layers, edge_index, num_nodes=graph.n_nodes)
    inner = k_hop_subgraph(asked, n_layers - 1, edge_index, num_nodes=graph.n_nodes)[0]
    assert np.array_equal(part.nodes, nodes.numpy())
    into_inner = inside.numpy() & np.isin(graph.edge_index()[1], inner.numpy())
    assert np.array_equal(np.sort(part.edges), np.flatnonzero(into_inner))
    assert len(np.unique(part.edges)) == len(part.edges)
    assert part.heard[0] == len(part.edges) and list(part.heard) == sorted(part.heard, reverse=True)
