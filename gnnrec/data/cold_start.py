"""Strict cold starts: some items or people of which nothing at all is learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gnnrec.data.dataset import TEST, TRAIN, VALID, Dataset
from gnnrec.data.protocol import PROTOCOL_NAMES, PROTOCOLS, Protocol, Random
from gnnrec.data.split import Split
from gnnrec.errors import ConfigError


@dataclass(frozen=True)
class _Cold(Protocol):
    """A random share of one side is cold: every interaction of theirs is held out.

    Half of the interactions of each cold one are validation and half are test (the odd one is test). All others
    are split per person by `random` with the same seed, so that the warm part can be measured beside the cold.

    Attributes:
        share: How many are cold, in percent of those with interactions; at least one.
        seed: Which of them, and the draw of the rest. The order of rows in the file does not matter.
    """

    side: ClassVar[str] = "item"
    share: int = 10
    seed: int = 1

    def _always(self) -> tuple[str, ...]:
        return ("share", "seed")

    def __post_init__(self) -> None:
        if not 0 < self.share < 100 or self.min_history:
            raise ConfigError(
                where=f"split {self}",
                found=f"share {self.share}" if not self.min_history else f"min_history {self.min_history}",
                expected="a share from 1 to 99 percent, and no min_history: cold ones stay out of train",
                todo=f"For example {PROTOCOL_NAMES[type(self)]}:share=10,seed=1.",
            )

    def parts(self, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
        user, item = dataset.interactions.user[rows], dataset.interactions.item[rows]
        numbers = item if self.side == "item" else user
        there = np.unique(numbers)
        rng = np.random.default_rng([self.seed, self.share])
        chosen = rng.permutation(there)[: max(1, len(there) * self.share // 100)]
        cold = np.isin(numbers, chosen)
        parts = np.full(len(rows), TRAIN, dtype=np.int8)
        parts[~cold] = Random(seed=self.seed).parts(dataset, rows[~cold]) if (~cold).any() else TRAIN
        held = np.flatnonzero(cold)
        held = held[np.lexsort((item[held], user[held]))]
        held = held[rng.permutation(len(held))]
        held = held[np.argsort(numbers[held], kind="stable")]
        first = np.searchsorted(numbers[held], numbers[held])
        parts[held] = np.where((np.arange(len(held)) - first) % 2 == 0, TEST, VALID)
        return parts


@dataclass(frozen=True)
class ColdItems(_Cold):
    """A random share of the items is new: none of their interactions is learned from."""


@dataclass(frozen=True)
class ColdPeople(_Cold):
    """A random share of the people is new: none of their interactions is learned from.

    Their validation half can stand for a short history when test is judged, see `Split.matrix("valid")`.
    """

    side: ClassVar[str] = "user"


PROTOCOLS |= {"cold_items": ColdItems, "cold_people": ColdPeople}
PROTOCOL_NAMES |= {ColdItems: "cold_items", ColdPeople: "cold_people"}


def seen(split: Split, side: str) -> np.ndarray:
    """Which items or people a finished model learned anything from.

    Args:
        split: Any split.
        side: `item` or `user`.

    Returns:
        One truth value per number. **Shapes**: [I] or [U].
    """
    data = split.fitted
    numbers, n = (data.item, data.n_items) if side == "item" else (data.user, data.n_users)
    return np.bincount(numbers, minlength=n) > 0
