"""Imported lists: what another system recommended to each person, and nothing else of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from gnnrec.recommenders.parts.imported import UNSAID, Imported


class ImportedLists(Imported):
    """Lists that another system made, in its order. Whatever is on no list has no score.

    Items outside a person's list score −inf, so that a list is never filled up with what was not recommended,
    and people without a list get none.

    **Shapes**: scores of the listed items, CSR [U, I].
    """

    name = "imported_lists"
    title = "Imported lists"

    def _state(self) -> dict[str, Any]:
        return {"lists": self._lists}

    def _load_state(self, state: dict[str, Any]) -> None:
        lists = state["lists"]
        if not sparse.issparse(lists) or lists.shape != (self.data.n_users, self.data.n_items):
            raise ValueError("lists do not fit")
        lists = lists.tocsr().astype(np.float32)
        # Damaged indices would be read beyond the end of the catalogue.
        lists.check_format()
        if not np.isfinite(lists.data).all():
            raise ValueError("scores of lists are not finite")
        self._lists = lists

    def _scores(self, users: np.ndarray) -> np.ndarray:
        out = np.full((len(users), self.data.n_items), UNSAID, dtype=np.float32)
        mine = self._lists[users]
        out[np.repeat(np.arange(len(users)), np.diff(mine.indptr)), mine.indices] = mine.data
        return out
