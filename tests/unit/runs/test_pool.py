"""The pool: how many processes run at a time, and what memory allows, with processes that only wait."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gnnrec.runs import alive
from gnnrec.runs.cell import JobFolder
from gnnrec.runs.pool import Job, Pool, Progress, _Running

WAIT = "import sys, time, pathlib; time.sleep(float(sys.argv[1])); pathlib.Path(sys.argv[2]).touch()"


class Waiting(Pool):
    """Starts processes that wait and then leave a file; takes down what ran side by side."""

    def _start(self, job: Job) -> _Running:
        job.folder.path.mkdir(parents=True)
        words = [sys.executable, "-S", "-c", WAIT, "0.3", str(job.folder.path / "made")]
        self.together = getattr(self, "together", [])
        running = _Running(job, subprocess.Popen(words, stdin=subprocess.PIPE), time.monotonic())
        self.together.append(
            [one for one in self.started() if one.process.poll() is None]
            + [running]  # still there, and the new one
        )
        self._kept.append(running)
        return running

    _kept: list[_Running]

    def started(self) -> list[_Running]:
        self._kept = getattr(self, "_kept", [])
        return self._kept


def job(root: Path, name: str, memory: float, group: str = "") -> Job:
    folder = JobFolder(root / name)
    return Job(name, folder, {}, (folder.path / "made").is_file, memory, 1.0, group or name)


def test_memory_of_all_processes_stays_within_the_budget(tmp_path: Path) -> None:
    pool = Waiting(processes=4, memory_mib=1000)
    jobs = [job(tmp_path, f"j{number}", memory) for number, memory in enumerate([600, 600, 300, 300, 900])]
    pool.run(jobs)
    assert all(one.done() for one in jobs)
    assert not pool.reasons
    sums = [sum(one.job.memory_mib for one in together) for together in pool.together]
    assert max(sums) <= 1000
    # A small one does not wait behind a large one that has no room yet.
    assert max(len(together) for together in pool.together) > 1


def test_no_more_processes_than_asked_for(tmp_path: Path) -> None:
    pool = Waiting(processes=2, memory_mib=1e6)
    pool.run([job(tmp_path, f"j{number}", 10) for number in range(5)])
    assert max(len(together) for together in pool.together) == 2


def test_what_can_never_fit_is_left_out_with_the_reason(tmp_path: Path) -> None:
    pool = Waiting(processes=2, memory_mib=1024)
    small, large = job(tmp_path, "small", 10), job(tmp_path, "large", 4096)
    pool.run([large, small])
    assert small.done() and not large.done()
    reason = pool.reasons[large.folder.path]
    assert reason["where"] == "large"
    assert "1.0 GiB" in reason["found"] and "4.0 GiB" in reason["expected"]
    assert "--memory 4097" in reason["todo"]


def test_what_was_measured_replaces_the_estimate(tmp_path: Path) -> None:
    pool = Waiting(processes=1, memory_mib=1e6)
    first, second = (job(tmp_path, name, 5000, group="same") for name in ("first", "second"))
    assert pool.expected(second) == (5000, 1.0)
    pool.run([first])
    memory, seconds = pool.expected(second)
    assert memory < 1000
    assert 0.2 < seconds < 60


def test_the_pace_of_closed_forms_says_nothing_of_models_trained_in_epochs(tmp_path: Path) -> None:
    pool = Waiting(processes=1, memory_mib=1e6)
    closed = dataclasses.replace(job(tmp_path, "closed", 10), seconds=10_000.0)
    trained = dataclasses.replace(job(tmp_path, "trained", 10), seconds=500.0, epochs=8.0)
    pool.run([closed])
    assert pool.expected(trained) == (10, 500.0)
    assert pool.expected(dataclasses.replace(closed, group="another"))[1] < 60


def test_what_is_left_of_a_fit_goes_by_its_own_epochs_once_there_are_any(tmp_path: Path) -> None:
    pool = Waiting(processes=1, memory_mib=1e6)
    trained = dataclasses.replace(job(tmp_path, "trained", 10), seconds=5.0, epochs=8.0)
    running = pool._start(trained)
    running.started -= 600
    assert pool.seconds_left([], [running]) < 10
    trained.folder.write("status.json", {"epoch": 2})
    assert pool.seconds_left([], [running]) == pytest.approx(6 * 300, rel=0.01)
    trained.folder.write("status.json", {"epoch": 6, "epochs_before": 4})
    assert pool.seconds_left([], [running]) == pytest.approx(2 * 300, rel=0.01)
    trained.folder.write("status.json", {"epoch": 2})
    # What waits is expected to go as fast as what runs: twice the epochs here, by the same rule of thumb.
    waiting = dataclasses.replace(trained, seconds=10.0, epochs=16.0, group="another")
    assert pool.seconds_left([waiting], [running]) == pytest.approx((6 + 16) * 300, rel=0.01)
    running.process.wait()


def test_what_is_there_is_not_started_and_counts_as_done(tmp_path: Path) -> None:
    told: list[Progress] = []
    pool = Waiting(processes=1, memory_mib=1e6, listener=told.append)
    there, new = job(tmp_path, "there", 10), job(tmp_path, "new", 10)
    there.folder.path.mkdir()
    (there.folder.path / "made").touch()
    pool.run([there, new])
    assert [one[-1].job.title for one in pool.together] == ["new"]
    assert (told[0].done, told[0].total, told[0].running) == (1, 2, ("new",))
    assert told[0].seconds_left > 0


def test_what_another_command_makes_is_waited_for_and_not_made_twice(tmp_path: Path) -> None:
    pool = Waiting(processes=2, memory_mib=1e6)
    theirs, mine = job(tmp_path, "theirs", 10), job(tmp_path, "mine", 10)
    theirs.folder.path.mkdir()
    with alive.held(theirs.folder.lock) as lock:
        assert lock is not None

        def they_finish() -> None:
            time.sleep(1.0)
            (theirs.folder.path / "made").touch()

        other = threading.Thread(target=they_finish)
        other.start()
        pool.run([theirs, mine])
        other.join()
    assert [one[-1].job.title for one in pool.together] == ["mine"]
    assert not pool.reasons


def test_leaving_ends_what_still_runs(tmp_path: Path) -> None:
    pool = Waiting(processes=2, memory_mib=1e6)

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    pool.listener = interrupt
    with pytest.raises(KeyboardInterrupt):
        pool.run([job(tmp_path, f"j{number}", 10) for number in range(2)])
    assert pool.started() and all(one.process.poll() is not None for one in pool.started())


def test_a_process_that_ends_without_a_result_says_so(tmp_path: Path) -> None:
    pool = Waiting(processes=1, memory_mib=1e6)
    lost = job(tmp_path, "lost", 10)
    lost.done = lambda: False
    pool.run([lost])
    assert "code 0" in pool.reasons[lost.folder.path]["found"]
