"""The folder of a run: what the worker writes and everybody else reads, each file whole or not at all."""

from __future__ import annotations

import json
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gnnrec import places
from gnnrec.data.whole_files import plain, read_object, replaced, write_object
from gnnrec.errors import RunError
from gnnrec.runs import state_file
from gnnrec.runs.spec import RunSpec
from gnnrec.training import Epoch, TrainingState

_LOG_TAIL_BYTES = 64 * 1024
# Given back when the disk is full, so that the reason can still be written down.
_RESERVE_BYTES = 256 * 1024


def runs_root() -> Path:
    """The folder that holds one folder per run."""
    return places.home() / "runs"


@dataclass(frozen=True)
class RunFolder:
    """Files of one run: spec, status, epochs, log, lock, and the state to go on from."""

    path: Path

    @classmethod
    def of(cls, run_id: str) -> RunFolder:
        """The folder of a run id."""
        return cls(runs_root() / run_id)

    @property
    def run_id(self) -> str:
        """The id of its run."""
        return self.path.name

    @property
    def log(self) -> Path:
        """What the worker printed."""
        return self.path / "train.log"

    @property
    def lock(self) -> Path:
        """Held by the worker as long as it lives."""
        return self.path / "lock"

    # Made by whoever starts the run

    def create(self, spec: RunSpec) -> None:
        """Make the folder with its spec and a small reserve of disk space.

        Raises:
            RunError: It exists already, or there is no room or no permission.
        """
        try:
            self.path.mkdir(parents=True)
        except OSError as error:
            raise disk_error(f"run {self.run_id}", error) from error
        try:
            self.write_json("spec.json", spec.as_dict())
            self.restore_reserve()
        except OSError as error:
            shutil.rmtree(self.path, ignore_errors=True)
            raise disk_error(f"run {self.run_id}", error) from error

    def spec(self) -> RunSpec:
        """What is trained. Raises RunError where it cannot be read."""
        values = self.read_json("spec.json")
        try:
            return RunSpec.from_dict(values)
        except (TypeError, ValueError) as error:
            raise RunError(
                where=f"run {self.run_id}, spec.json",
                found="a damaged description" if values else "no description",
                expected="the description that it was started with",
                todo="Delete the run and start it again.",
            ) from error

    # Status and epochs

    def status(self) -> dict[str, Any]:
        """The last thing the worker said; empty before that."""
        return self.read_json("status.json")

    def write_status(self, values: dict[str, Any]) -> None:
        """Replace the status in one step."""
        self.write_json("status.json", values)

    def append_epoch(self, epoch: Epoch) -> None:
        """Add one line to the history."""
        with (self.path / "epochs.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(plain(epoch.as_dict())) + "\n")

    def rewrite_epochs(self, epochs: list[Epoch]) -> None:
        """Replace the history: what came after the saved state is trained again."""
        lines = "".join(json.dumps(plain(one.as_dict())) + "\n" for one in epochs)
        with replaced(self.path / "epochs.jsonl") as partial:
            partial.write_bytes(lines.encode())

    def epochs(self) -> list[Epoch]:
        """The history so far; a line that is still being written is left out."""
        found = []
        try:
            lines = (self.path / "epochs.jsonl").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        for line in lines:
            try:
                values = json.loads(line)
                loss = values["loss"]
                found.append(Epoch(**values | {"loss": math.nan if loss is None else loss}))
            except (ValueError, TypeError, KeyError):
                continue
        return found

    def log_tail(self, lines: int = 200) -> str:
        """The end of the log, at most 64 KiB."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(0, os.SEEK_END)
                stream.seek(max(0, stream.tell() - _LOG_TAIL_BYTES))
                text = stream.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    # The state to go on from

    def save_state(self, state: TrainingState) -> None:
        """Keep a state in place of the one before. Raises OSError where there is no room or no permission."""
        state_file.save(self.path, state)

    def saved_epoch(self) -> int:
        """The epoch of the saved state, 0 where there is none."""
        return state_file.saved_epoch(self.path)

    def load_state(self) -> TrainingState | None:
        """The saved state, or None where there is none. Raises RunError where it is damaged."""
        return state_file.load(self.path, f"run {self.run_id}")

    def drop_state(self) -> None:
        """Remove the saved state of a finished run; its checkpoint has what counts."""
        state_file.drop(self.path)

    # Plain files

    def read_json(self, name: str) -> dict[str, Any]:
        """A JSON object of the folder; empty where it is absent or damaged."""
        return read_object(self.path / name)

    def write_json(self, name: str, values: dict[str, Any]) -> None:
        """Replace a JSON file in one step. Raises OSError where there is no room."""
        write_object(self.path / name, values)

    def free_reserve(self) -> None:
        """Give back the room that was set aside for writing down why a run failed."""
        (self.path / "reserve").unlink(missing_ok=True)

    def restore_reserve(self) -> None:
        """Set the room aside again, before a run starts or goes on."""
        (self.path / "reserve").write_bytes(bytes(_RESERVE_BYTES))


def disk_error(where: str, error: OSError) -> RunError:
    """What a failed write means, in words."""
    return RunError(
        where=where,
        found=error.strerror or str(error) or "the disk could not be written",
        expected="room and permission to write",
        todo=f"Free some space in {places.home()}, then resume the run; what was saved before is whole.",
    )
