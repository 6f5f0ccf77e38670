"""The worker: trains one run in a process of its own. Started as `python -m gnnrec.runs.worker FOLDER`."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from gnnrec.runs.folder import RunFolder, disk_error
from gnnrec.runs.launch import ALREADY_RUNNING, LOCK_VARIABLE, give_way, threads
from gnnrec.training.memory import peak_rss_mib

STATE_EVERY_S = 2.0
_STATUS_EVERY_S = 0.5


class Interrupted(BaseException):
    """Somebody asked this run to stop. No Exception, so that nothing in between takes it for a failure."""


class Worker:
    """One attempt at a run.

    Args:
        folder: Its folder.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.wish = ""
        self.started = time.time()
        self.clock = time.monotonic()
        self.status: dict[str, Any] = {}
        self.told = 0.0
        self.saved = 0.0
        self.unsaved: Any = None
        self.chosen: Any = None

    # Signals

    def on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Take down what is wanted; it is acted on between two steps, never in the middle of a write."""
        self.wish = self.folder.read_json("request.json").get("wish", "stop")

    def should_stop(self) -> bool:
        """Asked after each step: stop leaves at once, finish ends training at the best epoch so far."""
        self.tell()
        if self.wish == "stop":
            raise Interrupted
        return self.wish == "finish"

    # Progress

    def tell(self, *, now: bool = False, **values: Any) -> None:
        """Change the status; it is written twice a second at most, unless `now`."""
        self.status |= values
        clock = time.monotonic()
        if now or clock - self.told >= _STATUS_EVERY_S:
            self.told = clock
            self.folder.write_status(self.status | {"heartbeat": time.time()})

    def on_stage(self, stage: str) -> None:
        """A new stage began."""
        self.should_stop()
        print(f"stage {stage}", flush=True)
        self.tell(now=True, stage=stage)

    def on_epoch(self, epoch: Any) -> None:
        """An epoch ended."""
        self.folder.append_epoch(epoch)
        values = {"epoch": epoch.epoch, "loss": epoch.loss, "peak_rss_mib": peak_rss_mib()}
        if epoch.valid is not None:
            values["valid"] = epoch.valid
            if self.chosen.better(epoch.valid, self.status.get("best_score")):
                values |= {"best_score": epoch.valid, "best_epoch": epoch.epoch}
            print(f"epoch {epoch.epoch}: loss {epoch.loss:.4f}, validation {epoch.valid:.4f}", flush=True)
        self.tell(**values)

    def on_state(self, state: Any) -> None:
        """A state to go on from: every two seconds it is written, in between it is kept for a stop."""
        from gnnrec.training import TrainingState

        if self.wish == "finish":
            # The last epoch may have been cut short; going on from it would differ from an uninterrupted run.
            return
        self.unsaved = TrainingState.of(state.numbers(), state.all_tensors())
        if time.monotonic() - self.saved >= STATE_EVERY_S:
            self.save_state()

    def save_state(self) -> None:
        """Write the newest state if it is not on disk yet."""
        if self.unsaved is not None:
            self.folder.save_state(self.unsaved)
            self.tell(now=True, saved_epoch=self.unsaved.epoch)
            self.unsaved = None
            self.saved = time.monotonic()

    # The run

    def run(self) -> int:
        """Train, and write down how it ended. Returns the exit code."""
        from gnnrec.store import runs as table

        row = table.get(self.folder.run_id)
        earlier = float(row.result.get("seconds_wall", 0.0))
        self.tell(
            now=True,
            state="running",
            stage="start",
            pid=os.getpid(),
            started=self.started,
            best_score=float("-inf"),
        )
        state, error, result = "done", None, {}
        try:
            result = self._train()
        except Interrupted:
            state, error = self._stopped()
        except BaseException as failure:
            # Whatever it was, the run list has to say so.
            state, error = "failed", self._reason(failure)
        result |= {
            "seconds_wall": earlier + time.monotonic() - self.clock,
            "seconds_cpu": float(row.result.get("seconds_cpu", 0.0)) + time.process_time(),
            "peak_rss_mib": peak_rss_mib(),
        }
        if "epochs" not in result:
            result["epochs"] = self.status.get("epoch", 0)
            result["best_epoch"] = self.status.get("best_epoch", 0)
        self._end(state, error, result)
        return 0 if state in ("done", "stopped") else 1

    def _train(self) -> dict[str, Any]:
        from gnnrec.checkpoints import save
        from gnnrec.datasets import open_dataset
        from gnnrec.evaluation import chosen_on
        from gnnrec.recommenders import create
        from gnnrec.training import Listener, fit, is_trained
        from gnnrec.training import device as devices

        import_seconds = time.monotonic() - self.clock
        spec = self.folder.spec()
        self.on_stage("load")
        before = time.monotonic()
        split = spec.check(open_dataset(spec.dataset))
        self.tell(epochs_most=spec.settings.get("epochs", 0))
        load_seconds = time.monotonic() - before
        state = self.folder.load_state()
        self._take_up(state)
        with suppress(ImportError):
            import torch

            torch.set_num_threads(threads())
        recommender = create(spec.recommender, dict(spec.settings))
        self.chosen = chosen_on(recommender.task)
        self.tell(chosen_on=self.chosen.metric)
        if is_trained(recommender):
            self.tell(device=devices.choose(spec.device))
        made = fit(
            recommender,
            split.dataset,
            split,
            seed=spec.seed,
            device=spec.device,
            max_seconds=spec.max_seconds,
            listener=Listener(self.on_epoch, self.on_stage, self.on_state, self.should_stop),
            resume=state,
        )
        made.settings_from = spec.settings_from
        made.seconds_by_stage = {"start": import_seconds, "load": load_seconds} | made.seconds_by_stage
        self.on_stage("save")
        facts = {
            "run": self.folder.run_id,
            "forget": [list(pair) for pair in spec.forget],
            "peak_rss_mib": peak_rss_mib(),
            "seconds_wall": time.monotonic() - self.clock,
            "seconds_cpu": time.process_time(),
        }
        checkpoint = self._already_saved() or save(made, self._free_folder(spec), spec.label, facts)
        return {
            "checkpoint": checkpoint.address,
            "best_epoch": made.best_epoch,
            "epochs": made.epochs,
            "note": made.note,
            "valid": made.valid.means,
            "device": made.device,
            "device_name": made.device_name,
            "device_peak_mib": made.device_peak_mib,
            "seconds_by_stage": made.seconds_by_stage,
        }

    def _take_up(self, state: Any) -> None:
        self.folder.rewrite_epochs(state.history if state else [])
        if state is not None:
            print(f"going on after epoch {state.epoch}", flush=True)
            self.tell(epoch=state.epoch, best_epoch=state.best_epoch, best_score=state.best_score)
            self.tell(now=True, saved_epoch=state.epoch)

    def _already_saved(self) -> Any:
        """The checkpoint that an attempt which died right afterwards has left, if it is whole."""
        from gnnrec import places
        from gnnrec.checkpoints import read_library

        for one in read_library().checkpoints:
            if one.folder.parent == places.trained_models() and one.config.get("run") == self.folder.run_id:
                return one
        return None

    def _free_folder(self, spec: Any) -> Path:
        from gnnrec.checkpoints.library import folders

        slug, number = spec.checkpoint_slug(self.folder.run_id), 1
        name = slug
        while any((parent / name).exists() for parent in folders()):
            number += 1
            name = f"{slug}-{number}"
        return folders()[-1] / name

    # The end

    def _stopped(self) -> tuple[str, dict[str, Any] | None]:
        try:
            self.save_state()
        except OSError as error:
            return "failed", disk_error("saving the state of the run", error).parts
        return "stopped", None

    def _reason(self, failure: BaseException) -> dict[str, Any]:
        from safetensors import SafetensorError

        from gnnrec.errors import GnnrecError

        traceback.print_exception(failure)
        if isinstance(failure, GnnrecError):
            # Only what a GPU could not do is worth trying on the CPU.
            return failure.parts | {"offer_cpu": failure.where in ("device cuda", "training on cuda")}
        if isinstance(failure, MemoryError):
            return {
                "where": "training",
                "found": "not enough memory",
                "expected": "a model that fits",
                "todo": "Choose smaller vectors or fewer people per step, or close other programs.",
            }
        if isinstance(failure, SafetensorError):
            failure = OSError(str(failure))
        if isinstance(failure, OSError):
            return disk_error("saving the run", failure).parts
        return {
            "where": f"run {self.folder.run_id}",
            "found": f"a fault of the program ({type(failure).__name__})",
            "expected": "a training that ends",
            "todo": "Its log has the details for a bug report.",
        }

    def _end(self, state: str, error: dict[str, Any] | None, result: dict[str, Any]) -> None:
        from gnnrec.errors import GnnrecError
        from gnnrec.runs.queue import start_waiting
        from gnnrec.store import runs as table

        print(f"{state}{': ' + error['found'] if error else ''}", flush=True)
        self.folder.free_reserve()
        ended = {"state": state, "error": error, "result": result, "ended": time.time()}
        with suppress(OSError):
            self.tell(now=True, **ended)
        if state == "done":
            self.folder.drop_state()
        try:
            table.move(self.folder.run_id, ("running", "stopping"), state, result=result, error=error)
            start_waiting(ending=True)
        except (GnnrecError, OSError):
            # The status file has it; whoever looks next puts it into the store and starts the next run.
            traceback.print_exc()


def main(arguments: list[str]) -> int:
    """Train the run in a folder, holding its lock."""
    from gnnrec.runs import alive

    folder = RunFolder(Path(arguments[0]).resolve())
    given = os.environ.pop(LOCK_VARIABLE, "")
    if given:
        os.set_inheritable(int(given), False)
    elif not alive.keep(folder.lock):
        print("another process trains this run", file=sys.stderr)
        return ALREADY_RUNNING
    worker = Worker(folder)
    signal.signal(signal.SIGTERM, worker.on_signal)
    signal.signal(signal.SIGINT, worker.on_signal)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    give_way()
    return worker.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
