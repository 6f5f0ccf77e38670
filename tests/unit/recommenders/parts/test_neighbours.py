"""Only the largest entries of each row stay: against a sort of every row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse

from gnnrec.recommenders.parts.neighbours import largest_of_rows, without_own

TABLES = arrays.arrays(np.float32, (4, 6), elements=st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]))


@given(TABLES, st.integers(1, 8))
def test_the_largest_of_each_row_stay_and_ties_go_to_the_lower_column(table: np.ndarray, k: int) -> None:
    kept = largest_of_rows(sparse.csr_matrix(table), k).toarray()
    for row, values in zip(kept, table, strict=True):
        best = np.argsort(-values, kind="stable")[:k]
        expected = np.zeros_like(values)
        expected[best] = np.maximum(values[best], 0)
        assert np.array_equal(row, expected)


def test_the_diagonal_goes_from_rows_of_any_block() -> None:
    table = sparse.csr_matrix(np.ones((2, 5), dtype=np.float32))
    assert without_own(table, 3).toarray().tolist() == [[1, 1, 1, 0, 1], [1, 1, 1, 1, 0]]
