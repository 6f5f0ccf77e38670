"""Pictures of a space are kept once, found again for the same points alone, and do not pile up."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from gnnrec.store import maps

ID = "0123456789ab"
NODES = np.array([0, 1, 4])
XY = np.array([[0.0, 1.0], [0.5, 0.25], [1.0, 0.0]], dtype=np.float32)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    return tmp_path


def test_what_was_kept_is_found_for_the_same_points_alone() -> None:
    assert maps.recall(ID, "tsne", NODES) is None
    maps.keep(ID, "tsne", NODES, XY)
    assert np.array_equal(maps.recall(ID, "tsne", NODES), XY)
    assert maps.recall(ID, "pca", NODES) is None
    assert maps.recall("ba9876543210", "tsne", NODES) is None
    assert maps.recall(ID, "tsne", np.array([0, 1, 5])) is None


@pytest.mark.parametrize("content", [b"", b"not a picture", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_as_if_there_were_none(content: bytes) -> None:
    maps.keep(ID, "tsne", NODES, XY)
    next(maps.folder().glob("*.npz")).write_bytes(content)
    assert maps.recall(ID, "tsne", NODES) is None
    maps.keep(ID, "tsne", NODES, XY)
    assert maps.recall(ID, "tsne", NODES) is not None


def test_numbers_that_are_none_are_not_drawn() -> None:
    maps.keep(ID, "tsne", NODES, np.full((3, 2), np.nan))
    assert maps.recall(ID, "tsne", NODES) is None


def test_the_one_longest_not_looked_at_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "_MOST_FILES", 3)
    for number in range(3):
        maps.keep(f"{number}", "tsne", NODES, XY)
        os.utime(maps._file(f"{number}", "tsne"), (100 + number, 100 + number))
    maps.recall("0", "tsne", NODES)
    maps.keep("3", "tsne", NODES, XY)
    assert {file.name.partition("-")[0] for file in maps.folder().iterdir()} == {"0", "2", "3"}


def test_a_public_demo_keeps_nothing(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    maps.keep(ID, "tsne", NODES, XY)
    assert not list(home.iterdir()) and maps.recall(ID, "tsne", NODES) is None


@pytest.mark.parametrize("bad", ["../../etc/passwd", "", "a/b", "x" * 60])
def test_a_name_never_leaves_the_folder(bad: str) -> None:
    with pytest.raises(ValueError, match="not a checkpoint id"):
        maps.keep(bad, "tsne", NODES, XY)
