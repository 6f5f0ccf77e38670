"""Deletion: the score and rank of an item once something is taken out of the history, messages passed again.

What every other explanation is judged by. Nothing is retrained: parameters are frozen, edges and degrees change
(a graph edit; for newcomers a fold-in of what is left).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gnnrec.recommenders import Query, Recommender

# Told how many of how many are done, between batches; it may raise to end the work.
Tell = Callable[[int, int], None]
_AT_ONCE = 256
_TIMED = 16
_LONG_ENOUGH_S = 0.05


@dataclass(frozen=True, eq=False)
class Rescored:
    """Scores and ranks of one item after some removals, each on its own.

    Attributes:
        score: Its score after each removal.
        rank: Its place among the same candidates as before, from 1; 0 where it has none: the item itself is
            hidden, or nothing is left to rank by and all items score the same.

    **Shapes**: n removals: `score` [n], `rank` [n].
    """

    score: np.ndarray
    rank: np.ndarray


@dataclass(frozen=True, eq=False)
class Deletion:
    """What becomes of an item when each item of the history is taken out, one at a time.

    Attributes:
        item: Item number explained.
        score: Its score with the whole history.
        rank: Its place with the whole history; 0 where it is hidden.
        items: Item numbers of the history, ascending.
        scores: Its score without each of them.
        ranks: Its place without each of them; 0 for none.
        kind: Meaning of the change: `graph edit` or `fold-in`.

    **Shapes**: H items of the history: `items`, `scores` and `ranks` [H].
    """

    item: int
    score: float
    rank: int
    items: np.ndarray
    scores: np.ndarray
    ranks: np.ndarray
    kind: str

    @property
    def effect(self) -> np.ndarray:
        """What the score loses without each of them; negative where it rises. **Shapes**: [H]."""
        return self.score - self.scores


def deletion(
    recommender: Recommender, query: Query | int, item: int, exclude: Any = None, tell: Tell | None = None
) -> Deletion:
    """Take out each item of a history, one at a time, and say where an item stands then.

    Args:
        recommender: A fitted recommender with the capability `edits_graph` (`folds_in` for newcomers).
        query: User number or query.
        item: Item number explained.
        exclude: CSR matrix [U, I] of further pairs hidden from the list, as given to `recommend`.
        tell: Told of the progress; may raise to end the work.

    Raises:
        IncompatibleError: The recommender cannot show a change of edges without retraining.
        DataError: A user or item number does not exist.
    """
    query = query if isinstance(query, Query) else Query(user=int(query))
    history = recommender.history(query)
    hidden = hidden_for(recommender, query, exclude)
    scores = recommender.scores([query])[0]
    found = rescored(recommender, query, item, [(int(one),) for one in history], hidden, tell)
    rank = rank_among(scores, item, hidden) or 0
    kind = without(query, (), history).kind if query.user is None else "graph edit"
    return Deletion(int(item), float(scores[item]), rank, history, found.score, found.rank, kind)


def rescored(
    recommender: Recommender,
    query: Query,
    item: int,
    removals: Sequence[Sequence[int]],
    hidden: np.ndarray,
    tell: Tell | None = None,
) -> Rescored:
    """Where an item stands after each of some removals from the history.

    What is taken out stays hidden, so that all ranks count the same candidates: nothing may seem to fall
    because its own reasons came back into the list.

    Args:
        recommender: A fitted recommender that answers edited histories.
        query: The person as they are.
        item: Item number.
        removals: Item numbers to take out, one collection per answer; an empty one changes nothing.
        hidden: Item numbers kept out of lists, from `hidden_for`.
        tell: Told of the progress.

    Raises:
        IncompatibleError: The recommender cannot show a change of edges without retraining.
    """
    history = recommender.history(query)
    asked = [without(query, one, history) if len(one) else query for one in removals]
    score, rank = np.empty(len(asked), dtype=np.float64), np.zeros(len(asked), dtype=np.int64)
    for first, rows in answers(recommender, asked, tell):
        for place, row in enumerate(rows, start=first):
            score[place] = row[item]
            rank[place] = 0 if nothing_to_rank_by(row, hidden) else rank_among(row, item, hidden) or 0
    return Rescored(score, rank)


def answers(
    recommender: Recommender, asked: Sequence[Query], tell: Tell | None = None
) -> Iterator[tuple[int, np.ndarray]]:
    """Scores of many questions, so many at a time that memory is bounded and the work can be ended.

    Yields:
        Place of the first question of a batch, and the scores of the batch [B, I].
    """
    at_once = _AT_ONCE if recommender.edit_work else 1
    for first in range(0, len(asked), at_once):
        yield first, recommender.scores(asked[first : first + at_once])
        if tell is not None:
            tell(min(first + at_once, len(asked)), len(asked))


def estimate(recommender: Recommender, query: Query | int, n: int) -> float:
    """About how many seconds n changes of a history take, from the time that two or a few take now.

    Every call does that work: ask once per view.

    Raises:
        IncompatibleError: The recommender cannot show a change of edges without retraining.
    """
    query = query if isinstance(query, Query) else Query(user=int(query))
    history = recommender.history(query)
    if n == 0:
        return 0.0
    # Drawn anew each time, for models that keep their last answers.
    drawn = np.random.default_rng().permutation(history if len(history) else recommender.data.n_items)
    asked = [
        without(query, [one], history) if len(history) else replace(query, history=(int(one),))
        for one in drawn[:_TIMED]
    ]
    at_once = max(len(asked) // 2, 1) if recommender.edit_work else 1
    each: list[float] = []
    begin = time.perf_counter()
    for first in range(0, len(asked), at_once):
        batch, start = asked[first : first + at_once], time.perf_counter()
        recommender.scores(batch)
        now = time.perf_counter()
        each.append((now - start) / len(batch))
        # The first may have prepared what all others find ready.
        if len(each) > 1 and now - begin > _LONG_ENOUGH_S:
            break
    later = each[1:] or each
    return n * sum(later) / max(len(later), 1)


def hidden_for(recommender: Recommender, query: Query, exclude: Any = None) -> np.ndarray:
    """Item numbers that lists of a person leave out: the history, and what is excluded besides."""
    hidden = recommender.history(query)
    if exclude is not None and query.user is not None:
        start, end = exclude.indptr[query.user], exclude.indptr[query.user + 1]
        hidden = np.union1d(hidden, exclude.indices[start:end])
    return hidden


def without(query: Query, items: Sequence[int], history: np.ndarray) -> Query:
    """The same question with some items taken out of the person's history."""
    if query.user is None:
        return replace(query, history=tuple(int(item) for item in np.setdiff1d(history, items)))
    return replace(query, without=query.without + tuple((query.user, int(item)) for item in items))


def nothing_to_rank_by(scores: np.ndarray, hidden: np.ndarray) -> bool:
    """Whether all items that are not hidden score the same. **Shapes**: [I] → scalar."""
    visible = np.delete(scores, hidden)
    return len(visible) > 1 and bool((visible == visible[0]).all())


def rank_among(scores: np.ndarray, item: int, hidden: np.ndarray) -> int | None:
    """The place of an item among all that are not hidden, from 1; None where it is hidden itself.

    Ties go to the lower number, as in lists. **Shapes**: [I] → scalar.
    """
    visible = np.ones(len(scores), dtype=bool)
    visible[hidden] = False
    if not visible[item]:
        return None
    ahead = (scores > scores[item]) | ((scores == scores[item]) & (np.arange(len(scores)) < item))
    return 1 + int(np.count_nonzero(ahead & visible))
