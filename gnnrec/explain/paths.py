"""Lit paths: how the reasons of one recommendation reach it, person → watched item → other person → item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gnnrec.graph import ITEM, USER, Graph, Path
from gnnrec.graph import paths as strongest_paths

# So many ways that one of every sort is among them.
_LOOKED_AT = 2000


def lit_paths(
    graph: Graph,
    user: int,
    item: int,
    reasons: Sequence[int] | np.ndarray,
    top: int = 5,
    weight: np.ndarray | None = None,
) -> list[Path]:
    """The strongest paths from a person to an item through the reasons, the best one of each reason included.

    Without this care the strongest reason would take all the places, and the picture would hide the second
    half of the sentence beside it. A reason without a common watcher has no such path and is left out.

    Args:
        graph: The train graph.
        user: User number.
        item: Item number of the recommendation.
        reasons: Item numbers of the reasons, the most important first.
        top: How many paths at most.
        weight: One value per directed edge; the normalised weights where None.

    Returns:
        Paths from the strongest to the weakest.

    Raises:
        DataError: A number does not exist.
    """
    start, end = graph.node(USER, int(user)), graph.node(ITEM, int(item))
    by_reason = [
        strongest_paths(graph, start, end, top, via_items=[graph.node(ITEM, int(one))], weight=weight)
        for one in dict.fromkeys(int(reason) for reason in reasons)
    ]
    best = [found[0] for found in by_reason if found][:top]
    others = sorted((path for found in by_reason for path in found[1:]), key=_order)
    return sorted(best + others[: top - len(best)], key=_order)


def ways_of_each_sort(
    graph: Graph, user: int, item: int, top: int = 5, weight: np.ndarray | None = None
) -> list[Path]:
    """The strongest ways from a person to an item in a graph with several sorts of edges, the best of each sort first.

    A way is of the sort of what it leads over: a friend; a film and another person; a film and its director. Without
    this care the sort with the strongest edges would take all the places.

    Args:
        graph: The graph with friends, facts and circumstances.
        user: User number.
        item: Item number.
        top: How many ways at most.
        weight: One value per directed edge; the normalised weights where None.

    Returns:
        Ways from the strongest to the weakest.
    """
    start, end = graph.node(USER, int(user)), graph.node(ITEM, int(item))
    every = strongest_paths(graph, start, end, _LOOKED_AT, weight=weight)
    best: dict[tuple[str, ...], Path] = {}
    for path in every:
        best.setdefault(tuple(graph.kinds_and_numbers(np.array(path.nodes[1:-1]))[0].tolist()), path)
    first = list(best.values())[:top]
    others = [path for path in every if path not in first]
    return sorted(first + others[: top - len(first)], key=_order)


def strength_by_item(graph: Graph, user: int, item: int, history: np.ndarray) -> np.ndarray:
    """How strongly each item of a history leads to an item over other people: the sum over all such paths.

    The product of the normalised weights along person → watched item → other person → item, added up over the
    other people. Ways back through the person or the item itself are left out, as in `graph.paths`.

    **Shapes**: history [H] → [H].
    """
    matrix, others = graph.normalised, graph.node(ITEM, int(item))
    start, watched = graph.node(USER, int(user)), graph.node(ITEM, np.asarray(history, dtype=np.int64))
    into_item = matrix[others].toarray().ravel()
    into_item[start] = 0
    strength = (matrix[watched] @ into_item) * matrix[start].toarray().ravel()[watched]
    strength[watched == others] = 0
    return np.asarray(strength, dtype=np.float64)


def _order(path: Path) -> tuple[float, tuple[int, ...]]:
    return -path.weight, path.nodes
