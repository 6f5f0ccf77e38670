"""The verb `slices`: how well groups of people are served, or which ones are served clearly worse."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import PARTS, add_checkpoint, add_part, at_least, open_checkpoint, require_part
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError, IncompatibleError

if TYPE_CHECKING:
    import pandas as pd

    from gnnrec.checkpoints import Checkpoint
    from gnnrec.data import Dataset, Split
    from gnnrec.evaluation.slices import Measured


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "show how well groups of people are served, or search for those served clearly worse"
    parser = subparsers.add_parser("slices", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    add_part(parser)
    parser.add_argument(
        "--metric", metavar="NAME@K", help="such as recall@20; what the model was chosen on without it"
    )
    parser.add_argument(
        "--worst",
        action="store_true",
        help="search all traits and pairs of traits, guarded against finding something in noise",
    )
    parser.add_argument(
        "--against",
        metavar="CHECKPOINT",
        help="a second checkpoint on the same split: slices of the difference, the first minus the second",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the draws and permutations (default 0)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Measure every group of every trait, or search for the worst.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    require_part(args.part)
    at_least("--seed", args.seed, 0)
    from gnnrec.evaluation import chosen_on
    from gnnrec.evaluation.slices import FEWEST, measure, slices_of
    from gnnrec.evaluation.traits import traits_of
    from gnnrec.evaluation.worst_slices import sentence, worst_slices

    checkpoint, dataset, split = open_checkpoint(args.checkpoint)
    metric = args.metric or chosen_on(checkpoint.config["task"]).metric
    title, direction = _metric(metric, checkpoint.config["task"])
    values = _values(checkpoint, dataset, split, args.part, metric)
    other = None
    if args.against:
        other = _second(args.against, checkpoint)
        # Whoever only one of them can be judged for is in neither.
        values = (values - _values(other, dataset, split, args.part, metric)).dropna()
        title = f"{title} of {checkpoint.slug} minus {other.slug}"
    judged = int(values.notna().sum())
    users, numbers, words = values.index.to_numpy(), values.to_numpy(), dataset.words
    traits = traits_of(split)
    head = {
        "checkpoint": checkpoint.address,
        "against": None if other is None else other.address,
        "model": checkpoint.config["recommender"],
        "dataset": dataset.name,
        "split": str(split),
        "part": args.part,
        "metric": metric,
        "people": judged,
        "not_judged": dataset.n_users - judged,
        "fewest": FEWEST,
        "traits": [{"key": one.key, "title": one.title, "how": one.how} for one in traits],
    }
    if not args.worst:
        slices = slices_of(traits)
        told = measure(slices, users, numbers, words, args.seed)
        return head | {
            "slices": [
                {"trait": one.conditions[0][0], **_row(found)}
                for one, found in zip(slices, told, strict=True)
            ]
        }
    side = "both" if other else "worse"
    search = worst_slices(traits, users, numbers, direction, side, words, seed=args.seed)
    return head | {
        "searched": search.searched,
        "threshold": search.threshold,
        "said": search.said,
        "worst": [
            {
                "traits": [key for key, _ in one.slice.conditions],
                **_row(one.measured),
                "p": one.p,
                "alike": list(one.alike),
                "sentence": sentence(one.measured, title, words),
            }
            for one in search.found
        ],
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    head = (
        f"{result['checkpoint']}{' against ' + result['against'] if result['against'] else ''} on "
        f"{result['dataset']}, split {result['split']}, {PARTS[result['part']]}, {result['metric']}, "
        f"{result['people']:,} judged, {result['not_judged']:,} not"
    )
    if "slices" in result:
        rows = [
            [
                one["name"],
                one["n"],
                _between(one["mean"], one["low"], one["high"]),
                _between(one["difference"], one["difference_low"], one["difference_high"]),
            ]
            for one in result["slices"]
        ]
        return (
            f"{head}\n\n{table(rows, ['with', 'judged', 'mean', 'difference to the others'])}\n\n"
            f"95 % bootstrap intervals over people; none where fewer than {result['fewest']} were judged."
        )
    if result["said"]:
        return f"{head}\n\nNot searched: {result['said']}."
    searched = f"{result['searched']:,} slices of one or two traits were searched."
    if not result["worst"]:
        return f"{head}\n\nNo slice stands out more than chance would let the worst of them. {searched}"
    found = "\n".join(f"- {one['sentence']}, p {one['p']:.3f}" for one in result["worst"])
    return (
        f"{head}\n\n{found}\n\n{searched} p is adjusted for all of them. What was chosen for being extreme "
        "is in truth mostly a little less so."
    )


def _values(checkpoint: Checkpoint, dataset: Dataset, split: Split, part: str, metric: str) -> pd.Series:
    """The metric of each person judged, by number: as stored with the checkpoint, or measured now."""
    import pandas as pd

    from gnnrec.evaluation import evaluate

    if (checkpoint.folder / "per_user.safetensors").is_file():
        stored = checkpoint.evaluation(part)
        if metric in stored.per_user:
            return pd.Series(stored.per_user[metric].to_numpy(dtype=float), index=stored.users)
    name, _, length = metric.partition("@")
    found = evaluate(checkpoint.load(dataset, split), split, part, at=[int(length or 10)], metrics=[name])
    return pd.Series(found.per_user[metric].to_numpy(dtype=float), index=found.users)


def _second(address: str, first: Checkpoint) -> Checkpoint:
    """The checkpoint to compare with.

    Raises:
        IncompatibleError: It was fitted on another split, or does another task.
    """
    from gnnrec.checkpoints import find_or_open

    second = find_or_open(address)
    for part, name in (("split_hash", "split"), ("task", "task")):
        if second.config[part] != first.config[part]:
            raise IncompatibleError(
                where=f"--against {second.address}",
                found=f"{name} {second.config[name]} of {second.config['dataset']}",
                expected=f"{first.config[name]} of {first.config['dataset']}, as {first.address}",
                todo="Compare two models of the same task on the same split.",
            )
    return second


def _metric(metric: str, task: str) -> tuple[str, str]:
    """Title and better direction of a metric.

    Raises:
        ConfigError: The task has no such metric.
    """
    from gnnrec.evaluation import METRICS, RATING_METRICS, WHOLE_RANKING

    name, at, length = metric.partition("@")
    known = RATING_METRICS if task == "rating" else METRICS | WHOLE_RANKING
    of_lists = name in METRICS and task != "rating"
    fits = length.isascii() and length.isdigit() and int(length) >= 1 if of_lists else not at
    if name not in known or not fits:
        raise ConfigError(
            where="--metric",
            found=f"'{metric[:40]}'",
            expected="one of "
            + ", ".join(f"{one}@K" if one in METRICS and task != "rating" else one for one in known),
            todo=f"For example --metric {'mae' if task == 'rating' else 'recall@20'}.",
        )
    return f"{known[name].title}{at}{length}", known[name].direction


def _row(told: Measured) -> dict[str, Any]:
    return {
        "name": told.name,
        "n": told.inside.n,
        "not_judged": told.not_judged,
        "mean": told.inside.mean,
        "low": told.inside.low,
        "high": told.inside.high,
        "rest_n": told.rest.n,
        "rest_mean": told.rest.mean,
        "rest_low": told.rest.low,
        "rest_high": told.rest.high,
        "difference": told.difference.mean,
        "difference_low": told.difference.low,
        "difference_high": told.difference.high,
        "said": told.said,
    }


def _between(mean: float | None, low: float | None, high: float | None) -> str:
    if low is None or high is None or mean is None:
        return "too few"
    return f"{mean:.3f} ({low:.3f} to {high:.3f})"
