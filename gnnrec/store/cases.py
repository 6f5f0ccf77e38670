"""The table of cases: write, change without overwriting anybody, find, tag many at once, delete."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from gnnrec import places
from gnnrec.data.names import clean
from gnnrec.errors import ConfigError, DataError, IncompatibleError
from gnnrec.store.case import LONGEST, Case, Draft, as_text, check_text, checked
from gnnrec.store.database import reading, writing
from gnnrec.store.verdicts import Verdict, adopt_verdicts, require_verdict

SORTS = ("changed", "created", "person", "item", "model", "verdict", "who", "rank")
_COLUMNS = (
    "uid", "version", "dataset", "person", "item", "model", "verdict", "note", "view", "who", "created",
    "changed", "rank", "k", "in_list", "hidden",
)  # fmt: skip
_INSERT = f"insert into cases ({', '.join(_COLUMNS)}) values ({', '.join('?' * len(_COLUMNS))})"
_FIXED = ("dataset", "person", "item", "model")


class EditedElsewhere(IncompatibleError):
    """A case that somebody else changed or deleted since it was read; nothing was stored.

    Attributes:
        theirs: The case as it is now, or None where it was deleted.
        mine: What was to be stored, so that no text is lost.
    """

    theirs: Case | None = None
    mine: dict[str, Any] | None = None


def add(draft: Draft) -> Case:
    """Write one case. The same uid again, as after a lost answer, makes no second one.

    Raises:
        DataError: A text is missing or too long, or the verdict is unknown or retired.
        IncompatibleError: There is another case of that uid.
        ConfigError: The mode does not allow it.
    """
    return add_many([draft])[0]


def add_many(drafts: Sequence[Draft]) -> list[Case]:
    """Write a whole worklist of cases: all of them, or none if one cannot be. Raises as `add` does."""
    places.require_writes("Keeping a case")
    now = _now()
    with writing() as db:
        for key in {one.verdict for one in map(checked, drafts)}:
            require_verdict(db, key, offered=True)
        return [_added(db, draft, now) for draft in drafts]


def change(
    uid: str,
    version: int,
    *,
    verdict: str | None = None,
    note: str | None = None,
    who: str | None = None,
) -> Case:
    """Change a case as it was read; what is None stays.

    Args:
        uid: Which one.
        version: Its version when it was read. If another tab stored a change since, nothing is overwritten.
        verdict: New verdict.
        note: New note.
        who: Who changes it.

    Raises:
        EditedElsewhere: It was changed or deleted meanwhile; the error holds both texts.
        DataError: The note is too long, or the verdict is unknown or retired.
        ConfigError: The mode does not allow it.
    """
    places.require_writes("Changing a case")
    mine = {
        name: value
        for name, value in (("verdict", verdict), ("note", note), ("who", who))
        if value is not None
    }
    with writing() as db:
        found = _one(db, uid)
        if found is None or found.version != version:
            if found is not None and all(getattr(found, name) == value for name, value in mine.items()):
                return found
            raise _edited_elsewhere(uid, version, found, mine)
        return _changed(db, found, mine)


def change_many(uids: Iterable[str], *, verdict: str, who: str | None = None) -> list[Case]:
    """Give many cases one verdict; their notes stay. All are changed, or none if one is no longer there.

    Raises:
        DataError: The verdict is unknown or retired, or a case is not there.
        ConfigError: The mode does not allow it.
    """
    places.require_writes("Changing cases")
    mine = {"verdict": verdict} | ({} if who is None else {"who": who})
    with writing() as db:
        return [_changed(db, _needed(_one(db, uid), uid), mine) for uid in dict.fromkeys(uids)]


def get(uid: str) -> Case:
    """One case.

    Raises:
        DataError: There is none of that uid.
    """
    with reading() as db:
        return _needed(_one(db, uid), uid)


def listed(
    *,
    dataset: str | None = None,
    person: str | None = None,
    item: str | None = None,
    model: str | None = None,
    verdicts: Sequence[str] = (),
    who: str | None = None,
    text: str = "",
    uids: Iterable[str] | None = None,
    sort: str = "changed",
    descending: bool = True,
    most: int | None = None,
    skip: int = 0,
) -> list[Case]:
    """Cases that fit all that is asked for.

    Args:
        dataset: Only on this data set.
        person: Only about this person.
        item: Only about this item.
        model: Only about this checkpoint: a slug, or `slug@id`.
        verdicts: Only with one of these.
        who: Only by this person.
        text: Only where the note holds this, in any case of letters.
        uids: Only these.
        sort: One of `SORTS`; what is missing comes last.
        descending: Largest or latest first.
        most: Longest list; all where None.
        skip: How many to leave out at the start, for pages of a list.

    Raises:
        ConfigError: There is no such order.
    """
    if sort not in SORTS:
        raise ConfigError(
            where="order of cases",
            found=f"'{clean(sort)[:40]}'",
            expected=f"one of {', '.join(SORTS)}",
            todo="Choose one of these.",
        )
    where, values = _where(dataset, person, item, model, verdicts, who, text, uids)
    order = f"order by {sort} is null, {sort} {'desc' if descending else 'asc'}, number"
    with reading() as db:
        db.create_function("folded", 1, str.casefold, deterministic=True)
        rows = db.execute(
            f"select * from cases {where} {order} limit ? offset ?",
            (*values, -1 if most is None else most, skip),
        )
        return [Case.of_row(row) for row in rows]


def count(dataset: str | None = None) -> int:
    """How many cases there are, on one data set where named."""
    where, values = ("", ()) if dataset is None else ("where dataset = ?", (dataset,))
    with reading() as db:
        return db.execute(f"select count(*) from cases {where}", values).fetchone()[0]


def counts(
    *,
    dataset: str | None = None,
    person: str | None = None,
    model: str | None = None,
    verdicts: Sequence[str] = (),
    text: str = "",
) -> dict[str, int]:
    """How many cases have each verdict, of those that fit what is asked for as in `listed`."""
    where, values = _where(dataset, person, None, model, verdicts, None, text, None)
    with reading() as db:
        db.create_function("folded", 1, str.casefold, deterministic=True)
        rows = db.execute(f"select verdict, count(*) from cases {where} group by verdict", values)
        return dict(map(tuple, rows))


def named(dataset: str | None, column: str, most: int = 500) -> list[str]:
    """What stands in a column of the cases (`person`, `model` or `who`), in order of the text, each once."""
    if column not in ("person", "model", "who"):
        raise ValueError(column)
    where, values = _where(dataset, None, None, None, (), None, "", None)
    asked = f"select distinct {column} from cases {where} order by {column} limit ?"
    with reading() as db:
        return [row[0] for row in db.execute(asked, (*values, most)) if row[0]]


def stamp(dataset: str | None = None) -> str:
    """A text that changes whenever a case does: the key for what was worked out from them."""
    where, values = _where(dataset, None, None, None, (), None, "", None)
    asked = f"select count(*), sum(version), max(number), max(changed) from cases {where}"
    with reading() as db:
        return ":".join(map(str, db.execute(asked, values).fetchone()))


def delete(uid: str, version: int | None = None) -> None:
    """Remove a case.

    Args:
        uid: Which one.
        version: Its version when it was read, so that a note written meanwhile is not lost; None to insist.

    Raises:
        EditedElsewhere: It was changed meanwhile.
        DataError: There is none of that uid.
        ConfigError: The mode does not allow it.
    """
    places.require_writes("Deleting a case")
    with writing() as db:
        found = _needed(_one(db, uid), uid)
        if version not in (None, found.version):
            raise _edited_elsewhere(uid, version, found, {})
        db.execute("delete from cases where uid = ?", (uid,))


def delete_many(uids: Iterable[str]) -> int:
    """Remove many cases. Returns how many were there."""
    places.require_writes("Deleting cases")
    with writing() as db:
        wanted = json.dumps(list(uids))
        return db.execute(
            "delete from cases where uid in (select value from json_each(?))", (wanted,)
        ).rowcount


def merge(cases: Sequence[Case], verdicts: Iterable[Verdict] = ()) -> dict[str, int]:
    """Take in cases of another store: new ones are added, of two with one uid the one changed later stays.

    All are taken in, or none if one cannot be.

    Args:
        cases: What comes from elsewhere.
        verdicts: What their verdicts are called there. Those that are known here keep their title; others are
            added, unless one of the same title is here, which then stands for it.

    Returns:
        How many were `added`, `updated`, `unchanged`, or `kept` because the one here was changed later.

    Raises:
        DataError: A case cannot be kept, or its verdict is neither here nor described.
        ConfigError: The mode does not allow it.
    """
    places.require_writes("Importing cases")
    counts = {"added": 0, "updated": 0, "unchanged": 0, "kept": 0}
    with writing() as db:
        keys = adopt_verdicts(db, verdicts)
        for case in map(checked, cases):
            verdict = require_verdict(db, keys.get(case.verdict, case.verdict))
            counts[_merged(db, replace(case, verdict=verdict.key))] += 1
    return counts


def _where(
    dataset: str | None,
    person: str | None,
    item: str | None,
    model: str | None,
    verdicts: Sequence[str],
    who: str | None,
    text: str,
    uids: Iterable[str] | None,
) -> tuple[str, list[Any]]:
    """What is asked for as a condition and its values."""
    wishes: list[tuple[str, Any]] = [
        (f"{name} = ?", value)
        for name, value in (("dataset", dataset), ("person", person), ("item", item), ("who", who))
        if value is not None
    ]
    if model is not None:
        # A slug alone stands for every checkpoint of that name.
        wishes.append(("model = ?" if "@" in model else "substr(model, 1, instr(model, '@') - 1) = ?", model))
    if verdicts:
        wishes.append(("verdict in (select value from json_each(?))", json.dumps(list(verdicts))))
    if uids is not None:
        wishes.append(("uid in (select value from json_each(?))", json.dumps(list(uids))))
    if text:
        wishes.append(("instr(folded(note), ?) > 0", text.casefold()))
    where = f"where {' and '.join(wish for wish, _ in wishes)}" if wishes else ""
    return where, [value for _, value in wishes]


def _merged(db: sqlite3.Connection, case: Case) -> str:
    here = _one(db, case.uid)
    if here is None:
        db.execute(_INSERT, _values(case))
        return "added"
    if replace(case, version=here.version, changed=here.changed) == here:
        return "unchanged"
    if case.changed <= here.changed:
        return "kept"
    # A tab that has the old text open must notice.
    case = replace(case, version=max(case.version, here.version + 1))
    places_of = ", ".join(f"{name} = ?" for name in _COLUMNS)
    db.execute(f"update cases set {places_of} where uid = ?", (*_values(case), case.uid))
    return "updated"


def _added(db: sqlite3.Connection, draft: Draft, now: float) -> Case:
    here = _one(db, draft.uid)
    values = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
    case = Case(**values, version=1, created=now, changed=now)
    if here is None:
        db.execute(_INSERT, _values(case))
        return case
    same = all(getattr(here, name) == getattr(case, name) for name in _FIXED)
    if same and (here.version > 1 or replace(case, created=here.created, changed=here.changed) == here):
        return here
    raise IncompatibleError(
        where=f"case {draft.uid}",
        found="another case of that uid",
        expected="a uid of its own, or the same case again",
        todo="Leave the uid out for a new case, or change the one there is.",
    )


def _changed(db: sqlite3.Connection, found: Case, mine: dict[str, Any]) -> Case:
    for name in ("note", "who"):
        if name in mine:
            check_text(name, mine[name], LONGEST[name])
    if mine.get("verdict", found.verdict) != found.verdict:
        require_verdict(db, mine["verdict"], offered=True)
    if all(getattr(found, name) == value for name, value in mine.items()):
        return found
    # A clock that was set back must not make a change look older than what it changed.
    case = replace(found, **mine, version=found.version + 1, changed=max(_now(), found.changed))
    db.execute(
        "update cases set verdict = ?, note = ?, who = ?, version = ?, changed = ? where uid = ?",
        (case.verdict, case.note, case.who, case.version, case.changed, case.uid),
    )
    return case


def _one(db: sqlite3.Connection, uid: str) -> Case | None:
    row = db.execute("select * from cases where uid = ?", (uid,)).fetchone()
    return None if row is None else Case.of_row(row)


def _needed(found: Case | None, uid: str) -> Case:
    if found is None:
        raise DataError(
            where="case",
            found=f"none with the uid '{clean(uid)[:60]}'",
            expected="a case of `gnnrec cases list`",
            todo="It may have been deleted; look it up again.",
        )
    return found


def _edited_elsewhere(
    uid: str, version: int | None, theirs: Case | None, mine: dict[str, Any]
) -> EditedElsewhere:
    if theirs is None:
        found, todo = "it was deleted meanwhile", "Keep your text, and write it as a new case."
    else:
        by = f" by {clean(theirs.who)}" if theirs.who else ""
        found = f"version {theirs.version}, changed{by} at {as_text(theirs.changed)}"
        todo = "Nothing was overwritten. Read the case as it is now, and store your change again."
    error = EditedElsewhere(where=f"case {uid}", found=found, expected=f"version {version}", todo=todo)
    error.theirs, error.mine = theirs, mine
    return error


def _values(case: Case) -> tuple[Any, ...]:
    flat = {**asdict(case), **asdict(case.standing)}
    return tuple(flat[name] for name in _COLUMNS)


def _now() -> float:
    return round(time.time(), 3)
