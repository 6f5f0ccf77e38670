"""Updating a served model: a checkpoint and a file of new rows become a new checkpoint, and the old one stays."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gnnrec import places
from gnnrec.checkpoints import Checkpoint, save
from gnnrec.checkpoints.folder import checked_slug
from gnnrec.data import Split
from gnnrec.data import split as cut
from gnnrec.datasets import open_dataset
from gnnrec.datasets.additions import Additions, grow
from gnnrec.datasets.imports import FOLD
from gnnrec.datasets.tables import TableInput
from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.query import FOLD_IN
from gnnrec.training import Fit, Listener, is_trained
from gnnrec.training.updating import WARM_START, WAYS, folded_in, warm_started


@dataclass(frozen=True, eq=False)
class Updated:
    """A new checkpoint made of an old one.

    Attributes:
        checkpoint: The new one.
        how: `fold-in` or `warm-start`.
        additions: What came of the file.
        before: What the old checkpoint measured on the same held-out rows, `valid` and `test`.
        afresh: Names of the parameters that had to begin afresh.
    """

    checkpoint: Checkpoint
    how: str
    additions: Additions
    before: Mapping[str, Mapping[str, float]]
    afresh: tuple[str, ...]


def update(
    checkpoint: Checkpoint,
    file: TableInput,
    *,
    how: str | None = None,
    out: Path | None = None,
    columns: Mapping[str, str] | None = None,
    skip_bad_rows: bool = False,
    seed: int = 0,
    device: str = "cpu",
    max_seconds: float | None = None,
    listener: Listener | None = None,
    now: float | None = None,
) -> Updated:
    """Bring a model up to date with new rows.

    The rows and the data set the model was fitted on become a data set of their own, which the new checkpoint
    belongs to and is verified against like any other. What was held out stays held out.

    Args:
        checkpoint: What is served now.
        file: The new interactions.
        how: `fold-in` (nothing is learned) or `warm-start` (learning goes on); fold-in where the model can, if None.
        out: The new folder; beside those trained here, named after the old one, if None.
        columns: Meaning → column, as on import.
        skip_bad_rows: Leave rows out that cannot be read.
        seed: Of a warm start.
        device: Of a warm start.
        max_seconds: Bounds a warm start.
        listener: Who is told.
        now: Unix seconds; what is a day later has not happened.

    Raises:
        ConfigError: No such way, or a public demo.
        DataError: The file does not fit or holds nothing new.
        IncompatibleError: The model cannot be updated so; the message says what can be done.
    """
    places.require_writes("Updating a model")
    listener = listener or Listener()
    listener.on_stage("load")
    dataset = open_dataset(str(checkpoint.config["dataset"]))
    split = checkpoint.split(dataset)
    model = checkpoint.load(dataset, split)
    _require_way(model, how)
    if checkpoint.config.get("forget"):
        raise IncompatibleError(
            where=f"{checkpoint.title}, update",
            found="a model that was trained without some rows on purpose",
            expected="one that learned from all of train",
            todo="Update the model it is compared with.",
        )
    grown, additions = grow(split, file, columns=columns, skip_bad_rows=skip_bad_rows, now=now)
    after = cut(grown, f"published:fold={FOLD}")
    listener.on_stage("train")
    afresh: list[str] = []
    made = None
    if how in (FOLD_IN, None):
        try:
            made, how = _folded(model, after, seed, listener), FOLD_IN
        except IncompatibleError:
            # Without a wish, what cannot be folded in learns on.
            if how is not None or not is_trained(model):
                raise
    if made is None:
        how = WARM_START
        made, afresh = warm_started(
            model, after, seed=seed, device=device, max_seconds=max_seconds, listener=listener
        )
        made.settings_from = f"those of {checkpoint.address}"
    folder = out or places.trained_models() / _free_slug(f"{checkpoint.slug}-{how}-{additions.dataset[-8:]}")
    label = f"{checkpoint.title.removesuffix(', updated')}, updated"
    extra = {"updated_from": _origin(checkpoint, how, additions, afresh)}
    before = {part: dict(checkpoint.metrics[part]) for part in ("valid", "test")}
    return Updated(save(made, folder, label, extra), how, additions, before, tuple(afresh))


def _require_way(model: Recommender, how: str | None) -> None:
    if how is not None and how not in WAYS:
        raise ConfigError(
            where="--how",
            found=f"'{how[:40]}'",
            expected=f"one of {', '.join(WAYS)}",
            todo="Leave it out: fold-in is chosen where the model can.",
        )
    if "sessions" in model.needs:
        raise IncompatibleError(
            where=f"{model.title}, update",
            found="a model that learns from sessions",
            expected="one that learns from interactions: a file of rows adds no session",
            todo="Import the sessions anew and train again.",
        )


def _folded(model: Recommender, after: Split, seed: int, listener: Listener) -> Fit:
    started = time.monotonic()
    again = folded_in(model, after.training())
    spent = time.monotonic() - started
    listener.on_stage("evaluate")
    started = time.monotonic()
    judged = {part: evaluate(again, after, part) for part in ("valid", "test")}
    return Fit(
        recommender=again,
        split=after,
        seed=seed,
        settings_from="those of the model it was updated from",
        device="cpu",
        device_name="",
        best_epoch=0,
        epochs=0,
        history=[],
        valid=judged["valid"],
        test=judged["test"],
        seconds_by_stage={"choose": 0.0, "train": spent, "evaluate": time.monotonic() - started},
    )


def _origin(checkpoint: Checkpoint, how: str, additions: Additions, afresh: list[str]) -> dict[str, Any]:
    """What the new checkpoint says of where it came from."""
    return {
        "checkpoint": checkpoint.address,
        "how": how,
        "dataset": checkpoint.config["dataset"],
        "split": checkpoint.config["split"],
        "split_hash": checkpoint.config["split_hash"],
        "afresh": afresh,
        "rows": asdict(additions),
    }


def _free_slug(wanted: str) -> str:
    """A name that no model has yet."""
    taken, slug, number = places.trained_models(), checked_slug(wanted[-76:].lstrip("._-")), 2
    free = slug
    while (taken / free).exists():
        free, number = f"{slug}-{number}", number + 1
    return free
