"""Imported vectors: people and items as another system placed them; a score compares the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnrec.recommenders.capabilities import EMBEDDINGS
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.imported import UNSAID, Imported, taken

DOT, COSINE = "dot", "cosine"


class ImportedVectors(Imported):
    """Vectors of people and items from another system, compared by their dot product or their cosine.

    People and items without a vector have no scores: −inf, an empty place in every list; among `embeddings`
    their rows are zeros.

    **Shapes**: people [U, D], items [I, D].
    """

    name = "imported_vectors"
    title = "Imported vectors"

    @dataclass(frozen=True)
    class Config(Settings):
        """How the vectors are compared."""

        score: str = setting(
            DOT,
            "How a vector of a person and one of an item become a score",
            choices=(DOT, COSINE),
        )

    @property
    def score_kind(self) -> str:
        """`cosine` or `raw`."""
        return COSINE if self.config.score == COSINE else "raw"

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({EMBEDDINGS})

    def _state(self) -> dict[str, Any]:
        return {
            "user_vectors": self._given[0],
            "item_vectors": self._given[1],
            "users": self._users,
            "items": self._items,
        }

    def _load_state(self, state: dict[str, Any]) -> None:
        n_users, n_items = self.data.n_users, self.data.n_items
        people = taken(state, "user_vectors", (n_users, None), "f").astype(np.float32)
        items = taken(state, "item_vectors", (n_items, people.shape[1]), "f").astype(np.float32)
        self._users = taken(state, "users", (n_users,), "b", finite=False)
        self._items = taken(state, "items", (n_items,), "b", finite=False)
        self._given = people, items
        self._compared = tuple(map(_unit, self._given)) if self.config.score == COSINE else self._given

    def _scores(self, users: np.ndarray) -> np.ndarray:
        people, items = self._compared
        scores = people[users] @ items.T
        scores[:, ~self._items] = UNSAID
        scores[~self._users[users]] = UNSAID
        return scores

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        self._require_data()
        return self._compared


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors of length 1; those of length 0 stay, and are as near to everything as to nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
