"""The verb `models`: the recommenders there are, and the standard set of a data set."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.output import table

if TYPE_CHECKING:
    from gnnrec.runs.standard import StandardModel


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and what it can do."""
    words = "recommenders with what they need, can do and can be set to; or train a data set's standard set"
    parser = subparsers.add_parser("models", help=words, description=words, parents=list(parents))
    verbs = parser.add_subparsers(dest="models_verb", metavar="build")
    about = "train what is missing of the standard set"
    build = verbs.add_parser("build", help=about, description=about, parents=list(parents))
    build.add_argument("dataset", metavar="DATASET")
    build.add_argument(
        "--split", metavar="PROTOCOL", help="such as random:seed=1; without it, the data set's own"
    )
    build.add_argument("--device", default="auto", metavar="auto|cpu|cuda")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """List, or build.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    return _build(args) if args.models_verb == "build" else _list()


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    if "dataset" in result:
        rows = [
            [one["title"], one["state"], one["checkpoint"] or one["reason"], one["seconds"]]
            for one in result["models"]
        ]
        return table(rows, ["model", "state", "checkpoint or reason", "seconds"])
    blocks = []
    for one in result["models"]:
        rows = [[entry["name"], str(entry["default"]), entry["help"]] for entry in one["config"]]
        lines = [
            f"{one['name']}: {one['title']}" + (f" ({one['paper']})" if one["paper"] else ""),
            f"  task {one['task']}; needs {', '.join(one['needs']) or 'interactions only'}; "
            f"can: {', '.join(one['capabilities']) or 'lists only'}",
        ]
        if rows:
            settings = table(rows, ["setting", "default", "what it does"], longest=150)
            lines += [f"  {line}" for line in settings.splitlines()]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _list() -> dict[str, Any]:
    from gnnrec.recommenders import create, names

    found = [create(name) for name in names()]
    return {
        "models": [
            {
                "name": one.name,
                "title": one.title,
                "paper": one.paper,
                "task": one.task,
                "needs": sorted(one.needs),
                "capabilities": sorted(one.capabilities),
                "config": type(one).Config.describe(),
            }
            for one in found
        ]
    }


def _build(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec import places
    from gnnrec.cli.progress import Progress
    from gnnrec.data import split as cut
    from gnnrec.datasets import open_dataset
    from gnnrec.runs import build_standard_set, plan_standard_set
    from gnnrec.runs.standard import TRAINING, WAITING, time_words
    from gnnrec.training.device import choose

    places.require_writes("Training the standard set")
    choose(args.device)
    dataset = open_dataset(args.dataset)
    split = cut(dataset, args.split)
    progress = Progress()
    plan = plan_standard_set(dataset, split)
    waiting = [one for one in plan if one.state == WAITING]
    if waiting:
        progress.line(f"{len(waiting)} of {len(plan)} models to train, {time_words(plan)}:")
    for one in waiting:
        progress.line(f"  {one.title}: {one.estimate.time_words}, {one.estimate.memory_words}")

    def tell(one: StandardModel) -> None:
        if one.state == TRAINING:
            progress.tell(f"{one.title}: " + (f"epoch {one.epoch}" if one.epoch else "training"))
        elif one.state != WAITING:
            progress.line(f"{one.title}: {one.state}" + (f", {one.reason}" if one.reason else ""))

    try:
        built = build_standard_set(dataset, tell, split, args.device)
    finally:
        progress.close()
    return {
        "dataset": dataset.name,
        "split": str(split),
        "models": [
            {
                "name": one.recommender,
                "title": one.title,
                "state": one.state,
                "reason": one.reason,
                "checkpoint": one.checkpoint or None,
                "seconds": one.seconds,
            }
            for one in built
        ],
    }
