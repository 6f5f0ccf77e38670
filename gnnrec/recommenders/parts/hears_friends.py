"""What models that hear friends share: what they declare, and how friends are switched off."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np

from gnnrec.graph.surroundings import FRIEND
from gnnrec.recommenders.answers import Contributions
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.capabilities import NAMES_FRIENDS, SWITCHES
from gnnrec.recommenders.query import Query, as_queries


class HearsFriends(Recommender):
    """A recommender in which people hear their friends, unless its settings leave them out.

    A member says in `_hears_friends` whether they count, and writes `_alone`.
    """

    @property
    @abstractmethod
    def _hears_friends(self) -> bool:
        """Whether friends count under these settings."""

    @abstractmethod
    def _alone(self) -> Self:
        """A copy with the same parameters in which nobody has friends."""

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | ({SWITCHES} if self._hears_friends else set())

    @property
    def side_relations(self) -> tuple[str, ...]:
        return (FRIEND,) if self._hears_friends else ()

    def _without(self, relations: frozenset[str]) -> Self:
        return self._alone() if FRIEND in relations else self


class NamesFriends(HearsFriends):
    """One that can say exactly which friend sent which part of a score; a member writes `_shares`."""

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | ({NAMES_FRIENDS} if self._hears_friends else set())

    def shares(self, query: Query | int, items: Sequence[int] | np.ndarray) -> Contributions:
        """Scores split exactly over the person's history and friends: own, items and friends add up to the score.

        Args:
            query: A known person, with other edges if need be; a newcomer has no friends.
            items: Item numbers asked about.
        """
        query = as_queries([query])[0]
        self._check([query], items)
        return self._shares(query, np.asarray(items, dtype=np.int64))

    @abstractmethod
    def _shares(self, query: Query, items: np.ndarray) -> Contributions: ...
