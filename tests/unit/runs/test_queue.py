"""The queue and reconcile, with workers that exist in name only."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from gnnrec.data import Dataset
from gnnrec.errors import ConfigError, RunError
from gnnrec.runs import RunSpec, again, alive, delete, queue, resume, run, runs, stop, submit
from gnnrec.runs.folder import RunFolder
from gnnrec.runs.reconcile import reconcile
from gnnrec.store import database
from gnnrec.store import runs as table


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Keep locks instead of starting processes: run id → descriptor. Close one and the worker is dead."""
    kept: dict[str, int] = {}

    def launch(folder: RunFolder, lock: int) -> int:
        kept[folder.run_id] = os.dup(lock)
        folder.write_status({"state": "running", "stage": "train"})
        return 0

    monkeypatch.setattr(queue, "launch", launch)
    yield kept
    for row in table.queue():
        table.move(row.id, ("queued",), "stopped")
    for descriptor in kept.values():
        os.close(descriptor)
    reconcile()


def end(workers: dict[str, int], run_id: str, **status) -> None:
    if status:
        RunFolder.of(run_id).write_status(status)
    os.close(workers.pop(run_id))


def spec(small: Dataset, seed: int = 0, **options) -> RunSpec:
    return RunSpec.of(small, "lightgcn", seed=seed, **options)


def states() -> list[str]:
    return [f"{one.id} {one.state}" for one in runs()][::-1]


def test_first_in_first_out_one_at_a_time(small: Dataset, workers) -> None:
    for seed in range(3):
        submit(spec(small, seed))
    assert states() == ["r1 running", "r2 queued", "r3 queued"]
    end(workers, "r1", state="done", result={"best_epoch": 7})
    assert states() == ["r1 done", "r2 running", "r3 queued"]
    assert run("r1").best_epoch == 7


def test_more_slots_run_more(small: Dataset, workers, monkeypatch) -> None:
    monkeypatch.setenv("GNNREC_SLOTS", "2")
    for seed in range(3):
        submit(spec(small, seed))
    assert states() == ["r1 running", "r2 running", "r3 queued"]


@pytest.mark.parametrize("value", ["0", "-1", "many", "1e3", "９"])
def test_nonsense_slots_are_refused(value: str, monkeypatch) -> None:
    monkeypatch.setenv("GNNREC_SLOTS", value)
    with pytest.raises(ConfigError, match="GNNREC_SLOTS"):
        queue.slots()


def test_the_same_training_twice_is_one_run(small: Dataset, workers) -> None:
    assert submit(spec(small)) == ("r1", True)
    assert submit(spec(small)) == ("r1", False)
    assert submit(spec(small, device="cpu")) == ("r1", False)
    end(workers, "r1", state="done")
    assert runs()[0].state == "done"
    assert submit(spec(small)) == ("r2", True)


def test_a_dead_worker_is_lost_and_the_next_one_starts(small: Dataset, workers) -> None:
    submit(spec(small, 0))
    submit(spec(small, 1))
    end(workers, "r1", state="running", epoch=12, best_epoch=8)
    assert states() == ["r1 lost", "r2 running"]
    assert (run("r1").epoch, run("r1").best_epoch, run("r1").resumable) == (12, 8, True)


def test_last_words_count_where_the_store_missed_them(small: Dataset, workers) -> None:
    submit(spec(small))
    end(workers, "r1", state="failed", error={"where": "disk", "found": "no room"})
    assert run("r1").error == {"where": "disk", "found": "no room"}
    assert states() == ["r1 failed"]


def test_a_living_worker_is_left_alone_whatever_its_status_says(small: Dataset, workers) -> None:
    submit(spec(small))
    RunFolder.of("r1").write_status({"state": "done"})
    assert states() == ["r1 running"]


def test_a_killed_worker_that_was_asked_to_stop_is_stopped(small: Dataset, workers) -> None:
    submit(spec(small))
    assert stop("r1") == "stopping"
    end(workers, "r1")
    assert states() == ["r1 stopped"]


def test_a_worker_that_died_while_finishing_is_lost(small: Dataset, workers) -> None:
    submit(spec(small))
    stop("r1", finish=True)
    end(workers, "r1")
    assert states() == ["r1 lost"]


def test_a_waiting_run_stops_at_once_and_can_be_resumed(small: Dataset, workers) -> None:
    submit(spec(small, 0))
    submit(spec(small, 1))
    assert stop("r2") == "stopped"
    resume("r2")
    assert states() == ["r1 running", "r2 queued"]
    with pytest.raises(RunError, match="it is queued"):
        resume("r2")


def test_a_resumed_run_that_dies_at_once_is_lost_and_not_what_it_was_before(small: Dataset, workers) -> None:
    submit(spec(small))
    end(workers, "r1", state="stopped")
    assert states() == ["r1 stopped"]
    resume("r1")
    end(workers, "r1")
    assert states() == ["r1 lost"]


