"""Click AUC: how often what somebody chose is scored above an item drawn for them that they did not choose.

It is the figure by which papers on knowledge graphs report. Popular items are among the choices more often than
among items drawn evenly, so popularity alone does well by it: read it beside popularity's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnnrec.data import Split
from gnnrec.recommenders import Recommender


@dataclass(frozen=True)
class ClickAuc:
    """AUC of a model and of popularity on the same pairs.

    Attributes:
        auc: Of the model, over all pairs of the part together.
        popularity: The same with the number of train interactions of an item as its score.
        positives: How many choices were judged; as many drawn items stand against them.
    """

    auc: float
    popularity: float
    positives: int


def click_auc(recommender: Recommender, split: Split, part: str = "valid", seed: int = 0) -> ClickAuc:
    """The AUC of one part of a split, one drawn item for each choice.

    Args:
        recommender: A fitted one.
        split: What it was fitted on.
        part: `valid` or `test`.
        seed: Of the drawn items; the same items for every model.
    """
    rows = split.dataset.interactions
    numbers = split.rows(part)
    users, chosen = rows.user[numbers].astype(np.int64), rows.item[numbers].astype(np.int64)
    drawn = unseen_items(split.matrix("train", "valid", "test"), users, seed)
    popularity = np.bincount(rows.item[split.rows("train")], minlength=split.dataset.n_items)
    return ClickAuc(
        auc=auc(recommender.pair_scores(users, chosen), recommender.pair_scores(users, drawn)),
        popularity=auc(popularity[chosen], popularity[drawn]),
        positives=len(numbers),
    )


def unseen_items(seen: sparse.csr_matrix, users: np.ndarray, seed: int) -> np.ndarray:
    """One item for each of some people, drawn evenly among all that they have in no part.

    Whoever has everything gets an item all the same: there is no other.

    **Shapes**: seen [U, I] with sorted columns; users [n] → [n].
    """
    rng, n_items = np.random.default_rng(seed), seen.shape[1]
    had = np.zeros(seen.shape, dtype=bool)
    had[seen.nonzero()] = True
    drawn = rng.integers(n_items, size=len(users))
    again = np.flatnonzero(had[users, drawn] & ~had.all(1)[users])
    while len(again):
        drawn[again] = rng.integers(n_items, size=len(again))
        again = again[had[users[again], drawn[again]]]
    return drawn


def auc(positives: np.ndarray, negatives: np.ndarray) -> float:
    """Share of all pairs of a positive and a negative in which the positive scores higher; ties count half.

    **Shapes**: [P], [Q] → scalar; NaN where one of them is empty.
    """
    if not len(positives) or not len(negatives):
        return float("nan")
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, "left")
    not_above = np.searchsorted(ordered, positives, "right")
    return float((below + not_above).sum() / (2 * len(positives) * len(negatives)))
