"""Where to go from the Why page, with the same person and item."""

from __future__ import annotations

import streamlit as st

from gnnrec import places
from gnnrec.recommenders.capabilities import ATTENTION
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.why.asked import Why
from gnnrec.ui.why.findings import Findings
from gnnrec.ui.why.reasons import graph_link


def next_steps(context: Context, why: Why, found: Findings | None) -> None:
    """The graph, the lists, and training without the reasons."""
    words, named = context.words, context.dataset.items.id
    with st.container(horizontal=True):
        st.page_link(
            places.pages_folder() / "graph.py",
            label="In the graph, with the paths lit",
            icon=":material/hub:",
            query_params=graph_link(context, why),
        )
        if ATTENTION in why.checkpoint.capabilities:
            st.page_link(
                places.pages_folder() / "attention.py",
                label="Where it looks, head by head",
                icon=":material/visibility:",
                query_params=view.link(i=named(why.item)),
            )
        st.page_link(
            places.pages_folder() / "recommend.py",
            label="Back to the lists",
            icon=":material/arrow_back:",
            query_params=view.link(i=named(why.item)),
        )
        if found is not None and found.top:
            st.page_link(
                places.pages_folder() / "train.py",
                label=f"Train a model that forgets {'this' if len(found.top) == 1 else 'these'} "
                f"{words.item if len(found.top) == 1 else words.items}",
                icon=":material/model_training:",
                query_params=view.link(drop=view.joined([named(one) for one in found.top])),
            )
