"""Because: a score split exactly over the person's history, and the rank without its top reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnrec.explain.deletion import hidden_for, nothing_to_rank_by, rank_among, without
from gnnrec.recommenders import Query, Recommender


@dataclass(frozen=True, eq=False)
class Reason:
    """Why one item has its score for one person.

    The contributions and the own part add up to the score. They split the score through each message the
    person receives; what taking an item away would do is another question, answered by `drop`.

    Attributes:
        query: For whom.
        item: Item number explained.
        score: Its score.
        score_kind: What the score is: `raw`, `cosine`, …
        own: Part of the score from the person's own vector; 0 where people are their history alone.
        items: Item numbers of the history, the largest contribution first.
        contributions: What each of them adds to the score; negative where it speaks against the item.
        n_reasons: How many of the first count as the reasons.
        rank: Place among all items that are not hidden, from 1; None where the item itself is hidden.
        hidden: Item numbers kept out of lists: the history, and what was masked besides.

    **Shapes**: H items of the history: `items` [H], `contributions` [H].
    """

    query: Query
    item: int
    score: float
    score_kind: str
    own: float
    items: np.ndarray
    contributions: np.ndarray
    n_reasons: int
    rank: int | None
    hidden: np.ndarray

    @property
    def top(self) -> list[tuple[int, float]]:
        """The reasons: items with the largest positive contributions, with what they add."""
        n = min(self.n_reasons, int(np.count_nonzero(self.contributions > 0)))
        return [(int(self.items[place]), float(self.contributions[place])) for place in range(n)]

    @property
    def share_together(self) -> float | None:
        """What the reasons add up to, as a share of the score; None where the score is not above zero.

        Above 1 where other parts speak against the item. A share of the score, never of the positive part
        alone, which would make every explanation look better than it is.
        """
        return self._share(sum(value for _, value in self.top))

    @property
    def own_share(self) -> float | None:
        """The own part as a share of the score; None where the score is not above zero."""
        return self._share(self.own)

    @property
    def sum_error(self) -> float:
        """How far the parts miss the score, relative to the sum of their sizes: rounding, nothing else."""
        size = float(np.abs(self.contributions).sum() + abs(self.own))
        missed = abs(float(self.contributions.sum()) + self.own - self.score)
        return missed / size if size else missed

    def _share(self, part: float) -> float | None:
        return part / self.score if self.score > 0 else None


@dataclass(frozen=True)
class Drop:
    """What becomes of an item when its reasons are taken out of the person's history.

    Attributes:
        removed: Item numbers taken out.
        score: The score without them.
        rank: The place without them among the same items as before; None where the item itself is hidden, or
            where nothing is left to rank by and all items score the same.
        kind: Meaning of the change: `graph edit` for a known person, `fold-in` for a newcomer.
    """

    removed: tuple[int, ...]
    score: float
    rank: int | None
    kind: str


def because(
    recommender: Recommender,
    query: Query | int,
    items: Sequence[int] | np.ndarray,
    n_reasons: int = 2,
    exclude: Any = None,
) -> list[Reason]:
    """Why each of some items has its score, for models whose scores split exactly.

    Args:
        recommender: A fitted recommender with the capability `decomposes`.
        query: User number or query.
        items: Item numbers to explain.
        n_reasons: How many items of the history to name at most.
        exclude: CSR matrix [U, I] of further pairs hidden from the list, as given to `recommend`.

    Returns:
        One reason per item, in their order.

    Raises:
        IncompatibleError: The recommender cannot split its scores.
        DataError: A user or item number does not exist.
    """
    query = query if isinstance(query, Query) else Query(user=int(query))
    items = np.asarray(items, dtype=np.int64)
    split = recommender.contributions(query, items)
    scores = recommender.scores([query])[0]
    hidden = hidden_for(recommender, query, exclude)
    reasons = []
    for place, item in enumerate(items):
        values = split.values[place]
        order = np.lexsort((split.items, -values))
        reasons.append(
            Reason(
                query=query,
                item=int(item),
                score=float(split.score[place]),
                score_kind=recommender.score_kind,
                own=float(split.own[place]),
                items=split.items[order],
                contributions=values[order],
                n_reasons=n_reasons,
                rank=rank_among(scores, int(item), hidden),
                hidden=hidden,
            )
        )
    return reasons


def drop(recommender: Recommender, reason: Reason) -> Drop:
    """Take the reasons out of the person's history, score again, and say where the item stands then.

    For a known person this is a graph edit: parameters frozen, edges and degrees changed, messages passed
    again; for a newcomer the history is folded in without them. The items taken out stay hidden, so that both
    ranks count the same candidates: nothing may seem to fall because its own reasons came back into the list.

    Every call passes messages through the whole graph; ask when somebody looks, not for every row of a table.

    Args:
        recommender: The one that gave the reason.
        reason: What to test.

    Raises:
        IncompatibleError: The recommender cannot show a change of edges without retraining.
    """
    removed = tuple(item for item, _ in reason.top)
    if not removed:
        return Drop((), reason.score, reason.rank, reason.query.kind)
    asked = without(reason.query, removed, recommender.history(reason.query))
    scores = recommender.scores([asked])[0]
    tied = nothing_to_rank_by(scores, reason.hidden)
    rank = None if tied else rank_among(scores, reason.item, reason.hidden)
    return Drop(removed, float(scores[reason.item]), rank, asked.kind)
