"""Files that are there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.data.whole_files import plain, read_object, replaced, write_object


def test_a_file_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text("old")
    with replaced(path) as partial:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_not_finished_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text("old")

    def break_off() -> None:
        with replaced(path) as partial:
            partial.write_text("ne")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        break_off()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [None, "", '{"epoch": 3, "lo', "[1, 2]", "3"])
def test_what_is_no_object_reads_as_an_empty_one(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "status.json"
    if content is not None:
        path.write_text(content)
    assert read_object(path) == {}


def test_an_object_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write_object(path, {"title": "Amélie", "score": np.float32(0.5), "loss": float("nan")})
    assert read_object(path) == {"title": "Amélie", "score": 0.5, "loss": None}
    assert list(tmp_path.iterdir()) == [path]


def test_values_become_those_that_json_can_hold() -> None:
    given = {1: (np.float32(0.5), float("nan"), -float("inf")), "deep": [{"n": np.int64(3)}], "text": "a"}
    assert plain(given) == {"1": [0.5, None, None], "deep": [{"n": 3}], "text": "a"}
