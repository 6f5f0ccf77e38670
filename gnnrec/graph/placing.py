"""Places for nodes that come into a picture later: near what they hang on, while everything else stays put."""

from __future__ import annotations

import numpy as np

from gnnrec.graph.growing import Grown
from gnnrec.graph.layout import LANE_STEP, RING_GAP, SPACING, RingLayout
from gnnrec.graph.subgraph import Subgraph

__all__ = ["with_added"]

_CLEAR = 0.9 * SPACING
_APART = 0.65 * SPACING
"""Where a ring is crowded: near, but not one on the other."""

_LANES_OUTSIDE = 12


def with_added(layout: RingLayout, base: Subgraph, grown: Grown) -> RingLayout:
    """The places of a grown subgraph: those of the one it grew from, and a free place for every added node.

    An added node goes where its own ring has room, as near as can be to the node it hangs on. Nodes are placed
    in the order in which they came, so one more changes nothing for those before it, and a hidden one leaves
    its place empty.

    Args:
        layout: places of `base`.
        base: the subgraph before the changes.
        grown: what became of it.

    Returns:
        Places aligned with `grown.subgraph`, and bands that hold them.
    """
    spot = dict(
        zip(base.nodes.node.tolist(), zip(layout.x.tolist(), layout.y.tolist(), strict=True), strict=True)
    )
    hop = dict(zip(grown.whole.nodes.node.tolist(), grown.whole.nodes.hop.tolist(), strict=True))
    rings = [list(ring) for ring in layout.rings]
    for _ in range(len(rings), max(hop.values())):
        inner = (rings[-1][1] if rings else 0.0) + RING_GAP
        rings.append([inner, inner])
    # Looking for room in a ring is the long part: only where a node comes in.
    taken, filling = np.array(list(spot.values())), {hop[node] - 1 for node, _ in grown.added}
    free = {ring: _Free(rings, ring, taken) for ring in filling}
    for node, parent in grown.added:
        spot[node] = place = free[hop[node] - 1].nearest(spot[parent])
        for ring in free.values():
            ring.take(place)
        band = rings[hop[node] - 1]
        band[1] = round(max(band[1], float(np.hypot(*place))), 1)
    x, y = np.array([spot[node] for node in grown.subgraph.nodes.node.tolist()]).T
    return RingLayout(x, y, tuple((inner, outer) for inner, outer in rings))


class _Free:
    """Where there is room in one ring."""

    def __init__(self, rings: list[list[float]], ring: int, taken: np.ndarray) -> None:
        inner, outer = rings[ring]
        last = ring == len(rings) - 1
        # A band between others ends before the next one begins.
        end = outer + _LANES_OUTSIDE * LANE_STEP if last else rings[ring + 1][0] - LANE_STEP
        lanes = np.arange(inner, max(end, outer) + 1, LANE_STEP / 2)
        grid = []
        for lane in lanes:
            angle = np.linspace(0, 2 * np.pi, int(4 * np.pi * lane // SPACING), endpoint=False) - np.pi / 2
            grid.append(lane * np.column_stack([np.cos(angle), np.sin(angle)]))
        self.spots = np.concatenate(grid)
        self.clearance = np.sqrt(((self.spots[:, None] - taken[None]) ** 2).sum(2)).min(1)

    def take(self, place: tuple[float, float]) -> None:
        self.clearance = np.minimum(self.clearance, self._distance(place))

    def nearest(self, parent: tuple[float, float]) -> tuple[float, float]:
        distance = self._distance(parent)
        for least in (_CLEAR, _APART, self.clearance.max()):
            room = self.clearance >= least
            if room.any():
                break
        x, y = self.spots[np.argmin(np.where(room, distance, np.inf))]
        return round(float(x), 1), round(float(y), 1)

    def _distance(self, place: tuple[float, float]) -> np.ndarray:
        return np.hypot(self.spots[:, 0] - place[0], self.spots[:, 1] - place[1])
