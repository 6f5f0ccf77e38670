"""The verb `evaluate`: how good the lists or ratings of a checkpoint are, on validation or test."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import add_checkpoint, add_part, at_least, open_checkpoint, require_part
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError

if TYPE_CHECKING:
    from gnnrec.checkpoints import Checkpoint
    from gnnrec.data import Dataset, Split

STORED, COMPUTED = "stored", "computed"


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "judge a checkpoint on held-out interactions"
    parser = subparsers.add_parser("evaluate", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    add_part(parser)
    parser.add_argument(
        "--at", default="10,20", metavar="K,K", help="list lengths (default 10,20); no part in ratings"
    )
    parser.add_argument(
        "--beyond",
        action="store_true",
        help="measure the lists beyond accuracy too: coverage, Gini, popularity, novelty, diversity and more",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Read what was measured when the model was saved or since; measure the rest.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    require_part(args.part)
    at = list_lengths(args.at)
    checkpoint, dataset, split = open_checkpoint(args.checkpoint)
    found = _stored(checkpoint, args.part, at) or _judged(checkpoint, dataset, split, args.part, at)
    if args.beyond:
        found["beyond"] = _beyond(checkpoint, dataset, split, args.part, at)
    return {
        "checkpoint": checkpoint.address,
        "model": checkpoint.config["recommender"],
        "dataset": dataset.name,
        "split": str(split),
        "part": args.part,
        "task": checkpoint.config["task"],
        "at": at,
        **found,
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    part = {"valid": "validation", "test": "test (final)"}[result["part"]]
    head = f"{result['checkpoint']} on {result['dataset']}, split {result['split']}"
    pooled = {"rating": "over all held-out ratings", "next_item": "over all clicks that followed another"}
    over = pooled.get(result["task"], "mean over people")
    means = table(list(result["metrics"].items()), ["metric", over])
    shown = f"{head}, {part}, {result['people']:,} people\n\n{means}"
    if "beyond" in result:
        shown += "\n\n" + table(list(result["beyond"].items()), ["beyond accuracy", "of the lists"])
    return shown


def list_lengths(given: str) -> list[int]:
    """List lengths from a text such as `10,20`, each once, ascending.

    Raises:
        ConfigError: One is no whole number of 1 or more.
    """
    lengths = set()
    for one in given.split(","):
        if not (one.strip().isascii() and one.strip().lstrip("-").isdigit()):
            raise ConfigError(
                where="--at",
                found=f"'{given[:60]}'",
                expected="whole numbers between commas",
                todo="For example --at 10,20.",
            )
        at_least("--at", int(one), 1)
        lengths.add(int(one))
    return sorted(lengths)


def _stored(checkpoint: Checkpoint, part: str, at: list[int]) -> dict[str, Any] | None:
    """What was measured when the checkpoint was saved, if it covers the list lengths."""
    if not (checkpoint.folder / "per_user.safetensors").is_file():
        return None
    evaluation = checkpoint.evaluation(part)
    with_length = {name: int(name.rpartition("@")[2]) for name in evaluation.means if "@" in name}
    wanted = [name for name in evaluation.means if with_length.get(name, at[0]) in at]
    if with_length and not set(at) <= set(with_length.values()):
        return None
    means = checkpoint.metrics[part]
    return {
        "people": len(evaluation.users),
        "source": STORED,
        "metrics": {name: means[name] for name in _in_order(wanted)},
    }


def _judged(
    checkpoint: Checkpoint, dataset: Dataset, split: Split, part: str, at: list[int]
) -> dict[str, Any]:
    """Measured now, unless it was before."""
    from gnnrec.evaluation import evaluate

    def measure() -> dict[str, Any]:
        result = evaluate(checkpoint.load(dataset, split), split, part, at=at)
        means = {name: result.means[name] for name in _in_order(result.means)}
        return {"people": len(result.users), "metrics": means}

    found, source = _once(checkpoint, f"{part} at {','.join(map(str, at))}", measure)
    return {**found, "source": source}


def _beyond(
    checkpoint: Checkpoint, dataset: Dataset, split: Split, part: str, at: list[int]
) -> dict[str, float | None]:
    """What the lists are like, for each length; made once for the longest."""
    from gnnrec.evaluation.beyond import lists_of, measured

    def measure() -> dict[str, Any]:
        shown = lists_of(checkpoint.load(dataset, split), split, part, max(at))
        return {f"{name}@{k}": value for k in at for name, value in measured(shown.first(k)).items()}

    found, _ = _once(checkpoint, f"beyond {part} at {','.join(map(str, at))}", measure)
    return {name: found[name] for name in _in_order(found)}


def _once(
    checkpoint: Checkpoint, name: str, measure: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    """Measured once, then kept in the store: the folder of a checkpoint never changes."""
    from gnnrec import places
    from gnnrec.cli.output import as_plain
    from gnnrec.store import recall, remember

    kept = recall(checkpoint.id, name)
    if kept is not None:
        return kept, STORED
    found = as_plain(measure())
    if places.writes_allowed():
        remember(checkpoint.id, name, found)
    return found, COMPUTED


def _in_order(names: Any) -> list[str]:
    return sorted(names, key=lambda name: (name.partition("@")[0], int(name.partition("@")[2] or 0)))
