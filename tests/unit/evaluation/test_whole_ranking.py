"""How far down the whole ranking what was held out is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from scipy.stats import rankdata

from gnnrec.evaluation.whole_ranking import percentile_rank

N_ITEMS = 12


@given(
    scores=arrays(np.float32, (4, N_ITEMS), elements=st.sampled_from([-np.inf, -1, 0, 0.5, 2])),
    hidden=arrays(bool, (4, N_ITEMS)),
    wanted=arrays(bool, (4, N_ITEMS)),
)
@settings(deadline=None, max_examples=80)
def test_equals_the_mean_ranks_of_scipy_among_candidates(scores, hidden, wanted) -> None:
    hidden[:, 0] = False
    wanted = wanted & ~hidden
    wanted[:, 0] = True
    shown = np.where(hidden, -np.inf, scores)
    ours = percentile_rank(shown, sparse.csr_matrix(wanted), (~hidden).sum(1))
    for person in range(4):
        ranks = np.full(N_ITEMS, np.nan)
        ranks[~hidden[person]] = rankdata(-scores[person][~hidden[person]])
        theirs = (ranks[wanted[person]] - 1).mean() / max((~hidden[person]).sum() - 1, 1)
        assert ours[person] == pytest.approx(theirs)


def test_top_end_and_chance() -> None:
    scores = np.array([[3.0, 2, 1, 0], [0, 1, 2, 3], [1, 1, 1, 1]])
    wanted = sparse.csr_matrix([[1, 0, 0, 0]] * 3)
    assert percentile_rank(scores, wanted, np.full(3, 4)).tolist() == [0, 1, 0.5]


def test_one_candidate_is_the_top() -> None:
    wanted = sparse.csr_matrix([[1, 0]])
    assert percentile_rank(np.array([[1.0, -np.inf]]), wanted, np.array([1])).tolist() == [0]
