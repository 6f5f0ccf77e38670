"""The verb `subgraph`: the neighbourhood of a person as a checkpoint weighs it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import Opened, add_checkpoint, at_least, open_model
from gnnrec.cli.output import table
from gnnrec.cli.progress import Progress
from gnnrec.errors import ConfigError, IncompatibleError

if TYPE_CHECKING:
    from gnnrec.explain.sight import Sight
    from gnnrec.graph import Subgraph

# As in `explain.edge_values`, which is not imported for a list of options.
NORM, ATTENTION = "norm", "attention"
OF_ITEM = ("contribution", "deletion", "gnnexplainer", "integrated_gradients", "saliency")
WEIGHTS = (NORM, ATTENTION, *OF_ITEM)
_MOST_SHOWN = 12
_MOST_PATHS = 5


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "the neighbourhood of a person, cut to a number of nodes"
    parser = subparsers.add_parser("subgraph", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--user", required=True, metavar="ID")
    parser.add_argument(
        "--item",
        metavar="ID",
        help="the item in focus; the nodes of the strongest paths to it are preferred",
    )
    parser.add_argument("--hops", type=int, default=2, metavar="K", help="steps outwards (default 2)")
    parser.add_argument(
        "--budget", type=int, default=150, metavar="N", help="most nodes, the person included (default 150)"
    )
    parser.add_argument(
        "--weight",
        metavar="|".join(WEIGHTS),
        help="of the edges; without it, attention where the model has it, and for a model that is asked with clicks "
        "those of the person's last session, each step as often as it was made. Those about one item need --item: "
        "contribution: what a message into the person adds to its score; deletion: what the score loses without "
        "the edge; gnnexplainer, integrated_gradients, saliency: masks, what each message counts. Edges that "
        "were not measured have no weight",
    )
    parser.add_argument(
        "--without",
        metavar="NAME,NAME",
        help="side relations of the model to switch off, such as friend, director or next_click; nothing is learned again",
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
        raise ConfigError(
            where="--weight",
            found=f"'{args.weight[:40]}'",
            expected=f"one of {', '.join(WEIGHTS)}",
            todo="Choose one of them.",
        )
    if args.weight in OF_ITEM and args.item is None:
        raise ConfigError(
            where=f"--weight {args.weight}",
            found="no --item",
            expected="the item whose score is explained",
            todo="Add --item ID, for example the first that `gnnrec recommend` gives.",
        )
    from gnnrec.explain import weight_kinds
    from gnnrec.figures.network import as_json, faces
    from gnnrec.recommenders.capabilities import FOLLOWS_CLICKS

    opened = open_model(args.checkpoint)
    off = _off(opened, args.without)
    follows_clicks = FOLLOWS_CLICKS in opened.recommender.capabilities
    of_session = follows_clicks and args.weight is None
    if follows_clicks and off and not of_session:
        raise ConfigError(
            where=f"--weight {args.weight}",
            found=f"--without {','.join(off)}",
            expected="people and items alone, without steps from click to click",
            todo="Leave one of the two out.",
        )
    weight = args.weight or weight_kinds(opened.recommender)[0]
    if weight != ATTENTION and (args.layer is not None or args.head is not None):
        raise ConfigError(
            where="--layer and --head",
            found=f"edges weighed by {weight}",
            expected="--weight attention, and a model that has it",
            todo="Leave them out, or choose another model.",
        )
    user = opened.dataset.users.number(args.user)
    item = None if args.item is None else opened.dataset.items.number(args.item)
    if of_session:
        sight, cut = _session(opened, user, item, off, args)
        known = None
    else:
        sight = opened.sight(off)
        cut, known = _cut(opened, sight, weight, user, item, args)
    return {
        "checkpoint": opened.checkpoint.address,
        "user": opened.dataset.users.id(user),
        "item": None if item is None else opened.dataset.items.id(item),
        "hops": args.hops,
        "budget": args.budget,
        "layer": args.layer,
        "head": args.head,
        "relations": list(sight.relations),
        "without": list(sight.off),
        **as_json(cut, faces(cut, opened.dataset, sight.entities), known),
    }


def _off(opened: Opened, text: str | None) -> tuple[str, ...]:
    """What is switched off; the model itself refuses what it does not hear."""
    names = tuple(one.strip() for one in (text or "").split(",") if one.strip())
    if names:
        opened.recommender.without(names)
    return names


def _session(
    opened: Opened, user: int, item: int | None, off: tuple[str, ...], args: argparse.Namespace
) -> tuple[Sight, Subgraph]:
    """The clicks that a model is asked with about a person, and the steps from each to the next."""
    from gnnrec.explain.sight import Sight, times_clicked
    from gnnrec.graph import USER, k_hop, pointing, session_graph

    if item is not None:
        raise ConfigError(
            where="--item",
            found=f"{opened.recommender.title}, which is asked with the clicks of a session",
            expected="no item: no way leads to it from clicks alone",
            todo="Leave it out, or add --weight norm for the people and items around the person.",
        )
    model, data = opened.recommender, opened.dataset
    clicks = model.last_session(user)[-model.most_clicks :]
    whole = session_graph(data.n_users, data.n_items, user, [clicks])
    sight = Sight.of_session(opened.graph, whole, off)
    graph = sight.graph
    often = times_clicked(graph).weight(graph)
    cut = k_hop(graph, graph.node(USER, user), args.hops, args.budget, often, "clicks")
    return sight, pointing(graph, cut)


def _cut(
    opened: Opened, sight: Sight, weight: str, user: int, item: int | None, args: argparse.Namespace
) -> tuple[Subgraph, list[bool] | None]:
    """The subgraph, and which of its edges were measured; None for all of them.

    A model that hears friends, facts or circumstances has them in it, and nodes are chosen by the normalised
    weight. Measures about an item say nothing of most edges, so that nodes are chosen by what the model opens with, as on
    the Graph page.
    """
    from gnnrec.explain import edge_weights
    from gnnrec.explain.edge_values import MEASURES, measures_of, seconds_for
    from gnnrec.explain.sight import values_in
    from gnnrec.graph import ITEM, USER, hubs, k_hop, paths, reweighted

    recommender, graph, measure = opened.recommender, sight.graph, MEASURES[weight]
    if sight.off:
        recommender = recommender.without(sight.off)
    lacking = sorted(measure.needs - recommender.capabilities)
    if lacking:
        able = ", ".join(one.name for one in measures_of(recommender, item))
        raise IncompatibleError(
            where=f"--weight {weight} for {recommender.title}",
            found=f"a model without {', '.join(lacking)}",
            expected=f"a model with it; the edges of this one can be weighed by: {able}",
            todo="Choose another weight, or another model.",
        )
    progress = Progress()
    if measure.of_item:
        seconds = seconds_for(recommender, sight.few, weight, user, item)
        progress.announce(seconds, f"{weight}: about {seconds:.0f} s")
    values = values_in(
        sight,
        recommender,
        weight,
        user,
        item,
        layer=args.layer,
        head=args.head,
        tell=lambda done, total: progress.tell(f"{weight}: {done:,} of {total:,}"),
    )
    progress.close()
    if sight.relations:
        chooses = graph.edge_norm
    else:
        chooses = edge_weights(recommender, graph)[0] if measure.of_item else values.values
    centre, keep = graph.node(USER, user), []
    if item is not None:
        lit = paths(graph, centre, graph.node(ITEM, item), _MOST_PATHS, weight=chooses)
        keep = [node for path in lit for node in path.nodes]
    ends = hubs(sight.whole)
    cut = k_hop(graph, centre, args.hops, args.budget, chooses, weight, keep=keep, ends=ends)
    known = values.known(graph)
    if not measure.of_item and not sight.relations:
        return cut, None
    cut = reweighted(graph, cut, values.weight(graph), weight)
    return cut, None if known is None else known[cut.edges.edge].tolist()


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    nodes, edges = result["nodes"], result["edges"]
    kinds = Counter((one["hop"], one["kind"]) for one in nodes)
    counts = table(
        [[hop, kind, count] for (hop, kind), count in sorted(kinds.items())], ["hop", "kind", "drawn"]
    )
    measured = [one for one in edges if one["weight"] is not None]
    strongest = sorted(measured, key=lambda one: -abs(one["weight"]))[:_MOST_SHOWN]
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
            *(
                ["the strongest edges:", table(rows, ["from", "relation", "to", kind])]
                if rows
                else ["no edge has a weight"]
            ),
            *([f"{len(edges) - len(measured):,} edges have no {kind}"] if len(measured) < len(edges) else []),
        ]
    )
