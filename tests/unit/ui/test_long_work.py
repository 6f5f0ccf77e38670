"""Long work: done once, cancelled when asked, ended when nobody looks, and its failures kept for the page."""

from __future__ import annotations

import threading
import time

import pytest

from gnnrec.errors import IncompatibleError
from gnnrec.ui import long_work
from gnnrec.ui.long_work import Bench, Job


def until(true, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


def test_work_is_done_in_a_thread_and_its_result_kept() -> None:
    bench, told = Bench(), []

    def make(tell):
        told.append(threading.current_thread() is threading.main_thread())
        tell(1, 2)
        return "done"

    bench.start("key", make)
    until(lambda: bench.job("key").ended)
    assert (bench.job("key").done, bench.job("key").of) == (1, 2)
    bench.take_off("key")
    assert bench.kept("key") == (True, "done") and bench.job("key") is None and told == [False]


def test_it_is_not_begun_twice() -> None:
    bench, go, begun = Bench(), threading.Event(), []

    def make(tell):
        begun.append(1)
        go.wait(20)
        return True

    for _ in range(3):
        bench.start("key", make)
    go.set()
    until(lambda: bench.job("key").ended)
    assert begun == [1]


def test_cancelled_work_ends_without_a_result() -> None:
    bench, begun = Bench(), threading.Event()

    def make(tell):
        begun.set()
        while True:
            tell(0, 1)
            time.sleep(0.01)

    bench.start("key", make)
    assert begun.wait(20)
    bench.job("key").cancelled.set()
    until(lambda: bench.job("key").ended)
    assert bench.kept("key") == (False, None) and bench.job("key").error is None


def test_work_that_nobody_looks_at_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "_UNWATCHED_S", 0.0)
    job = Job()
    job.run(lambda tell: tell(1, 2), threading.Lock())
    assert job.ended and job.result is None and job.error is None


def test_a_failure_is_kept_for_the_page() -> None:
    job = Job()

    def make(tell):
        raise IncompatibleError(where="here", found="this", expected="that", todo="Something.")

    job.run(make, threading.Lock())
    assert job.ended and isinstance(job.error, IncompatibleError)


def test_one_piece_of_work_at_a_time() -> None:
    bench, go, begun = Bench(), threading.Event(), []

    def make(name):
        def body(tell):
            begun.append(name)
            go.wait(20)
            return True

        return body

    bench.start("a", make("a"))
    until(lambda: begun)
    bench.start("b", make("b"))
    time.sleep(0.1)
    assert begun == ["a"]
    go.set()
    until(lambda: begun == ["a", "b"])


def test_only_the_last_results_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "_KEPT", 2)
    bench = Bench()
    for number in range(3):
        bench.keep(number, number)
    assert [bench.kept(number)[0] for number in range(3)] == [False, True, True]
