"""Laying out in a process of its own: the same picture, progress, an end on demand, and words for a failure."""

from __future__ import annotations

import sys
import time

import numpy as np
import psutil
import pytest

from gnnrec.errors import RunError
from gnnrec.evaluation.embedding_map import TSNE, picture
from gnnrec.evaluation.embedding_space import Space
from gnnrec.runs import map_layout


@pytest.fixture(scope="module")
def space() -> Space:
    rng = np.random.default_rng(1)
    return Space.of(rng.normal(size=(60, 6)), rng.normal(size=(40, 6)))


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "gnnrec.runs.map_worker" in one.cmdline()]


def test_it_is_the_picture_of_the_same_space_with_progress(space: Space, monkeypatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    told: list[tuple[int, int]] = []
    found = map_layout.lay_out(space, lambda done, of: told.append((done, of)))
    assert np.allclose(found.xy, picture(space, TSNE).xy, atol=1e-3)
    assert found.method == TSNE and told[-1] == (100, 100) and len(told) > 50


def test_whoever_stops_listening_ends_the_process(space: Space) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, of: int) -> None:
        assert children()
        raise Enough

    with pytest.raises(Enough):
        map_layout.lay_out(space, stop)
    for _ in range(50):
        if not children():
            break
        time.sleep(0.02)
    assert not children()


def test_a_process_that_dies_is_told_in_words(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interpreter:
        executable = "/bin/false"

    assert sys.executable != Interpreter.executable
    monkeypatch.setattr(map_layout, "sys", Interpreter)
    with pytest.raises(RunError, match="Laying out the map"):
        map_layout.lay_out(space, lambda done, of: None)
