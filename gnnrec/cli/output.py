"""What a command prints: one JSON object, a table for people, or an error in four parts on one line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, TextIO

from gnnrec.errors import GnnrecError


def print_json(result: Mapping[str, Any], stream: TextIO) -> None:
    """Print a result as one line that any program can read."""
    # Escapes keep the line whole (titles may hold line separators) and printable in every locale.
    line = json.dumps(as_plain(result), allow_nan=False, ensure_ascii=True)
    stream.write(line + "\n")
    stream.flush()


def print_text(text: str, stream: TextIO) -> None:
    """Print text for people; what the terminal cannot show becomes a question mark."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def error_line(error: GnnrecError) -> str:
    """The four parts on one line; ids and file names in them cannot move the cursor."""
    # Imported when needed: the data package brings pandas along, and --help should not wait for it.
    from gnnrec.data.names import clean

    return clean(str(error))


def as_plain(value: Any) -> Any:
    """Plain values for JSON: arrays as lists, paths as text, and null where a number is not finite."""
    if isinstance(value, Mapping):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_plain(one) for one in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "tolist"):
        return as_plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def table(rows: Sequence[Sequence[Any]], headers: Sequence[str], longest: int = 60) -> str:
    """Aligned columns: numbers to the right, a dash for what is missing, long texts shortened."""
    cells = [[_cell(value, longest) for value in row] for row in rows]
    right = [
        bool(rows) and all(isinstance(row[place], (int, float)) or row[place] is None for row in rows)
        for place in range(len(headers))
    ]
    widths = [max(len(line[place]) for line in [list(headers), *cells]) for place in range(len(headers))]

    def line(values: Sequence[str]) -> str:
        aligned = [
            value.rjust(width) if to_right else value.ljust(width)
            for value, width, to_right in zip(values, widths, right, strict=True)
        ]
        return "  ".join(aligned).rstrip()

    return "\n".join([line(list(headers)), line(["-" * width for width in widths]), *map(line, cells)])


def _cell(value: Any, longest: int) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4f}"
    from gnnrec.figures.text import shorten

    return shorten(value, longest)
