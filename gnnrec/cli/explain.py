"""The verb `explain`: why a person gets an item, by any method the model allows, and how far to believe it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import Opened, add_checkpoint, at_least, open_model
from gnnrec.cli.output import table
from gnnrec.cli.progress import Progress
from gnnrec.errors import ConfigError

if TYPE_CHECKING:
    from gnnrec.explain.deletion import Deletion, Tell
    from gnnrec.explain.methods import Asked, Importance
    from gnnrec.graph import Path

# As in `explain.methods`, which is not imported for a list of options.
BECAUSE, ATTENTION, PATHS, DELETION = "because", "attention", "paths", "deletion"
METHODS = (BECAUSE, ATTENTION, "gnnexplainer", "integrated_gradients", "saliency", PATHS, DELETION)
ALIASES = {"mask": "gnnexplainer"}
_COLUMNS = {
    BECAUSE: "adds to the score",
    ATTENTION: "share of the vector",
    "gnnexplainer": "mask",
    "integrated_gradients": "adds to the score",
    "saliency": "slope of the score",
    PATHS: "strength of paths",
    DELETION: "score lost without it",
}
_MOST_PATHS = 10
_MOST_SHOWN = 12
_REASONS_LIT = 2


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
        help="because: shares that add up to the score; attention: what the person's vector is made of, rolled out "
        "over the layers; gnnexplainer (or mask), integrated_gradients, saliency: what each message counts; paths: "
        "how people who share an item lead there; deletion: what the score loses without each item. Without it, "
        "the first of them that the model can do",
    )
    parser.add_argument(
        "--seeds", type=int, default=3, metavar="N", help="seeds for methods that draw (default 3)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Explain one score.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    asked_for = ALIASES.get(args.method, args.method)
    if asked_for is not None and asked_for not in METHODS:
        raise ConfigError(
            where="--method",
            found=f"'{args.method[:40]}'",
            expected=f"one of {', '.join(METHODS)}",
            todo="Choose one of them.",
        )
    at_least("--seeds", args.seeds, 1)
    opened = open_model(args.checkpoint)
    user = opened.dataset.users.number(args.user)
    item = opened.dataset.items.number(args.item)
    from gnnrec.explain.methods import METHODS as TABLE
    from gnnrec.explain.methods import Asked, methods_of
    from gnnrec.recommenders import Query

    method = asked_for or next((one.name for one in methods_of(opened.recommender)), BECAUSE)
    progress = Progress()
    asked = Asked(
        opened.recommender,
        opened.graph,
        Query(user=user),
        item,
        tell=lambda done, total: progress.tell(f"{method}: {done:,} of {total:,}"),
    )
    found = _explained(opened, asked, method, args.seeds, progress)
    progress.close()
    return {
        "checkpoint": opened.checkpoint.address,
        "model": opened.checkpoint.config["recommender"],
        "dataset": opened.dataset.name,
        "user": opened.dataset.users.id(user),
        "item": opened.dataset.items.id(item),
        "title": opened.dataset.item_title(item),
        "method": method,
        "seeds": args.seeds if TABLE[method].draws else None,
        "score": float(opened.recommender.scores([user], [item])[0, 0]),
        "score_kind": opened.recommender.score_kind,
        **found,
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    lines = [
        f"{result['title']} ({result['item']}) for {result['user']}, by {result['checkpoint']}",
        f"score {result['score']:.4f} ({result['score_kind']}), rank {result['rank'] or 'none, it is hidden'}",
    ]
    if result.get("sentence"):
        lines.append(result["sentence"])
    audit = result["audit"]
    if audit is not None:
        area = "–" if audit["deletion_area"] is None else f"{audit['deletion_area']:.2f}"
        lines.append(
            f"This explanation: {audit['verdict']} (deletion area {area}, 0 as chance and 1 as true order)"
        )
    shown = sorted(result["contributions"], key=lambda one: -abs(one["contribution"]))[:_MOST_SHOWN]
    ranked = any("rank" in one for one in shown)
    rows = [
        [one["kind"], one["id"], one["title"], one["contribution"], *([one.get("rank")] if ranked else [])]
        for one in shown
    ]
    headers = ["kind", "id", "title", _COLUMNS[result["method"]], *(["rank without it"] if ranked else [])]
    lines += ["", table(rows, headers)]
    if len(result["contributions"]) > len(shown):
        lines.append(f"and {len(result['contributions']) - len(shown):,} smaller ones")
    if result["paths"]:
        rows = [[" – ".join(one["nodes"]), f"{one['weight']:.2g}"] for one in result["paths"]]
        lines += ["", table(rows, ["path", "weight"])]
    return "\n".join(lines)


def _explained(opened: Opened, asked: Asked, method: str, n_seeds: int, progress: Progress) -> dict[str, Any]:
    """What one method says, what the others are judged by, and the judgement."""
    from gnnrec.explain.deletion import deletion, hidden_for, rank_among
    from gnnrec.explain.methods import Importance, importance

    exclude = opened.split.matrix(*opened.split.fitted_parts)
    deleted = None
    if method == DELETION and "edits_graph" in asked.recommender.capabilities:
        deleted = deletion(asked.recommender, asked.query, asked.item, exclude, asked.tell)
        given = Importance(method, deleted.items, deleted.effect, deleted.effect[None])
    else:
        _announce(asked, method, n_seeds, progress)
        given = importance(asked, method, range(n_seeds))
    scores = asked.recommender.scores([asked.query])[0]
    hidden = hidden_for(asked.recommender, asked.query, exclude)
    own: list[dict[str, Any]] = []
    found: dict[str, Any] = {"rank": rank_among(scores, asked.item, hidden)}
    if method == BECAUSE:
        own, found["sentence"] = _because(opened, asked, exclude)
    if method == ATTENTION:
        own = _kept_of_own(opened, asked)
    return {
        **found,
        "contributions": own + _of_history(opened, given, deleted),
        "paths": _paths(opened, asked, given),
        "audit": _audit(asked, given, deleted, _telling(progress)),
    }


def _announce(asked: Asked, method: str, n_seeds: int, progress: Progress) -> None:
    """Say beforehand that masks on a large graph take their time."""
    from gnnrec.explain.masks import MASKS, estimate

    if method in MASKS and "differentiable" in asked.recommender.capabilities:
        seconds = estimate(asked, method, n_seeds)
        progress.announce(seconds, f"{method}: about {seconds:.0f} s")


def _because(opened: Opened, asked: Asked, exclude: Any) -> tuple[list[dict[str, Any]], str]:
    """The own part of a score, and the split in one sentence."""
    from gnnrec.explain import because, drop, sentence

    dataset, recommender, user = opened.dataset, asked.recommender, asked.query.user
    (reason,) = because(recommender, asked.query, [asked.item], exclude=exclude)
    edits = "edits_graph" in recommender.capabilities and reason.rank is not None
    said = sentence(reason, drop(recommender, reason) if edits else None, dataset).text
    own = [_part("own", dataset.users.id(user), dataset.user_name(user), reason.own)] if reason.own else []
    return own, said


def _kept_of_own(opened: Opened, asked: Asked) -> list[dict[str, Any]]:
    """What the person's vector keeps of its own; with what attention lets in it adds up to 1."""
    from gnnrec.explain import rolled_out

    dataset, user = opened.dataset, asked.query.user
    own = rolled_out(asked.recommender, asked.graph, user).own
    return [_part("own", dataset.users.id(user), dataset.user_name(user), own)]


