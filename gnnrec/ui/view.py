"""View state: everything a page shows is in its address, and the address gives it back.

The address is the truth. The session keeps a copy only because Streamlit drops the query when somebody changes
pages in the navigation; an address without any of our keys is filled from that copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

import streamlit as st

VERSION = "1"
# People of a worklist, and what it is called.
OF_THE_WORKLIST = ("list", "listed")
# What means something else in another data set.
OF_THE_DATA = ("s", "a", "b", "u", "i", "drop", "add", *OF_THE_WORKLIST)
SHARED_KEYS = ("d", *OF_THE_DATA, "k", "tour")
MOST_EDITS = 50
_COPY = "_view"
_LONGEST = 4000


def read() -> dict[str, str]:
    """The current address as plain texts, cut to a sane length."""
    there = {key: value[:_LONGEST] for key, value in st.query_params.to_dict().items()}
    if not there.keys() & set(SHARED_KEYS):
        there = {**st.session_state.get(_COPY, {}), **there}
    return there


def write(values: Mapping[str, str]) -> None:
    """Make these the address (and the copy that survives a change of page). Fit for callbacks of widgets."""
    kept = {key: value for key, value in values.items() if value not in ("", None)}
    kept["v"] = VERSION
    st.session_state[_COPY] = {key: value for key, value in kept.items() if key in SHARED_KEYS}
    if st.query_params.to_dict() != kept:
        st.query_params.from_dict(kept)


def go(**changes: object) -> None:
    """Change parts of the address; None or "" removes a key. For callbacks of widgets."""
    values = read() | {key: "" if value is None else str(value) for key, value in changes.items()}
    write(values)


def link(**changes: object) -> dict[str, str]:
    """The query of a link to another page: the shared keys with changes, page keys given by name."""
    values = {key: value for key, value in read().items() if key in SHARED_KEYS and key != "tour"}
    values |= {key: "" if value is None else str(value) for key, value in changes.items()}
    return {key: value for key, value in values.items() if value} | {"v": VERSION}


def ids(text: str, most: int = MOST_EDITS) -> list[str]:
    """Ids of a `drop`, `add` or `list` key."""
    return [unquote(one) for one in text.split("|") if one][:most]


def joined(ids: list[str], most: int = MOST_EDITS) -> str:
    """The text of a `drop`, `add` or `list` key."""
    # An id may hold the separator itself.
    return "|".join(quote(one, safe=" ") for one in ids[:most])
