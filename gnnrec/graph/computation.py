"""The computation graph of some nodes: every edge whose message reaches them within some layers, and no other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnrec.graph.graph import Graph

__all__ = ["ComputationGraph", "computation_graph"]


@dataclass(frozen=True, eq=False)
class ComputationGraph:
    """The part of a graph that the final vectors of some nodes are computed from.

    With the degrees of the whole graph it gives exactly the vectors that the whole graph gives. Edges that a
    later layer still needs stand first, so that each layer can leave out the rest.

    Attributes:
        nodes: Its nodes, ascending.
        edges: Its directed edges, as columns of `Graph.edge_index()`, the nearest to the asked nodes first.
        edge_index: The same edges as places of (source, target) in `nodes`.
        heard: How many of the first edges each layer needs; layer by layer fewer.
        asked: Places in `nodes` of the nodes asked about, in their order.

    **Shapes**: n nodes, e edges, L layers, A asked: `nodes` [n], `edges` [e], `edge_index` [2, e], `heard` [L],
    `asked` [A].
    """

    nodes: np.ndarray
    edges: np.ndarray
    edge_index: np.ndarray
    heard: tuple[int, ...]
    asked: np.ndarray


def computation_graph(graph: Graph, asked: np.ndarray | list[int], n_layers: int) -> ComputationGraph:
    """Every edge whose message reaches some nodes within some layers.

    Fewer edges than a neighbourhood of as many hops holds: those that end at its border carry nothing in time.

    Args:
        graph: The whole graph.
        asked: Nodes whose final vectors are wanted.
        n_layers: How many times messages are passed.

    Raises:
        DataError: There is no such node.
    """
    asked = np.asarray(asked, dtype=np.int64)
    graph.kinds_and_numbers(asked)
    reached = np.zeros(graph.n_nodes, dtype=bool)
    reached[asked] = True
    frontier, edges = np.unique(asked), [np.empty(0, dtype=np.int64)]
    for _ in range(n_layers):
        _, source, arriving = graph.edges_into(frontier)
        edges.append(arriving)
        frontier = np.unique(source[~reached[source]]).astype(np.int64)
        reached[frontier] = True
    nodes = np.flatnonzero(reached)
    every = np.concatenate(edges)
    within = np.cumsum([len(part) for part in edges[1:]])
    return ComputationGraph(
        nodes=nodes,
        edges=every,
        edge_index=np.searchsorted(nodes, graph.edge_index()[:, every]),
        heard=tuple(int(count) for count in within[::-1]),
        asked=np.searchsorted(nodes, asked),
    )
