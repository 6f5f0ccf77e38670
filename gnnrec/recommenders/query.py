"""Query: the question a recommender answers: for whom, with which history, without which edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnrec.errors import DataError

FOLD_IN = "fold-in"
GRAPH_EDIT = "graph edit"
RETRAIN = "retrain"
KNOWN = "known"
AFTER_CLICKS = "after clicks"
AS_OF = "as of"

WHAT_IF_MEANINGS = {
    FOLD_IN: "Everything the model learned stays frozen; the person is represented by these films alone, like a newcomer.",
    GRAPH_EDIT: "What the model learned stays frozen; the person's edges change and messages are passed again.",
    RETRAIN: "The model is trained again without these films.",
}


@dataclass(frozen=True, eq=False)
class Query:
    """Who asks.

    `user` alone is a known person as trained. `history` alone is an unknown person (fold-in). `user` with
    `history` or `without` is a known person with other edges (graph edit). `session` asks what comes next after
    these clicks, whoever clicked. `as_of` asks what a person would have got at that moment.

    Attributes:
        user: User number, or None for somebody the model never saw.
        history: Item numbers that stand for the person's whole history.
        without: Pairs of (user number, item number) taken out of the graph.
        session: Item numbers opened before, oldest first; the same item may come again.
        features: What is known of a person without a number.
        as_of: Unix seconds; what happened later is not to be used.
    """

    user: int | None = None
    history: tuple[int, ...] | None = None
    without: tuple[tuple[int, int], ...] = ()
    session: tuple[int, ...] | None = None
    features: Mapping[str, Any] | None = None
    as_of: int | None = None

    @property
    def kind(self) -> str:
        """What is asked: `known`, `fold-in`, `graph edit`, `after clicks` or `as of`."""
        if self.session is not None:
            return AFTER_CLICKS
        if self.as_of is not None:
            return AS_OF
        if self.user is None:
            return FOLD_IN
        return GRAPH_EDIT if self.history is not None or self.without else KNOWN


def as_queries(queries: Iterable[Query | int]) -> list[Query]:
    """Queries from a mix of queries and plain user numbers."""
    return [one if isinstance(one, Query) else Query(user=int(one)) for one in queries]


def edited_history(query: Query, history: np.ndarray) -> np.ndarray:
    """What stands for the person of a query: their history after its edits, or the clicks of a session.

    **Shapes**: [n] item numbers, ascending, each once.
    """
    if query.session is not None:
        return np.unique(np.asarray(query.session, dtype=np.int64))
    if query.history is not None:
        history = np.asarray(query.history, dtype=np.int64)
        if not (history[1:] > history[:-1]).all():
            history = np.unique(history)
    dropped = {item for user, item in query.without if user == query.user}
    if not dropped:
        return history
    return history[[item not in dropped for item in history.tolist()]]


def check_query(query: Query, n_users: int, n_items: int) -> None:
    """Refuse a question about nobody, or one that names people or items that do not exist.

    Raises:
        DataError: It is about nobody, or a number lies outside the range.
    """
    if query.user is None and query.history is None and not query.session:
        raise DataError(
            where="query",
            found="neither a user nor a history" if query.session is None else "a session without clicks",
            expected="a user, a history or a session",
            todo="Give one of them.",
        )
    if query.user is not None:
        in_range("user", [query.user], n_users)
    in_range("item", query.history or (), n_items)
    in_range("item", query.session or (), n_items)
    if query.without:
        users, items = zip(*query.without, strict=True)
        in_range("user", users, n_users)
        in_range("item", items, n_items)


def in_range(kind: str, numbers: Sequence[int] | np.ndarray, n: int) -> None:
    """Refuse numbers of people or items that do not exist.

    Raises:
        DataError: One lies outside 0 to n - 1.
    """
    given = np.asarray(numbers)
    if not given.size or (given.min() >= 0 and given.max() < n):
        return
    bad = [int(number) for number in numbers if not 0 <= number < n]
    if bad:
        raise DataError(
            where=f"{kind} number",
            found=f"{bad[0]}" + (f" and {len(bad) - 1} more" if len(bad) > 1 else ""),
            expected=f"0 to {n - 1}",
            todo=f"Translate {kind} ids with the data set's vocabulary first.",
        )
