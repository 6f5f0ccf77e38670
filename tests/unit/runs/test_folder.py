"""The folder of a run: whole files, whatever interrupts the writing."""

from __future__ import annotations

import errno
import math
from pathlib import Path

import numpy as np
import pytest

from gnnrec.data import Dataset
from gnnrec.errors import RunError
from gnnrec.runs import RunSpec, state_file
from gnnrec.runs.folder import RunFolder
from gnnrec.training import Epoch, TrainingState


@pytest.fixture
def made(small: Dataset) -> RunFolder:
    one = RunFolder.of("r1")
    one.create(RunSpec.of(small, "lightgcn"))
    return one


def state(epoch: int) -> TrainingState:
    return TrainingState(
        epoch,
        {"net.item": np.full((3, 2), epoch, dtype=np.float32), "random": np.arange(5, dtype=np.uint8)},
        [Epoch(number, 1.0 / number, None, 0.1, 0.0) for number in range(1, epoch + 1)],
        best_epoch=1,
        best_score=0.25,
    )


def no_room(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_spec_is_given_back(made: RunFolder, small: Dataset) -> None:
    assert made.spec() == RunSpec.of(small, "lightgcn")


def test_an_existing_folder_is_never_written_into(made: RunFolder, small: Dataset) -> None:
    made.append_epoch(Epoch(1, 0.5, None, 0, 0))
    with pytest.raises(RunError, match="File exists"):
        made.create(RunSpec.of(small, "lightgcn", seed=9))
    assert made.spec().seed == 0
    assert len(made.epochs()) == 1


def test_a_state_is_given_back_exactly(made: RunFolder) -> None:
    made.save_state(state(4))
    found = made.load_state()
    assert found.numbers() == state(4).numbers()
    assert all((found.tensors[name] == value).all() for name, value in state(4).tensors.items())
    assert made.saved_epoch() == 4


def test_only_the_newest_state_is_kept(made: RunFolder) -> None:
    made.save_state(state(2))
    made.save_state(state(4))
    assert [path.name for path in made.path.glob("state-*")] == ["state-000004.safetensors"]


@pytest.mark.parametrize("broken", ["save_file", "replace", "write_bytes"])
def test_a_full_disk_leaves_the_state_before(made: RunFolder, monkeypatch, broken: str) -> None:
    made.save_state(state(2))
    target = {"save_file": state_file, "replace": state_file.os, "write_bytes": Path}[broken]
    with monkeypatch.context() as patch:
        patch.setattr(target, broken, no_room)
        with pytest.raises(OSError, match="No space left"):
            made.save_state(state(4))
    assert made.load_state().epoch == 2
    assert not list(made.path.glob(".*partial"))


def test_a_damaged_state_is_an_error_in_words(made: RunFolder) -> None:
    made.save_state(state(2))
    file = next(made.path.glob("state-*"))
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(RunError, match="missing or damaged"):
        made.load_state()


def test_no_state_is_none(made: RunFolder) -> None:
    assert made.load_state() is None
    made.save_state(state(2))
    made.drop_state()
    assert made.load_state() is None


def test_epochs_survive_a_line_that_was_cut_short(made: RunFolder) -> None:
    made.append_epoch(Epoch(1, 0.5, 0.25, 1.0, 0.5))
    made.append_epoch(Epoch(2, math.nan, None, 2.0, 0.5))
    with (made.path / "epochs.jsonl").open("a") as stream:
        stream.write('{"epoch": 3, "lo')
    first, second = made.epochs()
    assert first == Epoch(1, 0.5, 0.25, 1.0, 0.5)
    assert second.epoch == 2
    assert math.isnan(second.loss)


def test_the_history_is_cut_back_to_the_saved_state(made: RunFolder) -> None:
    for number in range(1, 6):
        made.append_epoch(Epoch(number, 1.0 / number, None, 0.1, 0.0))
    made.rewrite_epochs(state(2).history)
    assert [one.epoch for one in made.epochs()] == [1, 2]


def test_the_log_tail_is_short_whatever_the_log(made: RunFolder) -> None:
    made.log.write_bytes(b"x" * 10 + b"\n" + b"\xff line\n" * 100_000)
    assert len(made.log_tail(20).splitlines()) == 20
    assert RunFolder.of("r9").log_tail() == ""


def test_a_full_disk_at_the_start_leaves_nothing(small: Dataset, monkeypatch) -> None:
    one = RunFolder.of("r2")
    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(RunError, match="No space left on device"):
        one.create(RunSpec.of(small, "lightgcn"))
    assert not one.path.exists()


def test_a_folder_without_a_spec_says_so(made: RunFolder) -> None:
    (made.path / "spec.json").write_text("{")
    with pytest.raises(RunError, match="no description"):
        made.spec()
