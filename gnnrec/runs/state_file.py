"""The state of an interrupted training on disk: tensors first, then the JSON file that names them.

The pair is never mixed: a crash on the way leaves the state before.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gnnrec.checkpoints.folder import file_hash
from gnnrec.data.whole_files import read_object, write_object
from gnnrec.errors import RunError
from gnnrec.training import TrainingState

_NUMBERS, _TENSORS = "state.json", "state-*.safetensors"


def save(folder: Path, state: TrainingState, **facts: Any) -> None:
    """Keep a state in place of the one before.

    Args:
        folder: Where it is kept.
        state: What to go on from.
        facts: What else is to be known of it, for `facts`.

    Raises:
        OSError: No room or no permission.
    """
    epochs = f"{state.epoch:06d}" if state.final is None else f"{state.epoch:06d}-{state.final.epoch:06d}"
    name = f"state-{epochs}.safetensors"
    partial = folder / f".{name}.partial"
    try:
        save_file(state.all_tensors(), str(partial))
        _synced(partial)
        os.replace(partial, folder / name)
    except SafetensorError as error:
        # The library wraps what the system said about the disk.
        raise OSError(str(error)) from error
    finally:
        partial.unlink(missing_ok=True)
    entry = {"facts": facts, "tensors": name, "sha256": file_hash(folder / name), **state.numbers()}
    write_object(folder / _NUMBERS, entry)
    for old in folder.glob(_TENSORS):
        if old.name != name:
            old.unlink(missing_ok=True)


def facts(folder: Path) -> dict[str, Any]:
    """What was said of the saved state; empty where there is none."""
    return read_object(folder / _NUMBERS).get("facts") or {}


def saved_epoch(folder: Path) -> int:
    """The epoch of the saved state, 0 where there is none."""
    return int(read_object(folder / _NUMBERS).get("epoch", 0))


def load(folder: Path, where: str) -> TrainingState | None:
    """The saved state, or None where there is none.

    Args:
        folder: Where it was kept.
        where: How an error names whose it is.

    Raises:
        RunError: Its tensors are missing or damaged.
    """
    values = read_object(folder / _NUMBERS)
    if not values:
        return None
    try:
        file = folder / Path(values.pop("tensors")).name
        if file_hash(file) != values.pop("sha256"):
            raise ValueError
        return TrainingState.of(values, load_file(str(file)))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise RunError(
            where=f"{where}, saved state",
            found="a missing or damaged file",
            expected="the tensors that were saved",
            todo="Start the same training again as a new run.",
        ) from error


def drop(folder: Path) -> None:
    """Remove the saved state of a training that ended."""
    for old in (folder / _NUMBERS, *folder.glob(_TENSORS)):
        old.unlink(missing_ok=True)


def _synced(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
