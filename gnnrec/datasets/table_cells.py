"""Cells of a user's table as ids, numbers and times; what cannot be read is named with its row and reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gnnrec.data.words import listed
from gnnrec.datasets.table_files import MISSING
from gnnrec.errors import DataError

MAX_ID = 200
MAX_TEXT = 10_000
_YEAR = r"^(.+?)\s*\((\d{4})\)$"


@dataclass
class Problems:
    """Rows that cannot be used, collected while a table is read.

    Attributes:
        shown: Name of the file for messages.
        skip: Whether such rows are left out and reported; otherwise the first kind found is an error.
        bad: Which rows of the file, so far.
        reasons: One sentence per reason, with the first rows it concerns.
    """

    shown: str
    skip: bool
    bad: np.ndarray
    reasons: list[str] = field(default_factory=list)

    def add(self, rows: np.ndarray, column: str, reason: str, expected: str, todo: str) -> None:
        """Note rows for a reason, or raise it.

        Raises:
            DataError: There are such rows and they are not to be skipped.
        """
        rows = rows & ~self.bad
        if not rows.any():
            return
        found = f"{reason} in {named_rows(np.flatnonzero(rows))}"
        if not self.skip:
            raise DataError(
                where=f"{self.shown}, column {column}",
                found=found,
                expected=expected,
                todo=f"{todo} Or leave such rows out (--skip-bad-rows).",
            )
        self.reasons.append(f"{self.shown}, column {column}: {found}.")
        self.bad = self.bad | rows


def named_rows(rows: np.ndarray) -> str:
    """`row 3`, `rows 3, 17 and 25`, `rows 3, 17, 25, 40, 41 and 12 more`; counted from 1 below the header."""
    numbers = [f"{row + 1:,}" for row in rows[:5]]
    more = [f"{len(rows) - 5:,} more"] if len(rows) > 5 else []
    return f"{'row' if len(rows) == 1 else 'rows'} {listed(numbers + more)}"


def ids(cells: pd.Series, column: str, problems: Problems) -> pd.Series:
    """Ids as text without blanks around them; whole numbers lose the `.0` that a missing value gave them."""
    if pd.api.types.is_float_dtype(cells.dtype):
        whole = cells.isna() | (np.isfinite(cells) & (cells == np.floor(cells)))
        problems.add(
            ~whole.to_numpy(), column, "fractions", "whole numbers or text", "Choose the column with ids."
        )
        cells = cells.where(whole & np.isfinite(cells)).astype("Int64")
    _refuse_kind(cells, column, problems, "ids")
    text = cells.astype("object").where(cells.notna(), "").map(str).str.strip()
    empty = text.isin(MISSING).to_numpy()
    problems.add(empty, column, "no id", "an id in every row", "Fill those cells.")
    long = (text.str.len() > MAX_ID).to_numpy()
    problems.add(long, column, f"more than {MAX_ID} letters", "an id", "Choose the column with ids.")
    return text


def numbers(cells: pd.Series, column: str, problems: Problems) -> pd.Series:
    """Numbers; text, missing and infinite values are problems."""
    _refuse_kind(cells, column, problems, "numbers")
    values = pd.to_numeric(cells, errors="coerce").astype("float64")
    nothing = (cells.isna() | cells.astype("object").map(str).str.strip().isin(MISSING)).to_numpy()
    text = values.isna().to_numpy() & ~nothing
    todo = f"Correct those cells, or choose no column for {column} ({column}=)."
    example = f"text where a number belongs ({str(cells[text].iloc[0])[:30]!r})" if text.any() else ""
    problems.add(text, column, example, "a number in every row", todo)
    problems.add(nothing, column, "nothing", "a number in every row", todo)
    problems.add(np.isinf(values).to_numpy(), column, "infinity", "a finite number in every row", todo)
    return values


def times(cells: pd.Series, column: str, problems: Problems) -> tuple[pd.Series, str]:
    """Unix seconds out of seconds, milli-, micro- or nanoseconds or ISO dates, and what they were."""
    if not pd.api.types.is_datetime64_any_dtype(cells.dtype):
        # One date among numbers, or one word among dates, is a mistake; the majority says what the column is.
        as_numbers = pd.to_numeric(cells, errors="coerce")
        if as_numbers.notna().mean() > 0.5 or not len(cells):
            values = numbers(cells, column, problems)
            unit, factor = _unit(values)
            return (values / factor).fillna(0).round().astype("int64"), unit
    moments = pd.to_datetime(
        cells, errors="coerce", utc=True, format=None if cells.dtype.kind == "M" else "ISO8601"
    )
    example = str(cells[moments.isna()].iloc[0])[:30] if moments.isna().any() else ""
    problems.add(
        moments.isna().to_numpy(),
        column,
        f"no time that can be read ({example!r})",
        "unix seconds, or ISO dates such as 2024-05-31 or 2024-05-31T18:00:00Z",
        f"Write the times so, or choose no column for {column} ({column}=).",
    )
    seconds = (moments - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(seconds=1)
    return seconds.fillna(0).astype("int64"), "dates"


def texts(cells: pd.Series) -> pd.Series:
    """Free text, cut where it is absurdly long; lists become `a|b`."""
    flat = cells.map(
        lambda cell: "|".join(map(str, cell)) if isinstance(cell, list | tuple | np.ndarray) else cell
    )
    return flat.where(flat.notna(), "").map(str).str.strip().str.slice(0, MAX_TEXT)


def years_in(titles: pd.Series) -> pd.DataFrame | None:
    """`title` and `year` of titles such as `Up (2009)`; None unless most of them end so."""
    parts = titles.str.extract(_YEAR)
    if parts[1].notna().mean() < 0.8:
        return None
    return pd.DataFrame({"title": parts[0].fillna(titles), "year": pd.to_numeric(parts[1]).astype("Int64")})


def is_plain(cells: pd.Series) -> bool:
    """Whether the cells are single values, not lists, records or bytes."""
    first = cells.dropna().head(50)
    return not any(isinstance(cell, list | tuple | dict | set | bytes | np.ndarray) for cell in first)


def _refuse_kind(cells: pd.Series, column: str, problems: Problems, wanted: str) -> None:
    kind = "dates" if cells.dtype.kind == "M" else "" if is_plain(cells) else "lists, records or bytes"
    if kind:
        raise DataError(
            where=f"{problems.shown}, column {column}",
            found=f"{kind} (type {cells.dtype})",
            expected=wanted,
            todo="Choose another column, or write the table with plain values.",
        )


def _unit(values: pd.Series) -> tuple[str, float]:
    size = values.abs().median()
    for unit, least, factor in (
        ("nanoseconds", 1e17, 1e9),
        ("microseconds", 1e14, 1e6),
        ("milliseconds", 1e11, 1e3),
    ):
        if size >= least:
            return unit, factor
    return "seconds", 1.0
