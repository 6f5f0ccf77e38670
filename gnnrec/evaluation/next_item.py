"""What comes next: every click after the first of a held-out session is a question with one right answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.data import Split
from gnnrec.errors import ConfigError
from gnnrec.evaluation.metrics import METRICS

if TYPE_CHECKING:
    from gnnrec.data.sessions import Sessions
    from gnnrec.recommenders import Recommender

# With one right answer recall is the hit rate, and average precision is the reciprocal rank.
NEXT_ITEM_METRICS = ("hit", "mrr", "ndcg")
_SCORES_AT_ONCE = 1 << 23


def answers_by_person(
    recommender: Recommender,
    split: Split,
    part: str,
    at: Sequence[int] = (10, 20),
    metrics: Sequence[str] | None = None,
) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """How well each person's next clicks are foreseen in the sessions of a part.

    Each click is asked for after all clicks before it, against all items, those clicked before included: people
    come back to what they saw. `hit@K` over all questions is what papers call P@K or Recall@K.

    Args:
        recommender: A fitted recommender that follows clicks.
        split: What it was fitted on.
        part: `valid` or `test`.
        at: List lengths K.
        metrics: Names of ranking metrics; hit rate, MRR and NDCG where None.

    Returns:
        Numbers of the people asked about, one row per person with a column per metric (means over their
        questions), and how many questions each of them has.

    Raises:
        ConfigError: A metric is unknown.
    """
    names = NEXT_ITEM_METRICS if metrics is None else tuple(metrics)
    unknown = sorted(set(names) - set(METRICS))
    if unknown:
        raise ConfigError(
            where="metric of the next item",
            found=f"'{unknown[0][:40]}'",
            expected=f"one of {', '.join(METRICS)}",
            todo="Correct the name.",
        )
    sessions = split.dataset.clicks.take(split.session_numbers(part))
    asked, _ = sessions.questions()
    users, person, counts = np.unique(sessions.user[asked], return_inverse=True, return_counts=True)
    rank = ranks(recommender, sessions)
    hits = rank[:, None] == np.arange(1, max(at) + 1)
    one = np.ones(len(rank), dtype=np.int64)
    per_user = pd.DataFrame(
        {
            f"{name}@{k}": np.bincount(person, METRICS[name].per_user(hits, one, k), len(users)) / counts
            for name in names
            for k in at
        }
    )
    return users.astype(np.int64), per_user, counts


def ranks(recommender: Recommender, sessions: Sessions) -> np.ndarray:
    """Place of the right answer among all items for each question of some sessions, 1 is the first.

    Of items with the same score the lower number comes first, as in every list. An answer that the model
    never saw keeps the place that its score gives it; models that follow clicks put such items last.

    **Shapes**: S sessions → [n], in the order of `sessions.questions()`.
    """
    from gnnrec.recommenders import Query

    asked, before = sessions.questions()
    right = sessions.item[sessions.start[asked] + before]
    number = np.arange(recommender.data.n_items)
    out = np.empty(len(asked), dtype=np.int64)
    # Questions with as many clicks before them together: a model that pads has nothing to pad.
    order = np.argsort(before, kind="stable")
    at_once = max(1, _SCORES_AT_ONCE // max(1, recommender.data.n_items))
    for first in range(0, len(order), at_once):
        mine = order[first : first + at_once]
        queries = [
            Query(session=tuple(sessions.item[start : start + n].tolist()))
            for start, n in zip(sessions.start[asked[mine]], before[mine], strict=True)
        ]
        scores = recommender.scores(queries)
        own = scores[np.arange(len(mine)), right[mine]][:, None]
        out[mine] = 1 + (scores > own).sum(1) + ((scores == own) & (number < right[mine, None])).sum(1)
    return out
