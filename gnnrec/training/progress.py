"""Progress of a training run: what listeners are told, and the state from which a run can go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

_FINAL = "final."


@dataclass(frozen=True)
class Epoch:
    """One round through the data.

    **Units**: seconds of training and of validation so far.
    """

    epoch: int
    loss: float
    valid: float | None
    seconds_train: float
    seconds_evaluate: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass
class TrainingState:
    """Everything needed to go on after an interruption exactly as if there had been none (on a CPU).

    Attributes:
        epoch: Epochs done.
        tensors: `net.*` current parameters, `best.*` those of the best epoch, `optim.<i>.*` moments of the
            optimiser, `random` the generator's state. Numpy arrays.
        history: Epochs so far.
        best_epoch: Epoch with the best validation score so far; 0 for none.
        best_score: That score; no finite number where there is none.
        note: Why training ended before its time; empty where it did not. No part of a state to go on from.
        final: Where the number of epochs was chosen on validation first: how far the fit on train and validation
            together is, None before it.
    """

    epoch: int = 0
    tensors: dict[str, np.ndarray] = field(default_factory=dict)
    history: list[Epoch] = field(default_factory=list)
    best_epoch: int = 0
    best_score: float = float("-inf")
    note: str = ""
    final: TrainingState | None = None

    def numbers(self) -> dict[str, Any]:
        """All but the tensors, for JSON."""
        best = None if not np.isfinite(self.best_score) else self.best_score
        return {
            "epoch": self.epoch,
            "best_epoch": self.best_epoch,
            "best_score": best,
            "history": [one.as_dict() for one in self.history],
            "final": None if self.final is None else self.final.numbers(),
        }

    def all_tensors(self) -> dict[str, np.ndarray]:
        """The tensors, those of `final` under names that begin with `final.`."""
        final = {} if self.final is None else self.final.all_tensors()
        return self.tensors | {f"{_FINAL}{name}": value for name, value in final.items()}

    @classmethod
    def of(cls, numbers: dict[str, Any], tensors: dict[str, np.ndarray]) -> TrainingState:
        """The state from its two halves."""
        best, final = numbers["best_score"], numbers.get("final")
        mine = {name: value for name, value in tensors.items() if not name.startswith(_FINAL)}
        later = {name.removeprefix(_FINAL): value for name, value in tensors.items() if name not in mine}
        return cls(
            numbers["epoch"],
            mine,
            [Epoch(**one) for one in numbers["history"]],
            numbers["best_epoch"],
            float("-inf") if best is None else best,
            final=None if final is None else cls.of(final, later),
        )


@dataclass
class Listener:
    """What a caller may attach to a training loop.

    Attributes:
        on_epoch: Told after each epoch.
        on_stage: Told when a stage begins: `load`, `choose`, `train`, `evaluate`.
        on_state: Given the state to keep, at every validation, and at every epoch of a fit without one.
        should_stop: Asked after each step; True ends training at the best epoch so far.
    """

    on_epoch: Callable[[Epoch], None] = lambda epoch: None
    on_stage: Callable[[str], None] = lambda stage: None
    on_state: Callable[[TrainingState], None] | None = None
    should_stop: Callable[[], bool] = lambda: False
