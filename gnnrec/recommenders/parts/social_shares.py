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
