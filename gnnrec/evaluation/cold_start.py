"""Newcomers apart: how good lists are for what a model was fitted on, and for what it never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.data import Split
from gnnrec.data.cold_start import seen
from gnnrec.evaluation.metrics import METRICS
from gnnrec.evaluation.ranking import Evaluation, blocks, require_held_out
from gnnrec.recommenders.parts.top_k import top_k

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

Asked = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Warmth:
    """Lists judged on the warm or on the cold part of what was held out.

    Attributes:
        evaluation: Each person's values.
        n_held_out: How many held-out pairs were judged.
        n_items: How many items competed.
    """

    evaluation: Evaluation
    n_held_out: int
    n_items: int


def by_warmth(
    recommender: Recommender,
    split: Split,
    part: str = "valid",
    side: str = "item",
    at: Sequence[int] = (10, 20),
    scores: Asked | None = None,
    seed: int = 0,
) -> dict[str, Warmth]:
    """Judge the warm and the cold part apart.

    With `side="item"`, cold items compete with cold items only and warm ones with warm ones: among all items,
    who never recommends a new item and who cannot rank new items look alike. With `side="user"`, the people are
    parted and all items compete. Items of equal score are ordered at random for each person, not by their number:
    numbers often follow popularity, and a model that says nothing must not gain by them.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        part: `valid` or `test`.
        side: What is new: `item` or `user`.
        at: List lengths K.
        scores: Answers for user numbers [B] → [B, I] in place of the recommender's own, such as fold-in.
        seed: Of the order of equal scores.

    Returns:
        `warm` and `cold`; one that has nothing held out is left out.
    """
    require_held_out(recommender, split, part)
    known = seen(split, side)
    held, masked = split.matrix(part), split.matrix(*split.hidden_parts(part))
    found = {}
    for name, wanted in (("warm", known), ("cold", ~known)):
        items = np.flatnonzero(wanted) if side == "item" else np.arange(split.dataset.n_items)
        counts = np.diff(held[:, items].indptr)
        users = np.flatnonzero((counts > 0) & (wanted if side == "user" else True))
        if not len(users):
            continue
        rng = np.random.default_rng(seed)
        rows = []
        for block in blocks(users, split.dataset.n_items):
            given = recommender.scores(block) if scores is None else scores(block)
            given = np.where(masked[block].toarray() > 0, -np.inf, given).astype(np.float32)
            order = rng.permuted(np.tile(items, (len(block), 1)), axis=1)
            given = np.take_along_axis(given, order, axis=1)
            lists = top_k(given, max(at))
            wanted_there = np.take_along_axis(held[block].toarray() > 0, order, axis=1)
            hits = np.take_along_axis(wanted_there, lists, axis=1)
            # A list may be longer than what a person has left.
            hits &= np.isfinite(np.take_along_axis(given, lists, axis=1))
            rows.append(
                {
                    f"{metric}@{k}": one.per_user(hits, counts[block], k)
                    for metric, one in METRICS.items()
                    for k in at
                }
            )
        per_user = pd.concat([pd.DataFrame(row) for row in rows], ignore_index=True)
        found[name] = Warmth(Evaluation(part, users, per_user), int(counts[users].sum()), len(items))
    return found
