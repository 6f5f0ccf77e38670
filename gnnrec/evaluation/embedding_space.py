"""The space a model puts people and items in: their vectors by direction, and who is nearest to whom in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_CELLS_AT_ONCE = 16_000_000
_SMALLEST = 1e-12


@dataclass(frozen=True, eq=False)
class Space:
    """People and items as directions, so that a straight distance and the cosine give the same order.

    Length is left out: in most models it only says how popular something is. Who has no vector, or one of
    length zero, is not in the space.

    Attributes:
        vectors: Unit vectors of those in the space, people first, in the order of `nodes`.
        nodes: Their nodes: number of the person, or number of all people plus that of the item; ascending.
        n_users: How many people the data set has.
        n_items: How many items it has.

    **Shapes**: vectors [n, D], nodes [n].
    """

    vectors: np.ndarray
    nodes: np.ndarray
    n_users: int
    n_items: int

    @classmethod
    def of(cls, users: np.ndarray, items: np.ndarray) -> Space:
        """The space of a model's `embeddings()`. **Shapes**: [U, D], [I, D]."""
        table = np.concatenate([users, items]).astype(np.float32)
        lengths = np.linalg.norm(table, axis=1)
        there = np.isfinite(lengths) & (lengths > _SMALLEST)
        vectors = table[there] / lengths[there, None]
        return cls(vectors, np.flatnonzero(there), len(users), len(items))

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def n_people(self) -> int:
        """How many people are in the space: the first of its points."""
        return int(np.searchsorted(self.nodes, self.n_users))

    @cached_property
    def _places(self) -> np.ndarray:
        places = np.full(self.n_users + self.n_items, -1, dtype=np.int64)
        places[self.nodes] = np.arange(len(self.nodes))
        return places

    def place(self, node: int) -> int | None:
        """Which point a node is, from 0; None for one without a vector."""
        place = int(self._places[node])
        return None if place < 0 else place

    def places(self, nodes: np.ndarray) -> np.ndarray:
        """Which points some nodes are; −1 for those without a vector. **Shapes**: [m] → [m]."""
        return self._places[nodes]

    def of_kind(self, people: bool) -> slice:
        """The points that are people, or those that are items."""
        return slice(0, self.n_people) if people else slice(self.n_people, len(self.nodes))

    def nearest(self, point: int, k: int, people: bool) -> tuple[np.ndarray, np.ndarray]:
        """The points of one kind nearest to a point, itself left out, with their cosines; nearest first.

        **Shapes**: at most [k], [k].
        """
        among = self.of_kind(people)
        cosines = self.vectors[among] @ self.vectors[point]
        own = point - among.start
        if 0 <= own < len(cosines):
            cosines[own] = -np.inf
        order = _largest(cosines[None], min(k, int(np.isfinite(cosines).sum())))[0]
        return order + among.start, cosines[order]

    def nearest_of_many(self, points: np.ndarray, k: int, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each of some points the k nearest among others, itself left out.

        Args:
            points: Points asked about.
            k: How many; fewer than there are others.
            among: Points that count as neighbours, ascending.

        Returns:
            Points, nearest first, and their cosines.

        **Shapes**: [m], [a] → [m, k], [m, k].
        """
        k = max(0, min(k, len(among) - 1))
        found, cosines = np.empty((len(points), k), dtype=np.int64), np.empty((len(points), k), np.float32)
        others = self.vectors[among]
        step = max(1, _CELLS_AT_ONCE // max(1, len(among)))
        for start in range(0, len(points), step):
            rows = slice(start, start + step)
            near = self.vectors[points[rows]] @ others.T
            own = np.searchsorted(among, points[rows])
            own[own == len(among)] = 0
            mine = among[own] == points[rows]
            near[np.flatnonzero(mine), own[mine]] = -np.inf
            order = _largest(near, k)
            found[rows], cosines[rows] = among[order], np.take_along_axis(near, order, axis=1)
        return found, cosines


def _largest(values: np.ndarray, k: int) -> np.ndarray:
    """Columns of the k largest values of each row, largest first; of equal ones the first column first."""
    if k < values.shape[1]:
        # Sorted by column, so that the stable sort below keeps equal values in their order.
        kept = (
            np.sort(np.argpartition(-values, k - 1, axis=1)[:, :k], axis=1)
            if k
            else np.empty((len(values), 0), int)
        )
    else:
        kept = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    order = np.argsort(-np.take_along_axis(values, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)
