"""Forgetting: a split whose train part lacks named pairs of person and item, for the retrain what-if."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnrec.data.split import Split, TrainingData, sessions_within
from gnnrec.errors import DataError

if TYPE_CHECKING:
    from scipy import sparse

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class ForgettingSplit(Split):
    """A split that keeps some of its rows from whoever learns, and nothing else.

    What is judged stays the same: held-out parts, masks and hash are those of the whole split, so that a
    model that forgot can stand beside one that did not.

    Attributes:
        forgotten: Rows of the interactions that no model may see, ascending.
    """

    forgotten: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def _training(self, parts: tuple[str, ...]) -> TrainingData:
        rows = self.rows(*parts)
        known = TrainingData(self.dataset, rows[~np.isin(rows, self.forgotten)])
        # A session in which a forgotten item was clicked would tell of it.
        kept = np.intersect1d(sessions_within(known), self.session_numbers(*parts))
        return replace(known, session_numbers=kept)

    @cached_property
    def _whole(self) -> Split:
        return Split(self.dataset, self.protocol, self.part)

    def matrix(self, *parts: str) -> sparse.csr_matrix:
        """The whole parts: what hides an item from a list does not change by forgetting."""
        return self._whole.matrix(*parts)


def forgetting(split: Split, pairs: Iterable[Pair]) -> Split:
    """The split without some pairs in what is learned from.

    Args:
        split: The whole split.
        pairs: (user id, item id), each in the part that models are fitted on.

    Raises:
        DataError: An id is unknown, or a pair is not among what is learned from.
    """
    pairs = list(pairs)
    if not pairs:
        return split
    data = split.dataset
    users = data.users.numbers([user for user, _ in pairs])
    items = data.items.numbers([item for _, item in pairs])
    rows = split.rows(*split.fitted_parts)
    keys = data.interactions.user[rows].astype(np.int64) * data.n_items + data.interactions.item[rows]
    wanted = users * data.n_items + items
    absent = [pair for pair, there in zip(pairs, np.isin(wanted, keys), strict=True) if not there]
    if absent:
        user, item = absent[0]
        raise DataError(
            where=f"{data.words.items} to forget",
            found=f"{data.words.item} '{item[:60]}' of {data.words.person} '{user[:60]}'"
            + (f" and {len(absent) - 1} more" if len(absent) > 1 else ""),
            expected=f"{data.words.items} that the model learns from (train part of {split})",
            todo=f"Leave it out: it is held out, or this {data.words.person} does not have it.",
        )
    forgotten = np.sort(rows[np.isin(keys, wanted)])
    return ForgettingSplit(split.dataset, split.protocol, split.part, forgotten)


def forgotten_pairs(config: Mapping[str, Any]) -> tuple[Pair, ...]:
    """The pairs that a checkpoint was trained without, from its config."""
    return tuple((str(user), str(item)) for user, item in config.get("forget", ()))
