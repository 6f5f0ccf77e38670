"""Ids of somebody else's file, matched with those of a data set; what does not match is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gnnrec.data import Vocabulary
from gnnrec.data.names import clean
from gnnrec.errors import DataError


@dataclass(frozen=True, eq=False)
class Matched:
    """Ids of a file as numbers of a data set.

    Attributes:
        numbers: Number of each id; -1 where the data set does not have it.
        unknown: How many different ids it does not have.
    """

    numbers: np.ndarray
    unknown: int


def matched(ids: Sequence[str], known: Vocabulary, where: str, skip_unknown: bool) -> Matched:
    """Numbers of ids, repeats allowed.

    Args:
        ids: As the file has them.
        known: The data set's own.
        where: The file and what in it, for messages.
        skip_unknown: Whether ids the data set does not have are let pass as -1.

    Raises:
        DataError: Ids are unknown and not skipped, or none is known.

    **Shapes**: [n] → `numbers` [n].
    """
    numbers = known.numbers(ids, missing="negative")
    unknown = list(dict.fromkeys(one for one, number in zip(ids, numbers, strict=True) if number < 0))
    if unknown and (len(unknown) == len(set(ids)) or not skip_unknown):
        every = "all ids" if len(unknown) == len(set(ids)) else f"{len(unknown):,} of {len(set(ids)):,} ids"
        raise DataError(
            where=where,
            found=f"{every} unknown: {named(unknown)}",
            expected=f"{known.kind} ids of the data set, such as {named(list(known.ids[:3]))}",
            todo="Check that this is the right data set; ids are compared as text."
            if every == "all ids"
            else "Correct them, or leave out whatever has an unknown id (--skip-unknown).",
        )
    return Matched(numbers, len(unknown))


def once_each(ids: Sequence[str], where: str) -> None:
    """Refuse ids that come twice or are empty.

    Raises:
        DataError: With those ids named.
    """
    values, counts = np.unique(np.asarray(ids, dtype=object).astype(str), return_counts=True)
    twice = values[counts > 1].tolist()
    if twice or "" in values:
        raise DataError(
            where=where,
            found=f"{named(twice)} more than once" if twice else "an empty id",
            expected="each id once, as there is one vector for each",
            todo="Remove the repeats, or give each its own id.",
        )


def named(ids: Sequence[str]) -> str:
    """The first five ids, then a count."""
    shown = ", ".join(f"'{clean(one)[:60]}'" for one in ids[:5])
    return shown if len(ids) <= 5 else f"{shown} and {len(ids) - 5:,} more"
