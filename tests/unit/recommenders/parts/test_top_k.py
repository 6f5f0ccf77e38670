"""The first k of many scores, with ties settled as everywhere: the lower number first."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.recommenders.parts.top_k import top_k


@st.composite
def scores(draw) -> np.ndarray:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    few = st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0])
    values = draw(st.lists(few, min_size=rows * columns, max_size=rows * columns))
    return np.array(values, dtype=np.float32).reshape(rows, columns)


@given(scores(), st.integers(1, 15))
@settings(deadline=None)
def test_equals_a_full_sort(values: np.ndarray, k: int) -> None:
    numbers = np.arange(values.shape[1])
    expected = [np.lexsort((numbers, -row))[:k].tolist() for row in values]
    assert top_k(values, k).tolist() == expected


def test_scores_that_nobody_may_write_are_read() -> None:
    values = np.array([[0.0, 3.0, 1.0, 2.0]], dtype=np.float32)
    values.setflags(write=False)
    assert top_k(values, 2).tolist() == [[1, 3]]
