"""The verb `leaderboard`: compare recommenders on a data set, with search, seeds and splits, and write the table."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnnrec.cli.output import table
from gnnrec.errors import ConfigError

if TYPE_CHECKING:
    from gnnrec.runs.leaderboard_request import Request
    from gnnrec.runs.pool import Progress as PoolProgress

# What a table depends on, of all that is asked for; the data set, splits and pairs are written beside it.
_REPEATED = (
    "models",
    "task",
    "seeds",
    "trials",
    "trial_seconds",
    "trial_people",
    "max_seconds",
    "threads",
    "device",
)


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "train and compare recommenders on a data set; what was measured before is not measured again"
    parser = subparsers.add_parser("leaderboard", help=words, description=words, parents=list(parents))
    add = parser.add_argument
    add("--dataset", metavar="NAME", help="the data set; without it, --docs is written from stored tables")
    add(
        "--split",
        action="append",
        default=[],
        metavar="PROTOCOL",
        help="such as random:seed=1; repeat it for several splits; without it, the data set's own",
    )
    add(
        "--models",
        default="",
        metavar="A,B",
        help="such as ease,lightgcn,lightgcn:loss=bpr,n_layers=3; without it, every recommender of the task",
    )
    add(
        "--pair",
        action="append",
        default=[],
        metavar="'A vs B'",
        help="give the difference of these two rows with its interval; repeat it for several pairs",
    )
    add("--task", default="", choices=("", "ranking", "rating", "next_item"), help="that of the models")
    add("--seeds", type=int, default=3, metavar="N", help="seeds for each model that is trained (default 3)")
    add(
        "--one-seed",
        action="append",
        default=[],
        metavar="ROW",
        help="give this row of --models one seed, as it takes long; repeat it for several",
    )
    add(
        "--trials",
        type=int,
        metavar="N",
        help="search each model's settings on validation with so many tries; without it, chosen settings",
    )
    add("--trial-seconds", type=float, metavar="S", help="longest time of a try")
    add("--trial-people", type=int, metavar="N", help="judge each try on so many people, on large data")
    add("--write-settings", action="store_true", help="keep what the search finds for every later fit")
    add("--max-seconds", type=float, metavar="S", help="longest time of a fit, as for train")
    add("--jobs", type=int, metavar="J", help="processes at a time; as many as cores allow by default")
    add("--threads", type=int, default=1, metavar="N", help="threads of each process (default 1)")
    add("--memory", type=float, metavar="MIB", help="memory of all processes together; most of what is free")
    add("--device", default="cpu", metavar="cpu|cuda")
    add("--fresh", action="store_true", help="measure again what was measured before")
    add("--out", type=Path, metavar="FILE", help="write the table as JSON, such as leaderboard-NAME.json")
    add("--docs", type=Path, metavar="FILE", help="write the page of all tables beside --out, in Markdown")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Measure what is missing, and write.

    Raises:
        GnnrecError: In four parts, for the user. What can be checked is checked before anything is fitted.
    """
    from gnnrec import places

    for name, path in (("--out", args.out), ("--docs", args.docs)):
        _check_file(name, path)
    result: dict[str, Any] = {}
    if args.dataset:
        result = _measured(args)
        if args.out:
            from gnnrec.runs.leaderboard_table import write_table

            write_table(args.out, result)
    elif not args.docs:
        raise ConfigError(
            where="gnnrec leaderboard",
            found="no --dataset",
            expected="a data set to compare models on, or --docs alone",
            todo="For example --dataset demo.",
        )
    if args.docs:
        from gnnrec.runs.benchmarks_page import write_page

        write_page(args.docs, args.out.parent if args.out else places.shipped_results())
    return result


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    if not result:
        return "The page was written from the stored tables."
    from gnnrec.runs.leaderboard_words import interval_words, metric_title

    metrics = result["metrics"]
    heads = [
        "model",
        *(metric_title(one) for one in metrics),
        "±",
        "to best simple (95 %)",
        "tried",
        "CPU s",
        "MiB",
    ]
    rows = [
        [
            row["model"],
            *(row["test"][one]["mean"] for one in metrics),
            row["test"][metrics[0]]["deviation"],
            "reference"
            if row["variant"] == result["best_simple"]
            else interval_words(row["to_best_simple"])
            if row["to_best_simple"]
            else "–",
            row["tried"],
            round(row["seconds"]["cpu"]),
            round(row["peak_rss_mib"]),
        ]
        for row in result["rows"]
    ]
    splits = ", ".join(one["split"] for one in result["splits"])
    parts = [f"{result['title']}, test of {splits}", table(rows, heads)] if rows else []
    parts += [f"{one['model']}: {one['reason']}" for one in result["left_out"]]
    parts += [
        f"{one['models'][0]} less {one['models'][1]}, {metric_title(metrics[0])}: "
        + interval_words(one["difference"][metrics[0]])
        for one in result["pairs"]
        if one["difference"]
    ]
    return "\n\n".join([*parts, "\n".join(result["sentences"])])


def _measured(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.cli.progress import Progress
    from gnnrec.runs.estimates import about_seconds
    from gnnrec.runs.leaderboard import make
    from gnnrec.runs.leaderboard_request import Request
    from gnnrec.runs.leaderboard_table import table_of

    request = Request(
        dataset=args.dataset,
        splits=tuple(args.split),
        models=args.models,
        task=args.task,
        seeds=args.seeds,
        one_seed=tuple(args.one_seed),
        trials=args.trials,
        trial_seconds=args.trial_seconds,
        trial_people=args.trial_people,
        max_seconds=args.max_seconds,
        jobs=args.jobs,
        threads=args.threads,
        memory_mib=args.memory,
        device=args.device,
        fresh=args.fresh,
        write_settings=args.write_settings,
        pairs=tuple(args.pair),
    )
    progress = Progress()

    def tell(stage: str, one: PoolProgress) -> None:
        left = f"{about_seconds(one.seconds_left)} left" if one.seconds_left else "nearly done"
        what = "searches" if stage == "search" else "fits"
        progress.tell(f"{one.done} of {one.total} {what}, {left}: {'; '.join(one.running)}")

    try:
        finished = make(request, tell, progress.line)
    finally:
        progress.close()
    return table_of(finished, command(request, args.out, args.docs))


def command(request: Request, out: Path | None, docs: Path | None) -> str:
    """The command that makes the same table again."""
    words = ["python", "-m", "gnnrec", "leaderboard", "--dataset", request.dataset]
    for one in request.splits:
        words += ["--split", one]
    defaults = {one.name: one.default for one in dataclasses.fields(request)}
    for name in _REPEATED:
        value = getattr(request, name)
        if value != defaults[name]:
            option = "--" + name.replace("_", "-")
            words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
    for option, path in (("--out", out), ("--docs", docs)):
        if path is not None:
            words += [option, path.as_posix()]
    for one in request.one_seed:
        words += ["--one-seed", one]
    for one in request.pairs:
        words += ["--pair", one]
    return shlex.join(words)


def _check_file(name: str, path: Path | None) -> None:
    """Refuse a file that cannot be written before an hour of fitting, not after."""
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        raise ConfigError(
            where=f"{name} {path}",
            found="a folder of that name" if path.is_dir() else "no such folder",
            expected="a file in a folder that exists",
            todo="Correct the path.",
        )
