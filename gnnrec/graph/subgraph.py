"""The neighbourhood of one node: everything within k hops, cut to a number of nodes that can be looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gnnrec.errors import ConfigError
from gnnrec.graph.graph import Graph

__all__ = ["Coverage", "Subgraph", "SubgraphEdges", "SubgraphNodes", "k_hop", "reweighted"]


@dataclass(frozen=True, eq=False)
class SubgraphNodes:
    """The kept nodes as aligned arrays, sorted by hop and then node, so that the centre comes first.

    Args:
        node: node in the whole graph.
        kind: its kind (text).
        number: its number within the kind.
        hop: steps from the centre on the shortest way.
        drawn: how many of its edges are kept.
        neighbours: how many edges it has in the whole graph.
        share: part of all weight flowing into it that the kept edges hold; 0 where nothing flows.
    """

    node: np.ndarray
    kind: np.ndarray
    number: np.ndarray
    hop: np.ndarray
    drawn: np.ndarray
    neighbours: np.ndarray
    share: np.ndarray

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, eq=False)
class SubgraphEdges:
    """All edges between kept nodes as aligned arrays, each once, pointing towards the centre.

    Args:
        source: the outer node (of two at the same hop, the higher one).
        target: the inner node.
        relation: name of the relation (text).
        edge: the directed edge in `Graph.edge_index()`.
        weight: weight of source → target in the whole graph.
        reverse_weight: weight of target → source in the whole graph.
    """

    source: np.ndarray
    target: np.ndarray
    relation: np.ndarray
    edge: np.ndarray
    weight: np.ndarray
    reverse_weight: np.ndarray

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Coverage:
    """How much of a node's neighbourhood is in the picture."""

    drawn: int
    neighbours: int
    share: float

    def __str__(self) -> str:
        if not self.neighbours:
            return "no neighbours"
        if self.drawn == self.neighbours:
            return (
                "the one neighbour is drawn" if self.drawn == 1 else f"all {self.drawn} neighbours are drawn"
            )
        verb = "holds" if self.drawn == 1 else "hold"
        # Rounding must not claim everything, or nothing, where that is not so.
        percent = min(max(round(100 * self.share), 1), 99) if self.share > 0 else 0
        return f"the {self.drawn:,} drawn of {self.neighbours:,} neighbours {verb} {percent} %"


@dataclass(frozen=True, eq=False)
class Subgraph:
    """A cut-out around one node: the kept nodes, every edge between them, and how much was left out.

    Args:
        centre: the node in the middle.
        hops: how far it reaches.
        budget: the most nodes that were to be kept, centre included; none for all.
        nodes: the kept nodes.
        edges: the edges between them.
        weight_kind: what the weights are: `norm`, `attention`, `contribution`.
        total_by_hop: number of nodes at each hop in the whole graph, centre first.
    """

    centre: int
    hops: int
    budget: int | None
    nodes: SubgraphNodes
    edges: SubgraphEdges
    weight_kind: str
    total_by_hop: tuple[int, ...]

    @property
    def total_nodes(self) -> int:
        """Number of nodes within the hops in the whole graph."""
        return sum(self.total_by_hop)

    def place(self, node: int) -> int | None:
        """Where a node lies in `nodes`, or none if it was not kept."""
        found = np.flatnonzero(self.nodes.node == node)
        return int(found[0]) if len(found) else None

    def coverage(self, node: int) -> Coverage:
        """How many of a kept node's neighbours are drawn, and how much of its incoming weight they hold.

        Raises:
            KeyError: the node was not kept.
        """
        place = self.place(node)
        if place is None:
            raise KeyError(node)
        nodes = self.nodes
        return Coverage(int(nodes.drawn[place]), int(nodes.neighbours[place]), float(nodes.share[place]))


