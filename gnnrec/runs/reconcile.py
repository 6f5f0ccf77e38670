"""Reconcile: compare what the store believes with which workers live, and put the difference right."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

from gnnrec import places
from gnnrec.errors import RunError
from gnnrec.runs import alive
from gnnrec.runs.folder import RunFolder, runs_root
from gnnrec.runs.queue import start_waiting
from gnnrec.store import runs as table

# A worker that was asked to stop has this long to save its state.
PATIENCE_S = 10.0


def reconcile(*, folders: bool = False) -> None:
    """Bring every run's state in line with what is true, and start those whose turn it is.

    A running run whose lock is free has no worker any more: it is lost, unless its last words say how it
    ended. Cheap enough for every look at the list. A public demo looks and changes nothing.

    Args:
        folders: Also take in runs that the store has forgotten but whose folders are there.
    """
    if not places.writes_allowed():
        return
    if folders:
        _adopt_forgotten()
    for row in table.listed(states=("running", "stopping")):
        folder = RunFolder.of(row.id)
        if alive.is_held(folder.lock):
            if row.state == "stopping":
                _insist(folder)
            continue
        # Read after the lock was seen free: a worker writes its last words before it ends.
        status = folder.status()
        wish = folder.read_json("request.json").get("wish")
        if status.get("state") in table.FINISHED:
            table.move(
                row.id,
                (row.state,),
                status["state"],
                result=status.get("result"),
                error=status.get("error"),
            )
        elif row.state == "stopping" and wish != "finish":
            table.move(row.id, ("stopping",), "stopped", result=_progress(status, row.result))
        else:
            table.move(row.id, (row.state,), "lost", result=_progress(status, row.result))
    if table.listed(states=("queued",), most=1):
        start_waiting()


def _insist(folder: RunFolder) -> None:
    """End a worker that was asked to stop and did not."""
    request = folder.read_json("request.json")
    if request.get("wish") == "stop" and time.time() - float(request.get("at", 0)) > PATIENCE_S:
        process = folder.read_json("process.json")
        alive.send(int(process.get("pid", 0)), process.get("created") or 0.0, signal.SIGKILL, group=True)


def _progress(status: dict, earlier: dict) -> dict:
    """What a worker that said no last words is known to have done."""
    lived = max(0.0, status.get("heartbeat", 0.0) - status.get("started", float("inf")))
    kept = {name: status[name] for name in ("peak_rss_mib", "device") if name in status}
    return kept | {
        "epochs": status.get("epoch", 0),
        "best_epoch": status.get("best_epoch", 0),
        "seconds_wall": earlier.get("seconds_wall", 0.0) + lived,
    }


def _adopt_forgotten() -> None:
    try:
        entries = sorted(runs_root().iterdir())
    except OSError:
        return
    known = {row.id for row in table.listed(most=100_000)}
    for entry in entries:
        if entry.name in known:
            continue
        folder = RunFolder(entry)
        with suppress(RunError):
            number, spec, status = table.number_of(entry.name), folder.spec(), folder.status()
            held = alive.is_held(folder.lock)
            state = status.get("state") if status.get("state") in table.FINISHED else "lost"
            created = entry.stat().st_mtime
            table.adopt(
                table.RunRow(
                    number=number,
                    identity=spec.identity,
                    state="running" if held else state,
                    spec=spec.as_dict(),
                    created=created,
                    queued=created,
                    started=status.get("started"),
                    ended=status.get("ended"),
                    result=status.get("result") or _progress(status, {}),
                    error=status.get("error"),
                )
            )
