"""The verb `why-not`: how far an item is from a person's list, and the smallest change that moves it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import add_checkpoint, at_least, open_model
from gnnrec.cli.output import table
from gnnrec.cli.progress import Progress

if TYPE_CHECKING:
    from gnnrec.data import Dataset
    from gnnrec.explain.why_not import Change

_MOST_SHOWN = 5


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "why an item is not in a person's list, and what would bring it in or push it out"
    parser = subparsers.add_parser("why-not", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--user", required=True, metavar="ID")
    parser.add_argument("--item", required=True, metavar="ID")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="length of the list (default 10)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Say where one item stands for one person.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    at_least("-k", args.k, 1)
    from gnnrec.explain.why_not import estimate, why_not, why_not_words

    opened = open_model(args.checkpoint)
    dataset, split, recommender = opened.dataset, opened.split, opened.recommender
    user, item = dataset.users.number(args.user), dataset.items.number(args.item)
    progress = Progress()
    seconds = estimate(recommender, user)
    progress.announce(seconds, f"Other histories are tried one by one: up to about {seconds:.0f} s.")
    found = why_not(
        recommender,
        opened.graph,
        user,
        item,
        args.k,
        split.matrix(*split.fitted_parts),
        lambda done, total: progress.tell(f"why not: {done:,} of {total:,} histories"),
    )
    progress.close()
    return {
        "checkpoint": opened.checkpoint.address,
        "model": opened.checkpoint.config["recommender"],
        "dataset": dataset.name,
        "user": dataset.users.id(user),
        "item": dataset.items.id(item),
        "title": dataset.item_title(item),
        "k": found.k,
        "rank": found.rank,
        "candidates": found.candidates,
        "score": found.score,
        "score_kind": found.score_kind,
        "gap": found.gap,
        "seen": found.seen,
        "hidden": found.hidden,
        "hops": found.hops,
        "watchers": found.watchers,
        "popularity": found.popularity,
        "history": found.history,
        "sentence": why_not_words(found, dataset),
        "own": found.own,
        "against": [_part(dataset, *one) for one in found.against],
        "behind": [_part(dataset, *one) for one in found.behind],
        "own_behind": found.own_behind,
        "can_edit": found.can_edit,
        "bring_in": _change(dataset, found.bring_in),
        "push_out": _change(dataset, found.push_out),
        "tried": found.tried,
        "largest": found.largest,
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    hops = "no way there" if result["hops"] is None else f"{result['hops']} steps away"
    score = f"{result['score']:.4f} ({result['score_kind']})" if math.isfinite(result["score"]) else "none"
    lines = [
        f"{result['title']} ({result['item']}) for {result['user']}, by {result['checkpoint']}",
        f"score {score}; {hops}; in {result['watchers']:,} histories, "
        f"popularity percentile {result['popularity']:.0f}",
        result["sentence"],
    ]
    change = result["bring_in"] or result["push_out"]
    if change is not None:
        todo = "added" if result["bring_in"] else "taken out"
        sure = "the smallest there is" if change["exact"] else "the smallest found"
        rows = [[one["id"], one["title"]] for one in change["items"]]
        lines += ["", f"{todo}, {sure} ({change['tried']:,} tried):", table(rows, ["id", "title"])]
    for name, head in (
        ("against", "pulls its score down"),
        ("behind", f"what rank {result['k']} gets beyond it"),
    ):
        shown = [one for one in result[name] if name == "against" or one["contribution"] > 0][:_MOST_SHOWN]
        if shown:
            rows = [[one["id"], one["title"], one["contribution"]] for one in shown]
            own = result["own_behind"] if name == "behind" else 0
            rows += [["", "the person's own part", own]] if own else []
            lines += ["", table(rows, ["id", "title", head])]
    return "\n".join(lines)


def _part(dataset: Dataset, item: int, contribution: float) -> dict[str, Any]:
    return {
        "id": dataset.items.id(item),
        "title": dataset.item_title(item),
        "contribution": contribution,
    }


def _change(dataset: Dataset, change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "items": [{"id": dataset.items.id(one), "title": dataset.item_title(one)} for one in change.items],
        "exact": change.exact,
        "tried": change.tried,
        "rank_before": change.rank_before,
        "rank_after": change.rank_after,
    }