def test_only_ended_runs_are_stopped_or_deleted_once(small: Dataset, workers) -> None:
    submit(spec(small))
    with pytest.raises(RunError, match="Stop it first"):
        delete("r1")
    end(workers, "r1", state="done")
    reconcile()
    with pytest.raises(RunError, match="nothing to stop"):
        stop("r1")
    with pytest.raises(RunError, match="Open its model"):
        resume("r1")
    delete("r1")
    assert runs() == []
    assert not RunFolder.of("r1").path.exists()


def test_a_run_that_never_fits_fails_with_figures(small: Dataset, workers, monkeypatch) -> None:
    monkeypatch.setattr("gnnrec.runs.estimates.free_memory_mib", lambda: 100.0)
    submit(spec(small))
    error = run("r1").error
    assert run("r1").state == "failed"
    assert error["found"] == "about 0.1 GiB of free memory"
    assert error["expected"] == "about 0.5 GiB"


def test_a_run_that_fits_later_waits(small: Dataset, workers, monkeypatch) -> None:
    monkeypatch.setenv("GNNREC_SLOTS", "2")
    submit(spec(small, 0))
    with monkeypatch.context() as patch:
        patch.setattr("gnnrec.runs.estimates.free_memory_mib", lambda: 100.0)
        submit(spec(small, 1))
        assert states() == ["r1 running", "r2 queued"]
    assert states() == ["r1 running", "r2 running"]


def test_a_public_demo_trains_nothing(small: Dataset, workers, monkeypatch, home) -> None:
    submit(spec(small))
    monkeypatch.setenv("GNNREC_MODE", "demo")
    for action in (
        lambda: submit(spec(small, 1)),
        lambda: stop("r1"),
        lambda: resume("r1"),
        lambda: delete("r1"),
    ):
        with pytest.raises(ConfigError, match="public demo"):
            action()
    assert states() == ["r1 running"]
    monkeypatch.delenv("GNNREC_MODE")


def test_cuda_that_is_not_there_is_said_before_anything_is_written(small, workers, monkeypatch, home) -> None:
    from gnnrec.training import device

    monkeypatch.setattr(device, "report", lambda: device.DeviceReport(False, "a build without CUDA"))
    with pytest.raises(RunError, match="a build without CUDA"):
        submit(spec(small, device="cuda"))
    assert not home.exists()


def test_running_again_on_the_cpu_is_a_new_run(small: Dataset, workers) -> None:
    submit(spec(small))
    end(workers, "r1", state="failed", error={"where": "training on cuda", "offer_cpu": True})
    assert run("r1").offers_cpu
    assert again("r1", device="cpu") == ("r2", True)
    assert run("r2").spec.device == "cpu"
    assert run("r2").spec.identity == run("r1").spec.identity


def test_a_process_that_cannot_start_fails_in_words(small: Dataset, workers, monkeypatch) -> None:
    def launch(folder: RunFolder, lock: int) -> int:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(queue, "launch", launch)
    submit(spec(small))
    assert run("r1").error["found"] == "Cannot allocate memory"


def test_runs_of_a_lost_store_are_found_by_their_folders(small: Dataset, workers) -> None:
    submit(spec(small, 0))
    submit(spec(small, 1))
    end(workers, "r1", state="done", result={"best_epoch": 3, "checkpoint": "x@1"})
    reconcile()
    for file in database.path().parent.glob("gnnrec.sqlite*"):
        file.unlink()
    assert states() == ["r1 done", "r2 running"]
    assert run("r1").checkpoint == "x@1"
    assert submit(spec(small, 5)) == ("r3", True)


def test_a_new_run_never_takes_the_folder_of_a_forgotten_one(small: Dataset, workers) -> None:
    RunFolder.of("r7").create(spec(small, 3))
    assert submit(spec(small)) == ("r8", True)


def test_a_folder_that_is_gone_fails_in_words(small: Dataset, workers) -> None:
    import shutil

    submit(spec(small, 0))
    submit(spec(small, 1))
    shutil.rmtree(RunFolder.of("r2").path)
    end(workers, "r1", state="done")
    assert states() == ["r1 done", "r2 failed"]
    assert "its folder is gone" in run("r2").error["found"]


def test_a_lock_is_held_by_whoever_inherits_it(home) -> None:
    home.mkdir()
    lock = home / "lock"
    assert not alive.is_held(lock)
    with alive.held(lock) as descriptor:
        assert alive.is_held(lock)
        with alive.held(lock) as second:
            assert second is None
        heir = os.dup(descriptor)
    assert alive.is_held(lock)
    os.close(heir)
    assert not alive.is_held(lock)


def test_signals_go_to_that_very_process_or_to_nobody() -> None:
    import signal

    assert not alive.send(os.getpid(), 1.0, signal.SIGKILL)
    assert not alive.send(0, 0.0, signal.SIGKILL, group=True)


def test_differing_settings_leave_out_what_is_the_same(small: Dataset, workers) -> None:
    from gnnrec.runs import differing_settings

    submit(spec(small, 0))
    submit(spec(small, 1, settings={"n_layers": 3}))
    submit(RunSpec.of(small, "ease"))
    found = differing_settings(runs())
    assert found == {"r1": {"n_layers": 2, "seed": 0}, "r2": {"n_layers": 3, "seed": 1}, "r3": {}}
