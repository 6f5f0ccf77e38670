"""Finding: what one check of a split came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One check of a split.

    Attributes:
        name: What was looked at, in a few words.
        said: What was found, in a sentence.
        n: How many held-out interactions it touches.
        share: Of how large a share of the held-out interactions.
        grave: Whether figures measured on this split are not to be trusted before this is understood.
    """

    name: str
    said: str
    n: int = 0
    share: float = 0.0
    grave: bool = False
