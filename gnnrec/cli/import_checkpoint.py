"""The verb `import-checkpoint`: results of another system, as a checkpoint that every page opens."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gnnrec.cli.output import table
from gnnrec.cli.train import new_folder
from gnnrec.errors import ConfigError

EMBEDDINGS, LISTS = "embeddings", "lists"


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "make a checkpoint from the vectors or the lists of a system that runs elsewhere"
    about = (
        f"{words}. embeddings: a safetensors or npz file with user_ids, user_vectors, item_ids and item_vectors "
        "(ids that are text go into the metadata of safetensors as JSON lists), or a Parquet file with columns "
        "kind (user or item), id and vector. lists: a CSV, TSV or Parquet table with columns user, item, and rank "
        "or score. Nothing is ever unpickled."
    )
    parser = subparsers.add_parser("import-checkpoint", help=words, description=about, parents=list(parents))
    parser.add_argument("path", metavar="PATH", type=Path)
    parser.add_argument("--from", dest="source", required=True, metavar="embeddings|lists")
    parser.add_argument("--dataset", required=True, metavar="NAME", help="what the ids belong to")
    parser.add_argument(
        "--split",
        metavar="PROTOCOL",
        help="what it is judged on, such as random:seed=1 (default: the data set's)",
    )
    parser.add_argument("--score", metavar="dot|cosine", help="how vectors are compared (default dot)")
    parser.add_argument(
        "--columns",
        default="",
        metavar="ROLE=NAME,…",
        help="names of the table's columns: user, item, rank, score",
    )
    parser.add_argument(
        "--skip-unknown", action="store_true", help="leave out ids the data set does not have, and count them"
    )
    parser.add_argument("--title", metavar="TEXT", help="name for the screen")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="new folder of the checkpoint")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Import and judge.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    from gnnrec import places

    places.require_writes("Importing a model")
    _check(args)
    columns = _columns(args.columns)
    folder = new_folder(args.out)

    from gnnrec.checkpoints.importing import import_embeddings, import_lists
    from gnnrec.datasets import open_dataset

    dataset = open_dataset(args.dataset)
    shared = {"split": args.split, "skip_unknown": args.skip_unknown, "title": args.title}
    if args.source == EMBEDDINGS:
        made = import_embeddings(args.path, dataset, folder, score=args.score or "dot", **shared)
    else:
        made = import_lists(args.path, dataset, folder, columns=columns, **shared)
    return {
        "checkpoint": made.address,
        "path": str(made.folder),
        "model": made.config["recommender"],
        "dataset": dataset.name,
        "split": made.config["split"],
        "capabilities": made.config["capabilities"],
        "note": made.config["note"],
        "imported": made.config["imported"]
        | {"users_without": dataset.n_users - made.config["imported"]["users"]},
        "valid": made.metrics["valid"],
        "test": made.metrics["test"],
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    facts = result["imported"]
    metrics = [[name, result["valid"][name], result["test"].get(name)] for name in result["valid"]]
    lines = [
        f"{result['checkpoint']} in {result['path']}",
        f"{facts['from']} of {facts['file']} on {result['dataset']}, split {result['split']}: "
        f"{facts['users']:,} people and {facts['items']:,} items",
        result["note"],
    ]
    if facts["unknown_users"] or facts["unknown_items"]:
        lines.append(
            f"Left out as unknown: {facts['unknown_users']:,} people and {facts['unknown_items']:,} items."
        )
    if facts.get("in_train"):
        lines.append(
            f"{facts['in_train']:,} of {facts['rows']:,} recommendations are hidden: the person has the item in train."
        )
    if facts.get("tied"):
        lines.append(
            f"{facts['tied']:,} lists have equal scores; these go to the item with the lower number. Ranks avoid that."
        )
    return "\n".join([*lines, "", table(metrics, ["metric", "validation", "test (final)"])])


def _columns(text: str) -> dict[str, str]:
    """Column names by role from a text such as `user=member,item=film`; which roles there are, the reader says."""
    found: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        role, equals, name = (one.strip() for one in pair.partition("="))
        if not (role and equals and name) or role in found:
            raise ConfigError(
                where="--columns",
                found=f"'{pair[:60]}'" + (" after another of that role" if role in found else ""),
                expected="ROLE=NAME between commas, each role once",
                todo="For example --columns user=member,item=film,rank=position.",
            )
        found[role] = name
    return found


def _check(args: argparse.Namespace) -> None:
    if args.source not in (EMBEDDINGS, LISTS):
        raise ConfigError(
            where="--from",
            found=f"'{args.source[:40]}'",
            expected=f"{EMBEDDINGS} or {LISTS}",
            todo="Export vectors or lists from that system first.",
        )
    wrong = "--score" if args.source == LISTS and args.score else ""
    wrong = "--columns" if args.source == EMBEDDINGS and args.columns else wrong
    if wrong:
        raise ConfigError(
            where=wrong,
            found=f"--from {args.source}",
            expected=f"--from {EMBEDDINGS if args.source == LISTS else LISTS}, which it belongs to",
            todo="Leave it out.",
        )
