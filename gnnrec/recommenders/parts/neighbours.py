"""Neighbours: how alike two histories or two audiences are, and the nearest of each row of a sparse table."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def largest_of_rows(table: sparse.csr_matrix, k: int) -> sparse.csr_matrix:
    """The k largest entries above 0 of each row; ties go to the lower column.

    **Shapes**: [n, m] CSR → [n, m] CSR with sorted columns.
    """
    table.sort_indices()
    keep = table.data > 0
    for row in np.flatnonzero(np.diff(table.indptr) > k):
        start, stop = table.indptr[row], table.indptr[row + 1]
        values = table.data[start:stop]
        border = np.partition(values, -k)[-k]
        above = values > border
        above[np.flatnonzero(values == border)[: k - above.sum()]] = True
        keep[start:stop] &= above
    ends = np.concatenate([[0], np.cumsum(keep)])[table.indptr]
    return sparse.csr_matrix((table.data[keep], table.indices[keep], ends), shape=table.shape)


def without_own(rows: sparse.csr_matrix, first: int) -> sparse.csr_matrix:
    """Rows `first`, `first + 1`, … of a square table with their diagonal entries set to 0, in place."""
    row = np.repeat(np.arange(first, first + rows.shape[0]), np.diff(rows.indptr))
    rows.data[rows.indices == row] = 0
    return rows


def shrunk_cosine(
    common: sparse.csr_matrix, own: np.ndarray, others: np.ndarray, shrink: float
) -> sparse.csr_matrix:
    """Numbers in common turned into similarity, in place: n / (own · other + shrink).

    **Shapes**: `common` [n, m] CSR of counts, `own` [n] and `others` [m] root counts.
    """
    each = np.repeat(own, np.diff(common.indptr))
    common.data /= each * others[common.indices] + np.float32(shrink)
    return common
