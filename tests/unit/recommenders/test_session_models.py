"""What every model trained on sessions promises: padding, learning, smaller steps, interruption, steps switched off."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.graph import NEXT_CLICK
from gnnrec.recommenders import Query, create, names, recommender_class
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.session_training import SessionTrained
from gnnrec.training import fit
from gnnrec.training.loop import train
from gnnrec.training.progress import Listener
from tests import worlds

SMALL = {"epochs": 4, "embedding_size": 8, "batch_size": 32}
NAMES = [one for one in names() if issubclass(recommender_class(one), SessionTrained)]
pytestmark = pytest.mark.parametrize("name", NAMES)


def fitted(name: str):
    cut = worlds.published(worlds.sessioned())
    return fit(name, cut.dataset, cut, settings=SMALL, device="cpu").recommender


def test_padding_changes_no_score(name: str) -> None:
    model = fitted(name)
    asked = [Query(session=(3,)), Query(session=(1, 2, 1, 5, 7, 1, 2)), Query(session=(4, 3))]
    together = model.scores(asked)
    assert np.isfinite(together).all()
    for row, query in zip(together, asked, strict=True):
        np.testing.assert_allclose(row, model.scores([query])[0], rtol=1e-5, atol=1e-6)


def test_steps_can_be_switched_off_without_learning_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = fitted(name)
    rng = np.random.default_rng(4)
    asked = [Query(session=tuple(rng.integers(model.data.n_items, size=n).tolist())) for n in (1, 2, 5, 9)]
    before, quiet = model.scores(asked), model.without({NEXT_CLICK})
    assert model.side_relations == (NEXT_CLICK,) and not quiet.side_relations
    off = quiet.scores(asked)
    # A session of one click has no step, and nothing changes for it.
    np.testing.assert_array_equal(off[0], before[0])
    assert not np.isclose(off[1:], before[1:], rtol=1e-4, atol=1e-5).all(1).any()
    # What was learned is the same, and the model as it was.
    assert all(np.array_equal(one, quiet.state()[key]) for key, one in model.state().items())
    np.testing.assert_array_equal(model.scores(asked), before)
    assert model.reading != quiet.reading
    # The same as asking the whole model about graphs without an edge.
    monkeypatch.setattr(SessionGraphs, "edges", lambda graphs: np.empty((3, 0), dtype=np.int64))
    np.testing.assert_array_equal(model.scores(asked), off)


def test_it_learns_what_follows_what(name: str) -> None:
    """A ring: after each item comes the next one."""
    world = worlds.sessioned()
    n = world.n_items
    rows = [
        (f"r{start}-{turn}", 0, place, (start + place) % n, 1)
        for start in range(n)
        for turn in range(3)
        for place in range(4)
    ]
    table = type(world.sessions)(rows, columns=["session", "user", "position", "item", "timestamp"])
    cut = worlds.whole(type(world)(**{**vars(world), "sessions": table}))
    model = create(name, {"embedding_size": 16, "batch_size": 32, "learning_rate": 0.02, "decay_every": 0})
    model.attach(cut.training())
    train(model, None, 0, n_epochs=24)
    scores = model.scores([Query(session=((item - 1) % n, item)) for item in range(n)])
    assert (scores.argmax(1) == (np.arange(n) + 1) % n).mean() > 0.9


def test_interrupted_and_resumed_equals_uninterrupted(name: str) -> None:
    cut = worlds.published(worlds.sessioned())

    def after(n: int, resume=None):
        model, states = create(name, SMALL | {"decay_every": 2, "patience": 10}), []
        model.attach(cut.training())
        train(model, cut, 0, n_epochs=n, listener=Listener(on_state=states.append), resume=resume)
        return model, states[-1]

    whole, _ = after(4)
    _, half = after(2)
    resumed, _ = after(4, half)
    for key, value in whole.state().items():
        np.testing.assert_array_equal(resumed.state()[key], value)


def test_the_step_size_falls_with_the_epochs(name: str) -> None:
    model = create(name, {"learning_rate": 0.01, "decay_every": 3, "decay": 0.1})
    assert [model.learning_rate_in(epoch) for epoch in (1, 3, 4, 7)] == pytest.approx(
        [0.01, 0.01, 0.001, 0.0001]
    )
    assert create(name).learning_rate_in(50) == 0.002
