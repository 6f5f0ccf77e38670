"""Pool: so many processes at a time, none started that does not fit into what memory is left of the budget."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from gnnrec.runs import alive
from gnnrec.runs.cell import JobFolder
from gnnrec.runs.estimates import about_memory
from gnnrec.runs.launch import ALREADY_RUNNING, environment

_POLL_S, _TELL_S, _TRY_AGAIN_S = 0.05, 0.5, 1.0
_MIB = 2**20


@dataclass
class Job:
    """One process to start.

    Attributes:
        title: What it makes, for the screen.
        folder: Where its task is and its result will be.
        task: What the process is told.
        done: Whether the result is there.
        memory_mib: What it is expected to need at most.
        seconds: How long it is expected to take.
        group: Jobs of a group are expected to need about the same.
        epochs: How many epochs it is expected to take; 0 for what is not trained in epochs.
    """

    title: str
    folder: JobFolder
    task: dict[str, Any]
    done: Callable[[], bool]
    memory_mib: float
    seconds: float
    group: str = ""
    epochs: float = 0.0


@dataclass(frozen=True)
class Progress:
    """How far a pool is.

    Attributes:
        done: Jobs that ended, those found finished included.
        total: All jobs.
        seconds_left: Expected time until the end.
        running: What runs now, in words.
    """

    done: int
    total: int
    seconds_left: float
    running: tuple[str, ...]


@dataclass
class _Running:
    job: Job
    process: subprocess.Popen
    started: float
    peak_mib: float = 0.0


@dataclass
class Pool:
    """Runs jobs.

    Attributes:
        processes: Most at a time.
        memory_mib: What all together may use.
        threads: How many threads each may use.
        listener: Told now and then.
        reasons: Why jobs failed, in four parts, by folder.
    """

    processes: int
    memory_mib: float
    threads: int = 1
    listener: Callable[[Progress], None] = lambda progress: None
    reasons: dict[Path, dict[str, Any]] = field(default_factory=dict)
    _measured: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    # Seconds taken and expected of the jobs that ended, those trained in epochs and others: how much faster or slower
    # than estimated it goes.
    _pace: dict[bool, tuple[float, float]] = field(default_factory=dict)

    def run(self, jobs: Iterable[Job]) -> None:
        """Run the jobs whose result is not there yet, in their order as far as memory allows.

        A job that would not fit by itself is not started, and one that grows beyond the whole budget is ended;
        `reasons` says so. Whatever still runs when this is left (by an error or Ctrl-C) is ended too.
        """
        every = list(jobs)
        waiting = [job for job in every if not job.done()]
        finished = len(every) - len(waiting)
        running: list[_Running] = []
        not_before: dict[Path, float] = {}
        told = 0.0
        try:
            while waiting or running:
                now = time.monotonic()
                for one in [one for one in running if one.process.poll() is not None]:
                    running.remove(one)
                    if one.process.returncode == ALREADY_RUNNING and not one.job.done():
                        # Another command was faster by a moment.
                        not_before[one.job.folder.path] = now + _TRY_AGAIN_S
                        waiting.append(one.job)
                        continue
                    finished += 1
                    self._ended(one)
                for job in list(waiting):
                    if self._too_large(job):
                        waiting.remove(job)
                        finished += 1
                    elif self._may_start(job, running) and not_before.get(job.folder.path, 0.0) <= now:
                        if job.done():
                            waiting.remove(job)
                            finished += 1
                        elif alive.is_held(job.folder.lock):
                            # Another command makes it: look again in a moment.
                            not_before[job.folder.path] = now + _TRY_AGAIN_S
                        else:
                            waiting.remove(job)
                            running.append(self._start(job))
                self._watch(running)
                if now - told >= _TELL_S:
                    told = now
                    self.listener(
                        Progress(
                            finished,
                            len(every),
                            self.seconds_left(waiting, running),
                            tuple(self._words(one) for one in running),
                        )
                    )
                time.sleep(_POLL_S)
        finally:
            for one in running:
                one.process.kill()
                one.process.wait()

    def expected(self, job: Job, pace_now: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
        """Memory and seconds a job will need: as measured for others of its group, else as estimated.

        Args:
            job: What is to be started.
            pace_now: Seconds that the fits which run will take and were expected to: before one has ended, they tell
                how fast training goes.
        """
        known = self._measured.get(job.group)
        if not known:
            taken, expected = self._pace.get(job.epochs > 0, pace_now if job.epochs else (0.0, 0.0))
            return job.memory_mib, job.seconds * (taken / expected if expected else 1.0)
        return max(peak for peak, _ in known) * 1.1, sum(seconds for _, seconds in known) / len(known)

    def seconds_left(self, waiting: list[Job], running: list[_Running]) -> float:
        """Expected time until all are done."""
        now = time.monotonic()
        rest = [self._rest(one, now - one.started) for one in running]
        trained = [
            (now - one.started + left, one.job.seconds)
            for one, left in zip(running, rest, strict=True)
            if one.job.epochs and _epochs_done(one.job.folder.read("status.json"))
        ]
        pace_now = sum(taken for taken, _ in trained), sum(expected for _, expected in trained)
        total = sum(rest) + sum(self.expected(job, pace_now)[1] for job in waiting)
        return max(total / self.processes, *rest, 0.0) if rest else total / self.processes

    def _rest(self, one: _Running, elapsed: float) -> float:
        status = one.job.folder.read("status.json")
        made = status.get("trial", 0) - 1
        if made > 0:
            return elapsed / made * (status["trials"] - made)
        done = _epochs_done(status)
        if done and one.job.epochs:
            return elapsed / done * max(one.job.epochs - status["epoch"], 1.0)
        return max(self.expected(one.job)[1] - elapsed, 1.0)

    def _may_start(self, job: Job, running: list[_Running]) -> bool:
        if len(running) >= self.processes:
            return False
        taken = sum(max(self.expected(one.job)[0], one.peak_mib) for one in running)
        return taken + self.expected(job)[0] <= self.memory_mib

    def _too_large(self, job: Job) -> bool:
        needed = self.expected(job)[0]
        if needed <= self.memory_mib:
            return False
        self.reasons[job.folder.path] = {
            "where": job.title,
            "found": f"{about_memory(self.memory_mib)} of memory to use",
            "expected": about_memory(needed),
            "todo": f"Allow more with --memory {round(needed + 1)}, or choose a model that needs less.",
        }
        return True

    def _start(self, job: Job) -> _Running:
        job.folder.path.mkdir(parents=True, exist_ok=True)
        job.folder.write("task.json", job.task)
        for name in ("status.json", "failed.json"):
            (job.folder.path / name).unlink(missing_ok=True)
        with job.folder.log.open("ab") as log:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "gnnrec.runs.cell_worker",
                    str(job.folder.path),
                    *_further_folders(),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=job.folder.path,
                env=environment(self.threads),
            )
        return _Running(job, process, time.monotonic())

    def _ended(self, one: _Running) -> None:
        if one.process.stdin:
            one.process.stdin.close()
        path = one.job.folder.path
        if one.job.done():
            peak = one.job.folder.read("cell.json").get("peak_rss_mib") or one.peak_mib
            seconds = time.monotonic() - one.started
            self._measured.setdefault(one.job.group, []).append((peak, seconds))
            taken, expected = self._pace.get(one.job.epochs > 0, (0.0, 0.0))
            self._pace[one.job.epochs > 0] = (taken + seconds, expected + one.job.seconds)
        elif path not in self.reasons:
            self.reasons[path] = one.job.folder.read("failed.json") or {
                "where": one.job.title,
                "found": f"its process was ended (code {one.process.returncode})",
                "expected": "a process that ends by itself",
                "todo": "Most likely memory ran out: allow fewer processes at a time with --jobs.",
            }

    def _watch(self, running: list[_Running]) -> None:
        for one in running:
            try:
                now = psutil.Process(one.process.pid).memory_info().rss / _MIB
            except psutil.Error:
                continue
            one.peak_mib = max(one.peak_mib, now)
            if now > self.memory_mib:
                self.reasons[one.job.folder.path] = {
                    "where": one.job.title,
                    "found": f"more than {about_memory(self.memory_mib)} of memory in use",
                    "expected": "less than all processes together may use",
                    "todo": "Allow more with --memory, or choose a model that needs less.",
                }
                one.process.kill()

    def _words(self, one: _Running) -> str:
        status = one.job.folder.read("status.json")
        if "trial" in status:
            return f"{one.job.title}, try {status['trial']} of {status['trials']}"
        if status.get("epoch"):
            return f"{one.job.title}, epoch {status['epoch']}"
        return one.job.title


def _epochs_done(status: dict[str, Any]) -> int:
    """Epochs that this attempt has made; those of an attempt that was interrupted took time that is not counted."""
    return status.get("epoch", 0) - status.get("epochs_before", 0)


def _further_folders() -> list[str]:
    """Folders with recommenders besides the package's own; a process of its own has to look there too."""
    import gnnrec.recommenders

    own = str(Path(gnnrec.recommenders.__file__).resolve().parent)
    return [one for one in gnnrec.recommenders.__path__ if str(Path(one).resolve()) != own]
