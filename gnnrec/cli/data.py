"""The verb `data`: list, show, download, split and import data sets."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnnrec.errors import ConfigError, DataError

if TYPE_CHECKING:
    from gnnrec.data import Dataset

_FILES = ("interactions", "train", "valid", "test", "items", "users", "social", "knowledge")
_WORDS = ("item", "items", "person", "people", "verb", "past")


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and what it can do.

    Args:
        subparsers: What `ArgumentParser.add_subparsers` returned.
        parents: Options that every verb shares, such as `--json`.
    """
    parser = subparsers.add_parser("data", help="list, look at, download, split or import data sets")
    verbs = parser.add_subparsers(dest="data_verb", metavar="VERB", required=True)

    def verb(name: str, help_text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=help_text, description=help_text, parents=list(parents))

    verb("list", "every data set that is here or could be")
    shown = verb("show", "what is in one data set")
    shown.add_argument("name", metavar="NAME")
    fetched = verb("download", "get a data set from its publisher, under its licence")
    fetched.add_argument("name", metavar="NAME")
    cut = verb("split", "cut a data set and count the parts")
    cut.add_argument("name", metavar="NAME")
    cut.add_argument(
        "--split", metavar="PROTOCOL", help="such as random:seed=1; without it, the data set's own"
    )
    _add_import(verb("import", "keep tables of your own as a data set"))


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="small letters, digits and hyphens")
    about = {
        "interactions": "one file of who did what (CSV, TSV, Parquet, RecBole)",
        "train": "ready-made parts instead of --interactions",
    }
    for file in _FILES:
        parser.add_argument(f"--{file}", metavar="FILE", type=Path, help=about.get(file))
    parser.add_argument("--columns", default="", metavar="user=…,item=…", help="which column means what")
    parser.add_argument("--title", default="", help="name for the screen")
    parser.add_argument(
        "--words",
        default="",
        metavar="item=…,past=…",
        help="how sentences speak: item=place,verb=visit,past=visited",
    )
    parser.add_argument("--encoding", default="utf-8", help="of text files, such as latin-1")
    parser.add_argument(
        "--max-size", type=float, metavar="MB", help="largest file that is read (default 500)"
    )
    parser.add_argument(
        "--skip-bad-rows", action="store_true", help="leave out rows that cannot be read, and report them"
    )
    parser.add_argument("--replace", action="store_true", help="replace an import of that name")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Do what the arguments say.

    Raises:
        GnnrecError: In four parts, for the user.
    """
    verbs = {"list": _list, "show": _show, "download": _download, "split": _split, "import": _import}
    return verbs[args.data_verb](args)


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    if "datasets" in result:
        width = max(len(card["name"]) for card in result["datasets"])
        return "\n".join(
            f"{card['name']:<{width}}  {card['title']}" + ("" if card["present"] else f"  ({card['reason']})")
            for card in result["datasets"]
        )
    lines = []
    for key, value in result.items():
        name = key.replace("_", " ")
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"  {one}: {_plain(entry)}" for one, entry in value.items())]
        elif isinstance(value, list) and value and key in ("notes", "skipped"):
            lines += [f"{name}:", *(f"  {entry}" for entry in value)]
        else:
            lines.append(f"{name}: {_plain(value)}")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(entry)}" for key, entry in value.items())
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _list(_args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec import datasets

    cards = [asdict(card) for card in datasets.available()]
    return {"datasets": [card | {"licence": card["licence"]["name"]} for card in cards]}


def _show(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec import datasets
    from gnnrec.data import default_protocol
    from gnnrec.datasets import report

    dataset = datasets.open_dataset(args.name)
    return {
        "name": dataset.name,
        "title": dataset.title,
        "users": dataset.n_users,
        "items": dataset.n_items,
        "interactions": len(dataset.interactions),
        "provides": sorted(dataset.provides),
        "fingerprints": dict(dataset.fingerprints),
        "example_users": _example_users(dataset),
        "published": sorted(dataset.published),
        "default_split": default_protocol(dataset),
        "licence": dataset.licence.name,
        "redistributable": dataset.licence.redistributable,
        "citation": dataset.citation,
        "quality": report.quality(dataset, datasets.duplicates_left_out(args.name)).as_dict,
    }


def _example_users(dataset: Dataset) -> list[str]:
    """Five ids spread over the people who have interactions."""
    from numpy import linspace, unique

    there = unique(dataset.interactions.user)
    places = unique(linspace(0, len(there) - 1, 5).astype(int))
    return [str(dataset.users.id(number)) for number in there[places]]


def _download(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec import datasets
    from gnnrec.datasets.download import download

    source = datasets.find_source(args.name)
    if source is None:
        raise DataError(
            where=f"data set '{args.name[:60]}'",
            found="no publisher is known for it",
            expected=f"one of {', '.join(one.name for one in datasets.sources())}",
            todo="Check the spelling, or import your own tables with `gnnrec data import`.",
        )
    folder = download(source)
    return {
        "name": source.name,
        "path": str(folder),
        "licence": source.licence.name,
        "terms": source.licence.note,
    }


def _split(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec import datasets
    from gnnrec.data import split

    cut = split(datasets.open_dataset(args.name), args.split)
    counts = {part: len(cut.rows(part)) for part in ("train", "valid", "test")}
    people = {f"people_in_{part}": int((cut.matrix(part).getnnz(axis=1) > 0).sum()) for part in counts}
    return {
        "dataset": args.name,
        "split": str(cut),
        "hash": cut.hash,
        **counts,
        **people,
        "refits": cut.refits,
    }


def _import(args: argparse.Namespace) -> dict[str, Any]:
    from gnnrec.datasets.table_columns import parse_columns
    from gnnrec.datasets.table_files import TableFile
    from gnnrec.datasets.tables import import_tables

    given = {file: getattr(args, file) for file in _FILES if getattr(args, file) is not None}
    dataset, report = import_tables(
        args.name,
        **{
            file: TableFile(path, encoding=args.encoding, limit_mb=args.max_size)
            for file, path in given.items()
        },
        columns=parse_columns(args.columns),
        title=args.title,
        words=_words(args.words),
        skip_bad_rows=args.skip_bad_rows,
        replace=args.replace,
    )
    sizes = {"users": dataset.n_users, "items": dataset.n_items, "interactions": len(dataset.interactions)}
    return {
        **asdict(report),
        **sizes,
        "provides": sorted(dataset.provides),
        "published": sorted(dataset.published),
    }


def _words(text_given: str) -> Any:
    from gnnrec.datasets.table_words import words_from

    given = dict(entry.partition("=")[::2] for entry in text_given.split(",") if entry.strip())
    unknown = [word for word in given if word.strip() not in _WORDS]
    if unknown:
        raise ConfigError(
            where="--words",
            found=f"{unknown[0][:40]!r}",
            expected=f"meaning=word, with a meaning out of {', '.join(_WORDS)}",
            todo="For example --words item=place,verb=visit,past=visited.",
        )
    return words_from(**{name.strip(): word for name, word in given.items()})
