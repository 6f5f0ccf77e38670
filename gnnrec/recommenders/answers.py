"""What recommenders answer with: the first items, and scores split into shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Contributions:
    """A score split into what each part of the graph sent: the parts add up to the score.

    It is the split of the score through each neighbour's message, not the effect of deleting it.

    **Shapes**: C items asked about, H items of the person's history: `score` [C], `own` [C], `items` [H],
    `values` [C, H].
    """

    score: np.ndarray
    own: np.ndarray
    items: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class TopK:
    """The first items for each query, best first; -1 and -inf where a person has fewer left.

    **Shapes**: `items` and `scores` [B, K].
    """

    items: np.ndarray
    scores: np.ndarray
