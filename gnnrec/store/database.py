"""The SQLite file: where it is, its schema by version, and transactions that end whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gnnrec import places
from gnnrec.errors import RunError

# One script for each step from version n to n + 1; a published one is never edited, only followed by another.
MIGRATIONS = (
    """
    create table runs (
        number integer primary key autoincrement,
        identity text not null,
        state text not null
            check (state in ('queued', 'running', 'stopping', 'stopped', 'failed', 'lost', 'done')),
        dataset text not null,
        recommender text not null,
        spec text not null,
        created real not null,
        queued real not null,
        started real,
        ended real,
        result text,
        error text
    );
    create unique index one_active_run_of_a_kind on runs (identity)
        where state in ('queued', 'running', 'stopping');
    create index runs_of_a_dataset on runs (dataset, recommender);
    create table evaluations (
        checkpoint text not null,
        name text not null,
        created real not null,
        result text not null,
        primary key (checkpoint, name)
    );
    """,
)
VERSION = len(MIGRATIONS)
_WAIT_S = 15


def path() -> Path:
    """The file of the store."""
    return places.home() / "gnnrec.sqlite"


@contextmanager
def reading() -> Iterator[sqlite3.Connection]:
    """A connection to read with. Where nothing was stored yet, an empty store that leaves no file behind.

    A folder that may not be written, as of a public demo, is read as it is.

    Raises:
        RunError: The file is damaged, locked or from a newer version.
    """
    with _opened(path() if path().is_file() else None, frozen=not _writable(path().parent)) as connection:
        yield connection


@contextmanager
def writing() -> Iterator[sqlite3.Connection]:
    """A transaction: everything in the block is stored, or nothing if it raises.

    Raises:
        RunError: The file is damaged, locked, from a newer version, or the disk is full.
    """
    with _opened(path()) as connection:
        connection.execute("begin immediate")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK)


@contextmanager
def _opened(file: Path | None, *, frozen: bool = False) -> Iterator[sqlite3.Connection]:
    connection = None
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        if file is not None and frozen:
            # Even reading makes files beside the store, unless it is said that nobody changes it.
            connection = sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)
        else:
            connection = sqlite3.connect(file or ":memory:", timeout=_WAIT_S, isolation_level=None)
            if file is not None:
                connection.execute("pragma journal_mode = wal")
        connection.row_factory = sqlite3.Row
        _migrate(connection)
        yield connection
    except sqlite3.IntegrityError:
        # A broken rule (two active runs of one identity) is the caller's business, the file is sound.
        raise
    except (sqlite3.Error, OSError) as error:
        raise RunError(
            where=f"store {path()}",
            found=str(error),
            expected="a SQLite file that can be read and written",
            todo="Free some space, or wait for the other program to end. If the file is damaged, move it "
            "away: runs are found again from their folders.",
        ) from error
    finally:
        if connection is not None:
            connection.close()


def _migrate(connection: sqlite3.Connection) -> None:
    found = connection.execute("pragma user_version").fetchone()[0]
    if found > VERSION:
        raise RunError(
            where=f"store {path()}",
            found=f"version {found}, written by a newer gnnrec",
            expected=f"version {VERSION} or older",
            todo="Update gnnrec, or set GNNREC_HOME to another folder. Nothing was changed.",
        )
    if found == VERSION:
        return
    connection.execute("begin immediate")
    try:
        # Another process may have done it while this one waited for the lock.
        found = connection.execute("pragma user_version").fetchone()[0]
        for number in range(found, VERSION):
            for statement in filter(str.strip, MIGRATIONS[number].split(";")):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number + 1}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
