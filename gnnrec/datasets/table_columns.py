"""Which column of a user's table means what: explicit mappings, and guesses to offer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from gnnrec.errors import ConfigError, DataError


@dataclass(frozen=True)
class Role:
    """What a column can mean.

    Attributes:
        name: The word in a mapping (`user=userId`).
        column: The standard name of the column.
        guesses: Other names it often has, in small letters without signs.
        label: What a form calls it.
    """

    name: str
    column: str
    guesses: tuple[str, ...]
    label: str


def _role(name: str, column: str, label: str, guesses: str = "") -> Role:
    return Role(name, column, tuple(guesses.split()), label)


_USER = _role(
    "user",
    "user_id",
    "Person",
    "user uid person personid member memberid customer customerid account accountid visitor visitorid "
    "reviewer reviewerid sourceid truster",
)
_ITEM = _role(
    "item",
    "item_id",
    "Item",
    "item iid movie movieid film filmid product productid asin isbn artist artistid song songid track "
    "trackid book bookid game gameid place placeid location locationid business businessid article articleid "
    "news newsid id",
)
_RATING = _role("rating", "rating", "Rating", "ratings score stars overall reviewscore")
_EVENT = _role("interaction", "interaction", "Strength (count or weight)")
_TIME = _role(
    "timestamp", "timestamp", "Time", "time datetime date unixtime unixreviewtime ts createdat eventdate"
)
_TITLE = _role("title", "title", "Title", "movietitle itemtitle name itemname productname artistname")
_YEAR = _role("year", "year", "Year", "releaseyear published publicationyear")
_GENRES = _role("genres", "genres", "Genres or categories", "genre class category categories tags")
_NAME = _role("name", "name", "Name", "username fullname nickname")
_FRIEND = _role("friend", "friend_id", "Friend", "friend userid2 trustee targetid followee")
_RELATION = _role("relation", "relation", "Relation", "relationid property predicate")
_ENTITY = _role("entity", "entity", "Entity", "entityid tailid tail object value")

# Table → roles it must have, roles it may have.
ROLES: dict[str, tuple[tuple[Role, ...], tuple[Role, ...]]] = {
    "interactions": ((_USER, _ITEM), (_RATING, _EVENT, _TIME)),
    "items": ((_ITEM,), (_TITLE, _YEAR, _GENRES)),
    "users": ((_USER,), (_NAME,)),
    "social": ((_USER, _FRIEND), ()),
    "knowledge": ((_ITEM, _RELATION, _ENTITY), ()),
}
_NAMES = {role.name for required, optional in ROLES.values() for role in (*required, *optional)}


def parse_columns(text: str) -> dict[str, str]:
    """A mapping such as `user=userId,item=movieId`; `social.user=follower` speaks of one table only.

    Raises:
        ConfigError: An unknown meaning, or an entry without an equals sign.
    """
    mapping = {}
    for entry in filter(None, (one.strip() for one in text.split(","))):
        meaning, equals, column = (part.strip() for part in entry.partition("="))
        mapping[meaning] = column
        if not equals:
            raise _unknown_meaning(entry)
    require_meanings(mapping)
    return mapping


def require_meanings(mapping: Mapping[str, str]) -> None:
    """Refuse meanings that no table has.

    Raises:
        ConfigError: An unknown meaning, named.
    """
    for meaning in mapping:
        table, dot, role = meaning.rpartition(".")
        if role not in _NAMES or (dot and table not in ROLES):
            raise _unknown_meaning(meaning)


def _unknown_meaning(entry: str) -> ConfigError:
    return ConfigError(
        where="mapping of columns",
        found=f"{entry[:60]!r}",
        expected=f"meaning=column, with a meaning out of {', '.join(sorted(_NAMES))}",
        todo="For example --columns user=userId,item=movieId.",
    )


def guess(table: str, columns: Iterable[object]) -> dict[str, str]:
    """The most likely column of each role of a table; roles without one are left out.

    Args:
        table: `interactions`, `items`, `users`, `social` or `knowledge`.
        columns: Names of the columns in the file.
    """
    plain = {re.sub(r"[^a-z0-9]", "", str(column).lower()): str(column) for column in reversed(list(columns))}
    required, optional = ROLES[table]
    found: dict[str, str] = {}
    for role in (*required, *optional):
        names = (re.sub(r"[^a-z0-9]", "", role.column), *role.guesses)
        match = next(
            (plain[name] for name in names if name in plain and plain[name] not in found.values()), None
        )
        if match is not None:
            found[role.name] = match
    return found


def uses_positions(mapping: Mapping[str, str]) -> bool:
    """Whether columns are given by number (`user=1,item=2`), which means that the file has no header."""
    return any(mapping.values()) and all(column.isdigit() for column in mapping.values() if column)


def renamed(
    frame: pd.DataFrame, table: str, mapping: Mapping[str, str], shown: str
) -> tuple[pd.DataFrame, list[str]]:
    """The table with standard column names, and notes on optional columns that were found by guessing.

    Args:
        frame: The rows as they were read.
        table: Which table it is.
        mapping: Meaning → column; an empty column means that there is none.
        shown: Name of the file for messages.

    Raises:
        ConfigError: One column has two meanings.
        DataError: A column is missing; what was found and a fitting mapping are named.
    """
    required, optional = ROLES[table]
    guessed, chosen, notes = guess(table, frame.columns), {}, []
    for role in (*required, *optional):
        given = mapping.get(f"{table}.{role.name}", mapping.get(role.name))
        # A mapping names the columns of the interactions; other tables may well use the standard names.
        if given is not None and (
            table == "interactions" or f"{table}.{role.name}" in mapping or given in frame.columns
        ):
            if given and given not in frame.columns:
                raise _missing(frame, [given], {}, required, shown)
            chosen[role.column] = given
        elif role.column in frame.columns:
            chosen[role.column] = role.column
        elif role in optional and role.name in guessed and guessed[role.name] not in chosen.values():
            chosen[role.column] = guessed[role.name]
            notes.append(f"{shown}: {role.column} was read from the column {guessed[role.name]}.")
    missing = [role.column for role in required if not chosen.get(role.column)]
    if missing:
        raise _missing(frame, missing, guessed, required, shown)
    new_names = {old: new for new, old in chosen.items() if old}
    twice = [old for new, old in chosen.items() if old and new_names[old] != new]
    if twice:
        raise ConfigError(
            where=f"mapping of columns, {shown}",
            found=f"the column {twice[0][:40]!r} with two meanings",
            expected="one meaning for each column",
            todo="Correct the mapping.",
        )
    replaced = [column for column in chosen if column in frame.columns and new_names.get(column) != column]
    return frame.drop(columns=[one for one in replaced if one not in new_names]).rename(
        columns=new_names
    ), notes


def _missing(
    frame: pd.DataFrame,
    missing: list[str],
    guessed: Mapping[str, str],
    required: tuple[Role, ...],
    shown: str,
) -> DataError:
    found = ", ".join(str(column)[:40] for column in frame.columns[:12])
    more = f" and {len(frame.columns) - 12} more" if len(frame.columns) > 12 else ""
    names = [role.name for role in required]
    if all(name in guessed for name in names):
        todo = f"Rename it, or pass --columns {','.join(f'{name}={guessed[name]}' for name in names)}."
    elif all(re.fullmatch(r"-?[\d.]+", str(column)) for column in frame.columns):
        positions = ",".join(f"{name}={place}" for place, name in enumerate(names, start=1))
        todo = f"The first line looks like data: say which column is which by number, --columns {positions}."
    else:
        todo = f"Rename it, or say which column it is: --columns {','.join(f'{name}=…' for name in names)}."
    return DataError(
        where=shown,
        found=f"no column {' or '.join(repr(one) for one in missing)} (found: {found}{more})",
        expected=f"columns {' and '.join(role.column for role in required)}",
        todo=todo,
    )
