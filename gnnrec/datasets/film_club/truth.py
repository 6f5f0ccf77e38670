"""The truth of the film club: what everybody would really like, and what each viewing really came from.

No part of the data set: only the oracle, the true-taste score, the audit, tests and benchmarks may read it. A
model that saw it would be cheating.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Vocabulary
from gnnrec.datasets.film_club import FILES, TRUTH
from gnnrec.errors import IncompatibleError

if TYPE_CHECKING:
    from pyarrow import Table


def available_for(dataset: Dataset) -> bool:
    """Whether the truth is about this data set: the same people and films, whatever its name."""
    return _ids() == (dataset.users.hash, dataset.items.hash)


def utility(dataset: Dataset) -> np.ndarray:
    """How much each person would like each film, in odds of choosing it; read-only.

    Zero in a whole row for accounts that are run by a script and have no taste.

    Raises:
        IncompatibleError: The truth is about another data set.

    **Shapes**: [U, I] float32, by number.
    """
    _require(dataset)
    return _utility()


def parents(dataset: Dataset, viewing: tuple[int, int] | None = None) -> pd.DataFrame:
    """What each viewing truly came from, the strongest cause first within a viewing.

    Args:
        dataset: The film club.
        viewing: Numbers of a person and a film, for the rows about that; all rows where None.

    Returns:
        Columns `user`, `item` (numbers of the viewing), `part` (of utility: genre, director, friends, …),
        `kind` (`item`, `user` or `entity`), `parent` (number of the earlier film or the friend, -1 for an
        entity) and `entity` (its text, else missing). Texts are categories.

    Raises:
        IncompatibleError: The truth is about another data set.
    """
    _require(dataset)
    columns = ("user_id", "item_id", "part", "parent_kind", "parent_id")
    rows = _read("parents.parquet", columns, dataset, viewing)
    kind = rows["parent_kind"]
    parent = np.full(len(rows), -1, dtype=np.int64)
    for name, vocabulary in (("item", dataset.items), ("user", dataset.users)):
        parent[kind == name] = _numbers(vocabulary, rows["parent_id"][kind == name])
    return pd.DataFrame(
        {
            "user": _numbers(dataset.users, rows["user_id"]),
            "item": _numbers(dataset.items, rows["item_id"]),
            "part": rows["part"],
            "kind": kind,
            "parent": parent,
            "entity": rows["parent_id"].where(kind == "entity"),
        }
    )


def deciding_parts(dataset: Dataset, viewing: tuple[int, int] | None = None) -> pd.DataFrame:
    """The part of utility that decided each viewing: put its film furthest ahead of what was on offer.

    Args:
        dataset: The film club.
        viewing: Numbers of a person and a film, for the row about that; all rows where None.

    Returns:
        Columns `user`, `item` (numbers of the viewing) and `part`, a category; `script` for accounts run by one,
        and `exposure` where no part spoke for the film.

    Raises:
        IncompatibleError: The truth is about another data set.
    """
    _require(dataset)
    rows = _read("events.parquet", ("user_id", "item_id", "decided_by"), dataset, viewing)
    return pd.DataFrame(
        {
            "user": _numbers(dataset.users, rows["user_id"]),
            "item": _numbers(dataset.items, rows["item_id"]),
            "part": rows["decided_by"],
        }
    )


def groups() -> dict[str, dict[str, Any]]:
    """The planted groups by name: `what` in words, and ids under `members`, `films` or `pairs`."""
    return json.loads((TRUTH / "groups.json").read_text(encoding="utf-8"))


def _read(
    name: str, columns: tuple[str, ...], dataset: Dataset, viewing: tuple[int, int] | None
) -> pd.DataFrame:
    """Rows of a file, those of one viewing where there is one; texts as categories."""
    from pyarrow import compute

    table = _table(name, columns)
    if viewing is not None:
        user, item = dataset.users.id(viewing[0]), dataset.items.id(viewing[1])
        table = table.filter(
            compute.and_(compute.equal(table["user_id"], user), compute.equal(table["item_id"], item))
        )
    return table.to_pandas()


@cache
def _table(name: str, columns: tuple[str, ...]) -> Table:
    """Columns whose texts repeat: each text is read once, which is many times faster than row by row."""
    from pyarrow import parquet

    return parquet.read_table(TRUTH / name, columns=list(columns), read_dictionary=list(columns))


def _numbers(vocabulary: Vocabulary, ids: pd.Series) -> np.ndarray:
    """Numbers of ids that are categories. **Shapes**: [n]."""
    place, known = pd.factorize(ids.cat.codes)
    return vocabulary.numbers(ids.cat.categories[known].tolist())[place]


def _require(dataset: Dataset) -> None:
    if not available_for(dataset):
        raise IncompatibleError(
            where=f"truth about {dataset.title}",
            found="none: nobody knows what these people would have liked",
            expected="the synthetic film club, whose truth was made with it",
            todo="Choose the data set demo.",
        )


@cache
def _ids() -> tuple[str, str]:
    users = pd.read_parquet(FILES / "users.parquet", columns=["user_id"])["user_id"]
    items = pd.read_parquet(FILES / "items.parquet", columns=["item_id"])["item_id"]
    return Vocabulary(users, "user").hash, Vocabulary(items, "item").hash


@cache
def _utility() -> np.ndarray:
    from safetensors.numpy import load_file

    values = load_file(str(TRUTH / "utility.safetensors"))["utility"].astype(np.float32)
    values.setflags(write=False)
    return values
