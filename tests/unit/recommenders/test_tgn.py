"""Temporal graph network: foreseen before read, an earlier day is a replay, and nothing later reaches it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gnnrec.data import Split, TrainingData
from gnnrec.data.moments import DAY
from gnnrec.recommenders import Query, create
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 2, "embedding_size": 8, "batch_size": 40, "negatives": 20, "neighbours": 3}


@pytest.fixture(scope="module")
def cut() -> Split:
    dataset = worlds.scattered()
    times = dataset.interactions.timestamp.astype(np.int64) * DAY
    return worlds.published(replace(dataset, interactions=replace(dataset.interactions, timestamp=times)))


@pytest.fixture(scope="module")
def model(cut: Split):
    return fit("tgn", cut.dataset, cut, seed=0, device="cpu", settings=SMALL).recommender


def everybody(model) -> np.ndarray:
    return model.scores(range(model.data.n_users))


def until(cut: Split, moment: int) -> TrainingData:
    rows = cut.rows("train")
    return TrainingData(cut.dataset, rows[cut.dataset.interactions.timestamp[rows] < moment])


@pytest.mark.parametrize("moment", [300 * DAY, 800 * DAY])
def test_an_earlier_day_is_a_replay_of_what_happened_before_it(cut: Split, model, moment: int) -> None:
    queries = [Query(user=user, as_of=moment) for user in range(cut.dataset.n_users)]
    earlier = create("tgn", model.config.as_dict())
    earlier.load_state(until(cut, moment), model.state())
    np.testing.assert_allclose(model.scores(queries), everybody(earlier), atol=1e-5)
    assert np.abs(model.scores(queries) - everybody(model)).max() > 0.01


def test_after_the_last_row_nothing_is_different(model) -> None:
    later = [Query(user=user, as_of=5000 * DAY) for user in range(model.data.n_users)]
    np.testing.assert_allclose(model.scores(later), everybody(model), atol=1e-6)


def test_without_memory_it_is_another_model_and_forgets_nothing_it_never_knew(cut: Split, model) -> None:
    bare = create("tgn", model.config.as_dict() | {"memory": "no"})
    bare.load_state(cut.training(), model.state())
    assert np.abs(everybody(bare) - everybody(model)).max() > 1e-4


def test_asking_for_an_earlier_day_leaves_today_as_it_is(model) -> None:
    before = everybody(model).copy()
    model.scores([Query(user=0, as_of=1), Query(user=0, as_of=500 * DAY)])
    np.testing.assert_array_equal(everybody(model), before)


def test_what_is_foreseen_was_not_read(cut: Split) -> None:
    """The loss of the first batch does not change with what its events are about to tell the memories."""
    losses = []
    for later in (0, 1):
        model = create("tgn", SMALL)
        model.attach(cut.training())
        model.reset(0)
        # The same first batch, other events after it.
        stream = model._stream
        stream.person[40:] = (stream.person[40:] + later) % cut.dataset.n_users
        batches = model.batches()
        losses.append([model.loss(next(batches)).item() for _ in range(2)])
    assert losses[0][0] == losses[1][0]
    assert losses[0][1] != losses[1][1]


def test_memories_start_empty_in_every_epoch(cut: Split) -> None:
    model = create("tgn", SMALL | {"dropout": 0.0})
    model.attach(cut.training())
    model.reset(0)
    epochs = []
    for _ in range(2):
        model.generator.manual_seed(0)
        epochs.append([model.loss(batch).item() for batch in model.batches()])
    assert epochs[0] == pytest.approx(epochs[1], abs=1e-6)
    assert len(epochs[0]) > 2


def test_memory_matters_and_gradients_reach_it(cut: Split) -> None:
    model = create("tgn", SMALL)
    model.attach(cut.training())
    model.reset(0)
    for number, batch in enumerate(model.batches()):
        if number == 2:
            model.loss(batch).backward()
            break
    for name in ("memory.gru.weight_ih", "hear.lin_key.weight", "own"):
        gradient = dict(model.net.named_parameters())[name].grad
        assert gradient is not None and gradient.abs().max() > 0, name


def test_the_state_holds_parameters_alone(model) -> None:
    state = model.state()
    assert "own" in state and not [name for name in state if name.endswith(("last_update", "memory.memory"))]
    assert all(torch.isfinite(torch.from_numpy(value)).all() for value in state.values())
