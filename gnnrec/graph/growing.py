"""A subgraph changed by hand: further neighbours of a node come in, nodes are kept in it, others are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from gnnrec.graph.graph import Graph
from gnnrec.graph.subgraph import Subgraph, checked_weights, hops_from, induced

__all__ = ["MOST_NODES", "STEP", "Grown", "grown", "more_neighbours"]

STEP = 12
"""How many further neighbours one expansion adds."""

MOST_NODES = 300
"""What a picture can hold, expansions included."""

_LONGEST_WAY = 6


@dataclass(frozen=True, eq=False)
class Grown:
    """A subgraph after changes by hand.

    Args:
        subgraph: what is drawn: hidden nodes are gone, and with them what hung on them alone.
        whole: the same with the hidden ones, so that every node keeps its place when one is hidden.
        added: nodes that were not in the picture before, each with the node it hangs on, in the order in
            which they came.
    """

    subgraph: Subgraph
    whole: Subgraph
    added: tuple[tuple[int, int], ...]


def grown(
    graph: Graph,
    base: Subgraph,
    weight: np.ndarray | None = None,
    *,
    expanded: Iterable[int] = (),
    pinned: Iterable[int] = (),
    hidden: Iterable[int] = (),
    most: int = MOST_NODES,
) -> Grown:
    """The subgraph with some nodes expanded, pinned and hidden; what was there keeps its place in it.

    Args:
        graph: the whole graph.
        base: the subgraph that is changed.
        weight: one value per directed edge, aligned with `Graph.edge_index()`: which neighbours come first;
            without it the normalised weights. The edges drawn carry it too.
        expanded: nodes whose strongest further neighbours come in, `STEP` each time a node is named. One
            that is not in the picture is passed over.
        pinned: nodes that have to be in the picture; one that is not comes in with the shortest way to it.
        hidden: nodes to leave out, never the centre.
        most: how many nodes there may be at most; expansions stop there.

    Raises:
        ConfigError: weights that do not match the edges.
        DataError: there is no such node.

    **Shapes**: weight [E].
    """
    weight = checked_weights(graph, weight)
    drawn = dict.fromkeys(base.nodes.node.tolist())
    added: list[tuple[int, int]] = []

    def take(node: int, parent: int) -> None:
        drawn[node] = None
        added.append((node, parent))

    waiting = [int(node) for node in expanded]
    for pin in [None, *dict.fromkeys(int(node) for node in pinned)]:
        if pin is not None and pin not in drawn:
            way = _way_in(graph, pin, drawn)
            if len(drawn) + len(way) <= most:
                for parent, node in way:
                    take(node, parent)
        # A pinned node may be among what an earlier expansion brings: expansions go first where they can.
        while (turn := next((place for place, one in enumerate(waiting) if one in drawn), None)) is not None:
            parent = waiting.pop(turn)
            for node in _further(graph, parent, drawn, weight)[: max(min(STEP, most - len(drawn)), 0)]:
                take(int(node), parent)
    hop = _hops(graph, base, added)
    whole = _of(graph, base, np.array(list(drawn), dtype=np.int64), hop, weight)
    gone = {int(node) for node in hidden} - {base.centre}
    if not gone & set(drawn):
        return Grown(whole, whole, tuple(added))
    left = _attached(whole, gone)
    return Grown(_of(graph, base, left, hop, weight), whole, tuple(added))


def more_neighbours(graph: Graph, subgraph: Subgraph, node: int) -> int:
    """How many neighbours of a drawn node are not drawn."""
    coverage = subgraph.coverage(node)
    return coverage.neighbours - coverage.drawn


def _further(graph: Graph, node: int, drawn: dict[int, None], weight: np.ndarray) -> np.ndarray:
    """Neighbours that are not drawn yet, those that send the node most first; equal ones by node."""
    _, source, edge = graph.edges_into(np.array([node]))
    order = np.lexsort((source, -np.abs(weight[edge])))
    # Two relations may join the same pair.
    ranked = dict.fromkeys(source[order].tolist())
    return np.array([one for one in ranked if one not in drawn], dtype=np.int64)


def _way_in(graph: Graph, node: int, drawn: dict[int, None]) -> list[tuple[int, int]]:
    """The shortest way from what is drawn to a node, as (parent, node) from the inside out; empty for none."""
    graph.kind_and_number(node)
    is_drawn = np.zeros(graph.n_nodes, dtype=bool)
    is_drawn[list(drawn)] = True
    towards = np.full(graph.n_nodes, -1, dtype=np.int64)
    towards[node] = node
    frontier = np.array([node])
    for _ in range(_LONGEST_WAY):
        place, source, _ = graph.edges_into(frontier)
        new = towards[source] < 0
        source, child = source[new].astype(np.int64), frontier[place[new]]
        towards[source[::-1]] = child[::-1]
        if is_drawn[source].any():
            here, way = int(source[is_drawn[source]].min()), []
            while here != node:
                way.append((here, int(towards[here])))
                here = way[-1][1]
            return way
        frontier = np.unique(source)
    return []


def _hops(graph: Graph, base: Subgraph, added: Sequence[tuple[int, int]]) -> np.ndarray:
    hop = np.full(graph.n_nodes, -1, dtype=np.int64)
    hop[base.nodes.node] = base.nodes.hop
    if added:
        steps, _ = hops_from(graph, base.centre, base.hops + _LONGEST_WAY)
        for node, parent in added:
            hop[node] = steps[node] if steps[node] >= 0 else hop[parent] + 1
    return hop


def _attached(subgraph: Subgraph, gone: set[int]) -> np.ndarray:
    """The nodes that still hang together with the centre once some are gone."""
    nodes = subgraph.nodes.node
    kept = np.array([node not in gone for node in nodes.tolist()])
    order = np.argsort(nodes)
    edges = subgraph.edges
    ends = [order[np.searchsorted(nodes, side, sorter=order)] for side in (edges.source, edges.target)]
    stays = kept[ends[0]] & kept[ends[1]]
    shape = (len(nodes), len(nodes))
    joined = sparse.csr_matrix((np.ones(int(stays.sum())), (ends[0][stays], ends[1][stays])), shape=shape)
    _, part = connected_components(joined, directed=False)
    return nodes[kept & (part == part[0])]


def _of(graph: Graph, base: Subgraph, kept: np.ndarray, hop: np.ndarray, weight: np.ndarray) -> Subgraph:
    kept = kept[np.lexsort((kept, hop[kept]))]
    nodes, edges = induced(graph, kept, hop, weight)
    return replace(base, nodes=nodes, edges=edges)
