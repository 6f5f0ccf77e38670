"""Interactions: who did what with which item, when, and how it was rated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gnnrec.data import fingerprint
from gnnrec.errors import DataError

# Beyond this, a column of numbers counts something (plays, minutes) and is no scale that somebody rated on.
_MOST_STEPS = 21
_LARGEST_RATING = 10


@dataclass(frozen=True, eq=False)
class Interactions:
    """Rows of (user, item), in file order, each pair at most once.

    Attributes:
        user: User numbers.
        item: Item numbers.
        rating: What the person gave, or None where the source only says that it happened.
        timestamp: Unix time, or None.
        context: Further columns (evening, place, …), one row per interaction, or None.

    **Shapes**: every array [n].
    **Units**: timestamp in seconds since 1970, UTC.
    """

    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray | None = None
    timestamp: np.ndarray | None = None
    context: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for name, dtype in (
            ("user", np.int32),
            ("item", np.int32),
            ("rating", np.float32),
            ("timestamp", np.int64),
        ):
            value = getattr(self, name)
            if value is None:
                continue
            array = np.ascontiguousarray(value, dtype=dtype)
            if array.shape != (len(self.user),):
                raise DataError(
                    where=f"interactions, column {name}",
                    found=f"{array.shape} values",
                    expected=f"{len(self.user):,}, one per row",
                    todo="Give every column the same length.",
                )
            if name == "rating" and not np.isfinite(array).all():
                raise DataError(
                    where="interactions, column rating",
                    found=f"{int((~np.isfinite(array)).sum()):,} values that are no finite numbers",
                    expected="a number in every row",
                    todo="Drop those rows, or leave the rating column out.",
                )
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def rating_scale(self) -> tuple[float, float] | None:
        """Lowest and highest rating given; None without ratings, or where the numbers are counts."""
        if self.rating is None or not len(self.rating):
            return None
        steps = np.unique(self.rating)
        rated = 1 < len(steps) <= _MOST_STEPS and steps[0] >= 0 and steps[-1] <= _LARGEST_RATING
        return (float(steps[0]), float(steps[-1])) if rated else None

    @property
    def fingerprint(self) -> str:
        """sha256 over the canonical rows: the same interactions in another file order give the same value.

        The order of rows counts only as a tie-break of equal times, which `Split` writes into its own hash.
        """
        order = np.lexsort((self.item, self.user))
        parts = [
            None if part is None else part[order]
            for part in (self.user, self.item, self.rating, self.timestamp)
        ]
        return fingerprint.of_arrays(*parts)
