"""The ways a recommendation travels: person → item → other person → item, or over friends and facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gnnrec.errors import DataError
from gnnrec.graph.graph import ITEM, USER, Graph

__all__ = ["Path", "paths"]


@dataclass(frozen=True)
class Path:
    """One way through the graph and how strong it is.

    Args:
        nodes: the nodes on the way, from the person to the item.
        weight: product of the weights of its edges, in the direction of the messages (item to person).
    """

    nodes: tuple[int, ...]
    weight: float


def paths(
    graph: Graph,
    user_node: int,
    item_node: int,
    top: int = 5,
    *,
    via_items: Sequence[int] | np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> list[Path]:
    """The strongest paths person → watched item → other person → item.

    Without given weights these are the terms whose sum is the entry of the third power of the normalised
    matrix for this person and item, save the ways back through the person or the item itself. A graph with
    more sorts of edges has more of them: over a friend who has the item (two steps), over a director of both
    items, over people of the same city.

    Args:
        graph: the whole graph.
        user_node: the person to start from.
        item_node: the item to arrive at.
        top: how many paths at most.
        via_items: nodes of the watched items the path has to go through first; none for all ways.
        weight: one value per directed edge, aligned with `Graph.edge_index()`; without it the normalised
            weights.

    Returns:
        Paths from the strongest to the weakest; equal ones in the order of their nodes. Empty where no path
        exists.

    Raises:
        DataError: the nodes are not a person and an item.
    """
    kinds = (graph.kind_and_number(user_node)[0], graph.kind_and_number(item_node)[0])
    if kinds != (USER, ITEM):
        raise DataError(
            where="paths",
            found=f"from a node of kind {kinds[0]} to one of kind {kinds[1]}",
            expected="from a person to an item",
            todo="Use Graph.node to translate numbers to nodes.",
        )
    values = graph.edge_norm if weight is None else np.asarray(weight)
    near, first = _strongest(graph, user_node, item_node, values)
    if via_items is not None:
        first[np.setdiff1d(near, np.asarray(via_items, dtype=np.int64))] = -1.0
    others, last = _strongest(graph, item_node, user_node, values, outwards=True)

    place, middle, into_other = graph.edges_into(others)
    usable = first[middle] >= 0
    place, middle, into_other = place[usable], middle[usable].astype(np.int64), into_other[usable]
    strength = first[middle] * values[graph.reverse(into_other)] * last[others[place]]
    ways = np.stack([np.full(len(middle), user_node), middle, others[place], np.full(len(middle), item_node)])
    # Who is next to both ends, such as a friend who has the item, is a way of two steps.
    both = others[first[others] >= 0]
    short = np.stack(
        [np.full(len(both), user_node), both, np.full(len(both), item_node), np.full(len(both), -1)]
    )
    ways, strength = np.hstack([ways, short]).T, np.concatenate([strength, first[both] * last[both]])
    order = np.lexsort((ways[:, 2], ways[:, 1], -strength))
    found: dict[tuple[int, ...], float] = {}
    for one in order:
        # Two relations may join the same pair: the stronger edge counts.
        found.setdefault(tuple(int(node) for node in ways[one] if node >= 0), float(strength[one]))
        if len(found) == top:
            break
    return [Path(nodes, weight) for nodes, weight in found.items()]


def _strongest(
    graph: Graph, node: int, other_end: int, values: np.ndarray, outwards: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours of a node but for the other end, and the strongest edge of each: into the node, or out of it.

    **Shapes**: neighbours [n]; strengths [N], −1 where there is no edge.
    """
    _, source, edge = graph.edges_into(np.array([node]))
    there = source != other_end
    source, edge = source[there].astype(np.int64), edge[there]
    strength = np.full(graph.n_nodes, -1.0)
    np.maximum.at(strength, source, values[graph.reverse(edge) if outwards else edge])
    return np.unique(source), strength
