"""Pictures of a model's space that took minutes to lay out: kept once per checkpoint, the oldest go."""

from __future__ import annotations

import contextlib
import os
import zipfile
from pathlib import Path

import numpy as np

from gnnrec import places
from gnnrec.data.whole_files import replaced

# Changes with how pictures are made: what an earlier version laid out is then laid out again.
VERSION = 1
_MOST_FILES = 40
_LONGEST_NAME = 40


def folder() -> Path:
    """Where pictures are."""
    return places.home() / "maps"


def keep(checkpoint_id: str, method: str, nodes: np.ndarray, xy: np.ndarray) -> None:
    """Keep a picture; of more than forty the one longest not looked at goes. A public demo keeps nothing.

    Args:
        checkpoint_id: First 12 hex digits of its manifest's sha256.
        method: How it was made.
        nodes: Which node each point is. **Shapes**: [n].
        xy: Where it lies. **Shapes**: [n, 2].
    """
    if not places.writes_allowed():
        return
    file = _file(checkpoint_id, method)
    file.parent.mkdir(parents=True, exist_ok=True)
    # A second process never reads half a picture.
    with replaced(file) as partial, partial.open("wb") as out:
        np.savez(out, nodes=nodes.astype(np.int64), xy=xy.astype(np.float32))
    for old in sorted(file.parent.glob("*.npz"), key=_age)[_MOST_FILES:]:
        old.unlink(missing_ok=True)


def recall(checkpoint_id: str, method: str, nodes: np.ndarray) -> np.ndarray | None:
    """The places of the points, or None where there is no picture of just these points. **Shapes**: [n, 2]."""
    file = _file(checkpoint_id, method)
    try:
        with np.load(file, allow_pickle=False) as found:
            there, xy = found["nodes"], found["xy"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        # Not there, or damaged: it is made again.
        return None
    fits = np.array_equal(there, nodes) and xy.shape == (len(nodes), 2) and np.isfinite(xy).all()
    if not fits:
        return None
    if places.writes_allowed():
        # A folder that may only be read loses nothing but the order of leaving.
        with contextlib.suppress(OSError):
            os.utime(file)
    return xy


def _file(checkpoint_id: str, method: str) -> Path:
    if not (checkpoint_id.isalnum() and method.isalnum() and len(checkpoint_id) <= _LONGEST_NAME):
        raise ValueError(f"not a checkpoint id and a method: {checkpoint_id[:40]!r}, {method[:40]!r}")
    return folder() / f"{checkpoint_id}-{method}-{VERSION}.npz"


def _age(file: Path) -> float:
    try:
        return -file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
