"""Progress: silent while a command is short, sparse in a log, one changing line on a terminal."""

from __future__ import annotations

import io
import time

import pytest

from gnnrec.cli.progress import Progress
from gnnrec.training import Epoch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    return clock


def test_a_log_gets_a_line_every_few_seconds(now) -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.stage("train")
    for number in range(1, 121):
        now[0] += 0.1
        progress.epoch(Epoch(number, 1.0, 0.25 if number % 2 == 0 else None, 0.0, 0.0))
    progress.close()
    lines = stream.getvalue().splitlines()
    assert 1 <= len(lines) <= 3
    assert lines[0].startswith("train: epoch 5")
    assert "\r" not in stream.getvalue()


def test_a_short_command_says_nothing_in_a_log(now) -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.stage("train")
    progress.epoch(Epoch(1, 1.0, None, 0.0, 0.0))
    progress.close()
    assert stream.getvalue() == ""


def test_a_terminal_has_one_line_that_ends_empty(now) -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.stage("train")
    now[0] += 1
    progress.epoch(Epoch(2, 1.5, 0.25, 0.0, 0.0))
    progress.close()
    text = stream.getvalue()
    assert "\n" not in text
    assert "epoch 2, loss 1.5000, validation NDCG@10 0.2500" in text
    assert text.endswith("\r" + " " * 79 + "\r")
    progress.line("what stays")
    assert stream.getvalue().endswith("\rwhat stays\n")


def test_only_a_long_wait_is_announced(now) -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.announce(5.0, "about 5 s")
    assert stream.getvalue() == ""
    progress.announce(5.1, "about 5.1 s")
    assert stream.getvalue() == "about 5.1 s\n"
