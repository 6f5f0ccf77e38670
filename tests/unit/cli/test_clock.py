"""The clock of a command: stages add up to the whole, and a process is as old as it is."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from gnnrec.cli.clock import Clock, peak_rss_mib


def test_stages_follow_one_another_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    clock = Clock(age=2.0)
    for stage, seconds in (("load", 1.0), ("train", 3.0), ("evaluate", 4.0), ("train", 0.5)):
        now[0] += seconds
        clock.begin(stage)
    now[0] += 0.25
    assert clock.stages == {"start": 3.0, "load": 3.0, "train": 4.25, "evaluate": 0.5}
    assert clock.wall == sum(clock.stages.values()) == 10.75


def test_cpu_time_counts_from_the_beginning_of_the_command() -> None:
    clock = Clock()
    before = clock.cpu
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    assert before < 0.1
    assert clock.cpu - before > 0.1


def test_the_start_of_the_interpreter_counts() -> None:
    code = "import time; time.sleep(0.7); from gnnrec.cli.clock import Clock; print(Clock.of_process().wall)"
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    wall = float(result.stdout)
    # A start that is off by the fraction of a second that the boot time lacks would lie outside.
    assert 0.7 < wall <= time.monotonic() - started + 0.03


def test_memory_is_in_mebibytes() -> None:
    assert 10 < peak_rss_mib() < 100_000
