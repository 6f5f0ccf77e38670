"""Agreement for everybody at once is agreement one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.evaluation import agreement
from gnnrec.evaluation.agreement import overlaps, rbos
from gnnrec.evaluation.lists import overlap, rbo

K = 6


@st.composite
def lists(draw) -> np.ndarray:
    """Lists of up to K of nine items, empty places at the end."""
    rows = []
    for _ in range(draw(st.integers(1, 5))):
        one = draw(st.lists(st.integers(0, 8), max_size=K, unique=True))
        rows.append(one + [-1] * (K - len(one)))
    return np.array(rows)


@given(lists(), lists(), st.sampled_from([0.5, 0.9, 0.98]))
@settings(deadline=None, max_examples=150)
def test_each_row_is_what_two_lists_give(a: np.ndarray, b: np.ndarray, p: float) -> None:
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    assert overlaps(a, b) == pytest.approx([overlap(x, y) for x, y in zip(a, b, strict=True)])
    assert rbos(a, b, p) == pytest.approx([rbo(x, y, p) for x, y in zip(a, b, strict=True)])


def test_equal_lists_agree_fully_and_different_ones_not_at_all() -> None:
    a = np.array([[3, 1, 2], [3, 1, 2], [3, 1, 2], [-1, -1, -1]])
    b = np.array([[3, 1, 2], [4, 5, 6], [2, 1, 3], [-1, -1, -1]])
    assert overlaps(a, b).tolist() == [1, 0, 1, 1]
    found = rbos(a, b)
    assert found[[0, 1, 3]] == pytest.approx([1, 0, 1])
    assert 0 < found[2] < 1


def test_people_in_blocks_are_the_same_people(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    a, b = (np.array([rng.permutation(30)[:10] for _ in range(40)]) for _ in range(2))
    whole = overlaps(a, b), rbos(a, b)
    monkeypatch.setattr(agreement, "_CELLS_AT_ONCE", 700)
    assert np.array_equal(overlaps(a, b), whole[0])
    assert np.array_equal(rbos(a, b), whole[1])
    assert np.ptp(whole[1]) > 0


def test_nobody() -> None:
    nobody = np.empty((0, 3), dtype=np.int64)
    assert overlaps(nobody, nobody).shape == rbos(nobody, nobody).shape == (0,)
