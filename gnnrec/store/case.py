"""Case: a person, an item, a model, a verdict and a note; and what a text in it may be."""

from __future__ import annotations

import re
import sqlite3
import uuid
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from gnnrec.errors import DataError

# Longest texts in characters. A note is what a person writes about one case, not a document.
NOTE_LETTERS = 20_000
LONGEST = {
    "dataset": 200,
    "person": 1_000,
    "item": 1_000,
    "model": 200,
    "note": NOTE_LETTERS,
    "view": 8_000,
    "who": 200,
    "hidden": 40,
}
# What a case in a file cannot do without.
NEEDED = ("uid", "dataset", "person", "verdict", "created")
_OPTIONAL = ("item", "model")
_LARGEST = 2**53
_PARTS = ("train", "valid", "test")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The end of the year 9999: later times have no date.
_LAST_TIME = 253_402_300_799.0
D = TypeVar("D", bound="Draft")


def new_uid() -> str:
    """A name for a case that no other store will give to another one."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Standing:
    """Where an item stood for a person when a case was written; kept so that it can be judged later.

    Attributes:
        rank: Place among all items that were not hidden, from 1; None where it was hidden itself.
        k: Length of the list.
        in_list: Whether it was in the list; None where that was not kept.
        hidden: The parts of the split that lists left out, such as `train,valid`.
    """

    rank: int | None = None
    k: int | None = None
    in_list: bool | None = None
    hidden: str = ""


@dataclass(frozen=True)
class Draft:
    """A case to be written. Texts are plain text wherever they are shown, never markup.

    Attributes:
        dataset: Name of the data set.
        person: Their id.
        verdict: Key of a verdict.
        item: Its id, or None where the case is about a person alone.
        model: Address of the checkpoint, `slug@id`, or None.
        note: Up to `NOTE_LETTERS` characters.
        view: Address of the view it was written on.
        who: Who wrote it.
        standing: Where the item stood.
        uid: Its name in every store; writing the same uid twice makes one case.
    """

    dataset: str
    person: str
    verdict: str
    item: str | None = None
    model: str | None = None
    note: str = ""
    view: str = ""
    who: str = ""
    standing: Standing = Standing()
    uid: str = field(default_factory=new_uid)


@dataclass(frozen=True)
class Case(Draft):
    """A case as the store has it.

    Attributes:
        version: 1 at first, one more with each change.
        created: When it was written.
        changed: When it was last changed.

    **Units**: seconds since 1970, whole milliseconds.
    """

    version: int = 1
    created: float = 0.0
    changed: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain values with times as text, in the order of the columns of an export."""
        return {
            "uid": self.uid,
            "version": self.version,
            "dataset": self.dataset,
            "person": self.person,
            "item": self.item,
            "model": self.model,
            "verdict": self.verdict,
            "note": self.note,
            "view": self.view,
            "who": self.who,
            "created": as_text(self.created),
            "changed": as_text(self.changed),
            "rank": self.standing.rank,
            "k": self.standing.k,
            "in_list": self.standing.in_list,
            "hidden": self.standing.hidden,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Case:
        """The case that `as_dict` wrote.

        Raises:
            DataError: A value is missing, of another kind, too long or out of range.
        """
        missing = [name for name in NEEDED if not values.get(name)]
        if missing:
            raise DataError(
                where="case", found=f"no '{missing[0]}'", expected="a value", todo="Export the cases again."
            )
        standing = Standing(
            values.get("rank"), values.get("k"), values.get("in_list"), values.get("hidden") or ""
        )
        texts = {name: values.get(name) or "" for name in ("note", "view", "who")}
        created = _time(values["created"])
        return checked(
            cls(
                dataset=values["dataset"],
                person=values["person"],
                verdict=values["verdict"],
                item=values.get("item"),
                model=values.get("model"),
                standing=standing,
                uid=values["uid"],
                version=values.get("version", 1),
                created=created,
                changed=_time(values.get("changed") or values["created"]),
                **texts,
            )
        )

    @classmethod
    def of_row(cls, row: sqlite3.Row) -> Case:
        """A row of the table as a case."""
        in_list = None if row["in_list"] is None else bool(row["in_list"])
        names = {one.name for one in fields(cls)} - {"standing"}
        return cls(
            **{name: row[name] for name in names},
            standing=Standing(row["rank"], row["k"], in_list, row["hidden"]),
        )


def checked(draft: D) -> D:
    """The same case if the store can keep it and give it back letter by letter.

    Raises:
        DataError: A text is missing, too long or no text; a number is out of range.
    """
    if not isinstance(draft.uid, str) or not re.fullmatch(r"[0-9a-f]{32}", draft.uid):
        raise _wrong("uid", repr(draft.uid)[:60], "32 hex digits", "Leave it out for a new case.")
    for name, longest in LONGEST.items():
        value = draft.standing.hidden if name == "hidden" else getattr(draft, name)
        if value is None and name in _OPTIONAL:
            continue
        check_text(name, value, longest, needed=name in (*NEEDED, *_OPTIONAL))
    if not isinstance(draft.verdict, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", draft.verdict):
        raise _wrong("verdict", repr(draft.verdict)[:60], "the key of a verdict", "Choose one of the list.")
    if not set(filter(None, draft.standing.hidden.split(","))) <= set(_PARTS):
        raise _wrong("hidden", repr(draft.standing.hidden), "train, valid, test", "Leave it out.")
    numbers = {"rank": draft.standing.rank, "k": draft.standing.k, "version": getattr(draft, "version", 1)}
    for name, number in numbers.items():
        if number is not None and (type(number) is not int or not 1 <= number <= _LARGEST):
            raise _wrong(name, repr(number)[:60], "a whole number from 1", "Correct it.")
    if not isinstance(draft.standing.in_list, bool | None):
        raise _wrong("in_list", repr(draft.standing.in_list)[:60], "true, false or nothing", "Correct it.")
    return draft


def check_text(name: str, value: object, longest: int, *, needed: bool = False) -> None:
    """Refuse what is no text, is too long, or cannot be kept.

    Raises:
        DataError: In words, with the length.
    """
    if not isinstance(value, str):
        raise _wrong(name, repr(value)[:60], "text", "Correct it.")
    if needed and not value:
        raise _wrong(name, "nothing", "text", "Fill it in.")
    if len(value) > longest:
        raise _wrong(
            name,
            f"{len(value):,} characters",
            f"at most {longest:,}",
            "Shorten it; nothing was stored or cut.",
        )
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _wrong(name, "half a character (a lone surrogate)", "whole characters", "Type it again.")


def as_text(seconds: float) -> str:
    """A time as ISO 8601 in UTC."""
    # Whole milliseconds all the way: fractions of far dates would be cut off by one.
    moment = _EPOCH + timedelta(milliseconds=round(seconds * 1000))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(seconds: float) -> str:
    """A time for the screen: `2026-02-01 12:00 UTC`."""
    return f"{as_text(seconds)[:16].replace('T', ' ')} UTC"


def _time(value: object) -> float:
    try:
        found = datetime.fromisoformat(str(value))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        seconds = ((found - _EPOCH) // timedelta(milliseconds=1)) / 1000
    except (ValueError, OverflowError):
        seconds = -1.0
    if not 0 <= seconds <= _LAST_TIME:
        raise _wrong("time", repr(value)[:60], "such as 2026-02-01T12:00:00.000Z", "Correct it.")
    return seconds


def _wrong(name: str, found: str, expected: str, todo: str) -> DataError:
    return DataError(where=f"case, {name}", found=found, expected=expected, todo=todo)
