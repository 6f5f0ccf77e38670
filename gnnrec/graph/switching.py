"""A graph with several sorts of edges: which nodes no way leads through, and what is left when sorts are switched off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gnnrec.graph.graph import ITEM, USER, Graph
from gnnrec.graph.subgraph import Subgraph, checked_weights, hops_from, induced

__all__ = ["MOST_THROUGH", "edges_of_both", "hubs", "left_of"]

MOST_THROUGH = 30
"""An entity with more neighbours than this says little about any two of them, so no way is drawn through it."""


def hubs(graph: Graph) -> np.ndarray | None:
    """Entities with so many neighbours that a way through them says nothing; None where there are none.

    A director joins a handful of films; a genre or a city joins hundreds of nodes, and everything would be two
    steps away over them. People and items are always walked through.

    **Shapes**: [N] truth values.
    """
    of_entity = np.arange(graph.n_nodes) >= graph.count(USER) + graph.count(ITEM)
    found = of_entity & (graph.degrees > MOST_THROUGH)
    return found if found.any() else None


def left_of(
    whole: Subgraph, graph: Graph, weight: np.ndarray | None = None, ends: np.ndarray | None = None
) -> Subgraph:
    """What is left of a subgraph in a graph that has fewer sorts of edges.

    A node stays where it is as many steps away as before, over nodes that stay; so none changes its ring, and
    nothing else comes in.

    Args:
        whole: cut from the graph with all sorts of edges.
        graph: the same nodes with some sorts of edges left out.
        weight: one value per directed edge of `graph`; without it its normalised weights.
        ends: nodes that are not walked through, as when the subgraph was cut.

    **Shapes**: weight [E] of `graph`, ends [N] truth values.
    """
    weight = checked_weights(graph, weight)
    hop, totals = hops_from(graph, whole.centre, whole.hops, ends)
    drawn = np.full(graph.n_nodes, -1, dtype=np.int64)
    drawn[whole.nodes.node] = whole.nodes.hop
    kept = np.zeros(graph.n_nodes, dtype=bool)
    kept[whole.centre] = True
    for step in range(1, whole.hops + 1):
        parents = kept & (drawn == step - 1)
        if ends is not None and step > 1:
            parents &= ~ends
        _, reached, _ = graph.edges_into(np.flatnonzero(parents))
        kept[reached[(drawn[reached] == step) & (hop[reached] == step)]] = True
    nodes = whole.nodes.node[kept[whole.nodes.node]]
    nodes_left, edges_left = induced(graph, nodes, drawn, weight)
    return replace(whole, nodes=nodes_left, edges=edges_left, total_by_hop=totals)


def edges_of_both(few: Graph, many: Graph) -> np.ndarray:
    """Where the edges between people and items of one graph lie among those of another with more sorts of edges.

    Args:
        few: people, items and what joins them, nothing else.
        many: the same people, items and edges between them as its first relation, and more.

    Returns:
        For each directed edge of `few`, its column in `many.edge_index()`.

    **Shapes**: [E of `few`].
    """
    joined = few.edge_index().shape[1] // 2
    if many.relations[0] is not many.watched or many.watched.n_edges != joined:
        raise ValueError("the two graphs differ in who is joined to what")
    one_way = np.arange(joined)
    return np.concatenate([one_way, one_way + many.edge_index().shape[1] // 2])