def k_hop(
    graph: Graph,
    node: int,
    hops: int,
    budget: int | None,
    weight: np.ndarray | None = None,
    weight_kind: str = "norm",
    *,
    keep: np.ndarray | list = (),
    ends: np.ndarray | None = None,
) -> Subgraph:
    """The neighbourhood of a node within some hops, cut to a budget of nodes by weight.

    The kept nodes come with every edge between them. Hop by hop, from the centre outwards, those nodes are
    kept that reach the centre most strongly: the weights along each way through kept nodes are multiplied,
    the ways added up. So every kept node has a kept neighbour one hop nearer. A hop takes at most half of
    what is left of the budget (the last hop takes all of it), and more where the hops after it have too few
    nodes to need their half. What remains after the last hop is filled from the inside out, so exactly
    min(budget, all) are kept. Equal strengths are settled by the lower node. Where a hop has nodes of several
    kinds, half of its places are dealt to the kinds in turn, so that none is crowded out.

    Args:
        graph: the whole graph.
        node: the centre.
        hops: how many steps outwards, at least 1.
        budget: the most nodes to keep, centre included; none keeps all.
        weight: one value per directed edge, aligned with `Graph.edge_index()`; without it the normalised
            weights. They are those of the whole graph and are selected, never computed again on the cut.
            Signs are ignored when nodes are chosen.
        weight_kind: what the weights are called.
        keep: nodes to prefer at their hop, such as those of a path to show. They are kept if they lie within
            the hops, a kept neighbour leads to them, and the budget reaches.
        ends: which nodes are kept where a way arrives, and not walked through; the centre always is. None for
            no such nodes. With them a hop is a step on a way that leads through none of them.

    Raises:
        ConfigError: hops or budget below 1, or weights that do not match the edges.
        DataError: there is no such node.

    **Shapes**: weight [E], ends [N] truth values.
    """
    if hops < 1 or (budget is not None and budget < 1):
        raise ConfigError(
            where="subgraph",
            found=f"{hops} hops, a budget of {budget} nodes",
            expected="at least 1 of both",
            todo="Choose 1 to 3 hops and up to about 300 nodes.",
        )
    graph.kind_and_number(node)
    weight = checked_weights(graph, weight)
    hop, total_by_hop = hops_from(graph, node, hops, ends)
    preferred = np.zeros(graph.n_nodes, dtype=bool)
    preferred[np.asarray(keep, dtype=np.int64)] = True
    through = np.ones(graph.n_nodes, dtype=bool) if ends is None else ~ends
    through[node] = True
    kept = _fill(graph, node, hop, total_by_hop, budget, np.abs(weight), preferred, through)
    order = np.lexsort((kept, hop[kept]))
    nodes, edges = induced(graph, kept[order], hop, weight)
    return Subgraph(int(node), hops, budget, nodes, edges, weight_kind, total_by_hop)


def reweighted(graph: Graph, subgraph: Subgraph, weight: np.ndarray | None, weight_kind: str) -> Subgraph:
    """The same nodes and edges with other weights, such as another layer's attention.

    Args:
        graph: the whole graph the subgraph was cut from.
        subgraph: what to draw again.
        weight: one value per directed edge, aligned with `Graph.edge_index()`; none for the normalised
            weights.
        weight_kind: what the weights are called.

    Raises:
        ConfigError: weights that do not match the edges.
    """
    weight = checked_weights(graph, weight)
    hop = np.full(graph.n_nodes, -1, dtype=np.int64)
    hop[subgraph.nodes.node] = subgraph.nodes.hop
    nodes, edges = induced(graph, subgraph.nodes.node, hop, weight)
    return replace(subgraph, nodes=nodes, edges=edges, weight_kind=weight_kind)


def checked_weights(graph: Graph, weight: np.ndarray | None) -> np.ndarray:
    if weight is None:
        return graph.edge_norm
    weight = np.asarray(weight)
    n_edges = graph.edge_index().shape[1]
    if weight.shape != (n_edges,):
        raise ConfigError(
            where="edge weights",
            found=f"shape {weight.shape}",
            expected=f"one value for each of the {n_edges} directed edges",
            todo="Average layers and heads, or choose one, before cutting the subgraph.",
        )
    return weight


