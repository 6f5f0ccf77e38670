"""Other people's text in our pictures: cleaned, measured, wrapped and shortened between characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from gnnrec.data.names import clean

ELLIPSIS = "…"
_JOINER = "\u200d"
_BREAKS = re.compile(r"(?<=[-–—/&:])(?=\w)")

# Width of a character of bold serif type, in type sizes, rounded up to the widest of the usual fonts.
_WIDTHS = {
    character: width
    for width, characters in (
        (0.30, "' "),
        (0.35, "j.,:;/’"),
        (0.40, "il-|"),
        (0.45, "ftIJ!()[]"),
        (0.50, '"–*_'),
        (0.55, "rsz"),
        (0.60, "cvxy?“”"),
        (0.65, "aeo"),
        (0.70, "bdgkpqFLSY0123456789$"),
        (0.75, "hnuEPTZ"),
        (0.80, "ACVX"),
        (0.85, "wBDGKOQRU+#=<>"),
        (0.90, "N&"),
        (0.95, "H%"),
        (1.00, "—@…"),
        (1.05, "m"),
        (1.10, "MWжшщмфюы"),
        (1.35, "ЖШЩМФЮЫ"),
    )
    for character in characters
}


def plain(text: object) -> str:
    """Cleaned text for a plotly label, where `<b>` and `<a href>` would otherwise be markup."""
    return escape(clean(text), quote=False)


def shorten(text: object, length: int) -> str:
    """Cleaned text of at most `length` visible characters, with an ellipsis where something is left out."""
    parts = list(characters(clean(text)))
    return (
        "".join(parts) if len(parts) <= length else "".join(parts[: max(0, length - 1)]).rstrip() + ELLIPSIS
    )


def right_to_left(text: str) -> bool:
    """Whether the text starts in a script that is written from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def characters(text: str) -> Iterator[str]:
    """What a reader sees as one character: letters with their accents, flags, joined emoji."""
    group = ""
    flags = 0
    for character in text:
        flag = 0x1F1E6 <= ord(character) <= 0x1F1FF
        joined = group != "" and (
            group[-1] == _JOINER
            or character == _JOINER
            or unicodedata.category(character) in ("Mn", "Me", "Mc")
            or 0x1F3FB <= ord(character) <= 0x1F3FF
            or (flag and flags == 1)
        )
        if group and not joined:
            yield group
            group, flags = "", 0
        group += character
        flags += flag
    if group:
        yield group


def width(text: str) -> float:
    """Estimated width of bold serif type, in units of the type size."""
    return sum(_character_width(group) for group in characters(text))


def _character_width(group: str) -> float:
    known = _WIDTHS.get(group)
    if known is not None:
        return known
    first = unicodedata.normalize("NFD", group[0])[0]
    if first in _WIDTHS:
        return _WIDTHS[first]
    if ord(group[0]) >= 0x1F000:
        return 1.4
    if unicodedata.east_asian_width(group[0]) in ("W", "F"):
        return 1.05
    return 1.1 if group[0].isupper() else 0.9


def wrap(text: str, limit: float, lines: int) -> tuple[list[str], bool]:
    """Break cleaned text into at most `lines` lines of at most `limit` type sizes.

    Args:
        text: Cleaned text.
        limit: Largest width of a line, in units of the type size.
        lines: Largest number of lines.

    Returns:
        The lines, and whether all of the text is in them; else the last one ends in an ellipsis.
    """
    done: list[str] = []
    line = ""
    for piece in _pieces(text, limit):
        joined = f"{line}{piece}"
        if line and width(joined.rstrip()) > limit:
            done.append(line.rstrip())
            line = piece.lstrip()
        else:
            line = joined
    if line.strip():
        done.append(line.rstrip())
    if len(done) <= lines:
        return done, True
    last = list(characters(done[lines - 1]))
    while last and width("".join(last) + ELLIPSIS) > limit:
        last.pop()
    return [*done[: lines - 1], "".join(last).rstrip(" ,;:-–") + ELLIPSIS], False


def _pieces(text: str, limit: float) -> Iterator[str]:
    """Words with the space after them; what is longer than a line comes in slices of a line."""
    for word in re.findall(r"\S+\s*", text):
        for part in _BREAKS.split(word):
            if width(part.rstrip()) <= limit:
                yield part
                continue
            piece = ""
            for group in characters(part):
                if piece and width(piece + group) > limit:
                    yield piece
                    piece = ""
                piece += group
            yield piece
