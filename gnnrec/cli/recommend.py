"""The verb `recommend`: what a person gets, or somebody with a history of their own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from gnnrec.cli.opening import add_checkpoint, at_least, item_numbers, open_model
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "the list a person gets from a checkpoint"
    parser = subparsers.add_parser("recommend", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--user", metavar="ID", help="a known person")
    parser.add_argument("-k", type=int, default=10, metavar="K", help="length of the list (default 10)")
    parser.add_argument(
        "--history",
        action="append",
        metavar="ID,ID",
        help="item ids; alone they stand for somebody unknown, with --user they replace that person's own; "
        "repeatable, for ids that hold commas",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Rank everything the model was not fitted on for this person and the given history does not hold.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    from gnnrec.recommenders import Query

    at_least("-k", args.k, 1)
    if args.user is None and args.history is None:
        raise ConfigError(
            where="gnnrec recommend",
            found="neither --user nor --history",
            expected="one of the two at least",
            todo="For example --user 196, or --history 50,172 for somebody unknown.",
        )
    opened = open_model(args.checkpoint)
    dataset, split = opened.dataset, opened.split
    user = None if args.user is None else dataset.users.number(args.user)
    history = None if args.history is None else item_numbers(args.history, dataset.items)
    query = Query(user=user, history=history)
    best = opened.recommender.recommend([query], args.k, exclude=split.matrix(*split.fitted_parts))
    held_out = {} if user is None else split.held_out(user).set_index("item")["part"].to_dict()
    return {
        "checkpoint": opened.checkpoint.address,
        "model": opened.checkpoint.config["recommender"],
        "dataset": dataset.name,
        "split": str(split),
        "user": None if user is None else dataset.users.id(user),
        "history": None if history is None else [dataset.items.id(number) for number in history],
        "what_if": None if query.kind == "known" else query.kind,
        "score_kind": opened.recommender.score_kind,
        "recommendations": [
            {
                "rank": rank,
                "item": dataset.items.id(int(item)),
                "title": dataset.item_title(int(item)),
                "score": float(score),
                "held_out": held_out.get(int(item)),
            }
            for rank, (item, score) in enumerate(zip(best.items[0], best.scores[0], strict=True), 1)
            if item >= 0
        ],
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    who = "somebody unknown" if result["user"] is None else f"{result['user']}"
    about = f"{result['checkpoint']} on {result['dataset']}, split {result['split']}: for {who}"
    if result["what_if"]:
        about += f" with {len(result['history'])} given items ({result['what_if']})"
    names = {"valid": "in validation", "test": "in test", None: ""}
    rows = [
        [one["rank"], one["item"], one["title"], one["score"], names[one["held_out"]]]
        for one in result["recommendations"]
    ]
    return f"{about}\n\n{table(rows, ['rank', 'item', 'title', 'score', 'held out'])}"