def _of_history(opened: Opened, given: Importance, deleted: Deletion | None) -> list[dict[str, Any]]:
    """One part for each item of the history, the largest first."""
    dataset = opened.dataset
    kind = "edge" if given.method == ATTENTION else "item"
    parts = []
    for place in given.order:
        item = int(given.items[place])
        part = _part(kind, dataset.items.id(item), dataset.item_title(item), given.values[place])
        if deleted is not None:
            part["rank"] = int(deleted.ranks[place]) or None
        parts.append(part)
    return parts


def _paths(opened: Opened, asked: Asked, given: Importance) -> list[dict[str, Any]]:
    """Paths by attention or of the graph as a whole for these methods, else through what counts most."""
    from gnnrec.explain import attention_view, lit_paths
    from gnnrec.graph import ITEM, USER, paths

    if "propagates" not in asked.recommender.capabilities:
        return []
    graph, user, item = asked.graph, asked.query.user, asked.item
    if given.method in (ATTENTION, PATHS):
        weight = attention_view(asked.recommender, graph) if given.method == ATTENTION else None
        ends = graph.node(USER, user), graph.node(ITEM, item)
        return _named(opened, asked, paths(graph, *ends, _MOST_PATHS, weight=weight))
    first = [int(given.items[place]) for place in given.order[:_REASONS_LIT] if given.values[place] > 0]
    return _named(opened, asked, lit_paths(graph, user, item, first))


def _audit(asked: Asked, given: Importance, deleted: Deletion | None, tell: Tell) -> dict[str, Any] | None:
    """How far to believe it; None for deletion, by which it is judged, and where there is no deletion."""
    if given.method == DELETION or "edits_graph" not in asked.recommender.capabilities:
        return None
    from gnnrec.explain.audit import audit

    found = audit(asked, given, deleted, tell=tell)
    return {
        "deletion_area": found.area,
        "low": found.low,
        "high": found.high,
        "spearman": found.spearman,
        "sum_error": found.sum_error,
        "verdict": found.verdict,
    }


def _telling(progress: Progress) -> Tell:
    return lambda done, total: progress.tell(f"audit: {done:,} of {total:,}")


def _part(kind: str, one_id: str, title: str, contribution: float) -> dict[str, Any]:
    return {"kind": kind, "id": one_id, "title": title, "contribution": float(contribution)}


def _named(opened: Opened, asked: Asked, found: list[Path]) -> list[dict[str, Any]]:
    """Paths with the keys of nodes that `subgraph` uses: `user:196`."""
    vocabularies = {"user": opened.dataset.users, "item": opened.dataset.items}
    named = []
    for path in found:
        places = [asked.graph.kind_and_number(node) for node in path.nodes]
        keys = [f"{kind}:{vocabularies[kind].id(number)}" for kind, number in places]
        named.append({"nodes": keys, "weight": path.weight})
    return named
