"""Histories as rows: the same sums whether they are near the first one or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from gnnrec.recommenders import create
from gnnrec.recommenders.parts.histories import from_the_first, rows_of, summed
from tests import worlds

HISTORIES = st.lists(st.sets(st.integers(0, 8), max_size=9), min_size=1, max_size=6)


@given(HISTORIES, st.booleans(), st.integers(0, 99))
def test_sums_are_those_of_the_rows(histories, as_sparse: bool, seed: int) -> None:
    weights = np.random.default_rng(seed).normal(size=(9, 4)).astype(np.float32)
    arrays = [np.array(sorted(one), dtype=np.int64) for one in histories]
    found = summed(arrays, sparse.csr_matrix(weights) if as_sparse else weights)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [weights[one].sum(0) for one in arrays], atol=1e-6)
    for row, one in zip(found, arrays, strict=True):
        # Nothing left is nothing at all: lists are told apart from ties by it.
        assert len(one) or not row.any()


@given(HISTORIES)
def test_the_first_and_the_differences_give_the_rows_again(histories) -> None:
    arrays = [np.array(sorted(one), dtype=np.int64) for one in histories]
    first, near, rows = from_the_first(arrays, 9)
    whole = rows_of(arrays, 9).toarray()
    np.testing.assert_array_equal(rows.toarray() + near[:, None] * first.toarray(), whole)
    assert all(rows[place].nnz <= whole[place].sum() for place in range(len(arrays)))


@pytest.mark.parametrize("name", ["ease", "item_knn", "gf_cf", "lightgcn", "light_blend", "user_knn"])
def test_what_items_send_has_one_row_for_each(name: str) -> None:
    model = create(name, {"embedding_size": 4} if name in ("lightgcn", "light_blend") else {})
    data = worlds.whole(worlds.checkerboard()).training()
    if name in ("lightgcn", "light_blend"):
        model.attach(data)
        model.reset(seed=1)
        model.serve()
    else:
        model.fit(data)
    sent = model.sends([0, 2, 1, 3], [4, 5])
    assert sent.shape == (4, 2) and np.isfinite(sent).all()
    if name in ("ease", "item_knn", "gf_cf", "user_knn"):
        # Even items are chosen with even ones.
        assert (sent[:2, 0] > sent[2:, 0]).all() and (sent[:2, 1] < sent[2:, 1]).all()
