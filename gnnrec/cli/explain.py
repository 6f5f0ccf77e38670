"""The verb `explain`: why a person gets an item, as shares of the score or as attention."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import Opened, add_checkpoint, open_model
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError

if TYPE_CHECKING:
    from gnnrec.graph import Graph, Path

BECAUSE, ATTENTION = "because", "attention"
METHODS = (BECAUSE, ATTENTION)
_MOST_PATHS = 10
_MOST_SHOWN = 12


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "why a checkpoint gives a person an item"
    parser = subparsers.add_parser("explain", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--user", required=True, metavar="ID")
    parser.add_argument("--item", required=True, metavar="ID")
    parser.add_argument(
        "--method",
        metavar="|".join(METHODS),
        help="because: shares that add up to the score; attention: where the model looks. Without it, the "
        "first of them that the model can do",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Explain one score.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    if args.method is not None and args.method not in METHODS:
        raise ConfigError(
            where="--method",
            found=f"'{args.method[:40]}'",
            expected=f"one of the methods there are now: {', '.join(METHODS)}",
            todo="Choose one of them.",
        )
    opened = open_model(args.checkpoint)
    user = opened.dataset.users.number(args.user)
    item = opened.dataset.items.number(args.item)
    able = opened.recommender.capabilities
    method = args.method or (ATTENTION if "attention" in able and "decomposes" not in able else BECAUSE)
    found = (_because if method == BECAUSE else _attention)(opened, user, item)
    return {
        "checkpoint": opened.checkpoint.address,
        "model": opened.checkpoint.config["recommender"],
        "dataset": opened.dataset.name,
        "user": opened.dataset.users.id(user),
        "item": opened.dataset.items.id(item),
        "title": opened.dataset.item_title(item),
        "method": method,
        "score": float(opened.recommender.scores([user], [item])[0, 0]),
        "score_kind": opened.recommender.score_kind,
        **found,
        "audit": None,
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    lines = [
        f"{result['title']} ({result['item']}) for {result['user']}, by {result['checkpoint']}",
        f"score {result['score']:.4f} ({result['score_kind']})",
    ]
    if result.get("sentence"):
        lines.append(result["sentence"])
    shown = sorted(result["contributions"], key=lambda one: -abs(one["contribution"]))[:_MOST_SHOWN]
    column = "adds to the score" if result["method"] == BECAUSE else "attention"
    rows = [[one["kind"], one["id"], one["title"], one["contribution"]] for one in shown]
    lines += ["", table(rows, ["kind", "id", "title", column])]
    if len(result["contributions"]) > len(shown):
        lines.append(f"and {len(result['contributions']) - len(shown):,} smaller ones")
    if result["paths"]:
        rows = [[" – ".join(one["nodes"]), f"{one['weight']:.2g}"] for one in result["paths"]]
        lines += ["", table(rows, ["path", "weight"])]
    return "\n".join(lines)


def _because(opened: Opened, user: int, item: int) -> dict[str, Any]:
    from gnnrec.explain import because, drop, lit_paths, sentence

    dataset, split, recommender = opened.dataset, opened.split, opened.recommender
    (reason,) = because(recommender, user, [item], exclude=split.matrix(*split.fitted_parts))
    able = recommender.capabilities
    dropped = drop(recommender, reason) if "edits_graph" in able and reason.rank is not None else None
    parts = []
    if reason.own:
        parts.append(_part("own", dataset.users.id(user), dataset.user_name(user), reason.own))
    parts += [
        _part("item", dataset.items.id(int(one)), dataset.item_title(int(one)), value)
        for one, value in zip(reason.items, reason.contributions, strict=True)
    ]
    lit = []
    if "propagates" in able:
        graph = opened.graph
        lit = _named(opened, graph, lit_paths(graph, user, item, [one for one, _ in reason.top]))
    return {
        "rank": reason.rank,
        "sentence": sentence(reason, dropped, dataset).text,
        "contributions": parts,
        "paths": lit,
    }


def _attention(opened: Opened, user: int, item: int) -> dict[str, Any]:
    from gnnrec.explain import attention_view, incoming
    from gnnrec.graph import ITEM, USER, paths

    dataset, graph = opened.dataset, opened.graph
    weight = attention_view(opened.recommender, graph)
    into = incoming(graph, weight, graph.node(USER, user))
    _, watched = graph.kinds_and_numbers(into.source)
    return {
        "contributions": [
            _part("edge", dataset.items.id(int(one)), dataset.item_title(int(one)), share)
            for one, share in zip(watched, into.share, strict=True)
        ],
        "paths": _named(
            opened,
            graph,
            paths(graph, graph.node(USER, user), graph.node(ITEM, item), _MOST_PATHS, weight=weight),
        ),
    }


def _part(kind: str, one_id: str, title: str, contribution: float) -> dict[str, Any]:
    return {"kind": kind, "id": one_id, "title": title, "contribution": float(contribution)}


def _named(opened: Opened, graph: Graph, found: list[Path]) -> list[dict[str, Any]]:
    """Paths with the keys of nodes that `subgraph` uses: `user:196`."""
    vocabularies = {"user": opened.dataset.users, "item": opened.dataset.items}
    named = []
    for path in found:
        places = [graph.kind_and_number(node) for node in path.nodes]
        keys = [f"{kind}:{vocabularies[kind].id(number)}" for kind, number in places]
        named.append({"nodes": keys, "weight": path.weight})
    return named
