"""The verb `update`: new rows for a served model, by fold-in or by learning on from where it ended."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnnrec.cli.opening import add_checkpoint
from gnnrec.cli.output import table

if TYPE_CHECKING:
    from gnnrec.datasets.additions import Additions


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "bring a checkpoint up to date with new interactions; the old one stays as it is"
    parser = subparsers.add_parser("update", help=words, description=words, parents=list(parents))
    add_checkpoint(parser)
    parser.add_argument("--interactions", required=True, metavar="F", help="a file of new interactions")
    parser.add_argument(
        "--how",
        metavar="fold-in|warm-start",
        help="fold-in: nothing is learned, people are what their rows make of them; warm-start: learning goes on "
        "from the checkpoint on old and new rows (default: fold-in where the model can)",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the new checkpoint folder itself")
    parser.add_argument("--columns", default="", metavar="user=…,item=…", help="which column means what")
    parser.add_argument(
        "--skip-bad-rows", action="store_true", help="leave rows out that cannot be read, and report them"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of a warm start (default 0)")
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda", help="of a warm start")
    parser.add_argument("--max-seconds", type=float, metavar="S", help="longest time of a warm start")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Update, evaluate and save.

    Raises:
        GnnrecError: In four parts, for the user; nothing was saved then.
    """
    from gnnrec import places
    from gnnrec.cli.clock import peak_rss_mib
    from gnnrec.cli.progress import Progress
    from gnnrec.cli.train import check_numbers, new_folder

    places.require_writes("Updating a model")
    check_numbers(args)
    folder = None if args.out is None else new_folder(args.out)

    from gnnrec.checkpoints import find_or_open
    from gnnrec.datasets.table_columns import parse_columns
    from gnnrec.runs.update import update
    from gnnrec.training import Listener

    clock, progress = args.clock, Progress()

    def on_stage(stage: str) -> None:
        clock.begin(stage)
        progress.stage(stage)

    checkpoint = find_or_open(args.checkpoint)
    try:
        made = update(
            checkpoint,
            args.interactions,
            how=args.how,
            out=folder,
            columns=parse_columns(args.columns),
            skip_bad_rows=args.skip_bad_rows,
            seed=args.seed,
            device=args.device,
            max_seconds=args.max_seconds,
            listener=Listener(on_epoch=progress.epoch, on_stage=on_stage),
        )
    finally:
        progress.close()
    config = made.checkpoint.config
    return {
        "checkpoint": made.checkpoint.address,
        "path": str(made.checkpoint.folder),
        "updated_from": checkpoint.address,
        "how": made.how,
        "model": config["recommender"],
        "dataset": config["dataset"],
        "split": config["split"],
        "rows": rows_of(made.additions),
        "afresh": list(made.afresh),
        "best_epoch": config["best_epoch"],
        "epochs": config["epochs"],
        "before": made.before,
        "valid": made.checkpoint.metrics["valid"],
        "test": made.checkpoint.metrics["test"],
        "seconds_wall": clock.wall,
        "seconds_cpu": clock.cpu,
        "peak_rss_mib": peak_rss_mib(),
    }


def rows_of(additions: Additions) -> dict[str, Any]:
    """What came of the rows of the file, in counts."""
    return {
        "read": additions.read,
        "added": additions.added,
        "repeated": additions.repeated,
        "already_there": dict(additions.already_there),
        "in_future": additions.in_future,
        "skipped": list(additions.skipped),
        "new_people": additions.new_people,
        "new_items": additions.new_items,
        "notes": list(additions.notes),
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    rows = result["rows"]
    there = ", ".join(f"{n:,} in {part}" for part, n in rows["already_there"].items() if n)
    left_out = [
        f"{rows['repeated']:,} repeated in the file" if rows["repeated"] else "",
        f"{sum(rows['already_there'].values()):,} in the data already ({there})" if there else "",
        f"{rows['in_future']:,} in the future" if rows["in_future"] else "",
    ]
    said = ", ".join(filter(None, left_out)) or "none"
    metrics = [
        [
            name,
            result["before"]["valid"].get(name),
            value,
            result["before"]["test"].get(name),
            result["test"].get(name),
        ]
        for name, value in result["valid"].items()
    ]
    learned = (
        "nothing was learned again"
        if not result["epochs"]
        else f"best epoch {result['best_epoch']} of {result['epochs']}"
    )
    return "\n".join(
        [
            f"{result['checkpoint']} in {result['path']}",
            f"updated from {result['updated_from']} by {result['how']}, {learned}",
            f"data set {result['dataset']}: {rows['added']:,} of {rows['read']:,} rows added, "
            f"{rows['new_people']:,} new people and {rows['new_items']:,} new items; left out: {said}",
            *rows["skipped"],
            *rows["notes"],
            *([f"begun afresh: {', '.join(result['afresh'])}"] if result["afresh"] else []),
            "",
            table(metrics, ["metric", "validation before", "after", "test before", "after"]),
            "",
            f"{result['seconds_wall']:.1f} s; {result['seconds_cpu']:.1f} s of CPU time; at most "
            f"{result['peak_rss_mib']:,.0f} MiB of memory",
        ]
    )