def hops_from(
    graph: Graph, node: int, hops: int, ends: np.ndarray | None = None
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Steps from the centre for every node (−1 beyond the hops), and how many there are at each hop.

    No way leads through a node of `ends`.
    """
    hop = np.full(graph.n_nodes, -1, dtype=np.int64)
    hop[node] = 0
    frontier, totals = np.array([node]), [1]
    for step in range(1, hops + 1):
        _, reached, _ = graph.edges_into(frontier)
        reached = reached[hop[reached] < 0]
        hop[reached] = step
        found = hop == step
        totals.append(int(np.count_nonzero(found)))
        frontier = np.flatnonzero(found if ends is None else found & ~ends)
    return hop, tuple(totals)


def _fill(
    graph: Graph,
    node: int,
    hop: np.ndarray,
    totals: tuple[int, ...],
    budget: int | None,
    strength: np.ndarray,
    preferred: np.ndarray,
    through: np.ndarray,
) -> np.ndarray:
    if budget is None or budget >= sum(totals):
        return np.flatnonzero(hop >= 0)
    kept = np.zeros(graph.n_nodes, dtype=bool)
    kept[node] = True
    reach = np.zeros(graph.n_nodes)
    reach[node] = 1.0
    left = budget - 1
    last = len(totals) - 1
    for shared in (True, False):
        for step in range(1, last + 1):
            quota = left
            if shared and step < last:
                outer = sum(totals[step + 1 :])
                promised = int(np.count_nonzero(preferred & (hop > step)))
                quota = max((left + 1) // 2, left - outer)
                quota = max(min(quota, left - promised), 0)
                quota = max(quota, min(left, int(np.count_nonzero(preferred & (hop == step)))))
                quota = max(quota, min(left, 1))
            parents = np.flatnonzero(kept & through & (hop == step - 1))
            place, source, edge = graph.edges_into(parents)
            outward = hop[source] == step
            place, source, edge = place[outward], source[outward], edge[outward]
            flow = np.bincount(
                source, weights=strength[edge] * reach[parents[place]], minlength=graph.n_nodes
            )
            candidates = np.unique(source)
            reach[candidates] = flow[candidates]
            candidates = candidates[~kept[candidates]]
            later = _after_the_first(graph, candidates, reach, quota)
            ranking = np.lexsort((candidates, -reach[candidates], later, ~preferred[candidates]))
            chosen = candidates[ranking[:quota]]
            kept[chosen] = True
            left -= len(chosen)
    return np.flatnonzero(kept)


def _after_the_first(graph: Graph, nodes: np.ndarray, reach: np.ndarray, quota: int) -> np.ndarray:
    """Which of some nodes are not dealt a place before all others; none where all are of one kind.

    Half of the places, or one for each kind, are dealt to the kinds in turn, the strongest node of each first.

    **Shapes**: [n] → [n] truth values.
    """
    kind, _ = graph.kinds_and_numbers(nodes)
    names = np.unique(kind)
    if len(names) < 2:
        return np.zeros(len(nodes), dtype=bool)
    turn = np.empty(len(nodes), dtype=np.int64)
    for name in names:
        places = np.flatnonzero(kind == name)
        turn[places[np.lexsort((nodes[places], -reach[nodes[places]]))]] = np.arange(len(places))
    dealt = np.lexsort((nodes, -reach[nodes], turn))[: max(quota // 2, len(names))]
    later = np.ones(len(nodes), dtype=bool)
    later[dealt] = False
    return later


def induced(
    graph: Graph, kept: np.ndarray, hop: np.ndarray, weight: np.ndarray
) -> tuple[SubgraphNodes, SubgraphEdges]:
    is_kept = np.zeros(graph.n_nodes, dtype=bool)
    is_kept[kept] = True
    place, source, edge = graph.edges_into(kept)
    inside = is_kept[source]
    flow = np.abs(weight[edge]).astype(np.float64)
    total = np.bincount(place, weights=flow, minlength=len(kept))
    held = np.bincount(place[inside], weights=flow[inside], minlength=len(kept))
    kind, number = graph.kinds_and_numbers(kept)
    nodes = SubgraphNodes(
        node=kept,
        kind=kind,
        number=number,
        hop=hop[kept],
        drawn=np.bincount(place[inside], minlength=len(kept)),
        neighbours=graph.degrees[kept],
        share=np.divide(held, total, out=np.zeros(len(kept)), where=total > 0),
    )
    place, source, edge = place[inside], source[inside].astype(np.int64), edge[inside]
    target = kept[place]
    inward = (hop[source] > hop[target]) | ((hop[source] == hop[target]) & (source > target))
    source, target, edge = source[inward], target[inward], edge[inward]
    names = np.array([relation.name for relation in graph.relations], dtype=object)
    edges = SubgraphEdges(
        source=source,
        target=target,
        relation=names[graph.edge_relation[edge]],
        edge=edge,
        weight=weight[edge],
        reverse_weight=weight[graph.reverse(edge)],
    )
    return nodes, edges
