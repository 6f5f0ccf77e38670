"""The moving average of parameters: what it is step by step, and that it alone is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gnnrec.data import Split
from gnnrec.recommenders import Recommender, create
from tests import worlds

SMALL = {"embedding_size": 6}
MEMBERS = pytest.mark.parametrize(("name", "offsets"), [("gcmc", "level"), ("graphrec", "bias")])


@pytest.fixture(scope="module")
def world() -> Split:
    return worlds.published(replace(worlds.rated(), social=worlds.befriended().social))


def learned(
    split: Split, name: str, offsets: str, **settings: object
) -> tuple[Recommender, list[np.ndarray]]:
    """A model after some steps, and the values of a parameter along the way."""
    recommender = create(name, SMALL | settings)
    recommender.attach(split.training())
    recommender.reset(seed=3)
    optimiser = torch.optim.Adam(recommender.parameters(), lr=0.01)
    recommender.net.train()
    value = getattr(recommender.net.learned, offsets)
    path = [value.detach().numpy().copy()]
    for _ in range(20):
        for batch in recommender.batches():
            optimiser.zero_grad()
            recommender.loss(batch).backward()
            optimiser.step()
            path.append(value.detach().numpy().copy())
    recommender.serve()
    return recommender, path


@MEMBERS
def test_what_answers_is_the_moving_average(world: Split, name: str, offsets: str) -> None:
    recommender, path = learned(world, name, offsets, average=0.9)
    mean = path[0].copy()
    # A step's loss takes in what the step before left.
    for number, value in enumerate(path[:-1]):
        mean += (1 - min(0.9, (1 + number) / (10 + number))) * (value - mean)
    np.testing.assert_allclose(recommender.state()[offsets], mean, rtol=1e-4, atol=1e-6)
    assert not np.allclose(mean, path[-1], rtol=1e-3, atol=1e-6)


@MEMBERS
def test_without_a_past_the_last_parameters_answer(world: Split, name: str, offsets: str) -> None:
    recommender, path = learned(world, name, offsets, average=0.0)
    np.testing.assert_allclose(recommender.state()[offsets], path[-2], rtol=1e-5, atol=1e-7)


@MEMBERS
def test_only_the_average_is_kept(world: Split, name: str, offsets: str) -> None:
    state = learned(world, name, offsets)[0].state()
    assert offsets in state
    assert not any("learned" in one or "steps" in one for one in state)
