"""Other people's titles and names as they are shown: one line, and no sign that turns a sentence around."""

from __future__ import annotations

import re
import unicodedata

# A title longer than this is a mistake of the file, and would be sent to the browser with every card.
MOST_LETTERS = 300
_JOINERS = ("\u200d", "\u200c")
# Bidirectional controls could turn a whole line around; line breaks and tabs become spaces before.
_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u061c")


def clean(text: object) -> str:
    """Text without control characters, broken code points and bidi tricks; runs of space become one."""
    given = str(text)
    # Nearly every title is as it should be, and a large catalogue has many.
    if given.isprintable() and "  " not in given:
        return given.strip()
    kept = []
    for character in given:
        if character.isspace():
            kept.append(" ")
        elif character in _JOINERS:
            kept.append(character)
        elif (
            character in _CONTROLS
            or unicodedata.category(character) in ("Cc", "Cs", "Co")
            or ord(character) & 0xFFFE == 0xFFFE
        ):
            continue
        else:
            kept.append(character)
    return re.sub(" +", " ", "".join(kept)).strip()
