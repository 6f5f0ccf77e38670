"""The verb `audit`: whether the explanations of a checkpoint can be believed, judged by deletion."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from gnnrec.cli.opening import add_checkpoint, at_least, open_model
from gnnrec.cli.output import as_plain, table
from gnnrec.cli.progress import Progress


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "judge the explanations of a checkpoint by taking out what they name"
    parser = subparsers.add_parser("audit", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument(
        "--users",
        type=int,
        required=True,
        metavar="N",
        help="how many people, drawn at random; each is asked about the first item of their list",
    )
    parser.add_argument(
        "--methods", metavar="A,B", help="methods of explanation; all that the model can do without it"
    )
    parser.add_argument(
        "--seeds", type=int, default=3, metavar="N", help="seeds for methods that draw (default 3)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the choice of people (default 0)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Judge explanations over many people.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    at_least("--users", args.users, 1)
    at_least("--seeds", args.seeds, 1)
    at_least("--seed", args.seed, 0)
    from gnnrec.explain.audit_people import audit_many, choose_people, summary

    opened = open_model(args.checkpoint)
    methods = None
    if args.methods is not None:
        methods = list(dict.fromkeys(one.strip() for one in args.methods.split(",") if one.strip()))
    people = choose_people(opened.recommender, args.users, args.seed)
    progress = Progress()
    found = audit_many(
        opened.recommender,
        opened.graph,
        opened.split,
        people,
        methods,
        range(args.seeds),
        lambda done, total: progress.tell(f"audit: {done:,} of {total:,} people"),
    )
    progress.close()
    return {
        "checkpoint": opened.checkpoint.address,
        "model": opened.checkpoint.config["recommender"],
        "dataset": opened.dataset.name,
        "split": str(opened.split),
        "people": len(people),
        "seeds": args.seeds,
        "methods": as_plain(summary(found).to_dict("records")),
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    head = (
        f"{result['checkpoint']} on {result['dataset']}, split {result['split']}, {result['people']:,} people"
    )
    rows = [
        [
            one["method"],
            one["people"],
            _between(one, "area"),
            _between(one, "spearman"),
            one["stability"],
            one["sparsity"],
            one["verdict"],
        ]
        for one in result["methods"]
    ]
    names = ["method", "judged", "deletion area", "rank correlation", "stability", "sparsity", "verdict"]
    return (
        f"{head}\n\n{table(rows, names)}\n\n"
        "deletion area: what taking out the first items of the explanation does to the score, 0 as random ones, "
        "1 as in the order of the true effects;\nrank correlation: of the explanation with the true effects; "
        "both with 95 % intervals over people. random and inverted are controls."
    )


def _between(one: dict[str, Any], name: str) -> str:
    if one[name] is None:
        return "–"
    if one[f"{name}_low"] is None:
        return f"{one[name]:.2f}"
    return f"{one[name]:.2f} ({one[f'{name}_low']:.2f} to {one[f'{name}_high']:.2f})"
