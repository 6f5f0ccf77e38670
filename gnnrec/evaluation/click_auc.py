"""Click AUC: how often what somebody chose is scored above an item drawn for them that they did not choose.

It is the figure by which papers on knowledge graphs report. Popular items are among the choices more often than
among items drawn evenly, so popularity alone does well by it: read it beside popularity's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnnrec.data import Split
from gnnrec.evaluation.bootstrap import Interval
from gnnrec.recommenders import Recommender


@dataclass(frozen=True, eq=False)
class ClickAuc:
    """Scores of what was chosen and of items drawn against it.

    Attributes:
        users: Whose each place is.
        chosen: Items chosen.
        drawn: Items drawn for the same person, that they have in no part.
        of_chosen: Scores of the model.
        of_drawn: Likewise.
        popularity: The AUC of the number of train interactions, on the same pairs.

    **Shapes**: every array [n].
    """

    users: np.ndarray
    chosen: np.ndarray
    drawn: np.ndarray
    of_chosen: np.ndarray
    of_drawn: np.ndarray
    popularity: float

    @property
    def auc(self) -> float:
        """Of the model, over all choices and drawn items of the part together."""
        return auc(self.of_chosen, self.of_drawn)


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
        users,
        chosen,
        drawn,
        recommender.pair_scores(users, chosen),
        recommender.pair_scores(users, drawn),
        auc(popularity[chosen], popularity[drawn]),
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


def auc(
    positives: np.ndarray,
    negatives: np.ndarray,
    weights: tuple[np.ndarray, np.ndarray] | None = None,
) -> float:
    """Share of all pairs of a positive and a negative in which the positive scores higher; ties count half.

    Args:
        positives: Scores of what was chosen.
        negatives: Scores of what was drawn.
        weights: How often each of them counts, or None for once.

    **Shapes**: [P], [Q] → scalar; NaN where one of them is empty.
    """
    of_positives, of_negatives = weights or (np.ones(len(positives)), np.ones(len(negatives)))
    pairs = of_positives.sum() * of_negatives.sum()
    if not pairs:
        return float("nan")
    order = np.argsort(negatives, kind="stable")
    ordered, upto = negatives[order], np.concatenate([[0.0], np.cumsum(of_negatives[order])])
    beaten = upto[np.searchsorted(ordered, positives, "left")]
    not_lost = upto[np.searchsorted(ordered, positives, "right")]
    return float((of_positives * (beaten + not_lost)).sum() / (2 * pairs))


def auc_difference(
    one: tuple[np.ndarray, np.ndarray],
    other: tuple[np.ndarray, np.ndarray],
    users: np.ndarray,
    draws: int = 1000,
    seed: int = 0,
) -> Interval:
    """The AUC of one model less that of another on the same pairs, and its 95 % interval over people.

    People are drawn again with replacement, each with all their choices and drawn items.

    Args:
        one: Scores of the choices and of the drawn items, place by place.
        other: Those of the other model.
        users: Whose each place is.
        draws: How many times people are drawn.
        seed: Of the draws.

    **Shapes**: every array [n].
    """
    people, place = np.unique(users, return_inverse=True)
    difference = auc(*one) - auc(*other)
    if len(people) < 2:
        return Interval(difference, None, None, len(people))
    rng, found = np.random.default_rng(seed), np.empty(draws)
    for draw in range(draws):
        times = np.bincount(rng.integers(len(people), size=len(people)), minlength=len(people))[place]
        weights = (times.astype(np.float64), times.astype(np.float64))
        found[draw] = auc(*one, weights) - auc(*other, weights)
    low, high = np.quantile(found, [0.025, 0.975])
    return Interval(difference, float(low), float(high), len(people))
