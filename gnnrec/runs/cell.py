"""Cell: one fit of a leaderboard, kept as a small file so that it is never made twice."""

from __future__ import annotations

import hashlib
import inspect
import re
import time
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnnrec import places
from gnnrec.data import fingerprint
from gnnrec.data.whole_files import read_object, replaced, write_object
from gnnrec.recommenders import recommender_class
from gnnrec.runs import state_file
from gnnrec.runs.spec import RunSpec

if TYPE_CHECKING:
    import pandas as pd

    from gnnrec.evaluation import Evaluation

FORMAT = 1
CELL, SEARCH = "cell", "search"


@dataclass(frozen=True)
class Cell:
    """What is fitted and measured in one process.

    Attributes:
        spec: Data, split, recommender, settings, seed, device and longest time.
        threads: How many threads the process may use: times depend on it.
    """

    spec: RunSpec
    threads: int = 1

    @cached_property
    def key(self) -> str:
        """Hash of data, split, recommender, settings, seed, and of what its times depend on."""
        return fingerprint.of_json(
            {
                "format": FORMAT,
                "identity": self.spec.identity,
                "device": self.spec.device,
                "threads": self.threads,
                "max_seconds": self.spec.max_seconds,
            }
        )

    @property
    def folder(self) -> JobFolder:
        """Where it is kept."""
        return JobFolder.at(self.spec.dataset, self.spec.recommender, CELL, self.key)

    def task(self) -> dict[str, Any]:
        """What the process that makes it is told."""
        return {"kind": CELL, "key": self.key, "spec": self.spec.as_dict(), "threads": self.threads}


@dataclass(frozen=True)
class JobFolder:
    """The folder of a cell or a search: the task, its log, and what came of it."""

    path: Path

    @classmethod
    def at(cls, dataset: str, recommender: str, kind: str, key: str) -> JobFolder:
        """The folder of a key, made of words that say what it holds."""
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", dataset).strip(".-") or "data"
        return cls(places.home() / "leaderboards" / plain / f"{recommender}-{kind}-{key[:16]}")

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        """Held by the process that works in the folder."""
        return self.path / "lock"

    def read(self, name: str) -> dict[str, Any]:
        """A JSON object of the folder; empty where it is absent or damaged."""
        return read_object(self.path / name)

    def write(self, name: str, values: dict[str, Any]) -> None:
        """Replace a JSON object in one step."""
        write_object(self.path / name, values)

    def write_people(self, evaluation: Evaluation) -> None:
        """Keep each person's values on test, which differences between models are made of."""
        table = evaluation.per_user.astype("float32")
        table.insert(0, "user", evaluation.users.astype("int32"))
        table.insert(1, "held_out", 1 if evaluation.counts is None else evaluation.counts.astype("int32"))
        with replaced(self.path / "people.parquet") as partial:
            table.to_parquet(partial, index=False)

    def people(self) -> pd.DataFrame:
        """Each person's values on test, by user number: `held_out` and the metrics."""
        import pandas as pd

        return pd.read_parquet(self.path / "people.parquet").set_index("user")

    def result(self) -> dict[str, Any]:
        """The finished cell; empty where there is none, or where its table of people is missing."""
        found = self.read("cell.json")
        whole = found.get("format") == FORMAT and (self.path / "people.parquet").is_file()
        return found if whole else {}

    def drop_result(self) -> None:
        """Forget what was made, so that it is made again."""
        for name in ("cell.json", "search.json", "failed.json", *(one.name for one in self.trial_files())):
            (self.path / name).unlink(missing_ok=True)
        state_file.drop(self.path)

    def trial_files(self) -> list[Path]:
        """Files of the tries of a search, in order."""
        return sorted(self.path.glob("trial-*.json"))


def cell_result(cell: Cell, made: Any, cost: dict[str, float]) -> dict[str, Any]:
    """What is kept of a finished fit.

    Args:
        cell: What was asked for.
        made: The `Fit`.
        cost: `seconds_wall`, `seconds_cpu` and `peak_rss_mib` of the process.
    """
    return {
        "format": FORMAT,
        "key": cell.key,
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "code": code_hash(cell.spec.recommender),
        "split": cell.spec.split,
        "seed": cell.spec.seed,
        "device": made.device,
        "device_name": made.device_name,
        "device_peak_mib": made.device_peak_mib,
        "threads": cell.threads,
        "valid": made.valid.means,
        "test": made.test.means,
        "best_epoch": made.best_epoch,
        "epochs": made.epochs,
        "note": made.note,
        "seconds_by_stage": made.seconds_by_stage,
        **cost,
    }


@cache
def code_hash(recommender: str) -> str:
    """Hash of the files that a recommender's class and its bases are written in: old results can be told."""
    files = {
        inspect.getsourcefile(one)
        for one in recommender_class(recommender).__mro__
        if one.__module__.partition(".")[0] == "gnnrec"
    }
    digest = hashlib.sha256()
    for content in sorted(Path(one).read_bytes() for one in files if one):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]
