"""What models that predict ratings share: batches of rated rows, squared error, the scale of the data."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gnnrec.data import TrainingData
from gnnrec.recommenders.parts.trainable import Trainable

NEEDS = frozenset({"ratings"})
STARS = "stars"
_PAIRS_AT_ONCE = 1 << 16
_ROOM = 1 / 400


class Rated(NamedTuple):
    """Rated train rows. **Shapes**: each [n]; `rating` float32 in the data's own scale."""

    users: Tensor
    items: Tensor
    rating: Tensor


def scale_of(data: TrainingData) -> tuple[float, float, float]:
    """Lowest, mean and highest rating among the train rows; no held-out row plays a part."""
    return float(data.rating.min()), float(data.rating.mean(dtype=np.float64)), float(data.rating.max())


def onto_scale(ratings: np.ndarray, low: float, high: float) -> np.ndarray:
    """Predictions kept within a scale, their order included.

    Within the scale a prediction stays as it is. Towards an end, in the last 400th of the scale, it only
    approaches that end: cut off there, all that a mild person would love would come out alike, and their list
    would be in no order. On a scale from 1 to 5 that moves no prediction by more than 0.01.

    **Shapes**: any, float32 out.
    """
    room = max((high - low) * _ROOM, 1e-9)
    above, below = np.maximum(ratings - (high - room), 0), np.maximum(low + room - ratings, 0)
    kept = ratings - above + room * above / (room + above) + below - room * below / (room + below)
    # Rounding may still overstep the end.
    return np.clip(kept, low, high).astype(np.float32)


class RatingModel(Trainable):
    """A trained model whose scores are ratings in the data's own scale.

    A member writes `_network`, `_predicted`, where it needs it `_encoded` (what all predictions are read from,
    such as the vectors after propagation: computed once per batch, and once when serving) and `_penalty`. Its
    Config has `batch_size` (rows per step, 0 for all) beside the settings of every trained model.

    `low`, `mean` and `high` are those of the train ratings; predictions are kept within that range when
    serving, never in the loss.
    """

    task = "rating"
    needs = NEEDS
    score_kind = STARS

    low: float
    mean: float
    high: float

    @abstractmethod
    def _predicted(self, encoded: Any, users: Tensor, items: Tensor) -> Tensor:
        """Ratings of pairs, whatever the scale. **Shapes**: [n], [n] → [n]."""

    def _encoded(self) -> Any:
        """What `_predicted` reads besides the parameters, for everybody at once."""
        return None

    def _penalty(self, batch: Rated) -> Tensor | float:
        """What regularisation adds to the mean squared error of a batch."""
        return 0.0

    # Learning

    def _attached(self) -> None:
        super()._attached()
        self.low, self.mean, self.high = scale_of(self.data)

    def _placed(self) -> None:
        data = self.data
        self._rated = Rated(
            torch.from_numpy(data.user.astype(np.int64)).to(self.device),
            torch.from_numpy(data.item.astype(np.int64)).to(self.device),
            torch.from_numpy(data.rating.astype(np.float32)).to(self.device),
        )

    def batches(self) -> Iterator[Rated]:
        n, size = len(self._rated.rating), self.config.batch_size
        if not size or size >= n:
            yield self._rated
            return
        for rows in torch.split(torch.randperm(n, generator=self.generator, device=self.device), size):
            yield Rated(*(column[rows] for column in self._rated))

    def loss(self, batch: Rated) -> Tensor:
        predicted = self._predicted(self._encoded(), batch.users, batch.items)
        return (predicted - batch.rating).square().mean() + self._penalty(batch)

    # Scoring

    def _serve(self) -> None:
        self._served = self._encoded()

    def _scores(self, users: np.ndarray) -> np.ndarray:
        asked = torch.from_numpy(np.asarray(users, dtype=np.int64)).to(self.device)
        with torch.inference_mode():
            return self._on_scale(self._of_everything(self._served, asked))

    def _pair_scores(self, users: np.ndarray, items: np.ndarray) -> np.ndarray:
        pairs = torch.from_numpy(np.stack([users, items])).to(self.device)
        with torch.inference_mode():
            parts = [self._predicted(self._served, *part) for part in pairs.split(_PAIRS_AT_ONCE, dim=1)]
            return self._on_scale(torch.cat(parts))

    def _of_everything(self, encoded: Any, users: Tensor) -> Tensor:
        """Ratings of every item by some people; members with a faster way than pair by pair write their own.

        **Shapes**: [B] → [B, I].
        """
        items = torch.arange(self.data.n_items, device=self.device)
        if not len(users):
            return torch.empty((0, len(items)), device=self.device)
        return torch.stack([self._predicted(encoded, user.expand_as(items), items) for user in users])

    def _on_scale(self, ratings: Tensor) -> np.ndarray:
        return onto_scale(ratings.cpu().numpy(), self.low, self.high)
