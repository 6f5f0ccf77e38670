"""The table of runs: the queue, and the rule that one identity has one active run at most."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, field
from typing import Any

from gnnrec.errors import RunError
from gnnrec.store.database import reading, writing

ACTIVE = ("queued", "running", "stopping")
FINISHED = ("stopped", "failed", "lost", "done")
_ACTIVE_SQL = "('queued', 'running', 'stopping')"


@dataclass(frozen=True)
class RunRow:
    """One training job as the store knows it.

    Attributes:
        number: Running number; its id is `r` and this number.
        identity: Hash of data parts, split, model, settings and seed.
        state: queued, running, stopping, stopped, failed, lost or done.
        spec: What to train, as plain values.
        result: What came of it: checkpoint, epochs, device, seconds, memory, validation.
        error: The four parts of the error it ended with, or None.

    **Units**: created, queued, started and ended in seconds since 1970.
    """

    number: int
    identity: str
    state: str
    spec: dict[str, Any]
    created: float
    queued: float
    started: float | None = None
    ended: float | None = None
    result: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """Its name in links and commands."""
        return f"r{self.number}"


def number_of(run_id: str) -> int:
    """The number in a run id such as `r12`.

    Raises:
        RunError: It is no run id.
    """
    digits = run_id[1:] if run_id[:1] == "r" else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):
        raise RunError(
            where="run id",
            found=f"'{run_id[:40]}'",
            expected="an id such as r12",
            todo="Look it up on the Train page or with `gnnrec runs list`.",
        )
    return int(digits)


def add(identity: str, spec: dict[str, Any], *, at_least: int = 1) -> tuple[RunRow, bool]:
    """Queue a run, or find the active one of the same identity.

    Args:
        identity: What makes two runs the same.
        spec: What to train.
        at_least: Smallest number to give it, so that folders of a lost store are never written over.

    Returns:
        The run, and whether it is new.
    """
    now = time.time()
    with writing() as db:
        found = db.execute(
            f"select * from runs where identity = ? and state in {_ACTIVE_SQL}", (identity,)
        ).fetchone()
        if found:
            return _row(found), False
        last = db.execute("select seq from sqlite_sequence where name = 'runs'").fetchone()
        number = max(at_least, (last[0] if last else 0) + 1)
        db.execute(
            "insert into runs (number, identity, state, dataset, recommender, spec, created, queued) "
            "values (?, ?, 'queued', ?, ?, ?, ?, ?)",
            (number, identity, spec["dataset"], spec["recommender"], json.dumps(spec), now, now),
        )
        return _row(db.execute("select * from runs where number = ?", (number,)).fetchone()), True


def adopt(row: RunRow) -> None:
    """Put a run back that only its folder remembers; an existing row stays as it is."""
    with writing() as db:
        db.execute(
            "insert or ignore into runs (number, identity, state, dataset, recommender, spec, created, "
            "queued, started, ended, result, error) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.number,
                row.identity,
                row.state,
                row.spec["dataset"],
                row.spec["recommender"],
                json.dumps(row.spec),
                row.created,
                row.queued,
                row.started,
                row.ended,
                json.dumps(row.result),
                json.dumps(row.error) if row.error else None,
            ),
        )


def get(run_id: str) -> RunRow:
    """One run. Raises RunError when there is none of that id."""
    number = number_of(run_id)
    with reading() as db:
        found = db.execute("select * from runs where number = ?", (number,)).fetchone()
    if found is None:
        raise unknown(run_id)
    return _row(found)


def unknown(run_id: str) -> RunError:
    """The error for an id that no run has."""
    return RunError(
        where=f"run {run_id[:40]}",
        found="no run of that id",
        expected="one of the list of runs",
        todo="It may have been deleted. `gnnrec runs list` shows what there is.",
    )


def listed(dataset: str | None = None, states: tuple[str, ...] = (), most: int = 500) -> list[RunRow]:
    """Runs, newest first.

    Args:
        dataset: Only those on this data set.
        states: Only those in these states.
        most: Longest list.
    """
    wishes, values = [], []
    if dataset is not None:
        wishes.append("dataset = ?")
        values.append(dataset)
    if states:
        wishes.append(f"state in ({', '.join('?' * len(states))})")
        values.extend(states)
    where = f"where {' and '.join(wishes)}" if wishes else ""
    with reading() as db:
        found = db.execute(f"select * from runs {where} order by number desc limit ?", (*values, most))
        return [_row(one) for one in found]


def queue() -> list[RunRow]:
    """Runs that wait, the next one first."""
    return sorted(listed(states=("queued",)), key=lambda row: (row.queued, row.number))


def claim(run_id: str, slots: int) -> bool:
    """Take a waiting run out of the queue to start it, if a slot is free.

    Two processes that try at once cannot both get it, nor start more than `slots` together.
    """
    with writing() as db:
        busy = db.execute("select count(*) from runs where state in ('running', 'stopping')").fetchone()[0]
        if busy >= slots:
            return False
        changed = db.execute(
            "update runs set state = 'running', started = ?, ended = null, error = null "
            "where number = ? and state = 'queued'",
            (time.time(), number_of(run_id)),
        )
        return changed.rowcount == 1


def move(
    run_id: str,
    source: tuple[str, ...],
    target: str,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> bool:
    """Change a run's state if it is still in one of `source`.

    Args:
        run_id: Which run.
        source: States it must be in.
        target: Its new state.
        result: Kept with it; what was there before stays where this says nothing.
        error: The parts of the error, cleared where None.

    Returns:
        Whether it was changed; False when another process was faster.

    Raises:
        RunError: Another run of the same identity is active.
    """
    number, now = number_of(run_id), time.time()
    marks = ", ".join("?" * len(source))
    try:
        with writing() as db:
            found = db.execute(
                f"select result from runs where number = ? and state in ({marks})", (number, *source)
            ).fetchone()
            if found is None:
                return False
            merged = json.loads(found["result"] or "{}") | (result or {})
            db.execute(
                "update runs set state = ?, result = ?, error = ? where number = ?",
                (target, json.dumps(merged), json.dumps(error) if error else None, number),
            )
            if target == "queued":
                db.execute("update runs set queued = ?, ended = null where number = ?", (now, number))
            elif target in FINISHED:
                db.execute("update runs set ended = ? where number = ?", (now, number))
    except sqlite3.IntegrityError as error_:
        raise RunError(
            where=f"run {run_id}",
            found="the same training is already active as another run",
            expected="one active run for the same data, model, settings and seed",
            todo="Wait for that one, or stop it.",
        ) from error_
    return True


def remove(run_id: str) -> bool:
    """Forget a run that is not active. Returns whether there was one."""
    with writing() as db:
        gone = db.execute(
            f"delete from runs where number = ? and state not in {_ACTIVE_SQL}", (number_of(run_id),)
        )
        return gone.rowcount == 1


def _row(found: sqlite3.Row) -> RunRow:
    return RunRow(
        number=found["number"],
        identity=found["identity"],
        state=found["state"],
        spec=json.loads(found["spec"]),
        created=found["created"],
        queued=found["queued"],
        started=found["started"],
        ended=found["ended"],
        result=json.loads(found["result"] or "{}"),
        error=json.loads(found["error"]) if found["error"] else None,
    )
