"""What if some edges change: the same parameters on another graph, for trained models that pass messages."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

import numpy as np

from gnnrec.recommenders.parts.edited_layers import LastFew
from gnnrec.recommenders.parts.trainable import Trainable
from gnnrec.recommenders.query import Query


class EditedModel(Trainable):
    """A trained model that answers a change of edges by a copy of itself on the changed graph."""

    @abstractmethod
    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> Self:
        """This model with some edges of one person added and some removed anywhere. Shares the parameters.

        **Shapes**: pairs (user, item) [n, 2].
        """

    def serve(self) -> None:
        self._edits: LastFew = LastFew(2)
        super().serve()

    def _edited_model(self, query: Query) -> Self:
        """This model on the graph of the query, messages passed again."""
        add, remove = self._edges_of(query)
        # A page asks for the list, its reasons and their shares: one question, one answer.
        key = (add.tobytes(), remove.tobytes())
        return self._edits.get(key, lambda: self._on_edited_graph(add, remove))

    def _edges_of(self, query: Query) -> tuple[np.ndarray, np.ndarray]:
        """The edges that come and go with a query, as pairs (user, item). **Shapes**: [n, 2] each."""
        before, after = (set(one.tolist()) for one in (self.data.history(query.user), self.history(query)))
        gone = {(query.user, item) for item in before - after}
        gone |= {
            (user, item)
            for user, item in query.without
            if user != query.user and item in self.data.history(user)
        }
        return _pairs([(query.user, item) for item in sorted(after - before)]), _pairs(sorted(gone))

    def _edited(self, query: Query) -> np.ndarray:
        return self._edited_model(query)._scores(np.array([query.user]))[0]

    def _copy(self) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__ = dict(self.__dict__)
        return copy


def _pairs(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
