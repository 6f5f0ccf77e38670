"""SocialShares: a score split over a person's history and friends, each of them by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class SocialShares:
    """A score split into what each item of the history and each friend sent: all parts add up to the score.

    It is the split of the score through each neighbour's message, not the effect of deleting it. What a friend
    sends holds what that friend chose and, from the second round on, what came back from the person.

    **Shapes**: C items asked about, H items of the history, F people who send something: `score` [C], `own` [C],
    `items` [H], `values` [C, H], `friends` [F] user numbers, `friend_values` [C, F].
    """

    score: np.ndarray
    own: np.ndarray
    items: np.ndarray
    values: np.ndarray
    friends: np.ndarray
    friend_values: np.ndarray

    @classmethod
    def of(
        cls,
        score: np.ndarray,
        asked: np.ndarray,
        own: np.ndarray,
        from_items: tuple[np.ndarray, np.ndarray],
        from_friends: tuple[np.ndarray, np.ndarray],
        *,
        cosine: bool,
    ) -> SocialShares:
        """The split of products between what arrived at a person and the items asked about.

        Args:
            score: What is split.
            asked: Vectors of the items asked about, of length 1 where `cosine`.
            own: What the person said themselves.
            from_items: The history, and what each item of it sent.
            from_friends: The people who sent something, and what each of them sent.
            cosine: Whether the sum of all that arrived was brought to length 1.

        **Shapes**: `score` [C], `asked` [C, D], `own` [D], ([H], [H, D]), ([F], [F, D]).
        """
        (items, sent), (friends, told) = from_items, from_friends
        length = max(float(np.linalg.norm(own + sent.sum(0) + told.sum(0))), 1e-12) if cosine else 1.0
        asked = asked.astype(np.float64) / length
        return cls(score, asked @ own, items, asked @ sent.T, friends, asked @ told.T)
