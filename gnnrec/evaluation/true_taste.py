"""True taste: a model judged on what people would have liked had they seen everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Split
from gnnrec.datasets.film_club import truth
from gnnrec.evaluation.metrics import METRICS
from gnnrec.evaluation.ranking import Evaluation, blocks
from gnnrec.recommenders.parts.top_k import top_k

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

PART = "true taste"
N_LIKED = 20


def known_for(dataset: Dataset) -> bool:
    """Whether the true taste of these people is known: on the made-up demo alone."""
    return truth.available_for(dataset)


def true_taste(recommender: Recommender, split: Split, k: int = 10) -> Evaluation:
    """Judge lists by what people would have liked, whether or not they came across it.

    Relevant are the 20 films with the highest true utility among those a person has not in train or
    validation; films that nobody has watched yet are among them. Train and validation are masked, as for a
    test. Accounts without any taste (run by a script: the same utility for every film) are not judged.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        k: List length.

    Returns:
        `ndcg@k` per person; its `part` is `true taste`.

    Raises:
        IncompatibleError: Nobody knows what these people would have liked.
    """
    utility = truth.utility(split.dataset)
    masked = split.matrix("train", "valid")
    users = np.flatnonzero(np.ptp(utility, axis=1) > 0)
    values = [np.empty(0)]
    for block in blocks(users, split.dataset.n_items):
        open_to_them = np.where(masked[block].toarray() > 0, -np.inf, utility[block])
        best = top_k(open_to_them, N_LIKED)
        liked = np.zeros(open_to_them.shape, dtype=bool)
        np.put_along_axis(liked, best, True, axis=1)
        liked &= np.isfinite(open_to_them)
        lists = recommender.recommend(block, k=k, exclude=masked).items
        hits = np.take_along_axis(liked, lists, axis=1) & (lists >= 0)
        values.append(METRICS["ndcg"].per_user(hits, np.maximum(liked.sum(1), 1), k))
    return Evaluation(PART, users, pd.DataFrame({f"ndcg@{k}": np.concatenate(values)}))
