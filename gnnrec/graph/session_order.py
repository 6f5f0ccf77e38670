"""The order of clicks as a graph: what a person clicked on in some sessions, and what was clicked on right after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from gnnrec.graph.graph import ITEM, Graph, Relation
from gnnrec.graph.subgraph import Subgraph

__all__ = ["CLICKED", "NEXT_CLICK", "click_places", "pointing", "session_graph"]

CLICKED = "clicked"
NEXT_CLICK = "next_click"


def session_graph(n_users: int, n_items: int, user: int, sessions: Sequence[np.ndarray]) -> Graph:
    """A person, what they clicked on in some sessions, and a step from each click to the next.

    Weights say how often: clicks on an item, steps from one item to another. A step from an item to itself is no
    edge, and no step leads from one session to another. People and items have the numbers that they have in the
    whole graph.

    Args:
        n_users: Number of people of the data set.
        n_items: Number of its items.
        user: Whose sessions they are.
        sessions: The clicks of each, oldest first.

    **Shapes**: item numbers of each session [C].
    """
    clicks = np.concatenate([np.empty(0, dtype=np.int64), *sessions]).astype(np.int64)
    clicked = Graph.bipartite(
        n_users, n_items, np.full(len(clicks), user), clicks, np.ones(len(clicks)), name=CLICKED
    )
    before = np.concatenate([np.empty(0, dtype=np.int64), *(one[:-1] for one in sessions)])
    after = np.concatenate([np.empty(0, dtype=np.int64), *(one[1:] for one in sessions)])
    moved = before != after
    ones = np.ones(int(moved.sum()), dtype=np.float32)
    steps = sparse.csr_matrix((ones, (before[moved], after[moved])), shape=(n_items, n_items))
    steps.sum_duplicates()
    return Graph(clicked.kinds, (*clicked.relations, Relation(ITEM, NEXT_CLICK, ITEM, steps)))


def click_places(sessions: Sequence[np.ndarray]) -> Mapping[int, tuple[int, ...]]:
    """At which places each item was clicked on, counted from 1 through all sessions, by item number."""
    places: dict[int, tuple[int, ...]] = {}
    clicks = [int(item) for one in sessions for item in one]
    for place, item in enumerate(clicks, start=1):
        places[item] = (*places.get(item, ()), place)
    return places


def pointing(graph: Graph, subgraph: Subgraph) -> Subgraph:
    """The same subgraph with each step from the earlier click to the later one, wherever the middle lies.

    Steps there and back between two items are two edges, so that a step's own weight is the one forwards.
    """
    edges, half = subgraph.edges, graph.edge_index().shape[1] // 2
    turned = (edges.relation == NEXT_CLICK) & (edges.edge >= half)
    if not turned.any():
        return subgraph
    return replace(
        subgraph,
        edges=replace(
            edges,
            source=np.where(turned, edges.target, edges.source),
            target=np.where(turned, edges.source, edges.target),
            edge=np.where(turned, graph.reverse(edges.edge), edges.edge),
            weight=np.where(turned, edges.reverse_weight, edges.weight),
            reverse_weight=np.where(turned, edges.weight, edges.reverse_weight),
        ),
    )
