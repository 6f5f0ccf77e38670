"""The verb `cases`: list them, write one, hand them on and take them in, and hold them against a checkpoint."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gnnrec.cli.opening import add_checkpoint, at_least, open_model
from gnnrec.cli.output import table
from gnnrec.errors import ConfigError

# Exit code of `check` where a case is newly broken, or not one of them could be told.
FAILED = 3
_ABOUT = {
    "list": "cases, the last changed first",
    "add": "write a case; where the item stands now is kept with it",
    "export": "write cases to a file: .jsonl keeps everything, .csv is for a spreadsheet",
    "report": "write one HTML file with pictures, lists and notes that opens anywhere, without network",
    "import": "take in the cases of a file; those that are here already are not doubled",
    "check": "hold all cases against a checkpoint: fixed, still wrong, newly broken; "
    f"exit code {FAILED} where one is newly broken or none can be told",
    "verdicts": "the verdicts there are; add, rename, retire one",
}


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and what it can do."""
    words = "cases, notes and verdicts on single suggestions: list, add, export, import, check"
    parser = subparsers.add_parser("cases", help=words, description=words, parents=list(parents))
    verbs = parser.add_subparsers(dest="cases_verb", metavar="|".join(_ABOUT), required=True)
    made = {
        name: verbs.add_parser(name, help=about, description=about, parents=list(parents))
        for name, about in _ABOUT.items()
    }
    for name in ("list", "export", "report", "check"):
        _add_filters(made[name], dataset=name != "check")
    made["list"].add_argument("--sort", default="changed", metavar="BY", help="such as created or rank")
    made["list"].add_argument("--ascending", action="store_true", help="smallest or oldest first")
    made["list"].add_argument("--limit", type=int, metavar="N", help="longest list")
    _add_one(made["add"])
    for name in ("export", "import"):
        made[name].add_argument("file", type=Path, metavar="FILE", help="ends in .jsonl or .csv")
    _add_report(made["report"])
    add_checkpoint(made["check"])
    made["check"].add_argument(
        "-k", type=int, metavar="K", help="length of the list; that of each case without it"
    )
    made["check"].add_argument(
        "--strict", action="store_true", help="fail on what is still wrong or cannot be told, too"
    )
    add = made["verdicts"].add_argument
    add("--add", metavar="TITLE", help="a new verdict")
    add("--wants", choices=("in", "out"), help="whether its items belong into the list; neither without it")
    add("--rename", nargs=2, metavar=("KEY", "TITLE"), help="another title; its cases keep it")
    add("--retire", metavar="KEY", help="offer it no longer; its cases keep it")
    add("--restore", metavar="KEY", help="offer a retired one again")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Do it.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    return {
        "list": _list,
        "add": _add,
        "export": _export,
        "report": _report,
        "import": _import,
        "check": _check,
        "verdicts": _verdicts,
    }[args.cases_verb](args)


def exit_code(result: dict[str, Any]) -> int:
    """For a pipeline: 0, or `FAILED` where a check found what it looks for."""
    return 0 if result.get("passed", True) else FAILED


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    if "counts" in result:
        return _text_of_check(result)
    if "file" in result:
        counts = (f"{value:,} {name}" for name, value in result.items() if name != "file")
        return f"{result['file']}: {', '.join(counts)}"
    if "verdicts" in result:
        rows = [[one["key"], one["title"], one["wants"], one["retired"]] for one in result["verdicts"]]
        return table(rows, ["key", "title", "wants the item", "retired"])
    if not result["cases"]:
        return "No cases."
    rows = [
        [one["uid"], one["changed"][:10], one["dataset"], one["person"], one["item"], one["model"],
         one["verdict"], one["rank"], one["note"]]
        for one in result["cases"]
    ]  # fmt: skip
    return table(
        rows,
        ["uid", "changed", "data", "person", "item", "model", "verdict", "rank then", "note"],
        longest=40,
    )


def _add_filters(parser: argparse.ArgumentParser, *, dataset: bool) -> None:
    add = parser.add_argument
    if dataset:
        add("--dataset", metavar="NAME", help="only on this data set")
    add("--user", metavar="ID", help="only about this person")
    add("--item", metavar="ID", help="only about this item")
    add("--model", metavar="SLUG", help="only written about this checkpoint: slug, or slug@id")
    add("--verdict", action="append", default=[], metavar="KEY", help="only with this verdict; repeatable")
    add("--who", metavar="NAME", help="only by this person")
    add("--text", default="", metavar="TEXT", help="only where the note holds this")


def _add_one(parser: argparse.ArgumentParser) -> None:
    add_checkpoint(parser)
    add = parser.add_argument
    add("--user", required=True, metavar="ID")
    add("--item", metavar="ID", help="without it the case is about the person alone")
    add("--verdict", required=True, metavar="KEY", help="such as irrelevant; all: gnnrec cases verdicts")
    add("--note", default="", metavar="TEXT")
    add("-k", type=int, default=10, metavar="K", help="length of the list (default 10)")
    add("--who", metavar="NAME", help="who writes it; this computer's user without it")


def _add_report(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="ends in .html")
    add("--title", default="", metavar="TEXT", help="on its title page")
    add(
        "--may-pass-on",
        action="store_true",
        help="show people and items of data whose terms do not allow passing them on, because you may; "
        "without it such cases are only counted",
    )


def _wishes(args: argparse.Namespace) -> dict[str, Any]:
    return {
        "dataset": getattr(args, "dataset", None),
        "person": args.user,
        "item": args.item,
        "model": args.model,
        "verdicts": args.verdict,
        "who": args.who,
        "text": args.text,
    }


