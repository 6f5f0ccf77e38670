"""Tables as CSV that a spreadsheet opens without running anything, and that can be read back."""

from __future__ import annotations

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV; text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers stay."""
    safe = table.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            safe[column] = [defused(cell) for cell in safe[column]]
    safe.columns = [defused(str(column)) for column in safe.columns]
    # Python quotes a single carriage return only if it is part of the line ending; unquoted, it would start a
    # row of its own, and with it a cell that nobody defused.
    return safe.to_csv(index=False, lineterminator="\r\n").encode()


def defused(cell: object) -> object:
    """The cell with one more apostrophe in front where a spreadsheet could take it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and _may_run(cell) else cell


def restored(text: str) -> str:
    """The text that `defused` was given."""
    return text[1:] if text.startswith("'") and _may_run(text) else text


def _may_run(text: str) -> bool:
    # Apostrophes in front count too: else one that somebody typed could not be told from one added here.
    return text.lstrip("'").lstrip(" ").startswith(_FORMULA)
