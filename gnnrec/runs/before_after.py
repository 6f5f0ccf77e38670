"""Before and after: one person's lists from two models, against what another seed alone would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gnnrec.checkpoints import Checkpoint
from gnnrec.data.forgetting import forgotten_pairs
from gnnrec.evaluation.lists import changed
from gnnrec.recommenders import Recommender

# Places looked at below the list, to say where newcomers were and where the dropped ones went.
DEPTH = 200
PEOPLE = 200


@dataclass(frozen=True)
class BeforeAfter:
    """The same person before and after a change.

    Attributes:
        before: Item numbers, best first, deeper than the list.
        after: The same from the other model.
        k: Length of the list.
        changed: How many of the first k are new.
        noise: How many another seed alone changes, or None where there is no second seed.
        mean_changed: The same as `changed`, on average over people.
        mean_noise: The same as `noise`, on average over people.
        people: Over how many people those averages are.
    """

    before: list[int]
    after: list[int]
    k: int
    changed: int
    noise: int | None
    mean_changed: float
    mean_noise: float | None
    people: int

    @property
    def moved(self) -> int:
        """How many of the first k are in another place than before, or new."""
        pairs = zip(self.before[: self.k], self.after[: self.k], strict=False)
        return sum(old != new for old, new in pairs)

    def sentence(self) -> str:
        """`5 of 10 changed; another seed alone changes 2.`"""
        told = f"{self.changed} of {self.k} changed"
        if not self.changed and self.moved:
            told = f"None of {self.k} changed, but {self.moved} moved"
        return f"{told}." if self.noise is None else f"{told}; another seed alone changes {self.noise}."

    def reading(self) -> str:
        """What the averages over people say about the change, in one sentence."""
        mean = f"Over {self.people} people {self.mean_changed:.1f} of {self.k} change on average"
        if self.mean_noise is None:
            return f"{mean}."
        verdict = (
            "more than chance alone does"
            if self.mean_changed > self.mean_noise + 0.5
            else "no more than chance alone does"
        )
        return f"{mean}, {verdict} ({self.mean_noise:.1f})."


def compare(
    before: Recommender,
    after: Recommender,
    seeds: tuple[Recommender, Recommender] | None,
    user: int,
    k: int,
) -> BeforeAfter:
    """Put two models' lists for one person side by side, and for a fixed draw of people.

    Args:
        before: The model as it was.
        after: The model as it is now.
        seeds: Two models that differ in their seed alone, or None.
        user: User number.
        k: Length of the list.
    """
    n_users = before.data.n_users
    crowd = np.random.default_rng(0).permutation(n_users)[:PEOPLE]
    one, other = _lists(before, [user], DEPTH + k)[0], _lists(after, [user], DEPTH + k)[0]
    noise = mean_noise = None
    if seeds is not None:
        noise = _mean_changed(*seeds, [user], k)
        mean_noise = _mean_changed(*seeds, crowd, k)
    return BeforeAfter(
        before=_filled(one),
        after=_filled(other),
        k=k,
        changed=changed(one[:k], other[:k]),
        noise=None if noise is None else round(noise),
        mean_changed=_mean_changed(before, after, crowd, k),
        mean_noise=mean_noise,
        people=len(crowd),
    )


def seed_pair(
    models: Sequence[Checkpoint], before: Checkpoint, after: Checkpoint
) -> tuple[Checkpoint, Checkpoint] | None:
    """Two models that differ in their seed alone: the first before-or-after model that has a twin."""
    for mine in (before, after):
        for other in models:
            if other.config["seed"] != mine.config["seed"] and kind(other) == kind(mine):
                return mine, other
    return None


def kind(checkpoint: Checkpoint) -> tuple:
    """All that decides a model but its seed."""
    config = checkpoint.config
    return (
        config["recommender"],
        tuple(sorted(config["settings"].items())),
        config["split_hash"],
        forgotten_pairs(config),
    )


def _lists(model: Recommender, users: Sequence[int] | np.ndarray, k: int) -> np.ndarray:
    return model.recommend(users, k=k).items


def _mean_changed(one: Recommender, other: Recommender, users: Sequence[int] | np.ndarray, k: int) -> float:
    pairs = zip(_lists(one, users, k), _lists(other, users, k), strict=True)
    return float(np.mean([changed(before, after) for before, after in pairs]))


def _filled(items: np.ndarray) -> list[int]:
    return [int(item) for item in items if item >= 0]
