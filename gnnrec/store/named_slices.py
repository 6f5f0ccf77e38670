"""Slices that somebody gave a name: conditions on the traits of people, kept for each data set."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from gnnrec import places
from gnnrec.data.names import clean
from gnnrec.errors import ConfigError
from gnnrec.store.database import reading, writing

LONGEST_NAME = 80
MOST_CONDITIONS = 50
MOST_SLICES = 200

Conditions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NamedSlice:
    """A group of people under a name.

    Attributes:
        name: What somebody called it.
        conditions: Key of a trait and name of one of its groups: any group of the same trait, and all traits.
    """

    name: str
    conditions: Conditions


def named_slices(dataset: str) -> list[NamedSlice]:
    """The slices of a data set that have a name, in the order of the alphabet."""
    with reading() as db:
        rows = db.execute(
            "select name, conditions from named_slices where dataset = ? order by name", (dataset,)
        ).fetchall()
    return [NamedSlice(row["name"], _conditions(json.loads(row["conditions"]))) for row in rows]


def save_slice(dataset: str, name: str, conditions: Sequence[tuple[str, str]]) -> NamedSlice:
    """Keep conditions under a name; the same once more changes nothing.

    Raises:
        ConfigError: The name is empty, too long or taken by other conditions, there are no conditions or too many,
            there are too many slices, or the mode does not allow it.
    """
    places.require_writes("Saving a slice")
    name, kept = clean(name), _conditions(sorted(set(conditions)))
    if not 0 < len(name) <= LONGEST_NAME:
        raise ConfigError(
            where="name of a slice",
            found=f"{len(name)} letters",
            expected=f"1 to {LONGEST_NAME} letters",
            todo="Choose a short name; the conditions are kept beside it.",
        )
    if not 0 < len(kept) <= MOST_CONDITIONS:
        raise ConfigError(
            where=f"slice '{name}'",
            found=f"{len(kept)} conditions",
            expected=f"1 to {MOST_CONDITIONS}",
            todo="Choose at least one group.",
        )
    with writing() as db:
        found = {
            row["name"].casefold(): NamedSlice(row["name"], _conditions(json.loads(row["conditions"])))
            for row in db.execute("select name, conditions from named_slices where dataset = ?", (dataset,))
        }
        same = found.get(name.casefold())
        if same is not None and same.conditions == kept:
            return same
        if same is not None:
            raise ConfigError(
                where="name of a slice",
                found=f"'{same.name}', which other conditions have already",
                expected="a name of its own",
                todo="Choose another name, or delete that slice first.",
            )
        if len(found) >= MOST_SLICES:
            raise ConfigError(
                where=f"slices of {dataset}",
                found=f"{len(found)} already",
                expected=f"at most {MOST_SLICES}",
                todo="Delete one that is no longer needed.",
            )
        db.execute(
            "insert into named_slices (dataset, name, conditions, created) values (?, ?, ?, ?)",
            (dataset, name, json.dumps(kept), time.time()),
        )
    return NamedSlice(name, kept)


def delete_slice(dataset: str, name: str) -> bool:
    """Forget a name; False where somebody else has done so already.

    Raises:
        ConfigError: The mode does not allow it.
    """
    places.require_writes("Deleting a slice")
    with writing() as db:
        done = db.execute("delete from named_slices where dataset = ? and name = ?", (dataset, name))
        return done.rowcount > 0


def _conditions(pairs: Sequence[Sequence[str]]) -> Conditions:
    return tuple((str(key), str(group)) for key, group in pairs)
