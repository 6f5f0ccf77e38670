"""Checkpoint: a finished model on disk, with what it was fitted on, how good it is, and who it can be shown with."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import gnnrec
from gnnrec import places
from gnnrec.checkpoints import tensors
from gnnrec.checkpoints.card import model_card
from gnnrec.checkpoints.folder import checked_slug, identity, read_json, verify, written_at_once
from gnnrec.data import Dataset, Split
from gnnrec.data import split as cut
from gnnrec.data.forgetting import forgetting, forgotten_pairs
from gnnrec.errors import CheckpointError, ConfigError, IncompatibleError
from gnnrec.evaluation import Evaluation
from gnnrec.recommenders import Recommender, create
from gnnrec.training import Fit

_PACKAGES = ("torch", "torch-geometric", "numpy", "scipy")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A saved model; its folder never changes.

    Attributes:
        folder: Where it lies.
        id: First 12 hex digits of the sha256 of its manifest.
        config: Recommender, settings, capabilities, split, seed, versions, fingerprints.
    """

    folder: Path
    id: str
    config: dict[str, Any]

    @classmethod
    def open(cls, folder: Path | str) -> Checkpoint:
        """Read a checkpoint's description after checking every byte of its files.

        Raises:
            CheckpointError: A file is missing, changed, cut short or unexpected.
        """
        folder = Path(folder)
        verify(folder)
        config = read_json(folder, "config.json")
        needed = (
            "recommender",
            "settings",
            "dataset",
            "split",
            "split_hash",
            "seed",
            "fingerprints",
            "vocabularies",
        )
        missing = [key for key in needed if key not in config]
        if missing:
            raise CheckpointError(
                where=f"checkpoint {folder.name}, config.json",
                found=f"no '{missing[0]}'",
                expected=f"keys {', '.join(needed)}",
                todo="Train or save it again.",
            )
        return cls(folder, identity(folder), config)

    @property
    def slug(self) -> str:
        """Its name: the folder's."""
        return self.folder.name

    @property
    def address(self) -> str:
        """`slug@id`, the only way a link names it."""
        return f"{self.slug}@{self.id}"

    @property
    def title(self) -> str:
        """Name for the screen, such as `LightGCN without user vectors`."""
        return self.config.get("label") or self.slug

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What it can do in this version, which may be more than when it was saved."""
        try:
            return create(self.config["recommender"], self.config["settings"]).capabilities
        except ConfigError:
            # A recommender or setting that this version does not have; opening the model says so.
            return frozenset(self.config["capabilities"])

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """`valid`, `test` (means by metric) and `history` (per epoch)."""
        return read_json(self.folder, "metrics.json")

    def evaluation(self, part: str) -> Evaluation:
        """The stored result on `valid` or `test`, person by person."""
        stored = tensors.read(self.folder / "per_user.safetensors")
        prefix = f"{part}."
        columns = {
            name.removeprefix(prefix): values for name, values in stored.items() if name.startswith(prefix)
        }
        users, counts = columns.pop("users").astype(np.int64), columns.pop("counts", None)
        return Evaluation(
            part, users, pd.DataFrame({name: columns[name] for name in sorted(columns)}), counts
        )

    def check(self, dataset: Dataset) -> None:
        """See whether a data set is the one this model was fitted on.

        Raises:
            IncompatibleError: It differs; the message says in which part.
        """
        where = f"{self.title} on {dataset.title}"
        ours = {"users": dataset.users.hash, "items": dataset.items.hash}
        different = [part for part, value in self.config["vocabularies"].items() if ours.get(part) != value]
        different += [
            part for part, value in self.config["fingerprints"].items() if dataset.fingerprint(part) != value
        ]
        if different:
            raise IncompatibleError(
                where=where,
                found=f"other {', '.join(different)} than the model was fitted on",
                expected=f"the data set '{self.config['dataset']}' it was fitted on, unchanged",
                todo="Choose that data set, or train the model again on this one.",
            )

    def split(self, dataset: Dataset) -> Split:
        """The split it was fitted on, cut again and compared by hash."""
        self.check(dataset)
        made = cut(dataset, self.config["split"])
        if made.hash != self.config["split_hash"]:
            raise IncompatibleError(
                where=f"{self.title}, split {self.config['split']}",
                found=f"hash {made.hash[:12]}",
                expected=self.config["split_hash"][:12],
                todo="The rule or the order of the file changed: train the model again.",
            )
        return made

    def load(self, dataset: Dataset, split: Split | None = None) -> Recommender:
        """The model, ready to answer.

        Args:
            dataset: What it was fitted on.
            split: Its split, where already cut.

        Raises:
            CheckpointError: The tensors cannot be read or do not fit.
            IncompatibleError: The data set or the split differs.
        """
        if split is None or split.hash != self.config["split_hash"]:
            split = self.split(dataset)
        self.check(dataset)
        # The graph it works on is the one it was trained on: without what it was told to forget.
        split = forgetting(split, forgotten_pairs(self.config))
        recommender = create(self.config["recommender"], self.config["settings"])
        state = tensors.read(self.folder / "model.safetensors")
        try:
            recommender.load_state(split.training(*split.fitted_parts), state)
        except (KeyError, RuntimeError, ValueError) as error:
            raise CheckpointError(
                where=f"checkpoint {self.slug}, model.safetensors",
                found=f"tensors that do not fit ({type(error).__name__})",
                expected=f"the parts of {recommender.title}",
                todo="It was changed or comes from another version: train it again.",
            ) from error
        return recommender


def save(
    fit: Fit, folder: Path | str, label: str | None = None, extra: dict[str, Any] | None = None
) -> Checkpoint:
    """Write a fitted model as a checkpoint folder, in one step.

    Args:
        fit: What `gnnrec.fit` returned.
        folder: New folder; its name becomes the checkpoint's.
        label: Name for the screen.
        extra: More facts for config.json (the run it came from, peak memory).

    Raises:
        CheckpointError: The folder exists, its name cannot be one, or writing failed.
        ConfigError: In a public demo.
    """
    places.require_writes("Saving a model")
    folder = Path(folder).resolve()
    checked_slug(folder.name)
    config = _describe(fit, label) | (extra or {})
    metrics = {
        "valid": fit.valid.means,
        "test": fit.test.means,
        "history": [epoch.as_dict() for epoch in fit.history],
    }
    per_user = {}
    for result in (fit.valid, fit.test):
        per_user[f"{result.part}.users"] = result.users.astype(np.int32)
        if result.counts is not None:
            per_user[f"{result.part}.counts"] = result.counts.astype(np.int32)
        per_user |= {
            f"{result.part}.{name}": result.per_user[name].to_numpy(np.float32) for name in result.per_user
        }
    with written_at_once(folder) as partial:
        tensors.write(partial / "model.safetensors", fit.recommender.state())
        tensors.write(partial / "per_user.safetensors", per_user)
        (partial / "config.json").write_text(_json(config), encoding="utf-8")
        (partial / "metrics.json").write_text(_json(metrics), encoding="utf-8")
        (partial / "README.md").write_text(model_card(config, metrics, fit.dataset), encoding="utf-8")
    return Checkpoint.open(folder)


def _describe(fit: Fit, label: str | None) -> dict[str, Any]:
    recommender, dataset = fit.recommender, fit.dataset
    used = ["interactions", *sorted(need for need in recommender.needs if dataset.fingerprint(need))]
    return {
        "recommender": recommender.name,
        "label": label or recommender.title,
        "task": recommender.task,
        "settings": recommender.config.as_dict(),
        "settings_from": fit.settings_from,
        "capabilities": sorted(recommender.capabilities),
        "needs": sorted(recommender.needs),
        "score_kind": recommender.score_kind,
        "personalised": recommender.personalised,
        "dataset": dataset.name,
        "dataset_title": dataset.title,
        "split": str(fit.split),
        "split_hash": fit.split.hash,
        "fitted_on": list(fit.split.fitted_parts),
        "seed": fit.seed,
        "device": fit.device,
        "device_name": fit.device_name,
        "device_peak_mib": fit.device_peak_mib,
        "best_epoch": fit.best_epoch,
        "epochs": fit.epochs,
        "stopped": fit.stopped,
        "note": fit.note,
        "seconds_by_stage": fit.seconds_by_stage,
        "fingerprints": {part: dataset.fingerprint(part) for part in used},
        "vocabularies": {"users": dataset.users.hash, "items": dataset.items.hash},
        "versions": {"gnnrec": gnnrec.__version__, "python": platform.python_version(), **_versions()},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _json(value: dict[str, Any]) -> str:
    # NaN is no JSON: a metric nobody could be judged on is written as null.
    return json.dumps(_finite(value), indent=1, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
