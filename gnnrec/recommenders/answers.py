"""What recommenders answer with: the first items, and scores split into shares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gnnrec.recommenders.parts.top_k import top_k


@dataclass(frozen=True, eq=False)
class Contributions:
    """A score split into what each part of the graph sent: the parts add up to the score.

    It is the split of the score through each neighbour's message, not the effect of deleting it. Friends have
    shares only in what `shares` answers, of models that name friends; what a friend sends holds what that friend
    chose and, from the second round of messages on, what came back from the person.

    **Shapes**: C items asked about, H items of the person's history, F people who send something: `score` [C],
    `own` [C], `items` [H], `values` [C, H], `friends` [F] user numbers, `friend_values` [C, F]; F is 0 and
    `friend_values` [0, 0] where friends have no part.
    """

    score: np.ndarray
    own: np.ndarray
    items: np.ndarray
    values: np.ndarray
    friends: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    friend_values: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))


@dataclass(frozen=True, eq=False)
class FactShares:
    """A score split over an item and its facts: both add up to the score.

    Attributes:
        score: Score of each item asked about.
        own: What the item itself adds.
        place: Which of the items asked about each fact belongs to.
        relation: Name of the fact's relation.
        entity: Text of its entity.
        values: What it adds.

    **Shapes**: `score` and `own` [C], the others [facts of all C items], item after item.
    """

    score: np.ndarray
    own: np.ndarray
    place: np.ndarray
    relation: np.ndarray
    entity: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class TopK:
    """The first items for each query, best first; -1 and -inf where a person has fewer left.

    **Shapes**: `items` and `scores` [B, K].
    """

    items: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, k: int) -> TopK:
        """The k best of each row; -inf is never among them. **Shapes**: [B, I]."""
        items = top_k(scores, k)
        best = np.take_along_axis(scores, items, axis=1)
        return cls(np.where(np.isfinite(best), items, -1), best)
