"""Imports on disk: tables of the user's own under home, one folder each, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gnnrec import places
from gnnrec.data import Dataset, Licence, Words
from gnnrec.errors import ConfigError, DataError

FORMAT = 1
TABLES = ("interactions", "items", "users", "social", "knowledge")
# Terms nobody gave; such data is kept out of a public demo.
OWN = Licence(name="Your own files")
PART = "_part"
FOLD = "parts"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_ABOUT = "dataset.json"


@dataclass(frozen=True)
class About:
    """What is kept of an import beside its tables.

    Attributes:
        title: Name for the screen.
        summary: One sentence: which files it came from.
        words: Names used in sentences.
        licence: Terms of use as the user gave them.
        citation: How to cite.
        report: The import report, as plain values.
    """

    title: str
    summary: str = ""
    words: Words = field(default_factory=Words)
    licence: Licence = OWN
    citation: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)


def folder() -> Path:
    """The folder that holds the imports."""
    return places.home() / "imports"


def names() -> list[str]:
    """Names of the imports that are there, in order."""
    if not folder().is_dir():
        return []
    found = [path.name for path in folder().iterdir() if (path / _ABOUT).is_file()]
    return sorted(name for name in found if _NAME.fullmatch(name))


def require_name(name: str) -> None:
    """Refuse a name that is no plain name; it becomes a folder and a part of addresses.

    Raises:
        ConfigError: It has other letters than a–z, 0–9 and the hyphen, or is too long.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            where="name of the data set",
            found=f"{name[:60]!r}",
            expected="1 to 60 small letters a–z, digits and hyphens, starting with a letter or digit",
            todo="For example my-shop.",
        )


def about(name: str) -> About:
    """What is known of an import without opening its tables.

    Raises:
        DataError: There is none of that name, or its description is damaged.
    """
    require_name(name)
    try:
        stored = json.loads((folder() / name / _ABOUT).read_text(encoding="utf-8"))
        if stored.pop("format") != FORMAT:
            raise ValueError("another format")
        known = {"words": Words(**stored["words"]), "licence": Licence(**stored["licence"])}
        return About(**(stored | known))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(name, _ABOUT, error) from None


def stamp(name: str) -> str:
    """Changes whenever the import is replaced; empty where there is none."""
    if not _NAME.fullmatch(name):
        return ""
    try:
        return hashlib.sha256((folder() / name / _ABOUT).read_bytes()).hexdigest()
    except OSError:
        return ""


def save(name: str, tables: Mapping[str, pd.DataFrame], known: About, *, replace: bool = False) -> Path:
    """Write an import: a new folder beside the others, moved to its place when every file is safely on disk.

    Args:
        name: The name it is opened by.
        tables: Table name → rows, with ids as text.
        known: Title, words, licence, report.
        replace: Whether an import of that name may be replaced; it stays whole until the new one is there.

    Returns:
        The folder.

    Raises:
        DataError: The name is taken, or the disk is full; nothing is changed then.
    """
    places.require_writes("Importing data")
    require_name(name)
    target = folder() / name
    if target.exists() and not replace:
        raise DataError(
            where=f"import {name}",
            found="an import of that name is there",
            expected="a new name",
            todo="Choose another name, or replace it on purpose (--replace).",
        )
    fresh = None
    try:
        folder().mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=folder()))
        for table, rows in tables.items():
            rows.to_parquet(fresh / f"{table}.parquet", index=False)
        text = json.dumps({"format": FORMAT, **asdict(known)}, ensure_ascii=False, indent=1)
        (fresh / _ABOUT).write_text(text, encoding="utf-8")
        for path in fresh.iterdir():
            _sync(path)
        _put_in_place(fresh, target)
    except OSError as error:
        raise _unwritable(name, error) from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
    return target


def open_import(name: str) -> Dataset:
    """Open an import.

    Raises:
        DataError: There is none of that name, or its files are damaged.
    """
    known = about(name)
    tables: dict[str, pd.DataFrame] = {}
    for table in TABLES:
        path = folder() / name / f"{table}.parquet"
        if path.is_file() or table == "interactions":
            try:
                tables[table] = pd.read_parquet(path)
            except (OSError, ValueError) as error:
                raise _damaged(name, path.name, error) from None
    return dataset_of(name, tables, known)


def dataset_of(name: str, tables: Mapping[str, pd.DataFrame], known: About) -> Dataset:
    """The data set that an import's tables make."""
    rows = tables["interactions"]
    published = {FOLD: rows[PART].to_numpy()} if PART in rows.columns else {}
    return Dataset.from_frame(
        rows.drop(columns=PART, errors="ignore"),
        name=name,
        title=known.title,
        published=published,
        licence=known.licence,
        citation=known.citation,
        words=known.words,
        **{table: rows for table, rows in tables.items() if table != "interactions"},
    )


def _put_in_place(fresh: Path, target: Path) -> None:
    # A folder cannot be replaced in one step: the old one is kept aside until the new one has its name.
    aside = fresh.with_name(fresh.name.replace(".new-", ".old-"))
    if target.exists():
        os.rename(target, aside)
    try:
        os.rename(fresh, target)
    except OSError:
        if aside.exists():
            os.rename(aside, target)
        raise
    _sync(target.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(name: str, file: str, error: Exception) -> DataError:
    reason = str(error).partition("\n")[0][:120] or type(error).__name__
    return DataError(
        where=f"import {name}, {file}",
        found=f"it cannot be read ({reason})",
        expected="the file as gnnrec wrote it",
        todo="Import the tables again under another name, or with --replace.",
    )


def _unwritable(name: str, error: OSError) -> DataError:
    unchanged = "Nothing that was saved before is changed."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DataError(
            where=f"import {name}",
            found="the disk is full",
            expected="room for the tables",
            todo=f"{unchanged} Free some space and import again.",
        )
    return DataError(
        where=f"import {name}",
        found=f"{folder()} cannot be written ({error.strerror or error})",
        expected="a folder that gnnrec may write to",
        todo=f"{unchanged} Correct its rights, or set GNNREC_HOME to another folder.",
    )
