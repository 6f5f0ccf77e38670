"""The queue: first in, first out, so many runs at a time, and none that does not fit into memory."""

from __future__ import annotations

import os
from contextlib import suppress

from gnnrec import places
from gnnrec.errors import ConfigError, GnnrecError, RunError
from gnnrec.runs import alive
from gnnrec.runs.estimates import memory_shortage
from gnnrec.runs.folder import RunFolder, disk_error, runs_root
from gnnrec.runs.launch import launch
from gnnrec.runs.spec import RunSpec
from gnnrec.store import runs as table
from gnnrec.training import device as devices


def slots() -> int:
    """How many runs train at the same time: $GNNREC_SLOTS, else one."""
    given = os.environ.get("GNNREC_SLOTS", "").strip() or "1"
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 64):
        raise ConfigError(
            where="GNNREC_SLOTS",
            found=f"'{given[:20]}'",
            expected="a whole number from 1 to 64",
            todo="Correct it.",
        )
    return int(given)


def submit(spec: RunSpec) -> tuple[str, bool]:
    """Queue a training and start it as soon as there is room.

    Args:
        spec: What to train.

    Returns:
        The id of the run, and whether it is new: training that is already active is not started twice.

    Raises:
        ConfigError: The app runs as a public demo.
        RunError: CUDA is asked for and absent, or there is no room for the run's files.
    """
    places.require_writes("Training")
    if spec.device == "cuda":
        devices.choose("cuda")
    row, new = table.add(spec.identity, spec.as_dict(), at_least=_next_free_number())
    if new:
        try:
            RunFolder.of(row.id).create(spec)
        except GnnrecError as error:
            table.move(row.id, ("queued",), "failed", error=error.parts)
            table.remove(row.id)
            raise
    start_waiting()
    return row.id, new


def start_waiting(*, ending: bool = False) -> list[str]:
    """Start the runs whose turn it is.

    Args:
        ending: Whether this process is a worker about to end, whose memory will be free.

    Returns:
        Ids of the runs started.
    """
    started = []
    for row in table.queue():
        spec, folder = RunSpec.from_dict(row.spec), RunFolder.of(row.id)
        if not folder.path.is_dir():
            _fail(row.id, "queued", _gone(row.id))
            continue
        shortage = memory_shortage(spec, own=ending)
        if shortage is not None:
            if table.listed(states=("running", "stopping"), most=1):
                # Somebody else's run will end and free its memory; those behind wait their turn.
                break
            _fail(row.id, "queued", shortage)
            continue
        with alive.held(folder.lock) as lock:
            if lock is None:
                continue
            if not table.claim(row.id, slots()):
                break
            try:
                folder.restore_reserve()
                launch(folder, lock)
                started.append(row.id)
            except OSError as error:
                _fail(row.id, "running", disk_error(f"starting run {row.id}", error))
    return started


def _fail(run_id: str, state: str, error: RunError) -> None:
    table.move(run_id, (state,), "failed", error=error.parts)


def _gone(run_id: str) -> RunError:
    return RunError(
        where=f"run {run_id}",
        found="its folder is gone",
        expected=f"a folder in {runs_root()}",
        todo="Delete the run and start the training again.",
    )


def _next_free_number() -> int:
    """One more than the largest run folder: after a lost store no new run may write into an old folder."""
    numbers = [0]
    with suppress(OSError):
        for entry in runs_root().iterdir():
            with suppress(RunError):
                numbers.append(table.number_of(entry.name))
    return max(numbers) + 1
