"""The taxonomy of cases: verdicts that can be added, renamed and retired, and what each wants of a list."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from gnnrec import places
from gnnrec.data.names import clean
from gnnrec.errors import ConfigError, DataError
from gnnrec.store.database import reading, writing

WANTS = ("in", "out")
_LONGEST_TITLE = 80


@dataclass(frozen=True)
class Verdict:
    """What a person can say about an item in a list, or about one that is missing.

    Attributes:
        key: Its name in files and commands; never changes.
        title: Its name on the screen.
        wants: Where the item belongs by this verdict: `in` the list, `out` of it, or None where it says
            nothing about that.
        retired: No longer offered; cases that have it keep it.
    """

    key: str
    title: str
    wants: str | None
    retired: bool = False


def verdicts(*, retired: bool = False) -> list[Verdict]:
    """The taxonomy in its order; with those that are no longer offered where asked for."""
    with reading() as db:
        rows = db.execute("select * from verdicts order by place, key").fetchall()
    return [verdict_of(row) for row in rows if retired or not row["retired"]]


def add_verdict(title: str, wants: str | None) -> Verdict:
    """Add a verdict; its key is made from the title.

    Raises:
        ConfigError: The title is empty, too long or taken, or the mode does not allow it.
    """
    places.require_writes("Changing the verdicts")
    with writing() as db:
        return insert_verdict(db, _key(title), title, wants)


def insert_verdict(db: sqlite3.Connection, key: str, title: str, wants: str | None) -> Verdict:
    """Add a verdict inside a transaction; a key that is taken gets a number behind it.

    Raises:
        ConfigError: The title is empty, too long or taken.
    """
    if wants is not None and wants not in WANTS:
        raise ConfigError(
            where="verdict",
            found=f"wants {wants!r}",
            expected="in, out or nothing",
            todo="Choose one of them.",
        )
    title = _free_title(db, title, None)
    taken = {row["key"] for row in db.execute("select key from verdicts")}
    free = next(one for one in (key, *(f"{key}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
    db.execute(
        "insert into verdicts (key, title, wants, place) "
        "values (?, ?, ?, (select coalesce(max(place), 0) + 1 from verdicts))",
        (free, title, wants),
    )
    return Verdict(free, title, wants)


def rename_verdict(key: str, title: str) -> Verdict:
    """Give a verdict another title; cases that have it show the new one.

    Raises:
        DataError: There is no such verdict.
        ConfigError: The title is empty, too long or taken, or the mode does not allow it.
    """
    places.require_writes("Changing the verdicts")
    with writing() as db:
        require_verdict(db, key)
        db.execute("update verdicts set title = ? where key = ?", (_free_title(db, title, key), key))
        return require_verdict(db, key)


def retire_verdict(key: str, retired: bool = True) -> Verdict:
    """Offer a verdict no longer, or again; cases that have it keep it.

    Raises:
        DataError: There is no such verdict.
        ConfigError: The mode does not allow it.
    """
    places.require_writes("Changing the verdicts")
    with writing() as db:
        require_verdict(db, key)
        db.execute("update verdicts set retired = ? where key = ?", (int(retired), key))
        return require_verdict(db, key)


def require_verdict(db: sqlite3.Connection, key: str, *, offered: bool = False) -> Verdict:
    """The verdict of a key.

    Args:
        db: An open store.
        key: Its key.
        offered: Refuse a retired one too.

    Raises:
        DataError: There is no such verdict, or it is retired.
    """
    row = db.execute("select * from verdicts where key = ?", (key,)).fetchone()
    if row is not None and not (offered and row["retired"]):
        return verdict_of(row)
    known = db.execute("select key from verdicts where not retired order by place, key").fetchall()
    raise DataError(
        where="verdict",
        found=f"'{clean(key)[:60]}', which is {'retired' if row is not None else 'unknown'}",
        expected=f"one of {', '.join(one['key'] for one in known)}",
        todo="Choose one of these, or add a verdict with `gnnrec cases verdicts --add TITLE`.",
    )


def adopt_verdicts(db: sqlite3.Connection, others: Iterable[Verdict]) -> dict[str, str]:
    """Make sure that verdicts of another store are here, inside a transaction.

    Returns:
        The key here for each key there.

    Raises:
        ConfigError: A title cannot be one.
    """
    rows = db.execute("select key, title from verdicts").fetchall()
    by_title = {row["title"].casefold(): row["key"] for row in rows}
    here = {row["key"]: row["key"] for row in rows}
    for one in others:
        if one.key in here:
            continue
        title = clean(one.title)
        same = by_title.get(title.casefold())
        here[one.key] = same or insert_verdict(db, one.key, title, one.wants).key
        by_title[title.casefold()] = here[one.key]
    return here


def verdict_of(row: sqlite3.Row) -> Verdict:
    """A row of the table as a verdict."""
    return Verdict(row["key"], row["title"], row["wants"], bool(row["retired"]))


def _free_title(db: sqlite3.Connection, title: str, key: str | None) -> str:
    title = clean(title)
    if not 0 < len(title) <= _LONGEST_TITLE:
        raise ConfigError(
            where="verdict",
            found=f"a title of {len(title)} letters",
            expected=f"1 to {_LONGEST_TITLE} letters",
            todo="Shorten it; details belong into the note of a case.",
        )
    for row in db.execute("select key, title from verdicts"):
        if row["title"].casefold() == title.casefold() and row["key"] != key:
            raise ConfigError(
                where="verdict",
                found=f"'{title}', which there is already (key {row['key']})",
                expected="a title of its own",
                todo="Choose another title, or use that verdict; if it is retired, offer it again.",
            )
    return title


def _key(title: str) -> str:
    plain = unicodedata.normalize("NFKD", clean(title)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "verdict"
