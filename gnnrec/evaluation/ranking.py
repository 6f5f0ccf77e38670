"""Evaluation: lists in full ranking, where every item competes and nothing is sampled, or predicted ratings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import Split
from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.evaluation.metrics import METRICS
from gnnrec.evaluation.next_item import answers_by_person
from gnnrec.evaluation.rating import RATING_METRICS, errors_by_person, pooled
from gnnrec.evaluation.whole_ranking import WHOLE_RANKING
from gnnrec.recommenders.answers import TopK

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

_PART_WORDS = {"valid": "validation", "test": "test"}
# People at a time are few where the catalogue is large: tables of a few MiB stay in the processor's cache, and
# their memory is used again instead of being asked for anew.
_PEOPLE_AT_ONCE, _SCORES_AT_ONCE = 1024, 1 << 22


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How good the lists or the predicted ratings of one model are on one part of one split.

    Attributes:
        part: `valid` or `test`.
        users: Numbers of the people judged: those with something held out.
        per_user: One row per person judged, one column per metric such as `ndcg@10` or `rmse`.
        counts: Held-out ratings, or questions about what comes next, of each of them; None for ranking.
    """

    part: str
    users: np.ndarray
    per_user: pd.DataFrame
    counts: np.ndarray | None = None

    @property
    def means(self) -> dict[str, float]:
        """Mean of each metric: over people for lists, over all ratings or questions for the other tasks.

        NaN where nobody was judged.
        """
        if self.counts is not None and set(self.per_user) <= set(RATING_METRICS):
            return pooled(self.per_user, self.counts)
        if self.counts is not None:
            total = self.counts.sum()
            return {
                name: float(values @ self.counts / total) if total else float("nan")
                for name, values in self.per_user.items()
            }
        return {name: float(value) for name, value in self.per_user.mean().items()}


def evaluate(
    recommender: Recommender,
    split: Split,
    part: str = "valid",
    at: Sequence[int] = (10, 20),
    metrics: Sequence[str] | None = None,
) -> Evaluation:
    """Compare what a model says with what was held out, for every person who has something held out.

    A model whose task is rating is judged by its errors on the ratings held out, one whose task is the next item
    by the clicks of the sessions held out. All others rank all items: validation masks train; test masks train
    and validation.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        part: `valid` or `test`.
        at: List lengths K; without meaning for ratings.
        metrics: Names of metrics of the recommender's task; all where None.

    Raises:
        ConfigError: A K is below 1, or the part or a metric is unknown.
        IncompatibleError: The recommender learned from that part.
    """
    if any(k < 1 for k in at):
        raise ConfigError(
            where="list length k", found=str(min(at)), expected="1 or more", todo="For example --at 10,20."
        )
    require_held_out(recommender, split, part)
    if recommender.task == "rating":
        return Evaluation(part, *errors_by_person(recommender, split, part, metrics))
    if recommender.task == "next_item":
        return Evaluation(part, *answers_by_person(recommender, split, part, at, metrics))
    metrics = (*METRICS, *WHOLE_RANKING) if metrics is None else metrics
    of_lists, of_all = ([name for name in metrics if name in known] for known in (METRICS, WHOLE_RANKING))
    unknown = sorted(set(metrics) - {*of_lists, *of_all})
    if unknown:
        raise ConfigError(
            where="evaluation metrics",
            found=", ".join(unknown),
            expected=f"some of {', '.join((*METRICS, *WHOLE_RANKING))}",
            todo="Leave out those that there are not.",
        )
    held_out = split.matrix(part)
    masked = split.matrix(*split.masked_parts(part))
    counts = np.diff(held_out.indptr)
    users = np.flatnonzero(counts)
    # Only metrics of the whole ranking ask how many items compete; an epoch is judged without them.
    hidden = sparse.csr_matrix(masked + recommender.data.matrix) if of_all else masked
    candidates = split.dataset.n_items - np.diff(hidden.indptr)
    rows = []
    for block in blocks(users, split.dataset.n_items):
        scores = recommender.open_scores(block, masked)
        lists = TopK.of(scores, max(at)).items
        theirs = held_out[block]
        wanted = theirs.toarray() > 0
        # A place without an item (-1) reads the last column; it must not count as a hit.
        hits = np.take_along_axis(wanted, lists, axis=1) & (lists >= 0)
        rows.append(
            {f"{name}@{k}": METRICS[name].per_user(hits, counts[block], k) for name in of_lists for k in at}
            | {name: WHOLE_RANKING[name].per_user(scores, theirs, candidates[block]) for name in of_all}
        )
    columns = [f"{name}@{k}" for name in of_lists for k in at] + of_all
    per_user = pd.DataFrame(
        {column: np.concatenate([row[column] for row in rows]) if rows else [] for column in columns}
    )
    return Evaluation(part, users, per_user)


def blocks(users: np.ndarray, n_items: int) -> Iterator[np.ndarray]:
    """People in groups so small that the scores of one group stay in the processor's cache."""
    at_once = min(_PEOPLE_AT_ONCE, max(1, _SCORES_AT_ONCE // max(1, n_items)))
    return (users[start : start + at_once] for start in range(0, len(users), at_once))


def require_held_out(recommender: Recommender, split: Split, part: str) -> None:
    """Refuse to judge a model on what it learned from.

    Raises:
        ConfigError: The part is unknown.
        IncompatibleError: The recommender learned from that part.
    """
    if part not in ("valid", "test"):
        raise ConfigError(
            where="evaluation part",
            found=f"'{part}'",
            expected="valid or test",
            todo="Choose one of the two.",
        )
    learned = recommender.data
    # Where everybody is too short of interactions to carve any out, there was nothing to learn from.
    taken_back = part in split.fitted_parts and len(split.rows(part)) > 0
    if taken_back and learned is not None and len(learned.rows) == len(split.fitted.rows):
        raise IncompatibleError(
            where=f"{recommender.title} on {_PART_WORDS[part]} of {split}",
            found="it learned from that part after the number of steps was chosen",
            expected="a part that was held out",
            todo="Ask for test; what validation said before the last fit is stored with the model.",
        )
