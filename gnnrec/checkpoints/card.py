"""Model card: what a checkpoint is, for a person who finds the folder."""

from __future__ import annotations

from typing import Any

from gnnrec.data import Dataset
from gnnrec.evaluation import chosen_on


def model_card(config: dict[str, Any], metrics: dict[str, Any], dataset: Dataset) -> str:
    """The README.md of a checkpoint folder, as Markdown."""
    settings = (
        "\n".join(f"| {name} | {value} |" for name, value in config["settings"].items()) or "| none | |"
    )
    results = "\n".join(
        f"| {name} | {_digits(metrics['valid'].get(name))} | {_digits(metrics['test'].get(name))} |"
        for name in metrics["valid"]
    )
    terms = (
        "may be passed on"
        if dataset.licence.redistributable
        else "may not be passed on; weights trained on it likewise, unless its terms say so"
    )
    return f"""# {config["label"]}

Recommender `{config["recommender"]}`, fitted on {config["dataset_title"]} (`{config["dataset"]}`),
split `{config["split"]}`, model seed {config["seed"]}, settings: {config["settings_from"]}.

| metric | validation | test (final) |
| --- | ---: | ---: |
{results}

{_chosen(config)} Test was read once, after that.{_note(config)}

| setting | value |
| --- | --- |
{settings}

Capabilities: {", ".join(config["capabilities"]) or "none"}. Data licence: {dataset.licence.name}; the data {terms}.

Load it with `gnnrec.checkpoints.Checkpoint.open(folder).load(dataset)`. Weights are safetensors; nothing is executed.
"""


def _chosen(config: dict[str, Any]) -> str:
    if config.get("imported"):
        return "Made elsewhere and imported: nothing was trained or chosen here."
    updated = config.get("updated_from")
    if updated and not config["epochs"]:
        return f"Updated from {updated['checkpoint']} by {updated['how']}: nothing was learned again."
    metric = chosen_on(config["task"]).title
    said = f"Best epoch {config['best_epoch']} of {config['epochs']}, chosen on validation {metric}."
    return f"Updated from {updated['checkpoint']} by {updated['how']}. {said}" if updated else said


def _note(config: dict[str, Any]) -> str:
    return f"\n\n{config['note']}" if config.get("note") else ""


def _digits(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.4f}"
