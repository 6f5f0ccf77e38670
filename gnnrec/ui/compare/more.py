"""More comparisons, one at a time: what is not on the screen is not worked out."""

from __future__ import annotations

import streamlit as st

from gnnrec.ui import view
from gnnrec.ui.compare import agreement, catalogue, lengths, trade
from gnnrec.ui.compare.asked import Asked
from gnnrec.ui.context import Context
from gnnrec.ui.pickers import pick

PANELS = {
    "lists": ("Do they say the same?", agreement.panel),
    "catalogue": ("What else are the lists like?", catalogue.panel),
    "lengths": ("At which length?", lengths.panel),
    "trade": ("At what price?", trade.panel),
}


def panels(context: Context, asked: Asked) -> None:
    """The picker and the one panel that is open."""
    st.subheader("Beyond the verdict", anchor=False)
    wanted = view.read().get("c_show", "")
    chosen = pick(
        "Show",
        "c_show",
        list(PANELS),
        wanted if wanted in PANELS else "lists",
        lambda name: PANELS[name][0],
        control=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    with st.container(key="compare_more"):
        PANELS[chosen][1](context, asked)
