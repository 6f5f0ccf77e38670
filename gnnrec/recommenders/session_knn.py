"""Session neighbours (STAN): what was clicked next in sessions that shared the last clicks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.next_item import NextItem

_DAY = 86_400
_AT_ONCE = 128


class SessionKNN(NextItem):
    """Looks for sessions that shared clicks with this one and adds up what else was clicked in them.

    Three recencies count: of a click in the session asked about (equation 3 of the paper), of the neighbour
    session where sessions have times (5), and of an item's nearness to the last shared click in the neighbour (7).
    Setting one of the decays to 0 leaves that recency out.

    Ours differs: the time of the neighbour counts from the end of the train sessions, not from the moment asked
    about; that multiplies all scores of a question by one number and moves no item. Where no session has a
    time, that recency is 1 for all.

    **Source**: Garg, Gupta, Malhotra, Vig and Shroff, Sequence and Time Aware Neighborhood for Session-based
    Recommendations, SIGIR 2019.
    """

    name = "session_knn"
    title = "Session neighbours"
    paper = "Garg et al., SIGIR 2019 (STAN)"
    simple = True
    search_space: ClassVar[dict[str, tuple | list]] = {
        "neighbours": (50, 1500, "log"),
        "position_decay": [0.5, 1.0, 2.0, 4.0, 8.0],
        "neighbour_decay": [0.5, 1.0, 2.0, 4.0, 8.0],
        "time_decay": [0.0, 5.0, 20.0, 80.0, 320.0],
        "again": [True, False],
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of session neighbours."""

        neighbours: int = setting(
            500, "How many similar sessions are asked", low=1, high=10_000, unit="sessions"
        )
        position_decay: float = setting(
            2.0,
            "How fast earlier clicks of the session count less; 0: all count alike",
            low=0,
            high=100,
            unit="clicks",
        )
        neighbour_decay: float = setting(
            2.0,
            "How fast items far from the last shared click count less; 0: all count alike",
            low=0,
            high=100,
            unit="clicks",
        )
        time_decay: float = setting(
            80.0,
            "How fast older sessions count less, where they have times; 0: all count alike",
            low=0,
            high=10_000,
            unit="days",
        )
        again: bool = setting(True, "Whether what was clicked before in the session may come next")

    @property
    def reading(self) -> str:
        late = " The later a click, the more it counts." if self.config.position_decay else ""
        return f"It passes no messages along these steps: it looks for sessions that share the clicks.{late}"

    def _attached(self) -> None:
        super()._attached()
        sessions = self.data.sessions
        place = np.arange(len(sessions.item)) - sessions.start[sessions.session_of_click]
        # An item clicked twice in a session stands at its last place there.
        last = np.lexsort((place, sessions.item, sessions.session_of_click))
        session, item = sessions.session_of_click[last], sessions.item[last]
        final = np.r_[
            (session[1:] != session[:-1]) | (item[1:] != item[:-1]), np.ones(min(1, len(item)), bool)
        ]
        shape = (len(sessions), self.data.n_items)
        kept = last[final]
        self._places = sparse.csr_matrix(
            (place[kept] + 1, (session[final], item[final])), shape=shape, dtype=np.int32
        )
        self._by_item = self._places.T.tocsr()
        self._size = np.diff(self._places.indptr)
        self._recent = np.ones(len(sessions))
        if sessions.time is not None and self.config.time_decay:
            age = np.nan_to_num(np.nanmax(sessions.time) - sessions.time, nan=0.0) / _DAY
            self._recent = np.exp(-age / self.config.time_decay)

    def _fit(self, data: Any) -> None:
        """There is nothing to learn: the sessions are the model."""

    def _state(self) -> dict[str, Any]:
        return {"often": self._often}

    def _load_state(self, state: dict[str, Any]) -> None:
        """The sessions are those of the data."""

    def _next(self, sessions: list[np.ndarray]) -> np.ndarray:
        groups = (sessions[first : first + _AT_ONCE] for first in range(0, len(sessions), _AT_ONCE))
        return np.concatenate([self._votes(group) for group in groups])

    def _votes(self, sessions: list[np.ndarray]) -> np.ndarray:
        config, n_items = self.config, self.data.n_items
        lengths = np.array([len(one) for one in sessions])
        query = np.repeat(np.arange(len(sessions)), lengths)
        clicked = np.concatenate(sessions)
        back = np.concatenate([np.arange(n)[::-1] for n in lengths])
        # The last click on an item stands for it.
        order = np.lexsort((back, clicked, query))
        first = np.r_[
            True, (clicked[order][1:] != clicked[order][:-1]) | (query[order][1:] != query[order][:-1])
        ]
        query, clicked, back = query[order][first], clicked[order][first], back[order][first]
        weight = np.exp(-back / config.position_decay) if config.position_decay else np.ones(len(back))

        # Every (click, session that holds it), grouped by (query, session).
        held = self._by_item.indptr[clicked + 1] - self._by_item.indptr[clicked]
        at = np.repeat(self._by_item.indptr[clicked], held) + _counted(held)
        pair = np.repeat(query, held) * len(self._size) + self._by_item.indices[at]
        order = np.lexsort((np.repeat(back, held), pair))
        pair, at = pair[order], at[order]
        starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]])
        shared = np.add.reduceat(np.repeat(weight, held)[order], starts)
        who, neighbour = np.divmod(pair[starts], len(self._size))
        # The first of a group is the latest shared click.
        anchor = self._by_item.data[at[starts]]
        length = np.bincount(query, minlength=len(sessions))
        similar = shared / np.sqrt(self._size[neighbour] * length[who]) * self._recent[neighbour]

        order = np.lexsort((neighbour, -similar, who))
        begins = np.searchsorted(who[order], np.arange(len(sessions)))
        best = order[np.arange(len(order)) - begins[who[order]] < config.neighbours]
        who, neighbour, similar, anchor = who[best], neighbour[best], similar[best], anchor[best]
        n = self._size[neighbour]
        at = np.repeat(self._places.indptr[neighbour], n) + _counted(n)
        vote = np.repeat(similar, n)
        if config.neighbour_decay:
            away = np.abs(self._places.data[at] - np.repeat(anchor, n))
            vote = vote * np.exp(-away / config.neighbour_decay)
        cell = np.repeat(who, n) * n_items + self._places.indices[at]
        found = np.bincount(cell, vote, minlength=len(sessions) * n_items).reshape(-1, n_items)
        if not config.again:
            found[query, clicked] = -1
        # Where votes are equal, most of all where there are none, what comes next more often stands first.
        return found.astype(np.float32) + 1e-6 * (self._often - 1)


def _counted(lengths: np.ndarray) -> np.ndarray:
    """0, 1, … for each length in turn. **Shapes**: [n] → [sum]."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
