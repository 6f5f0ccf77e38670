"""Labels of plotly charts as SVG text: line breaks and bold are kept, everything else is text."""

from __future__ import annotations

import re
from html import escape, unescape

from gnnrec.data.names import clean
from gnnrec.figures.text import right_to_left, width

# Sans type is narrower than the bold serif that the width table was made for.
_SANS = 0.86
_BOLDER = 1.12
_LEADING = 1.25
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|em|strong|sub|sup|span)\b[^<>]*>", re.IGNORECASE)


def label_lines(words: object) -> list[str]:
    """The lines of a label as plain text."""
    # Charts escape other people's text, so what looks like a tag of these is one of ours.
    return [clean(unescape(_TAG.sub("", line))) for line in _BREAK.split(str(words))]


def label_width(words: object, size: float) -> float:
    """Its width in pixels, about."""
    wide = max((width(line) * size * _SANS for line in label_lines(words)), default=0.0)
    return wide * _BOLDER if _bold(words) else wide


def label_svg(
    words: object, x: float, y: float, anchor: str, size: float, colour: str, *, hang: bool = False
) -> str:
    """A label around a point; `hang` lets further lines go down from it."""
    found = label_lines(words)
    first = y if hang else y - (len(found) - 1) * size * _LEADING / 2
    weight = 600 if _bold(words) else 400
    rows = "".join(
        _row(line, x, first + place * size * _LEADING, anchor) for place, line in enumerate(found) if line
    )
    if not rows:
        return ""
    return (
        f'<g font-size="{size:g}" font-weight="{weight}" fill="{escape(colour)}" '
        f'dominant-baseline="central">{rows}</g>'
    )


def _bold(words: object) -> bool:
    return "<b>" in str(words)


def _row(line: str, x: float, y: float, anchor: str) -> str:
    turned = ' direction="rtl"' if right_to_left(line) else ""
    # In text that runs from right to left the start is on the right.
    anchor = {"start": "end", "end": "start"}.get(anchor, anchor) if turned else anchor
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>{escape(line)}</text>'
