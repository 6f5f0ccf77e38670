"""Where the numbers of a report come from: data by fingerprint, model by hash, split, seed, versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import gnnrec
from gnnrec.checkpoints import Checkpoint
from gnnrec.checkpoints.folder import file_hash
from gnnrec.data import Dataset
from gnnrec.reports.blocks import Facts, Text
from gnnrec.reports.document import Section

_PARTS = {"valid": "validation", "test": "test (final)"}


def about_data(dataset: Dataset) -> list[tuple[str, object]]:
    """The data set in a few facts."""
    return [
        ("Data", f"{dataset.title} ({dataset.name})"),
        ("Licence of the data", dataset.licence.name),
        ("Data fingerprint", dataset.fingerprint("interactions")),
    ]


def about_model(checkpoint: Checkpoint) -> list[tuple[str, object]]:
    """A checkpoint in facts that tell it from every other one."""
    config = checkpoint.config
    facts: list[tuple[str, object]] = [
        ("Checkpoint", checkpoint.address),
        ("Checkpoint hash", file_hash(checkpoint.folder / "manifest.json")),
        ("Recommender", config["recommender"]),
        ("Settings", _listed(config["settings"])),
        ("Split", config["split"]),
        ("Split hash", config["split_hash"]),
        ("Seed of the model", str(config["seed"])),
        ("Fitted on", ", ".join(config.get("fitted_on", ["train"]))),
        *((f"Fingerprint of {part}", value) for part, value in sorted(config["fingerprints"].items())),
        ("Versions", _listed(config.get("versions", {}))),
        ("Trained", config.get("created")),
    ]
    facts += [
        (
            f"Means on {words}",
            _listed({k: f"{v:.4f}" for k, v in checkpoint.metrics[part].items() if v is not None}),
        )
        for part, words in _PARTS.items()
        if checkpoint.metrics.get(part)
    ]
    return [(name, value) for name, value in facts if value not in (None, "")]


def provenance(dataset: Dataset, checkpoints: Sequence[Checkpoint], *further: tuple[str, object]) -> Section:
    """The last section of every report.

    Args:
        dataset: What the numbers are about.
        checkpoints: The models in it, each described.
        further: More facts, such as the held-out part that was looked at.
    """
    blocks: list[Any] = [
        Text("With these, whoever has the data can make every number of this report again.", "caption"),
        Facts(
            [
                *about_data(dataset),
                *further,
                ("Written", now()),
                ("Written by", f"gnnrec {gnnrec.__version__}"),
            ]
        ),
    ]
    for one in checkpoints:
        blocks += [Text(one.title), Facts(about_model(one))]
    return Section("Where this comes from", blocks, apart=True)


def now() -> str:
    """The time, for a title page."""
    return f"{datetime.now(UTC):%-d %B %Y, %H:%M} UTC"


def _listed(values: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
