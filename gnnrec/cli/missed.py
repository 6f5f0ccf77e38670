"""The verb `missed`: why a model left held-out items out of its lists, each for exactly one reason."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import PARTS, add_checkpoint, add_part, at_least, open_model, require_part
from gnnrec.cli.output import table
from gnnrec.cli.progress import Progress

if TYPE_CHECKING:
    from gnnrec.data import Dataset
    from gnnrec.evaluation.missed import Missed


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "say for every held-out item that a model missed why, in one of nine classes"
    parser = subparsers.add_parser("missed", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    add_part(parser)
    parser.add_argument(
        "-k", "--k", type=int, default=10, metavar="N", help="length of the lists (default 10)"
    )
    parser.add_argument(
        "--examples", type=int, default=3, metavar="N", help="misses shown of each class (default 3)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Put every miss into its class.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    require_part(args.part)
    at_least("-k", args.k, 1)
    at_least("--examples", args.examples, 0)
    from gnnrec.evaluation.miss_words import class_words, summary
    from gnnrec.evaluation.missed import missed

    opened = open_model(args.checkpoint)
    dataset, checkpoint = opened.dataset, opened.checkpoint
    progress = Progress()
    found = missed(
        opened.recommender,
        opened.split,
        args.part,
        args.k,
        lambda done, total: progress.tell(f"why missed: {done:,} of {total:,} {dataset.words.people}"),
    )
    progress.close()
    counts, shares = found.counts, found.shares
    return {
        "checkpoint": checkpoint.address,
        "model": checkpoint.config["recommender"],
        "dataset": dataset.name,
        "split": str(opened.split),
        "part": found.part,
        "k": found.k,
        "people": found.people,
        "held_out": found.held_out,
        "hits": found.held_out - found.misses,
        "misses": found.misses,
        "unavoidable": found.unavoidable,
        "steps": found.steps,
        "sentence": summary(found, dataset.words, checkpoint.title),
        "classes": [
            {
                "name": name,
                "title": said.title,
                "rule": said.rule,
                "n": counts[name],
                "people": len(found.people_of(name)),
                "share": shares[name].mean,
                "low": shares[name].low,
                "high": shares[name].high,
                "examples": _examples(found, name, dataset, args.examples),
            }
            for name, said in class_words(dataset.words, found.k, found.steps).items()
        ],
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    head = f"{result['checkpoint']} on {result['dataset']}, split {result['split']}, {PARTS[result['part']]}"
    rows = [
        [one["title"], one["n"], _share(one), one["people"]] for one in result["classes"] if result["misses"]
    ]
    lines = [head, "", result["sentence"]]
    if rows:
        lines += ["", table(rows, ["why", "misses", "share", "people"])]
    for one in result["classes"]:
        if one["examples"]:
            lines += ["", f"{one['title']}. {one['rule']}"]
        for each in one["examples"]:
            rank = f"rank {each['rank']:,}" if each["rank"] else "no rank"
            lines.append(f"- {each['user']}, {each['title']} ({each['item']}), {rank}: {each['reason']}")
    return "\n".join(lines)


def _examples(found: Missed, name: str, dataset: Dataset, most: int) -> list[dict[str, Any]]:
    from gnnrec.evaluation.miss_words import reason

    return [
        {
            "user": dataset.users.id(miss["user"]),
            "item": dataset.items.id(miss["item"]),
            "title": dataset.item_title(miss["item"]),
            "rank": miss["rank"] or None,
            "reason": reason(
                miss,
                dataset.words,
                found.k,
                found.steps,
                dataset.item_title(miss["twin"]) if miss["twin"] >= 0 else "",
            ),
        }
        for miss in found.of(name).head(most).to_dict("records")
    ]


def _share(one: dict[str, Any]) -> str:
    if one["low"] is None:
        return f"{one['share']:.1%}"
    return f"{one['share']:.1%} ({one['low']:.1%} to {one['high']:.1%})"
