"""Bias: every rating is the mean, plus how mild the person is, plus how well the item does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.recommenders.base import Recommender
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.rating import NEEDS, STARS, onto_scale, scale_of

_SWEEPS = 200
_SETTLED = 1e-7


class Bias(Recommender):
    """Predicts mean + offset of the person + offset of the item; nobody's taste plays a part.

    The offsets b minimise Σ (r − μ − b_u − b_i)² + λ_u Σ b_u² + λ_i Σ b_i² over the train ratings, where μ is
    their mean. Each λ is a number of imaginary ratings of exactly the mean, so somebody with few ratings
    stays close to it. Solved to the end by turns, people then items.

    The same for everybody but for a constant: what a rating model has to beat.

    **Source**: Koren, "Factor in the neighbors: scalable and accurate collaborative filtering", TKDD 2010,
    section 2.1, equation 3 and the least-squares problem after it. Ours differs: one λ for people and one for
    items, and the exact solution instead of gradient steps.

    **Shapes**: offsets [U] and [I].
    """

    name = "bias"
    title = "Rating offsets (bias)"
    paper = "Koren 2010"
    task = "rating"
    needs = NEEDS
    score_kind = STARS
    simple = True
    search_space: ClassVar[dict[str, tuple | list]] = {
        "shrink_users": (1.0, 50.0, "log"),
        "shrink_items": (0.5, 50.0, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the offsets."""

        shrink_users: float = setting(
            5.0, "Ratings it takes before a person's own offset counts half", low=0.0, high=1000.0
        )
        shrink_items: float = setting(
            2.0, "Ratings it takes before an item's own offset counts half", low=0.0, high=1000.0
        )

    def _attached(self) -> None:
        self.low, self.mean, self.high = scale_of(self.data)

    def _fit(self, data: TrainingData) -> None:
        self._of_users, self._of_items = offsets(
            data, self.mean, self.config.shrink_users, self.config.shrink_items
        )

    def _state(self) -> dict[str, Any]:
        return {"users": self._of_users, "items": self._of_items}

    def _load_state(self, state: dict[str, Any]) -> None:
        self._of_users, self._of_items = state["users"], state["items"]

    def _scores(self, users: np.ndarray) -> np.ndarray:
        ratings = self.mean + self._of_users[users, None] + self._of_items
        return onto_scale(ratings, self.low, self.high)


def offsets(
    data: TrainingData, mean: float, shrink_users: float, shrink_items: float
) -> tuple[np.ndarray, np.ndarray]:
    """Shrunk offsets of people and items from the mean; 0 for who has no train rating. **Shapes**: [U], [I]."""
    left = data.rating.astype(np.float64) - mean
    users, items = np.zeros(data.n_users), np.zeros(data.n_items)
    # A tiny amount keeps an empty row at 0 where nothing is shrunk.
    n_users = np.bincount(data.user, minlength=data.n_users) + shrink_users + 1e-9
    n_items = np.bincount(data.item, minlength=data.n_items) + shrink_items + 1e-9
    for _ in range(_SWEEPS):
        before = items
        users = np.bincount(data.user, left - items[data.item], data.n_users) / n_users
        items = np.bincount(data.item, left - users[data.user], data.n_items) / n_items
        if np.abs(items - before).max() < _SETTLED:
            break
    return users, items
