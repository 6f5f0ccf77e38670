"""Events of train in the order of time, and what each node's last few neighbours were at any moment."""

from __future__ import annotations

import numpy as np


class EventStream:
    """Who chose what, oldest first; people are nodes 0..U-1, items follow.

    Args:
        user: User numbers.
        item: Item numbers.
        seconds: Unix time of each row.
        n_users: People.
        n_items: Items.

    **Shapes**: user, item, seconds [E].
    """

    def __init__(
        self, user: np.ndarray, item: np.ndarray, seconds: np.ndarray, n_users: int, n_items: int
    ) -> None:
        order = np.lexsort((np.arange(len(seconds)), seconds))
        self.n_users, self.n_nodes = n_users, n_users + n_items
        self.person = user[order].astype(np.int64)
        self.item = item[order].astype(np.int64) + n_users
        self.seconds = np.asarray(seconds, dtype=np.int64)[order]
        # Two events of one node at the same second would have no order: each gets a second of its own.
        steps = np.arange(len(order))
        since = self.seconds - (self.seconds[0] if len(order) else 0)
        self.time = (np.maximum.accumulate(since - steps) + steps) if len(order) else since
        nodes = np.concatenate([self.person, self.item])
        events = np.concatenate([steps, steps])
        by_node = np.lexsort((events, nodes))
        self._others = np.concatenate([self.item, self.person])[by_node]
        self._events = events[by_node]
        self._starts = np.searchsorted(nodes[by_node], np.arange(self.n_nodes))

    def __len__(self) -> int:
        return len(self.person)

    def until(self, moment: int) -> int:
        """How many events happened before a moment, in unix seconds."""
        return int(np.searchsorted(self.seconds, moment))

    def counts(self, n_events: int) -> np.ndarray:
        """How many of the first events each node has a part in. **Shapes**: [N]."""
        nodes = np.concatenate([self.person[:n_events], self.item[:n_events]])
        return np.bincount(nodes, minlength=self.n_nodes)

    def last(
        self, nodes: np.ndarray, counts: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The last few events of some nodes.

        Args:
            nodes: Which.
            counts: How many events of each of these nodes have happened.
            most: At most so many each.

        Returns:
            Place in `nodes`, the node at the other end, and the event, latest first for each.

        **Shapes**: [n], [n] → [m] three times.
        """
        back = np.arange(most)
        there = back[None] < counts[:, None]
        place, step = np.nonzero(there)
        entry = self._starts[nodes[place]] + counts[place] - 1 - step
        return place, self._others[entry], self._events[entry]
