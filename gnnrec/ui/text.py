"""Text of other people inside Streamlit's Markdown: shown as it is, never as markup."""

from __future__ import annotations

import re

from gnnrec.data.names import clean

_SIGNS = set("\\`*_{}[]<>()#+-!|~$:^=&")
# Streamlit looks for addresses, icons (:material/home:) and emoji (:tada:) after it has taken the escapes away; a
# sign without width inside one hides it.
_HIDDEN = re.compile(
    r"(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?=@[-\w]+\.)|(?<=:)(?=[-+\w]+[:/])", re.IGNORECASE
)
_NO_BREAK = "\u2060"


def escape(text: object) -> str:
    """A title, name or id for a label or a Markdown sentence: every sign of markup is escaped."""
    raw = str(text)
    # Cleaning strips the ends; a part of a sentence needs the space it begins or ends with.
    start, end = (" " if raw[:1].isspace() else ""), (" " if raw[-1:].isspace() and raw.strip() else "")
    text = _HIDDEN.sub(_NO_BREAK, clean(raw))
    return start + "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text) + end
