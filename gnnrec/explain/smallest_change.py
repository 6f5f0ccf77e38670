"""The smallest change of a history that brings an item into a list, or pushes it out; nothing is retrained.

Small sets are tried by asking the model again, most promising first. A set of one is smallest; a set of two is,
once every single item has been tried; a set of three, once every pair has. Beyond that sets grow greedily: what
is found then does it, and a smaller one may do it too. Which of the two holds is said with every answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gnnrec.explain.deletion import Tell, answers, nothing_to_rank_by, without
from gnnrec.recommenders import Query, Recommender

# Multiplications that trying every set of one size may cost, and how many sets that may be.
_MOST_WORK = 6e8
_MOST_SETS = 4000
_MOST_ADDED = 6
_PRUNED_UP_TO = 20


@dataclass(frozen=True)
class Effort:
    """How many sets are tried where not all can be; `together` for models that answer many at once.

    Attributes:
        singles: Items that are tried alone.
        pairs: Items of which all pairs are tried.
        triples: Items of which all sets of three are tried.
        growing: Items that are tried in each greedy step.
    """

    singles: int
    pairs: int
    triples: int
    growing: int


TOGETHER = Effort(singles=192, pairs=24, triples=11, growing=24)
ALONE = Effort(singles=24, pairs=5, triples=0, growing=5)


@dataclass(frozen=True)
class Change:
    """A set of items that, added to a history or taken out of it, moves an item across the end of a list.

    Attributes:
        items: Item numbers to add or to take out.
        exact: Whether every smaller set was tried and does not do it; else a smaller one may.
        tried: How many sets were tried.
        rank_before: Place as things are.
        rank_after: Place after the change, among the same candidates; None where nothing is left to rank by.
    """

    items: tuple[int, ...]
    exact: bool
    tried: int
    rank_before: int
    rank_after: int | None


@dataclass(frozen=True, eq=False)
class Search:
    """What came of looking for a change.

    Attributes:
        change: The smallest set that was found, or None.
        tried: How many sets were tried.
        largest: Items in the largest set that was tried.
    """

    change: Change | None
    tried: int
    largest: int


class _Trial:
    """Asks a model again for sets of items, and says how far each moves the item."""

    def __init__(
        self,
        recommender: Recommender,
        query: Query,
        item: int,
        k: int,
        hidden: np.ndarray,
        adding: bool,
        tell: Tell | None,
    ) -> None:
        self.recommender, self.query, self.item, self.k = recommender, query, item, k
        self.adding, self.tell = adding, tell
        self.hidden = hidden
        self.history = recommender.history(query)
        self.effort = TOGETHER if recommender.edit_work else ALONE
        self.before = recommender.scores([query])[0]
        ahead = self._ahead(self.before)
        self.rank_before = 1 + int(ahead.sum())
        self.ahead_before = ahead
        visible = np.flatnonzero(self._visible())
        order = visible[np.lexsort((visible, -self.before[visible]))]
        others = order[order != item]
        # Who must be overtaken to be in, or must overtake for it to be out.
        self.rivals = others[: k if adding else k + 1]
        self.rival = int(self.rivals[-1]) if len(self.rivals) else item
        self.tried = self.largest = 0
        self.known: dict[tuple[int, ...], tuple[int, float]] = {}
        self.planned = 0

    def affordable(self, n: int) -> bool:
        """Whether n sets can all be tried."""
        return _affordable(self.recommender, n)

    def does(self, one: tuple[int, ...]) -> bool:
        """Whether a tried set moves the item across the end of the list."""
        return (self.known[one][0] <= self.k) == self.adding

    def order(self, sets: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Tried sets, those that move the item furthest first."""
        sign = 1 if self.adding else -1
        return sorted(sets, key=lambda one: (sign * self.known[one][0], -sign * self.known[one][1], one))

    def best(self, sets: Iterable[tuple[int, ...]]) -> tuple[int, ...] | None:
        """The one of some tried sets that does it and moves the item furthest; None where none does."""
        found = self.order(one for one in sets if self.does(one))
        return found[0] if found else None

    def run(self, sets: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
        """Try sets; each counts once however often it is asked."""
        wanted = [tuple(sorted(int(item) for item in one)) for one in sets]
        new = [one for one in dict.fromkeys(wanted) if one not in self.known]
        done, self.planned = self.tried, max(self.planned, self.tried + len(new))
        for first, rows in answers(self.recommender, [self._changed(one) for one in new]):
            for one, row in zip(new[first : first + len(rows)], rows, strict=True):
                self.known[one] = self._place(one, row), float(row[self.item] - row[self.rival])
                self.largest = max(self.largest, len(one))
            self.tried = done + first + len(rows)
            if self.tell is not None:
                self.tell(self.tried, self.planned)
        return wanted

    def change(self, one: tuple[int, ...] | None, exact: bool) -> Search:
        """What came of it."""
        if one is None:
            return Search(None, self.tried, self.largest)
        rank = self.known[one][0]
        after = rank if rank <= len(self.before) else None
        return Search(Change(one, exact, self.tried, self.rank_before, after), self.tried, self.largest)

    def _changed(self, one: tuple[int, ...]) -> Query:
        if not self.adding:
            return without(self.query, one, self.history)
        history = tuple(sorted({*self.history.tolist(), *one}))
        others = tuple(pair for pair in self.query.without if pair[0] != self.query.user)
        return replace(self.query, history=history, without=others)

    def _visible(self) -> np.ndarray:
        visible = np.ones(len(self.before), dtype=bool)
        visible[self.hidden] = False
        return visible

    def _ahead(self, row: np.ndarray) -> np.ndarray:
        ahead = row > row[self.item]
        ahead[: self.item] |= row[: self.item] == row[self.item]
        ahead[self.hidden] = False
        return ahead

    def _place(self, one: tuple[int, ...], row: np.ndarray) -> int:
        if not self.adding and nothing_to_rank_by(row, self.hidden):
            return len(row) + 1
        ahead = self._ahead(row)
        if self.adding:
            # What is added leaves the list; were its place given away, anything ahead would be a reason.
            added = list(one)
            ahead[added] = self.ahead_before[added]
        return 1 + int(np.count_nonzero(ahead))


def smallest_addition(
    recommender: Recommender, query: Query, item: int, k: int, hidden: np.ndarray, tell: Tell | None = None
) -> Search:
    """The fewest further items of a history that bring an item among the first k.

    Items that somebody has and that are not hidden are added. Ranks count the same candidates as before: an
    added item that stood ahead goes on counting as ahead.

    Args:
        recommender: A fitted recommender that answers edited histories.
        query: The person as they are.
        item: Item number, not hidden, beyond rank k.
        k: Length of the list.
        hidden: Item numbers kept out of lists.
        tell: Told of the progress; may raise to end the work.
    """
    trial = _Trial(recommender, query, item, k, hidden, adding=True, tell=tell)
    candidates = _screened(trial)
    every = trial.affordable(len(candidates))
    singles = trial.run([one] for one in (candidates if every else candidates[: trial.effort.singles]))
    if (found := trial.best(singles)) is not None:
        return trial.change(found, exact=True)
    singles = trial.order(singles)
    pairs = trial.run(_sets_of(singles[: trial.effort.pairs], 2))
    if (found := trial.best(pairs)) is not None:
        return trial.change(found, exact=every)
    if not singles:
        return trial.change(None, exact=False)
    grown = trial.order(pairs)[0] if pairs else singles[0]
    while len(grown) < min(_MOST_ADDED, len(singles)):
        further = [one for one in singles[: trial.effort.growing] if one[0] not in grown]
        if not further:
            break
        steps = trial.run((*grown, *one) for one in further)
        grown = trial.order(steps)[0]
        if trial.does(grown):
            return trial.change(_pruned(trial, grown), exact=False)
    return trial.change(None, exact=False)


def smallest_removal(
    recommender: Recommender, query: Query, item: int, k: int, hidden: np.ndarray, tell: Tell | None = None
) -> Search:
    """The fewest items of a history without which an item is no longer among the first k.

    What is taken out stays hidden: nothing may seem to fall because its own reasons came back into the list.

    Args:
        recommender: A fitted recommender that answers edited histories.
        query: The person as they are.
        item: Item number, not hidden, at rank k or before.
        k: Length of the list.
        hidden: Item numbers kept out of lists.
        tell: Told of the progress; may raise to end the work.
    """
    trial = _Trial(recommender, query, item, k, hidden, adding=False, tell=tell)
    history, effort = trial.history, trial.effort
    singles = trial.run([one] for one in history)
    if (found := trial.best(singles)) is not None:
        return trial.change(found, exact=True)
    singles = trial.order(singles)
    pairs = trial.run(_sets_of(singles[: effort.pairs], 2))
    if (found := trial.best(pairs)) is not None:
        return trial.change(found, exact=True)
    every = trial.affordable(len(history) * (len(history) - 1) // 2)
    if every:
        pairs = trial.run(_sets_of(singles, 2))
        if (found := trial.best(pairs)) is not None:
            return trial.change(found, exact=True)
    triples = trial.run(_sets_of(singles[: effort.triples], 3))
    if (found := trial.best(triples)) is not None:
        return trial.change(found, exact=every)
    if (found := _first_of_order(trial, singles)) is not None:
        return trial.change(_pruned(trial, found), exact=every and len(found) <= 3)
    return trial.change(None, exact=False)


def most_tries(recommender: Recommender, query: Query) -> int:
    """About how many sets a search may try at most, to say beforehand how long it takes."""
    history, n_items = len(recommender.history(query)), recommender.data.n_items
    effort = TOGETHER if recommender.edit_work else ALONE
    singles = n_items if _affordable(recommender, n_items) else effort.singles
    return max(singles, history) + effort.pairs * (effort.pairs - 1) // 2 + effort.growing * _MOST_ADDED


def _affordable(recommender: Recommender, n: int) -> bool:
    work = recommender.edit_work
    return work is not None and n <= _MOST_SETS and n * work <= _MOST_WORK


def _screened(trial: _Trial) -> list[int]:
    """Items that could be added, those first that send more to the item than to the ones ahead of it."""
    people = np.bincount(trial.recommender.data.item, minlength=len(trial.before))
    possible = trial._visible() & (people > 0)
    possible[trial.item] = False
    candidates = np.flatnonzero(possible)
    sent = trial.recommender.sends(candidates, np.array([trial.item, *trial.rivals]))
    lead = sent[:, 0] - (sent[:, 1:].mean(1) if sent.shape[1] > 1 else 0)
    return candidates[np.lexsort((candidates, -lead))].tolist()


def _sets_of(singles: Sequence[tuple[int, ...]], size: int) -> list[tuple[int, ...]]:
    return list(combinations([one[0] for one in singles], size))


def _first_of_order(trial: _Trial, singles: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
    """The shortest beginning of the order of single removals that does it, found by halving."""
    order = [one[0] for one in singles]
    sizes = sorted({int(size) for size in np.geomspace(min(3, len(order)), len(order), 8)}) if order else []
    below = 0
    for size in sizes:
        (one,) = trial.run([order[:size]])
        if trial.does(one):
            while size - below > 1:
                middle = (size + below) // 2
                (half,) = trial.run([order[:middle]])
                size, below, one = (middle, below, half) if trial.does(half) else (size, middle, one)
            return one
        below = size
    return None


def _pruned(trial: _Trial, found: tuple[int, ...]) -> tuple[int, ...]:
    """Without the items that it does not need."""
    while 1 < len(found) <= _PRUNED_UP_TO:
        smaller = trial.best(trial.run([one for one in found if one != left] for left in found))
        if smaller is None:
            break
        found = smaller
    return found
