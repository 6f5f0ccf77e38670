"""The SQLite file: where it is, its schema by version, and transactions that end whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import time
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
    """
    create table verdicts (
        key text primary key,
        title text not null unique collate nocase,
        wants text check (wants in ('in', 'out')),
        retired integer not null default 0,
        place integer not null
    );
    insert into verdicts (key, title, wants, place) values
        ('good', 'Good', 'in', 1),
        ('missed', 'Missed, should be in the list', 'in', 2),
        ('irrelevant', 'Irrelevant', 'out', 3),
        ('too-popular', 'Too popular', 'out', 4),
        ('near-duplicate', 'Near-duplicate', 'out', 5),
        ('against-taste', 'Against their taste', 'out', 6),
        ('out-of-date', 'Out of date', 'out', 7),
        ('already-known', 'Already known to them', 'out', 8),
        ('wrong', 'Wrong for another reason', 'out', 9),
        ('unclear', 'Unclear', null, 10);
    create table cases (
        number integer primary key autoincrement,
        uid text not null unique,
        version integer not null,
        dataset text not null,
        person text not null,
        item text,
        model text,
        verdict text not null references verdicts (key),
        note text not null,
        view text not null,
        who text not null,
        created real not null,
        changed real not null,
        rank integer,
        k integer,
        in_list integer,
        hidden text not null
    );
    create index cases_of_a_dataset on cases (dataset, person);
    """,
    """
    create table named_slices (
        dataset text not null,
        name text not null collate nocase,
        conditions text not null,
        created real not null,
        primary key (dataset, name)
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
            connection = _frozen(file)
        else:
            connection = sqlite3.connect(file or ":memory:", timeout=_WAIT_S, isolation_level=None)
            if file is not None:
                _write_ahead(connection)
        connection.row_factory = sqlite3.Row
        _migrate(connection)
        yield connection
    except sqlite3.IntegrityError:
        # A broken rule (two active runs of one identity) is the caller's business, the file is sound.
        raise
    except (sqlite3.Error, OSError) as error:
        raise _in_words(error) from error
    finally:
        if connection is not None:
            connection.close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers go on while somebody writes."""
    # SQLite does not wait where this mode is first set while another connection is open for the first time.
    last = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > last:
                raise
            time.sleep(0.01)


def _frozen(file: Path) -> sqlite3.Connection:
    """A store that may not be written, as this version reads it."""
    # Even reading makes files beside the store, unless it is said that nobody changes it.
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)
    if connection.execute("pragma user_version").fetchone()[0] >= VERSION:
        return connection
    # What an older version wrote is brought up to date in memory.
    newer = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(newer)
    connection.close()
    return newer


def _in_words(error: sqlite3.Error | OSError) -> RunError:
    if "locked" in str(error):
        return RunError(
            where=f"store {path()}",
            found=f"another program has kept it locked for {_WAIT_S} s",
            expected="a store that is free for a moment",
            todo="Nothing was changed. Wait for the other program, or end it, and try again.",
        )
    return RunError(
        where=f"store {path()}",
        found=str(error),
        expected="a SQLite file that can be read and written",
        todo="Free some space, or wait for the other program to end. If the file is damaged, move it "
        "away: runs are found again from their folders, cases from their last export.",
    )


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
