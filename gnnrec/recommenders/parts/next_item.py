"""Models of what comes next in a session: what they share, whatever they learn from the clicks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.capabilities import FOLLOWS_CLICKS


class NextItem(Recommender):
    """Says what comes next after some clicks.

    A known person is answered by the clicks of the last session of theirs that was learned from; who has none is
    answered by what comes next most often. Clicks on items that no learned session holds say nothing and are
    left out. Items that no learned session holds are below all others.
    """

    task = "next_item"
    needs = frozenset({"sessions"})
    # Longer sessions are judged by their last clicks.
    most_clicks: ClassVar[int] = 50

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({FOLLOWS_CLICKS})

    def _attached(self) -> None:
        sessions = self.data.sessions
        self._clicked = np.bincount(sessions.item, minlength=self.data.n_items)
        asked, before = sessions.questions()
        answers = sessions.item[sessions.start[asked] + before]
        comes_next = np.bincount(answers, minlength=self.data.n_items) + 1e-3 * self._clicked
        self._often = (comes_next / max(comes_next.max(), 1)).astype(np.float32)
        order = (
            np.arange(len(sessions)) if sessions.time is None else np.argsort(sessions.time, kind="stable")
        )
        self._last = np.full(self.data.n_users, -1, dtype=np.int64)
        self._last[sessions.user[order]] = order

    @property
    def reading(self) -> str:
        """How it reads the clicks of a session, in a sentence or two for the screen."""
        return ""

    def last_session(self, user: int) -> np.ndarray:
        """Clicks of the last learned session of a person, oldest first; empty where there is none."""
        self._require_data()
        number = self._last[user]
        return self.data.sessions.clicks(number) if number >= 0 else np.empty(0, dtype=np.int32)

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._after_clicks([self.last_session(user) for user in users])

    def _after_clicks(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        known = [one[self._clicked[one] > 0][-self.most_clicks :].astype(np.int64) for one in sessions]
        out = np.repeat(self._often[None], len(known), axis=0)
        able = [place for place, one in enumerate(known) if len(one)]
        if able:
            out[able] = self._next([known[place] for place in able])
        strange = self._clicked == 0
        if strange.any():
            out[:, strange] = out.min(axis=1, keepdims=True) - 1
        return out

    @abstractmethod
    def _next(self, sessions: list[np.ndarray]) -> np.ndarray:
        """Scores after the clicks of B sessions, none empty, all clicks known. **Shapes**: B sessions → [B, I]."""