def _list(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.store import cases

    if args.limit is not None:
        at_least("--limit", args.limit, 1)
    found = cases.listed(**_wishes(args), sort=args.sort, descending=not args.ascending, most=args.limit)
    return {"cases": [one.as_dict() for one in found]}


def _add(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec import places
    from gnnrec.store import cases
    from gnnrec.store.case import Draft, Standing
    from gnnrec.store.cases_check import standing_of

    at_least("-k", args.k, 1)
    places.require_writes("Keeping a case")
    opened = open_model(args.checkpoint)
    dataset = opened.dataset
    user = dataset.users.number(args.user)
    standing = Standing()
    if args.item is not None:
        item = dataset.items.number(args.item)
        standing = standing_of(opened.recommender, opened.split, user, item, args.k)
    draft = Draft(
        dataset=dataset.name,
        person=args.user,
        verdict=args.verdict,
        item=args.item,
        model=opened.checkpoint.address,
        note=args.note,
        who=_user() if args.who is None else args.who,
        standing=standing,
    )
    return {"cases": [cases.add(draft).as_dict()]}


def _export(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.store import cases
    from gnnrec.store.case_files import export_file

    found = cases.listed(**_wishes(args), sort="created", descending=False)
    export_file(args.file, found)
    return {"file": str(args.file), "exported": len(found)}


def _report(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.cli.progress import Progress
    from gnnrec.reports import require_html, save_page
    from gnnrec.reports.cases import case_report
    from gnnrec.store import cases

    require_html(args.file)
    found = cases.listed(**_wishes(args), sort="created", descending=False)
    if not found:
        raise ConfigError(
            where="gnnrec cases report",
            found="no such cases in the store",
            expected="at least one case to tell",
            todo="Write some with `gnnrec cases add`, or leave out a filter.",
        )
    progress = Progress()
    try:
        made = case_report(
            found,
            title=args.title,
            confirmed=args.may_pass_on,
            tell=lambda done, all_: progress.tell(f"{done:,} of {all_:,} cases"),
        )
    finally:
        progress.close()
    size = save_page(made, args.file)
    return {"file": str(args.file), "cases": len(found), "bytes": size}


def _import(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.store.case_files import import_file

    return {"file": str(args.file), **import_file(args.file)}


def _check(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.checkpoints import find_or_open
    from gnnrec.cli.progress import Progress
    from gnnrec.store import cases
    from gnnrec.store.cases_check import cases_check

    if args.k is not None:
        at_least("-k", args.k, 1)
    checkpoint = find_or_open(args.checkpoint)
    dataset = str(checkpoint.config["dataset"])
    found = cases.listed(**(_wishes(args) | {"dataset": dataset}), sort="created", descending=False)
    if not found:
        raise ConfigError(
            where="gnnrec cases check",
            found=f"no such cases on '{dataset}' in the store",
            expected="at least one case to check",
            todo="Write some with `gnnrec cases add`, or take some in with `gnnrec cases import FILE`.",
        )
    progress = Progress()
    try:
        checked = cases_check(
            checkpoint, found, k=args.k, tell=lambda done, all_: progress.tell(f"{done:,} of {all_:,} cases")
        )
    finally:
        progress.close()
    counts = {name.replace(" ", "_"): value for name, value in checked.counts.items()}
    failing = ("newly_broken", "still_wrong", "cannot_tell") if args.strict else ("newly_broken",)
    return {
        "checkpoint": checked.checkpoint,
        "dataset": dataset,
        "n": len(found),
        "counts": counts,
        "passed": checked.judged > 0 and not any(counts[name] for name in failing),
        "cases": [
            {
                **one.case.as_dict(),
                "outcome": one.outcome,
                "in_list_then": None if one.then is None else one.then.in_list,
                "rank_then": None if one.then is None else one.then.rank,
                "in_list_now": None if one.now is None else one.now.in_list,
                "rank_now": None if one.now is None else one.now.rank,
                "k_now": None if one.now is None else one.now.k,
                "reason": one.reason,
            }
            for one in checked.findings
        ],
    }


def _verdicts(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.store import verdicts

    if args.add is not None:
        verdicts.add_verdict(args.add, args.wants)
    elif args.wants is not None:
        raise ConfigError(
            where="--wants",
            found="no --add",
            expected="the title of a new verdict",
            todo="Add --add TITLE; what a verdict wants cannot change, its cases were written with it.",
        )
    if args.rename:
        verdicts.rename_verdict(*args.rename)
    for key, retired in ((args.retire, True), (args.restore, False)):
        if key is not None:
            verdicts.retire_verdict(key, retired)
    return {"verdicts": [vars(one) for one in verdicts.verdicts(retired=True)]}


def _text_of_check(result: dict[str, Any]) -> str:
    counts = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in result["counts"].items())
    order = ("newly broken", "still wrong", "fixed", "still right", "cannot tell")
    rows = [
        [one["outcome"], one["person"], one["item"], one["verdict"], one["rank_then"], one["rank_now"],
         one["k_now"], one["reason"] or one["note"]]
        for one in sorted(result["cases"], key=lambda one: order.index(one["outcome"]))
    ]  # fmt: skip
    heads = ["outcome", "person", "item", "verdict", "rank then", "rank now", "K", "note or reason"]
    verdict = "passed" if result["passed"] else "failed"
    return f"{result['n']:,} cases with {result['checkpoint']}: {counts} ({verdict})\n\n{table(rows, heads)}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # Some containers have a user without a name.
        return os.environ.get("USER", "")
