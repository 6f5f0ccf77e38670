"""Pairs of numbers as compressed rows: checked, sorted and free of duplicates."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from gnnrec.errors import DataError


def columns(pairs: np.ndarray | list) -> tuple[np.ndarray, np.ndarray]:
    """Users and items of a list of pairs."""
    table = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def check_range(numbers: np.ndarray, count: int, what: str) -> None:
    """Refuse numbers outside 0..count-1, naming them."""
    outside = np.unique(numbers[(numbers < 0) | (numbers >= count)])
    if len(outside):
        named = ", ".join(str(value) for value in outside[:5])
        raise DataError(
            where=what,
            found=f"{named}{' and more' if len(outside) > 5 else ''}",
            expected=f"0 to {count - 1}",
            todo="Translate ids to numbers with the vocabulary of the same data set.",
        )


def pair_keys(n_users: int, n_items: int, user: np.ndarray, item: np.ndarray) -> np.ndarray:
    """One sortable number per pair, after a check of both ends."""
    user, item = np.asarray(user, dtype=np.int64), np.asarray(item, dtype=np.int64)
    if user.shape != item.shape or user.ndim != 1:
        raise DataError(
            where="graph edges",
            found=f"user numbers of shape {user.shape}, item numbers of shape {item.shape}",
            expected="two flat arrays of the same length",
            todo="Pass one user and one item number for each edge.",
        )
    check_range(user, n_users, "user number")
    check_range(item, n_items, "item number")
    return user * n_items + item


def from_sorted_keys(keys: np.ndarray, data: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """The matrix of pairs whose keys are sorted and unique."""
    n_rows, n_columns = shape
    rows, columns = np.divmod(keys, max(n_columns, 1))
    return csr(
        data.astype(np.float32, copy=False), columns, indptr(rows, n_rows), (int(n_rows), int(n_columns))
    )


def indptr(rows: np.ndarray, n_rows: int) -> np.ndarray:
    """Where each row starts, from the row of every entry."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))])


def csr(
    data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, shape: tuple[int, int]
) -> sparse.csr_matrix:
    """A matrix from its parts, which are in order already."""
    # Without this flag scipy looks through all entries again to find out that they are in order.
    matrix = sparse.csr_matrix((data, indices.astype(np.int32), indptr.astype(np.int32)), shape=shape)
    matrix.has_sorted_indices = True
    return matrix
