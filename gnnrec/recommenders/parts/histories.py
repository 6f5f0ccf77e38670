"""Many histories at once: as rows of ones, or as one history and what the others differ from it by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse


def rows_of(histories: Sequence[np.ndarray], n_items: int) -> sparse.csr_matrix:
    """One row of ones per history. **Shapes**: B histories → [B, I] float32."""
    ends = np.cumsum([0, *(len(one) for one in histories)])
    items = np.concatenate(histories) if len(histories) else np.empty(0, dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(items), dtype=np.float32), items, ends), (len(histories), n_items))


def from_the_first(
    histories: Sequence[np.ndarray], n_items: int
) -> tuple[sparse.csr_matrix, np.ndarray, sparse.csr_matrix]:
    """The first history, which of all are near it, and what is to be added to it for those.

    Questions about one person differ by few items: 1 where an item comes, -1 where one goes. A history that
    has less of its own than it differs by stands there whole, so that an empty one stays exactly empty.

    **Shapes**: B histories → [1, I], [B] truth values, [B, I].
    """
    rows = rows_of(histories, n_items)
    differences = rows - sparse.vstack([rows[:1]] * rows.shape[0], format="csr")
    differences.eliminate_zeros()
    near = np.diff(differences.indptr) < np.diff(rows.indptr)
    either = sparse.vstack([differences, rows], format="csr")
    chosen = np.arange(len(near)) + np.where(near, 0, len(near))
    return rows[:1], near, either[chosen]


def summed(histories: Sequence[np.ndarray], weights: np.ndarray | sparse.csr_matrix) -> np.ndarray:
    """The sum of the rows of W that each history names. **Shapes**: B histories, W [I, C] → [B, C] float32."""
    first, near, rows = from_the_first(histories, weights.shape[0])
    # In double precision what was added and taken away again leaves nothing behind.
    named, places = np.unique(rows.indices, return_inverse=True)
    short = sparse.csr_matrix((rows.data.astype(np.float64), places, rows.indptr), (len(near), len(named)))
    sums = short @ weights[named].astype(np.float64)
    sums = sums.toarray() if sparse.issparse(sums) else sums
    if near.any():
        sums[near] += np.asarray(weights[first.indices].sum(axis=0, dtype=np.float64)).ravel()
    return sums.astype(np.float32)
