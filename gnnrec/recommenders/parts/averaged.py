"""A moving average of the parameters answers, not what the last noisy step left."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.recommenders.config import setting
from gnnrec.recommenders.parts.trainable import Trainable


def average(default: float) -> Any:
    """The setting of every model that answers from an average."""
    return setting(default, "Weight of the past in the moving average of parameters", low=0.0, high=0.9999)


class Averaged(Trainable):
    """A trained model whose parameters are averaged over the steps, exponentially.

    What is learned goes on as ever; validation, test and every list are read from the average, and only the average
    is kept. In the first steps the past weighs less, so that first parameters are soon forgotten.

    A member writes `_weights`, reads its parameters from `self._now`, and has `average` in its Config; it stands
    before the other parents, so that every loss takes the average along.
    """

    @abstractmethod
    def _weights(self) -> nn.Module:
        """A module holding all parameters, freshly initialised."""

    def _network(self) -> nn.Module:
        net = nn.Module()
        net.learned, net.average = self._weights(), self._weights()
        net.average.load_state_dict(net.learned.state_dict())
        net.average.requires_grad_(False)
        net.register_buffer("steps", torch.zeros(()))
        return net

    @property
    def _now(self) -> nn.Module:
        return self.net.learned if self.net.training else self.net.average

    def parameters(self) -> list[nn.Parameter]:
        return list(self.net.learned.parameters())

    def loss(self, batch: Any) -> Tensor:
        self._take_average()
        return super().loss(batch)

    def _take_average(self) -> None:
        """Move the average towards the parameters that the last step left; faster in the first steps."""
        steps = float(self.net.steps)
        share = 1 - min(self.config.average, (1 + steps) / (10 + steps))
        with torch.no_grad():
            for mean, value in zip(self.net.average.parameters(), self.parameters(), strict=True):
                mean.lerp_(value, share)
            self.net.steps += 1

    def _state(self) -> dict[str, np.ndarray]:
        return {name: value.detach().cpu().numpy() for name, value in self.net.average.state_dict().items()}

    def _load_state(self, state: dict[str, Any]) -> None:
        self.reset(seed=0)
        values = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
        self.net.learned.load_state_dict(values)
        self.net.average.load_state_dict(values)
        self.serve()
