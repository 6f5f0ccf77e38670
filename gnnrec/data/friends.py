"""Friends: who is joined to whom, once what cannot be an edge between two people is left out and counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from gnnrec.data.dataset import Dataset
from gnnrec.errors import DataError, IncompatibleError


@dataclass(frozen=True, eq=False)
class Friends:
    """The social edges of a data set, read as friendships: trust in one direction joins both people.

    Attributes:
        matrix: 1 where two people are joined; symmetric, nobody is joined to themselves.
        rows: Rows of the table.
        repeated: Rows that name the same two people in the same order as an earlier row.
        with_self: People who are said to trust themselves, each such row once.
        one_way: Joined pairs of people that are named in one direction only.
        only_friends: People with friends and without any interaction.

    **Shapes**: matrix [U, U] float32 CSR with sorted columns.
    """

    matrix: sparse.csr_matrix
    rows: int
    repeated: int
    with_self: int
    one_way: int
    only_friends: int

    @cached_property
    def counts(self) -> np.ndarray:
        """How many friends each person has. **Shapes**: [U] int64."""
        return np.diff(self.matrix.indptr).astype(np.int64)

    @property
    def pairs(self) -> int:
        """Joined pairs of people, each once."""
        return int(self.matrix.nnz) // 2

    def of(self, user: int) -> np.ndarray:
        """User numbers of one person's friends, ascending."""
        return self.matrix.indices[self.matrix.indptr[user] : self.matrix.indptr[user + 1]]

    @cached_property
    def normalised(self) -> sparse.csr_matrix:
        """Each edge divided by the root of both people's number of friends; people without friends: zeros.

        **Shapes**: [U, U] float32, symmetric.
        """
        scale = 1 / np.sqrt(np.maximum(self.counts, 1))
        return self._scaled(scale, scale)

    @cached_property
    def averaging(self) -> sparse.csr_matrix:
        """Each row divided by the person's number of friends. **Shapes**: [U, U] float32."""
        return self._scaled(1 / np.maximum(self.counts, 1), np.ones(len(self.counts)))

    def _scaled(self, rows: np.ndarray, columns: np.ndarray) -> sparse.csr_matrix:
        scaled = np.repeat(rows, self.counts) * columns[self.matrix.indices]
        return sparse.csr_matrix(
            (scaled.astype(np.float32), self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape
        )


def friends_of(dataset: Dataset) -> Friends:
    """The friendships of a data set.

    Raises:
        IncompatibleError: It has no social edges.
        DataError: An edge names a person whom the data set does not have.
    """
    if dataset.social is None:
        raise IncompatibleError(
            where=f"friends in {dataset.title}",
            found="no social edges",
            expected="a data set that provides them",
            todo="Choose another data set, or import yours with a table of friends.",
        )
    ends = dataset.social[["user", "friend"]].to_numpy(dtype=np.int64).reshape(-1, 2)
    unknown = ((ends < 0) | (ends >= dataset.n_users)).any(1)
    if unknown.any():
        raise DataError(
            where=f"{dataset.name}, social",
            found=f"{int(unknown.sum()):,} edges to a person who does not exist, first in row {int(unknown.argmax()) + 1}",
            expected=f"user numbers 0 to {dataset.n_users - 1}",
            todo="Build the data set with Dataset.from_frame, which numbers ids itself.",
        )
    selfish = ends[:, 0] == ends[:, 1]
    once = np.unique(ends[~selfish], axis=0)
    matrix = sparse.csr_matrix(
        (np.ones(len(once), dtype=np.float32), (once[:, 0], once[:, 1])),
        shape=(dataset.n_users, dataset.n_users),
    )
    both = (matrix + matrix.T).tocsr()
    one_way = int((both.data == 1).sum()) // 2
    both.data[:] = 1
    both.sort_indices()
    alone = np.bincount(dataset.interactions.user, minlength=dataset.n_users) == 0
    return Friends(
        matrix=both,
        rows=len(ends),
        repeated=int((~selfish).sum()) - len(once),
        with_self=int(selfish.sum()),
        one_way=one_way,
        only_friends=int((alone & (np.diff(both.indptr) > 0)).sum()),
    )
