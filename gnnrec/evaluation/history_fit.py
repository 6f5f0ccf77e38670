"""How well items fit a history, whatever a model says: by who has both, and by genres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from gnnrec.recommenders.parts.degrees import degree_power

# A table of all pairs of items is kept up to this catalogue: 256 MiB.
_MOST_ITEMS = 8192


@dataclass(frozen=True, eq=False)
class HistoryFit:
    """What train alone says about a person and an item.

    Attributes:
        train: 1 where a person has the item.
        genres: Share of each genre in each item, or None.

    **Shapes**: `train` [U, I] CSR, `genres` [I, G] CSR.
    """

    train: sparse.csr_matrix
    genres: sparse.csr_matrix | None = None

    @cached_property
    def people(self) -> np.ndarray:
        """How many people have each item. **Shapes**: [I]."""
        return np.bincount(self.train.indices, minlength=self.train.shape[1])

    @cached_property
    def history(self) -> np.ndarray:
        """How many items each person has. **Shapes**: [U]."""
        return np.diff(self.train.indptr)

    def by_people(self, users: np.ndarray) -> np.ndarray:
        """How alike each item is to a history, by who has both, summed over the history.

        Likeness of two items is the cosine of their columns in which each person weighs 1 / √(length of their
        history), so that somebody who has everything makes nothing alike. It is 0 exactly where nobody who has
        the item has anything of the history: where no way of three steps leads from the person to the item.

        **Shapes**: [B] → [B, I] float32.
        """
        if self.train.shape[1] <= _MOST_ITEMS:
            return np.asarray(self.train[users] @ self._pairs, dtype=np.float32)
        # Nearly every item has something to do with everybody: a dense table is filled faster than a sparse one.
        people = (self.train[users] @ self._rows).toarray()
        return np.ascontiguousarray((self._rows @ people.T).T)

    def by_genres(self, users: np.ndarray) -> np.ndarray | None:
        """How much of its own genres an item finds in a history: cosine of an item's genres with their sum.

        **Shapes**: [B] → [B, I] float32, or None without genres.
        """
        if self.genres is None:
            return None
        return ((self.train[users] @ self._directions) @ self._directions.T).toarray().astype(np.float32)

    @cached_property
    def _columns(self) -> sparse.csr_matrix:
        """D_U^-½ R D_I^-½: products of its columns are the likeness, up to the length of the columns."""
        scaled = sparse.diags(degree_power(self.history, -0.5)) @ self.train
        length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(0)).ravel())
        return (scaled @ sparse.diags(1 / np.where(length > 0, length, 1))).tocsr().astype(np.float32)

    @cached_property
    def _rows(self) -> sparse.csr_matrix:
        return self._columns.T.tocsr()

    @cached_property
    def _pairs(self) -> np.ndarray:
        return (self._rows @ self._columns).toarray()

    @cached_property
    def _directions(self) -> sparse.csr_matrix:
        length = np.sqrt(np.asarray(self.genres.multiply(self.genres).sum(1)).ravel())
        return (sparse.diags(1 / np.where(length > 0, length, 1)) @ self.genres).tocsr()
