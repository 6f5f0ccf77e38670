"""A fit of the leaderboard that is interrupted goes on where it was, with what it had cost."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import Dataset
from gnnrec.runs import cell_worker, state_file
from gnnrec.runs.cell import Cell
from gnnrec.runs.spec import RunSpec

EPOCHS, CUT = 6, 3


class Killed(BaseException):
    """What ends a process in the middle."""


@pytest.fixture
def cell(small: Dataset, monkeypatch) -> Cell:
    monkeypatch.setattr(cell_worker, "_STATE_EVERY_S", 0.0)
    monkeypatch.setattr("gnnrec.datasets.open_dataset", lambda name: small)
    settings = {"embedding_size": 8, "epochs": EPOCHS, "evaluate_every": 1, "patience": EPOCHS}
    one = Cell(RunSpec.of(small, "lightgcn", settings=settings))
    one.folder.path.mkdir(parents=True)
    return one


def make(cell: Cell, *, dies_in: int = 0) -> list[int]:
    """Make it, in this process; the epochs that were trained."""
    seen: list[int] = []
    status = cell_worker.Status(cell.folder)

    def on_epoch(epoch) -> None:
        seen.append(epoch.epoch)
        if epoch.epoch == dies_in:
            raise Killed

    status.on_epoch = on_epoch
    cell_worker.make_cell(cell.folder, cell.task(), status)
    return seen


def test_it_goes_on_after_the_last_saved_epoch_and_ends_alike(cell: Cell) -> None:
    assert make(cell) == list(range(1, EPOCHS + 1))
    whole, people = cell.folder.result(), cell.folder.people()
    cell.folder.drop_result()
    with pytest.raises(Killed):
        make(cell, dies_in=CUT)
    assert not cell.folder.result()
    before = state_file.facts(cell.folder.path)
    assert make(cell) == list(range(CUT, EPOCHS + 1))
    again = cell.folder.result()
    for what in ("valid", "test", "best_epoch", "epochs", "note"):
        assert again[what] == whole[what]
    np.testing.assert_array_equal(cell.folder.people().to_numpy(), people.to_numpy())
    assert again["seconds_cpu"] > before["seconds_cpu"] > 0
    assert again["seconds_wall"] > before["seconds_wall"] > 0
    assert not list(cell.folder.path.glob("state*"))


@pytest.mark.parametrize("how", ["other code", "damaged"])
def test_a_state_that_cannot_be_trusted_is_begun_anew(cell: Cell, monkeypatch, how: str) -> None:
    with pytest.raises(Killed):
        make(cell, dies_in=CUT)
    if how == "other code":
        monkeypatch.setattr(cell_worker, "code_hash", lambda name: "another")
    else:
        next(cell.folder.path.glob("state-*")).write_bytes(b"cut short")
    assert make(cell) == list(range(1, EPOCHS + 1))


def test_a_fit_made_afresh_forgets_the_state(cell: Cell) -> None:
    with pytest.raises(Killed):
        make(cell, dies_in=CUT)
    cell.folder.drop_result()
    assert state_file.load(cell.folder.path, "the fit") is None
    assert not list(cell.folder.path.glob("state*"))
