"""Control: stop, finish early, go on, run again and delete."""

from __future__ import annotations

import dataclasses
import shutil
import signal
import time

from gnnrec import places
from gnnrec.errors import RunError
from gnnrec.runs import alive
from gnnrec.runs.folder import RunFolder
from gnnrec.runs.queue import start_waiting, submit
from gnnrec.runs.reconcile import PATIENCE_S, reconcile
from gnnrec.runs.spec import RunSpec
from gnnrec.store import runs as table

RESUMABLE = ("stopped", "failed", "lost")


def stop(run_id: str, *, finish: bool = False, wait: bool = False) -> str:
    """Ask a run to end: its state is saved within seconds, and it can go on later.

    Args:
        run_id: Which run.
        finish: Keep the best epoch so far as a finished model instead.
        wait: Return only when it has ended; a worker that does not answer is killed after 10 s.

    Returns:
        Its state now.

    Raises:
        RunError: There is no such run, or it has ended already.
    """
    places.require_writes("Stopping a run")
    row = table.get(run_id)
    if row.state not in table.ACTIVE:
        raise RunError(
            where=f"run {run_id}",
            found=f"it is {row.state}",
            expected="a run that waits or trains",
            todo="There is nothing to stop.",
        )
    if not table.move(run_id, ("queued",), "stopped"):
        folder = RunFolder.of(run_id)
        folder.write_json("request.json", {"wish": "finish" if finish else "stop", "at": time.time()})
        table.move(run_id, ("running", "stopping"), "stopping")
        process = folder.read_json("process.json")
        alive.send(int(process.get("pid", 0)), process.get("created") or 0.0, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S + 5
    while wait and table.get(run_id).state in table.ACTIVE and (finish or time.monotonic() < deadline):
        time.sleep(0.2)
        reconcile()
    return table.get(run_id).state


def resume(run_id: str) -> None:
    """Let a stopped, failed or lost run go on from its last saved epoch.

    Raises:
        RunError: It is active or done, its state is damaged, or its twin is active.
    """
    places.require_writes("Training")
    row, folder = table.get(run_id), RunFolder.of(run_id)
    if row.state not in RESUMABLE:
        raise RunError(
            where=f"run {run_id}",
            found=f"it is {row.state}",
            expected=f"a run that is {', '.join(RESUMABLE[:-1])} or {RESUMABLE[-1]}",
            todo="Open its model, or run it again." if row.state == "done" else "Wait for it to end.",
        )
    folder.load_state()
    (folder.path / "request.json").unlink(missing_ok=True)
    table.move(run_id, RESUMABLE, "queued")
    start_waiting()


def again(run_id: str, **changes: object) -> tuple[str, bool]:
    """Start the same training as a new run.

    Args:
        run_id: Which run.
        changes: Fields of the spec that differ, such as `device="cpu"`.

    Returns:
        The id of the run, and whether it is new.
    """
    return submit(dataclasses.replace(RunSpec.from_dict(table.get(run_id).spec), slug="", **changes))


def delete(run_id: str) -> None:
    """Remove a run that is not active, with its folder. The checkpoint it made stays.

    Raises:
        RunError: It is active.
    """
    places.require_writes("Deleting a run")
    row = table.get(run_id)
    if not table.remove(run_id):
        raise RunError(
            where=f"run {run_id}",
            found=f"it is {row.state}",
            expected="a run that has ended",
            todo="Stop it first.",
        )
    shutil.rmtree(RunFolder.of(run_id).path, ignore_errors=True)
