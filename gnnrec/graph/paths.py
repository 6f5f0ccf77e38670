"""The ways a recommendation travels: person → item → other person → item."""

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
    matrix for this person and item, save the ways back through the person or the item itself.

    Args:
        graph: the whole graph.
        user_node: the person to start from.
        item_node: the item to arrive at.
        top: how many paths at most.
        via_items: nodes of the watched items the path may go through; none for all.
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
    first = np.zeros(graph.n_nodes)
    start = np.zeros(graph.n_nodes, dtype=bool)
    _, watched, into_user = graph.edges_into(np.array([user_node]))
    usable = (watched != item_node) & graph.is_kind(watched, ITEM)
    if via_items is not None:
        usable &= np.isin(watched, np.asarray(via_items, dtype=np.int64))
    start[watched[usable]] = True
    first[watched[usable]] = values[into_user[usable]]

    _, others, into_item = graph.edges_into(np.array([item_node]))
    usable = (others != user_node) & graph.is_kind(others, USER)
    others, from_item = others[usable], graph.reverse(into_item[usable])

    place, item, into_other = graph.edges_into(others)
    usable = start[item]
    place, item, into_other = place[usable], item[usable], into_other[usable]
    strength = first[item] * values[graph.reverse(into_other)] * values[from_item[place]]
    order = np.lexsort((others[place], item, -strength))[:top]
    return [
        Path((int(user_node), int(item[e]), int(others[place[e]]), int(item_node)), float(strength[e]))
        for e in order
    ]
