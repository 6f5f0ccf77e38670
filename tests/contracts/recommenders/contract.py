"""Every recommender in every variant, the world each needs, and fits that all tests of a process share.

The recommenders are found by scanning, so a new file is tested on arrival. Exemptions are declared by the
recommender itself (`personalised`, `task`, `needs`, capabilities), never by name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from gnnrec.data import Split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import Recommender, create, names, recommender_class
from gnnrec.training import fit
from gnnrec.training.fit import is_trained
from tests import worlds

Variant = tuple[str, tuple[tuple[str, object], ...]]
# Enough to learn a checkerboard, little enough to run every variant.
SMALL = {"epochs": 30, "embedding_size": 16, "evaluate_every": 10}
# From the smallest world on; the demo alone knows the truth.
HOMES = ("scattered", "befriended", "informed", "described", "sessioned", "demo")


def variants() -> list[Variant]:
    """Every recommender with its defaults, and once more with every other choice of each of its settings."""
    found: list[Variant] = []
    for name in names():
        fields = recommender_class(name).Config.describe()
        small = {one["name"]: SMALL[one["name"]] for one in fields if one["name"] in SMALL}
        found.append((name, tuple(small.items())))
        for one in fields:
            others = [choice for choice in one["choices"] or () if choice != one["default"]]
            found += [(name, (*small.items(), (one["name"], choice))) for choice in others]
    return found


def label(variant: Variant) -> str:
    changed = [f"{key}={value}" for key, value in variant[1] if key not in SMALL]
    return "-".join([variant[0], *changed])


@cache
def world(name: str) -> Split:
    if name == "demo":
        return worlds.split(open_dataset("demo"), "random:seed=1")
    return worlds.published(getattr(worlds, name)())


def fits(variant: Variant, name: str) -> bool:
    """Whether a world has what the recommender declares to need."""
    return not recommender_class(variant[0]).missing_needs(world(name).dataset)


def home_of(variant: Variant) -> str:
    """The smallest world that has what the recommender needs."""
    return next(name for name in HOMES if fits(variant, name))


def trained(variant: Variant) -> bool:
    return is_trained(variant[0])


def of(*capabilities: str, where: Callable[[Variant], bool] = lambda variant: True) -> pytest.MarkDecorator:
    """Run a test for every variant that declares some capabilities and meets a condition."""
    chosen = [
        variant
        for variant in variants()
        if set(capabilities) <= create(variant[0], dict(variant[1])).capabilities and where(variant)
    ]
    return pytest.mark.parametrize("variant", chosen, ids=label)


EVERY = of()


def fitted_on(variant: Variant, split: Split, seed: int = 0) -> Recommender:
    recommender = create(variant[0], dict(variant[1]))
    return fit(recommender, split.dataset, split, seed=seed, device="cpu").recommender


@cache
def fitted(variant: Variant, where: str | None = None) -> Recommender:
    """Shared by tests that only read."""
    return fitted_on(variant, world(where or home_of(variant)))


def all_scores(recommender: Recommender) -> np.ndarray:
    return recommender.scores(range(recommender.data.n_users))
