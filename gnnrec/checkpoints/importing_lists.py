"""Lists that another system recommended, out of a table with user, item, and rank or score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from gnnrec.datasets import table_cells
from gnnrec.datasets.table_cells import Problems, named_rows
from gnnrec.datasets.table_files import TableFile, read_table
from gnnrec.errors import ConfigError, DataError

ROLES = ("user", "item", "rank", "score")
_USUAL = {"user": ("user", "user_id"), "item": ("item", "item_id"), "rank": ("rank",), "score": ("score",)}


def read_lists(
    path: Path, columns: Mapping[str, str] | None = None, limit_mb: float | None = None
) -> pd.DataFrame:
    """One row for each recommendation: `user` and `item` (ids), `score` (higher is better).

    Where the table has ranks, they alone decide the order: the smallest of a person is first, and the score
    becomes 1 / place. Ranks need not begin at 1.

    Args:
        path: CSV, TSV or Parquet.
        columns: The table's own names by role: user, item, rank, score.
        limit_mb: Largest size that is read; the same limit as for other tables where None.

    Raises:
        ConfigError: A role is unknown.
        DataError: The file cannot be read, a column is missing, a cell is none of its kind, or a person has an
            item or a rank twice.
    """
    shown = path.name
    table = read_table(TableFile(path, limit_mb=limit_mb))
    named = _named(table, columns or {}, shown)
    rows = pd.DataFrame(
        {role: _read(table, named[role], shown, table_cells.ids) for role in ("user", "item")}
    )
    _refuse_twice(rows, ["user", "item"], shown, "an item twice in one list", "each item of a person once")
    if "rank" in named:
        ranks = _read(table, named["rank"], shown, table_cells.numbers)
        broken = ((ranks < 0) | (ranks != np.floor(ranks))).to_numpy()
        if broken.any():
            raise DataError(
                where=f"{shown}, column {named['rank']}",
                found=f"no rank in {named_rows(np.flatnonzero(broken))}",
                expected="whole numbers from 0 or 1 upwards",
                todo="Correct those cells, or name a column with scores (--columns score=NAME).",
            )
        rows["rank"] = ranks
        _refuse_twice(rows, ["user", "rank"], shown, "a rank twice in one list", "each rank of a person once")
        place = rows.groupby("user", sort=False)["rank"].rank(method="first")
        return rows.assign(score=1 / place).drop(columns="rank")
    scores = _read(table, named["score"], shown, table_cells.numbers)
    large = (scores.abs() > np.finfo(np.float32).max).to_numpy()
    if large.any():
        raise DataError(
            where=f"{shown}, column {named['score']}",
            found=f"a score beyond what float32 holds in {named_rows(np.flatnonzero(large))}",
            expected="scores below 3e38",
            todo="Scale the scores down, or give ranks.",
        )
    return rows.assign(score=scores)


def _named(table: pd.DataFrame, wishes: Mapping[str, str], shown: str) -> dict[str, str]:
    """The column of each role there is; a rank goes before a score."""
    wrong = sorted(set(wishes) - set(ROLES))
    if wrong:
        raise ConfigError(
            where="--columns",
            found=f"'{wrong[0][:40]}'",
            expected=f"roles {', '.join(ROLES)}",
            todo="For example --columns user=member,item=film,rank=position.",
        )
    there = [str(one) for one in table.columns]
    found = {}
    for role in ROLES:
        tried = (wishes[role],) if role in wishes else _USUAL[role]
        column = next((one for one in tried if one in there), None)
        if column is not None:
            found[role] = column
        elif role in wishes or role in ("user", "item"):
            raise _no_column(shown, tried[0], role, there)
    if "rank" not in found and "score" not in found:
        raise _no_column(shown, "rank' or 'score", "rank", there)
    if "score" in wishes and "rank" not in wishes:
        found.pop("rank", None)
    return found


def _no_column(shown: str, column: str, role: str, there: list[str]) -> DataError:
    return DataError(
        where=shown,
        found=f"no column '{column}' (found: {', '.join(there[:8])})",
        expected="columns user and item, and rank or score",
        todo=f"Rename it, or pass --columns {role}=NAME.",
    )


def _read(
    table: pd.DataFrame, column: str, shown: str, how: Callable[[pd.Series, str, Problems], pd.Series]
) -> pd.Series:
    try:
        return how(table[column], column, Problems(shown, False, np.zeros(len(table), dtype=bool)))
    except DataError as error:
        # The same cells as in an import of data, but no row of a list can be left out without changing it.
        raise DataError(
            where=error.where, found=error.found, expected=error.expected, todo="Correct those cells."
        ) from None


def _refuse_twice(rows: pd.DataFrame, columns: list[str], shown: str, found: str, expected: str) -> None:
    twice = np.flatnonzero(rows.duplicated(columns).to_numpy())
    if len(twice):
        raise DataError(
            where=shown,
            found=f"{found}, in {named_rows(twice)}",
            expected=expected,
            todo="Remove the repeats.",
        )
