"""Text of other people inside Streamlit's Markdown: shown as it is, never as markup."""

from __future__ import annotations

from gnnrec.figures.text import clean

_SIGNS = set("\\`*_{}[]<>()#+-!|~$:^=&")


def escape(text: object) -> str:
    """A title, name or id for a label or a Markdown sentence: every sign of markup is escaped."""
    raw = str(text)
    # Cleaning strips the ends; a part of a sentence needs the space it begins or ends with.
    start, end = (" " if raw[:1].isspace() else ""), (" " if raw[-1:].isspace() and raw.strip() else "")
    return start + "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in clean(raw)) + end
