"""The process behind a leaderboard: makes one cell or one search. `python -m gnnrec.runs.cell_worker FOLDER`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from gnnrec.runs.cell import SEARCH, Cell, JobFolder, cell_result
from gnnrec.runs.launch import ALREADY_RUNNING, give_way

_STATUS_EVERY_S = 0.5


class Status:
    """Tells the process that waits how far this one is, twice a second at most."""

    def __init__(self, folder: JobFolder) -> None:
        self.folder = folder
        self.values: dict[str, Any] = {}
        self.told = 0.0

    def tell(self, *, now: bool = False, **values: Any) -> None:
        """Change the status; it is written now and then, unless `now`."""
        self.values |= values
        if now or time.monotonic() - self.told >= _STATUS_EVERY_S:
            self.told = time.monotonic()
            with suppress(OSError):
                self.folder.write("status.json", self.values)

    def on_epoch(self, epoch: Any) -> None:
        """An epoch ended."""
        self.tell(epoch=epoch.epoch)

    def on_stage(self, stage: str) -> None:
        """A stage began."""
        self.tell(now=True, stage=stage)


def make_cell(folder: JobFolder, task: dict[str, Any], status: Status) -> None:
    """Fit, read test once, and keep the figures with each person's values."""
    from gnnrec.datasets import open_dataset
    from gnnrec.recommenders import create
    from gnnrec.runs.spec import RunSpec
    from gnnrec.training import Listener, fit

    cell = Cell(RunSpec.from_dict(task["spec"]), int(task["threads"]))
    spec = cell.spec
    status.tell(now=True, stage="load", epochs_most=spec.settings.get("epochs", 0))
    split = spec.check(open_dataset(spec.dataset))
    wall, cpu = time.monotonic(), time.process_time()
    made = fit(
        create(spec.recommender, dict(spec.settings)),
        split.dataset,
        split,
        seed=spec.seed,
        device=spec.device,
        max_seconds=spec.max_seconds,
        listener=Listener(on_epoch=status.on_epoch, on_stage=status.on_stage),
    )
    cost = {
        "seconds_wall": time.monotonic() - wall,
        "seconds_cpu": time.process_time() - cpu,
        "peak_rss_mib": own_peak_mib(),
    }
    folder.write_people(made.test)
    folder.write("cell.json", cell_result(cell, made, cost))


def own_peak_mib() -> float:
    """Most memory this process had; what it was started from does not count."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    from gnnrec.training.memory import peak_rss_mib

    return peak_rss_mib()


def reason(failure: BaseException) -> dict[str, Any]:
    """Why nothing came of it, in four parts."""
    from gnnrec.errors import GnnrecError

    if isinstance(failure, GnnrecError):
        return failure.parts
    if isinstance(failure, MemoryError):
        return {
            "where": "fitting",
            "found": "not enough memory",
            "expected": "a model that fits",
            "todo": "Allow more with --memory, or choose another model or settings.",
        }
    return {
        "where": "fitting",
        "found": f"a fault of the program ({type(failure).__name__}: {str(failure)[:120]})",
        "expected": "a fit that ends",
        "todo": "The log in its folder has the details for a bug report.",
    }


def leave_with_parent() -> None:
    """End at once when whoever started this process is gone: its end of the pipe closes with it."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 1024):
                pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: list[str]) -> int:
    """Make what the folder's task asks for, holding its lock.

    Args:
        arguments: The folder; then folders in which further recommenders are found.
    """
    from gnnrec.runs import alive

    folder = JobFolder(Path(arguments[0]).resolve())
    if not alive.keep(folder.lock):
        return ALREADY_RUNNING
    leave_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_way()
    import gnnrec.recommenders

    known = set(gnnrec.recommenders.__path__)
    gnnrec.recommenders.__path__.extend(one for one in arguments[1:] if one not in known)
    task, status = folder.read("task.json"), Status(folder)
    (folder.path / "failed.json").unlink(missing_ok=True)
    try:
        if task["kind"] == SEARCH:
            from gnnrec.runs.search import run_search

            run_search(folder, task, status.tell)
        else:
            make_cell(folder, task, status)
    except BaseException as failure:
        # Whatever it was, the leaderboard has to say so.
        traceback.print_exc()
        folder.write("failed.json", reason(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
