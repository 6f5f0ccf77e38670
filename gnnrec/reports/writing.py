"""Other people's text in a report: never markup, never a sign that HTML does not know."""

from __future__ import annotations

import math
import re
from html import escape

from gnnrec.data.names import clean

# Code points that HTML forbids and Unicode keeps for programs' own use.
_NO_LETTERS = re.compile("[\ufdd0-\ufdef]")


def text(value: object) -> str:
    """A text of one line, fit for an element or an attribute in double quotes."""
    return escape(allowed(clean(value)))


def allowed(value: str) -> str:
    """The same text without code points that HTML forbids."""
    return _NO_LETTERS.sub("", value)


def lines(value: object) -> str:
    """A text that keeps its line breaks, such as a note."""
    # Only what everybody takes for the end of a line; clean would take all of them away.
    return "\n".join(text(line) for line in re.split(r"\r\n|\r|\n", str(value)))


def cell(value: object) -> str:
    """A cell of a table: numbers with a few digits, nothing as a dash."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text(f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if _whole(value) else value)


def is_number(value: object) -> bool:
    """Whether a cell stands on the right, below its fellows."""
    return not isinstance(value, bool) and (isinstance(value, float) or _whole(value))


def _whole(value: object) -> bool:
    return hasattr(value, "__index__")
