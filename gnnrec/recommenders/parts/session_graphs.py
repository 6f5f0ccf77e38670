"""Session graphs: the distinct items of a session as nodes, an edge from each click to the next; many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gnnrec.data.sessions import Sessions


@dataclass(frozen=True, eq=False)
class SessionGraphs:
    """Graphs of many sessions, padded to the longest of them.

    Built once for all sessions that are learned from; a batch takes some rows and cuts them to its own width.

    Attributes:
        node: Items of each graph, ascending; the number of items where there is no node. **Shapes**: [B, n].
        place: Node of each click; 0 beyond the last. **Shapes**: [B, L].
        length: Number of clicks. **Shapes**: [B].
    """

    node: np.ndarray
    place: np.ndarray
    length: np.ndarray

    @classmethod
    def of(cls, clicks: np.ndarray, length: np.ndarray, n_items: int) -> SessionGraphs:
        """From padded clicks.

        Args:
            clicks: Items, oldest first; whatever stands beyond the length is not read. **Shapes**: [B, L].
            length: Number of clicks of each. **Shapes**: [B].
            n_items: Stands for no node.
        """
        there = np.arange(clicks.shape[1]) < length[:, None]
        clicks = np.where(there, clicks, n_items)
        order = np.argsort(clicks, axis=1, kind="stable")
        ascending = np.take_along_axis(clicks, order, axis=1)
        new = np.ones_like(ascending, dtype=bool)
        new[:, 1:] = ascending[:, 1:] != ascending[:, :-1]
        numbered = np.cumsum(new, axis=1) - 1
        place = np.zeros_like(clicks)
        np.put_along_axis(place, order, numbered, axis=1)
        node = np.full_like(clicks, n_items)
        row = np.broadcast_to(np.arange(len(clicks))[:, None], clicks.shape)
        node[row[new], numbered[new]] = ascending[new]
        small = np.uint8 if clicks.shape[1] < 256 else np.int64
        return cls(node.astype(np.int32), np.where(there, place, 0).astype(small), length)

    @classmethod
    def before(
        cls, sessions: Sessions, asked: np.ndarray, before: np.ndarray, most: int, n_items: int
    ) -> SessionGraphs:
        """Of the clicks before each question, the last `most` of them.

        **Shapes**: session and number of clicks before, [B], [B].
        """
        length = np.minimum(before, most)
        first = sessions.start[asked] + before - length
        columns = np.arange(max(1, int(length.max(initial=0))))
        at = np.minimum(first[:, None] + columns, len(sessions.item) - 1)
        return cls.of(sessions.item[at], length, n_items)

    @classmethod
    def of_clicks(cls, sessions: Sequence[np.ndarray], n_items: int) -> SessionGraphs:
        """Of some sessions, none empty."""
        length = np.array([len(one) for one in sessions])
        clicks = np.full((len(sessions), length.max()), n_items, dtype=np.int64)
        clicks[np.arange(clicks.shape[1]) < length[:, None]] = np.concatenate(sessions)
        return cls.of(clicks, length, n_items)

    def take(self, rows: np.ndarray) -> SessionGraphs:
        """Some of them, cut to the longest."""
        longest = int(self.length[rows].max())
        return SessionGraphs(self.node[rows, :longest], self.place[rows, :longest], self.length[rows])

    @cached_property
    def n_nodes(self) -> np.ndarray:
        """How many nodes each graph has. **Shapes**: [B]."""
        # Beyond the last click stands place 0, which is there in any case.
        return self.place.max(axis=1).astype(np.int64) + 1

    def __len__(self) -> int:
        return len(self.length)

    def edges(self) -> np.ndarray:
        """Every step from a click to the next, once for each pair of nodes: graph, from, to. **Shapes**: [3, E]."""
        n = self.node.shape[1]
        step = np.arange(1, n) < self.length[:, None]
        graph, column = np.nonzero(step)
        source, target = self.place[graph, column].astype(np.int64), self.place[graph, column + 1]
        keys = np.unique((graph * n + source) * n + target)
        return np.stack([keys // (n * n), keys // n % n, keys % n])
