"""Where the nodes of a subgraph are drawn: the centre in the middle, each hop a ring around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from gnnrec.graph.subgraph import Subgraph

__all__ = ["RingLayout", "ring_layout"]

SPACING = 40.0
"""Least distance between the middles of two nodes, in units of the drawing; a node is about 24 wide."""

FIRST_RING = 160.0
LANE_STEP = 44.0
RING_GAP = 140.0
MOST_LANES = 4


@dataclass(frozen=True, eq=False)
class RingLayout:
    """Coordinates of the nodes and the band of each ring.

    Args:
        x: to the right, aligned with the nodes of the subgraph.
        y: downwards, likewise.
        rings: inner and outer radius of each hop's band, from hop 1 outwards.

    **Units**: units of the drawing, about pixels at zoom 1.
    """

    x: np.ndarray
    y: np.ndarray
    rings: tuple[tuple[float, float], ...]


def ring_layout(subgraph: Subgraph, group: np.ndarray | None = None, spacing: float = SPACING) -> RingLayout:
    """Fixed places for the nodes of a subgraph, the same every time for the same nodes and edges.

    The weights of the edges play no part, so nothing moves when another layer or head is shown. The first
    ring is sorted by group, so that items of one genre sit together, and within it so that nodes with common
    neighbours lie side by side; every node of an outer ring stands as near as it can to the mean direction of
    its neighbours one ring further in, where neighbours with few edges count most. A ring with many nodes
    becomes several lanes, and where that is not enough it grows.

    Args:
        subgraph: what to draw.
        group: one whole number per node; nodes of the first ring are sorted by it. None for no grouping.
        spacing: least distance between the middles of neighbours on a lane.

    **Shapes**: group [nodes].

    **Units**: spacing in units of the drawing.
    """
    hop = subgraph.nodes.hop
    angle = np.zeros(len(hop))
    radius = np.zeros(len(hop))
    place_of = {int(node): place for place, node in enumerate(subgraph.nodes.node)}
    source = np.array([place_of[node] for node in subgraph.edges.source.tolist()], dtype=np.int64)
    target = np.array([place_of[node] for node in subgraph.edges.target.tolist()], dtype=np.int64)
    rarity = 1.0 / np.sqrt(np.maximum(subgraph.nodes.neighbours, 1))
    rings: list[tuple[float, float]] = []
    inner = FIRST_RING
    for step in range(1, int(hop.max()) + 1):
        ring = np.flatnonzero(hop == step)
        lanes, inner = _lanes(len(ring), inner, spacing)
        if step == 1:
            order, angle[ring] = _first_ring(ring, lanes, source, target, hop, group)
        else:
            wanted = _mean_direction(ring, source, target, hop, angle, rarity)
            order, angle[ring] = _spread(wanted, spacing / (inner * lanes), lanes)
        radius[ring[order]] = inner + LANE_STEP * (np.arange(len(ring)) % lanes)
        outer = inner + LANE_STEP * (lanes - 1)
        rings.append((inner, outer))
        inner = outer + RING_GAP
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return RingLayout(np.round(x, 1) + 0.0, np.round(y, 1) + 0.0, tuple(rings))


def _lanes(count: int, inner: float, spacing: float) -> tuple[int, float]:
    """How many lanes a ring needs, and its inner radius, grown where even the most lanes are too narrow."""
    for lanes in range(1, MOST_LANES + 1):
        needed = _slots(count, lanes) * spacing / (2 * np.pi * lanes)
        if needed <= inner:
            return lanes, inner
    return MOST_LANES, needed


def _slots(count: int, lanes: int) -> int:
    """Places round a ring: as many as fill all lanes evenly, so that its ends meet on different lanes."""
    return -(-count // lanes) * lanes


def _first_ring(
    ring: np.ndarray,
    lanes: int,
    source: np.ndarray,
    target: np.ndarray,
    hop: np.ndarray,
    group: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Order of the first ring (places in `ring`) and the angle of each node, from the top, clockwise."""
    likeness = _seriation(ring, source, target, hop)
    groups = np.zeros(len(ring), dtype=np.int64) if group is None else np.asarray(group)[ring]
    order = np.lexsort((ring, likeness, groups))
    angle = np.empty(len(ring))
    angle[order] = -np.pi / 2 + 2 * np.pi * np.arange(len(ring)) / _slots(len(ring), lanes)
    return order, angle


def _seriation(ring: np.ndarray, source: np.ndarray, target: np.ndarray, hop: np.ndarray) -> np.ndarray:
    """One number per node of the first ring; nodes with common neighbours in the second get similar numbers.

    **Source**: the second and third singular vectors of the degree-normalised table of edges between two
    rings, as in I. S. Dhillon, "Co-clustering documents and words using bipartite spectral graph
    partitioning" (KDD 2001); here their angle, because the ends of a ring meet.
    """
    between = (hop[source] == 2) & (hop[target] == 1)
    outer = np.unique(source[between])
    if min(len(ring), len(outer)) < 4:
        return np.zeros(len(ring))
    table = np.zeros((len(ring), len(outer)))
    table[np.searchsorted(ring, target[between]), np.searchsorted(outer, source[between])] = 1.0
    # A faint edge between all pairs, so that parts without a common neighbour still get one order.
    table += 0.1 * table.mean()
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    left, _, _ = np.linalg.svd(table / np.sqrt(rows * columns), full_matrices=False)
    axes = left[:, 1:3]
    largest = axes[np.abs(axes).argmax(axis=0), [0, 1]]
    axes = axes * np.where(largest < 0, -1.0, 1.0)
    # Rounded, so that equal rows of the table are equal here and fall to the order of the nodes.
    return np.round(np.arctan2(axes[:, 1], axes[:, 0]), 6)


def _mean_direction(
    ring: np.ndarray,
    source: np.ndarray,
    target: np.ndarray,
    hop: np.ndarray,
    angle: np.ndarray,
    rarity: np.ndarray,
) -> np.ndarray:
    edges = np.isin(source, ring) & (hop[target] == hop[source] - 1)
    child, parent = source[edges], target[edges]
    pull = np.zeros(len(hop), dtype=np.complex128)
    np.add.at(pull, child, rarity[parent] * np.exp(1j * angle[parent]))
    return np.round(np.angle(pull[ring]), 6)


def _spread(wanted: np.ndarray, gap: float, lanes: int) -> tuple[np.ndarray, np.ndarray]:
    """Angles as near as possible to the wanted ones that keep their order and a least gap, all round the
    ring.

    Returns:
        The order along the ring, from where it is cut open, and the angle of each.
    """
    count = len(wanted)
    order = np.argsort(wanted, kind="stable")
    line = wanted[order]
    # The ring is cut open where it is emptiest.
    first = int(np.diff(np.append(line, line[0] + 2 * np.pi)).argmax()) + 1
    order = np.roll(order, -first)
    line = np.concatenate([line[first:], line[:first] + 2 * np.pi])
    steps = np.arange(count)
    moved = isotonic_regression(line - gap * steps).x + gap * steps
    if moved[-1] - moved[0] > 2 * np.pi - lanes * gap:
        even = steps * 2 * np.pi / _slots(count, lanes)
        moved = even + np.mean(line - even)
    angle = np.empty(count)
    angle[order] = moved
    return order, angle
