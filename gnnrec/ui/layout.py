"""Places side by side that stand one below the other where a page is too narrow for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def side_by_side(
    key: str, *places: tuple[int, int], gap: str = "medium", equal: bool = False
) -> list[DeltaGenerator]:
    """Containers in a row that breaks where they do not fit.

    Streamlit's columns shrink until words are cut, because they know the window and not the room beside the
    sidebar; these break on the room there is.

    Args:
        key: A name of the row, unique on its page.
        places: For each container its least width in pixels, and its share of the room that is left over.
        gap: Space between them, as Streamlit names it.
        equal: Whether all are as high as the highest of their row, as cards should be.
    """
    keys = [f"{key}-{number}" for number in range(len(places))]
    # The classes are those that Streamlit promises for keys; the parent of each is what the row lays out.
    rules = [
        f":has(> .st-key-{one}) {{ flex: {share} 1 {least}px !important;"
        f" min-width: min(100%, {least}px) !important; }}"
        for one, (least, share) in zip(keys, places, strict=True)
    ]
    st.html(f"<style>{' '.join(rules)}</style>")
    with st.container(horizontal=True, gap=gap):
        return [st.container(key=one, height="stretch" if equal else "content") for one in keys]
