"""Lists side by side: what they share, what moved, how popular and of which genres they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Move:
    """One item and its places in two lists, counted from 1; None where a list does not hold it."""

    item: int
    before: int | None
    after: int | None

    @property
    def kind(self) -> str:
        """`new`, `gone`, `up`, `down` or `same`."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        if self.before == self.after:
            return "same"
        return "up" if self.after < self.before else "down"

    @property
    def places(self) -> int | None:
        """How many places up (positive) or down (negative); None where one list does not hold the item."""
        return None if self.before is None or self.after is None else self.before - self.after


def overlap(a: Sequence[int] | np.ndarray, b: Sequence[int] | np.ndarray) -> float:
    """Share of the longer list that the other one holds too, from 0 to 1; order plays no part.

    Empty places (-1) do not count. Two empty lists overlap fully: nothing differs.
    """
    left, right = _filled(a), _filled(b)
    longer = max(len(left), len(right))
    return len(set(left) & set(right)) / longer if longer else 1.0


def changed(before: Sequence[int] | np.ndarray, after: Sequence[int] | np.ndarray) -> int:
    """How many items of the second list the first one does not hold."""
    return len(set(_filled(after)) - set(_filled(before)))


def rbo(a: Sequence[int] | np.ndarray, b: Sequence[int] | np.ndarray, p: float = 0.9) -> float:
    """Rank-biased overlap: agreement of two rankings, where the top places count most.

    1 for equal lists, 0 for lists without a common item. What lies below the known places is taken to
    agree as much as the known places do.

    Args:
        a: Item numbers, best first; -1 for an empty place.
        b: The same.
        p: How patient the reader is, between 0 and 1: at 0.9 the first ten places weigh about 86 %.

    **Source**: Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", TOIS 2010,
    equation 32 (extrapolated, for lists that may differ in length).
    """
    short, long = sorted((_filled(a), _filled(b)), key=len)
    s, n = len(short), len(long)
    if not s:
        return 1.0 if not n else 0.0
    place_in_short = {item: place for place, item in enumerate(short, start=1)}
    # A common item counts from the deeper of its two places on.
    seen_at = np.zeros(n + 1)
    for place, item in enumerate(long, start=1):
        if item in place_in_short:
            seen_at[max(place, place_in_short[item])] += 1
    common = np.cumsum(seen_at)[1:]
    depth = np.arange(1, n + 1)
    agreement = common / depth
    beyond = depth > s
    agreement[beyond] += common[s - 1] * (depth[beyond] - s) / (s * depth[beyond])
    known = (1 - p) / p * float((agreement * p**depth).sum())
    return known + ((common[-1] - common[s - 1]) / n + common[s - 1] / s) * p**n


def rank_moves(before: Sequence[int] | np.ndarray, after: Sequence[int] | np.ndarray) -> list[Move]:
    """What happened to each item: first the second list in its order, then what dropped out in its old order.

    Give more places than are shown, and the moves say where newcomers were and where the dropped ones went.
    """
    old = {item: place for place, item in enumerate(_filled(before), start=1)}
    new = {item: place for place, item in enumerate(_filled(after), start=1)}
    moves = [Move(item, old.get(item), place) for item, place in new.items()]
    return moves + [Move(item, place, None) for item, place in old.items() if item not in new]


def popularity_percentiles(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    """How popular each item is among all: 0 for the least, 100 for the most popular.

    Equal counts share one value, the middle of their places.

    **Shapes**: [I] → [I].
    """
    array = np.asarray(counts)
    if len(array) < 2:
        return np.full(len(array), 50.0)
    ascending = np.sort(array)
    fewer = np.searchsorted(ascending, array, side="left")
    equal = np.searchsorted(ascending, array, side="right") - fewer
    return 100 * (fewer + (equal - 1) / 2) / (len(array) - 1)


def genre_shares(
    item_features: pd.DataFrame | None, items: Sequence[int] | np.ndarray, separator: str = "|"
) -> dict[str, float]:
    """How a list divides over genres, largest first; the shares add up to 1.

    Each item counts once, split evenly over its genres. Items without a genre are left out, and where no item
    has one the result is empty.

    Args:
        item_features: Table with a column `genres` ("Drama|Comedy"), one row per item number, or None.
        items: Item numbers; -1 for an empty place.
        separator: What stands between genres.

    **Source**: p(g|i) of Steck, "Calibrated recommendations", RecSys 2018, with equal weights.
    """
    if item_features is None or "genres" not in item_features.columns:
        return {}
    totals: dict[str, float] = {}
    for text in item_features["genres"].iloc[_filled(items)]:
        genres = [] if pd.isna(text) else [part for part in str(text).split(separator) if part]
        for genre in genres:
            totals[genre] = totals.get(genre, 0.0) + 1 / len(genres)
    whole = sum(totals.values())
    return {genre: totals[genre] / whole for genre in sorted(totals, key=lambda one: (-totals[one], one))}


def _filled(items: Sequence[int] | np.ndarray) -> list[int]:
    return [int(item) for item in items if item >= 0]
