"""Vocabulary: the one mapping between the ids of a user's files and the numbers models compute with."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

import numpy as np

from gnnrec.data import fingerprint
from gnnrec.errors import DataError


class Vocabulary:
    """Ids and their numbers, in canonical order.

    An *id* is what the user's file says, always text. Its *number* is its place among all ids sorted as
    text, so that the same ids give the same numbers whatever the order of rows in the file.

    Args:
        ids: The ids, in any order, without repeats.
        kind: What they name ("user", "item"); used in error messages.

    Raises:
        DataError: An id is empty or occurs twice.
    """

    def __init__(self, ids: Iterable[object], kind: str = "id") -> None:
        texts = sorted(str(entry) for entry in ids)
        self.kind = kind
        self.ids = np.array(texts, dtype=object)
        self._numbers = {text: number for number, text in enumerate(texts)}
        if len(self._numbers) != len(texts):
            repeated = sorted({one for one, two in itertools.pairwise(texts) if one == two})
            raise DataError(
                where=f"{kind} ids",
                found=f"{_named(repeated)} more than once",
                expected="each id once",
                todo="Remove the repeated rows, or give each its own id.",
            )
        if "" in self._numbers:
            raise DataError(
                where=f"{kind} ids",
                found="an empty id",
                expected="text",
                todo="Fill the empty cells, or drop those rows.",
            )

    def number(self, one_id: object) -> int:
        """The number of one id. Raises DataError, naming it, when it is unknown."""
        return int(self.numbers([one_id])[0])

    def numbers(self, ids: Iterable[object], missing: Literal["error", "negative"] = "error") -> np.ndarray:
        """The numbers of many ids.

        Args:
            ids: Ids in any order, repeats allowed.
            missing: What to do with unknown ids: raise, or return -1 in their place.

        Returns:
            int64 array, one number per id.

        Raises:
            DataError: Unknown ids, named (first five, then a count), when `missing` is "error".
        """
        # Walking over an Arrow column cell by cell is many times slower than over an array.
        ids = ids.to_numpy(dtype=object) if hasattr(ids, "to_numpy") else ids
        texts = [str(entry) for entry in ids]
        numbers = np.fromiter(
            (self._numbers.get(text, -1) for text in texts), dtype=np.int64, count=len(texts)
        )
        if missing == "error" and (numbers < 0).any():
            unknown = [text for text, number in zip(texts, numbers, strict=True) if number < 0]
            raise DataError(
                where=f"{self.kind} id",
                found=f"unknown {self.kind} {_named(list(dict.fromkeys(unknown)))}",
                expected=f"one of {len(self):,} known {self.kind} ids, such as {_named(list(self.ids[:3]))}",
                todo=f"Check the spelling, or look up the {self.kind} on the Data page.",
            )
        return numbers

    def id(self, number: int) -> str:
        """The id of a number."""
        return self.ids[number]

    @cached_property
    def hash(self) -> str:
        """sha256 over all ids in canonical order; a checkpoint compares it before it loads."""
        return fingerprint.of_texts(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, one_id: object) -> bool:
        return str(one_id) in self._numbers

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} {self.kind}s)"


def _named(ids: list[str]) -> str:
    shown = ", ".join(f"'{text[:60]}'" for text in ids[:5])
    return shown if len(ids) <= 5 else f"{shown} and {len(ids) - 5} more"
