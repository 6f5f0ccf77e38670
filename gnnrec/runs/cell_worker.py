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

from gnnrec.errors import GnnrecError
from gnnrec.runs import state_file
from gnnrec.runs.cell import SEARCH, Cell, JobFolder, cell_result, code_hash
from gnnrec.runs.launch import ALREADY_RUNNING, give_way

_STATUS_EVERY_S = 0.5
# A fit that is shorter than this is sooner made again than kept.
_STATE_EVERY_S = 30.0
_COSTS = ("seconds_wall", "seconds_cpu", "peak_rss_mib")


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


class Spent:
    """What the fit of a cell has cost so far, attempts that were interrupted included, and its state to go on from.

    A state that other code has saved is not gone on from.
    """

    def __init__(self, folder: JobFolder, code: str) -> None:
        self.folder, self.code = folder.path, code
        facts = state_file.facts(self.folder)
        self.known = facts.get("code") == code
        self.earlier = (
            {name: float(facts[name]) for name in _COSTS} if self.known else dict.fromkeys(_COSTS, 0.0)
        )
        self.begun = {"seconds_wall": time.monotonic(), "seconds_cpu": time.process_time()}
        self.saved = time.monotonic()

    def state(self) -> Any:
        """The state of the attempt before, or None."""
        with suppress(GnnrecError):
            return state_file.load(self.folder, "the fit") if self.known else None

    def on_state(self, state: Any) -> None:
        """Keep it now and then."""
        if time.monotonic() - self.saved >= _STATE_EVERY_S:
            with suppress(OSError):
                state_file.save(self.folder, state, code=self.code, **self.cost())
            self.saved = time.monotonic()

    def cost(self) -> dict[str, float]:
        """Seconds of the wall clock and of the processor, and peak memory."""
        seconds = {
            "seconds_wall": time.monotonic() - self.begun["seconds_wall"],
            "seconds_cpu": time.process_time() - self.begun["seconds_cpu"],
        }
        summed = {name: self.earlier[name] + value for name, value in seconds.items()}
        return summed | {"peak_rss_mib": max(self.earlier["peak_rss_mib"], own_peak_mib())}


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
    spent = Spent(folder, code_hash(spec.recommender))
    begun = spent.state()
    status.tell(epoch=begun.epoch if begun else 0, epochs_before=begun.epoch if begun else 0)
    made = fit(
        create(spec.recommender, dict(spec.settings)),
        split.dataset,
        split,
        seed=spec.seed,
        device=spec.device,
        max_seconds=spec.max_seconds,
        listener=Listener(status.on_epoch, status.on_stage, spent.on_state),
        resume=begun,
    )
    folder.write_people(made.test)
    folder.write("cell.json", cell_result(cell, made, spent.cost()))
    state_file.drop(folder.path)


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
