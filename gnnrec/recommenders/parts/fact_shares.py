"""FactShares: the score of an item split into what it is itself and what each of its facts adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
