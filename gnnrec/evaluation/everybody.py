"""Everybody's lists at once: what a model suggests to all people, where the hits are, and what is exposed how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.data import Split
from gnnrec.evaluation.beyond import Shown, genre_table
from gnnrec.evaluation.metrics import METRICS
from gnnrec.evaluation.ranking import Evaluation, blocks

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

# Points of a Lorenz curve; more of them cannot be told apart on a screen.
_POINTS = 200


def everybodys_lists(
    recommender: Recommender,
    split: Split,
    part: str,
    k: int,
    tell: Callable[[int, int], None] | None = None,
) -> Shown:
    """The lists of all people who have something held out in a part.

    Where the model learned from that part, the people are those of the final test, the lists are those they would
    get today, and nothing is held out to judge them by.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        part: `valid` or `test`.
        k: Length of the lists.
        tell: Told the people done and how many there are.
    """
    learned = part in split.fitted_parts
    users = np.flatnonzero(np.diff(split.matrix("test" if learned else part).indptr))
    masked = split.matrix(*split.hidden_parts(part))
    k = min(k, split.dataset.n_items)
    items = np.full((len(users), k), -1, dtype=np.int32)
    done = 0
    for block in blocks(users, split.dataset.n_items):
        items[done : done + len(block)] = recommender.recommend(block, k=k, exclude=masked).items
        done += len(block)
        if tell is not None:
            tell(done, len(users))
    held_out = None if learned else split.matrix(part)
    genres = genre_table(split.dataset.item_features)
    return Shown(users, items, split.matrix("train"), held_out, genres)


def hits_of(shown: Shown) -> tuple[np.ndarray, np.ndarray]:
    """Where each list holds something held out, and how much each person has held out.

    **Shapes**: [B, K] of bool, [B].
    """
    width = shown.held_out.shape[1]
    rows = np.repeat(np.arange(len(shown.users)), shown.items.shape[1]).reshape(shown.items.shape)
    mine = shown.held_out[shown.users]
    wanted = np.repeat(np.arange(len(shown.users)), np.diff(mine.indptr)) * np.int64(width) + mine.indices
    # An empty place (-1) would otherwise be the last item of the person before.
    listed = np.where(shown.items >= 0, rows * np.int64(width) + shown.items, -1)
    return np.isin(listed, wanted), np.diff(mine.indptr)


def judged(shown: Shown, part: str, at: Sequence[int] = (10, 20)) -> Evaluation:
    """What `evaluate` says of these lists, for models whose own task is another than ranking."""
    hits, counts = hits_of(shown)
    table = {f"{name}@{k}": METRICS[name].per_user(hits, counts, k) for name in METRICS for k in at}
    return Evaluation(part, shown.users, pd.DataFrame(table))


def by_length(shown: Shown, metric: str, longest: int = 20) -> np.ndarray:
    """A metric of each person for lists of 1, 2, … places. **Shapes**: [B, longest]."""
    hits, counts = hits_of(shown)
    return np.column_stack([METRICS[metric].per_user(hits, counts, k) for k in range(1, longest + 1)])


def lorenz(exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many of the places in lists go to how many of the items, least shown first.

    Args:
        exposure: In how many lists each item stands.

    Returns:
        Share of items and the share of all places that they hold together, both from 0 to 1; at most 201 points.
    """
    ascending = np.sort(np.asarray(exposure, dtype=np.float64))
    n, total = len(ascending), ascending.sum()
    held = np.concatenate([[0.0], np.cumsum(ascending)])
    places = np.unique(np.round(np.linspace(0, n, min(n, _POINTS) + 1)).astype(np.int64))
    return places / max(n, 1), held[places] / total if total else np.zeros(len(places))
