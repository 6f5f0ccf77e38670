"""How far down the whole ranking what was held out is: a metric that does not stop at K."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from gnnrec.evaluation.metrics import Metric


def percentile_rank(scores: np.ndarray, wanted: sparse.csr_matrix, candidates: np.ndarray) -> np.ndarray:
    """Mean place of each person's held-out items in the ranking of all candidates, 0 at its top and 1 at its end.

    Of items with equal scores each counts at the middle of them; items without a score (-inf) share the end. A
    ranking by chance gives 0.5.

    Args:
        scores: -inf for what is hidden from the list and for what the model has no score of.
        wanted: Held-out items, at least one for each person.
        candidates: How many items each person's ranking has, those without a score included.

    **Shapes**: B people, I items: [B, I], [B, I], [B] → [B].
    **Source**: the expected percentile ranking of Hu, Koren and Volinsky, "Collaborative filtering for implicit
    feedback datasets", ICDM 2008, equation 8, with every held-out item weighing the same, averaged over people.
    """
    out = np.empty(len(scores))
    for person, row in enumerate(scores):
        mine = row[wanted.indices[wanted.indptr[person] : wanted.indptr[person + 1]]]
        above = (row > mine[:, None]).sum(1)
        level = np.where(np.isfinite(mine), (row == mine[:, None]).sum(1), candidates[person] - above)
        out[person] = (above + (level - 1) / 2).mean() / max(candidates[person] - 1, 1)
    return out


WHOLE_RANKING: dict[str, Metric] = {
    "mpr": Metric(
        "mpr",
        "Percentile rank",
        "How far down the whole ranking what they later chose is: 0 is its very top, 0.5 is chance",
        "mean over held-out items of (place in the ranking of all candidates − 1) / (candidates − 1)",
        percentile_rank,
        "lower",
    )
}
