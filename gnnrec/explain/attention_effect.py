"""Whether what a model looks at is what its score hangs on: attention against the effect of deletion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.explain.audit import SHORTEST, spearman, spearman_interval

if TYPE_CHECKING:
    from gnnrec.data.words import Words

MUCH, SOMETHING, LITTLE, NOTHING, AGAINST, UNKNOWN = (
    "much",
    "something",
    "little",
    "nothing",
    "against",
    "unknown",
)
_STRONG, _CLEAR = 0.7, 0.3
# An interval that ends at zero to the digits shown has not left it.
_ZERO = 0.005


@dataclass(frozen=True)
class Matters:
    """How the weights on a history go with what the score loses without each item.

    Attributes:
        correlation: Rank correlation; NaN where one side has no order.
        low: Lower end of its 95 % interval, had other items been in the history.
        high: Upper end.
        n: Items of the history.
    """

    correlation: float
    low: float
    high: float
    n: int

    @property
    def verdict(self) -> str:
        """What looking says of mattering, from the interval first and the size only where it leaves zero."""
        if self.n < SHORTEST or np.isnan(self.correlation) or np.isnan(self.low):
            return UNKNOWN
        if self.high < -_ZERO:
            return AGAINST
        if self.low <= _ZERO:
            return NOTHING
        return MUCH if self.correlation >= _STRONG else SOMETHING if self.correlation >= _CLEAR else LITTLE


def matters(shares: np.ndarray, effect: np.ndarray) -> Matters:
    """Compare weights with effects of deletion. **Shapes**: [H], [H]."""
    correlation = spearman(shares, effect)
    return Matters(correlation, *spearman_interval(correlation, len(shares)), len(shares))


def matters_words(found: Matters, words: Words, learned: bool = True) -> str:
    """What was measured, in one sentence; claims nothing that the interval does not carry.

    Args:
        found: From `matters`.
        words: Of the data set.
        learned: Whether the weights are attention, or normalised weights.
    """
    what = "Where it looks" if learned else "What the graph weighs most"
    if found.verdict == UNKNOWN:
        if found.n < SHORTEST:
            return f"Cannot tell: {words.count_items(found.n)} are too few to compare two orders."
        return f"Cannot tell: all {words.items} weigh the same, or taking any of them out does the same."
    claim = {
        MUCH: f"{what} says much about what matters here",
        SOMETHING: f"{what} says something about what matters here, and leaves much open",
        LITTLE: f"{what} says little about what matters here",
        NOTHING: f"{what} says nothing about what matters here that chance would not say",
        AGAINST: f"{what} points the wrong way here: what weighs most, the score needs least",
    }[found.verdict]
    value, low, high = (f"{one:.2f}".replace("-", "−") for one in (found.correlation, found.low, found.high))
    return f"{claim}: rank correlation {value} (95 % interval {low} to {high}, {words.count_items(found.n)})."
