"""A sentence whose items can be clicked, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import streamlit as st

from gnnrec.data.names import clean

_HERE = Path(__file__).parent


def linked_sentence(
    parts: Sequence[tuple[str, int | None]],
    ids: Mapping[int, str],
    key: str,
    *,
    selected: int | None = None,
    hint: str = "",
) -> int | None:
    """Show a sentence and say which of its items was just clicked.

    Args:
        parts: Text with None, or the title of an item with its number.
        ids: The ids of those items, by number.
        key: Key of the element.
        selected: The item that is marked.
        hint: What a click does, for the tooltip.

    Returns:
        The item number, once, or None.
    """
    data = {
        "parts": [
            [text if item is None else clean(text) or ids[item], ids.get(item)] for text, item in parts
        ],
        "selected": ids.get(selected) if selected is not None else None,
        "hint": hint,
    }
    result = _component()(key=key, data=data, height="content", on_item_change=_nothing)
    numbers = {one: item for item, one in ids.items()}
    # The browser may send anything; only an item of the sentence counts.
    return numbers.get(result.item) if isinstance(result.item, str) else None


def _nothing() -> None:
    """Streamlit wants a callback for every value a component can send; the caller reads the result."""


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component(
        "gnnrec_linked_sentence",
        html='<p class="sentence"></p>',
        css=(_HERE / "linked_sentence.css").read_text(encoding="utf-8"),
        js=(_HERE / "linked_sentence.js").read_text(encoding="utf-8"),
    )
