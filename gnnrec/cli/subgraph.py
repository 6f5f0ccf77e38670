"""The verb `subgraph`: the neighbourhood of a person as a checkpoint weighs it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gnnrec.cli.opening import add_checkpoint, at_least, open_model
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError

WEIGHTS = ("norm", "attention")
_MOST_SHOWN = 12


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "the neighbourhood of a person, cut to a number of nodes"
    parser = subparsers.add_parser("subgraph", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--user", required=True, metavar="ID")
    parser.add_argument("--hops", type=int, default=2, metavar="K", help="steps outwards (default 2)")
    parser.add_argument(
        "--budget", type=int, default=150, metavar="N", help="most nodes, the person included (default 150)"
    )
    parser.add_argument(
        "--weight",
        metavar="|".join(WEIGHTS),
        help="of the edges; without it, attention where the model has it",
    )
    parser.add_argument(
        "--layer", type=int, metavar="L", help="of attention, from 0; without it, the average"
    )
    parser.add_argument("--head", type=int, metavar="H", help="of attention, from 0; without it, the average")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Cut the subgraph; weights come from the whole train graph.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    at_least("--hops", args.hops, 1)
    at_least("--budget", args.budget, 1)
    if args.weight is not None and args.weight not in WEIGHTS:
        later = args.weight == "contribution"
        raise ConfigError(
            where="--weight",
            found="'contribution', which comes with a later version" if later else f"'{args.weight[:40]}'",
            expected=" or ".join(WEIGHTS),
            todo="Choose one of them; `gnnrec explain` has the contributions of one item."
            if later
            else "Choose one of them.",
        )
    from gnnrec.explain import explain_subgraph, weight_kinds
    from gnnrec.figures.network import as_json, faces

    opened = open_model(args.checkpoint)
    weight = args.weight or weight_kinds(opened.recommender)[0]
    if weight == "norm" and (args.layer is not None or args.head is not None):
        raise ConfigError(
            where="--layer and --head",
            found=f"edges weighed by {weight}",
            expected="--weight attention, and a model that has it",
            todo="Leave them out, or choose another model.",
        )
    user = opened.dataset.users.number(args.user)
    cut = explain_subgraph(
        opened.recommender,
        opened.graph,
        user,
        args.hops,
        args.budget,
        weight,
        args.layer,
        args.head,
    )
    return {
        "checkpoint": opened.checkpoint.address,
        "user": opened.dataset.users.id(user),
        "hops": args.hops,
        "budget": args.budget,
        "layer": args.layer,
        "head": args.head,
        **as_json(cut, faces(cut, opened.dataset)),
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    nodes, edges = result["nodes"], result["edges"]
    kinds = Counter((one["hop"], one["kind"]) for one in nodes)
    counts = table(
        [[hop, kind, count] for (hop, kind), count in sorted(kinds.items())], ["hop", "kind", "drawn"]
    )
    strongest = sorted(edges, key=lambda one: -abs(one["weight"]))[:_MOST_SHOWN]
    titles = {one["key"]: one["title"] for one in nodes}
    rows = [
        [titles[one["source"]], one["relation"], titles[one["target"]], one["weight"]] for one in strongest
    ]
    kind = edges[0]["weight_kind"] if edges else "weight"
    return "\n".join(
        [
            f"{result['checkpoint']}: {len(nodes):,} of {result['total_nodes']:,} nodes within "
            f"{result['hops']} hops of {result['user']}, {len(edges):,} edges",
            "",
            counts,
            "",
            "the strongest edges:",
            table(rows, ["from", "relation", "to", kind]),
        ]
    )
