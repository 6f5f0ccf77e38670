"""Words on models that hear more than who chose what: what a page leaves out, and what a list loses without it."""

from __future__ import annotations

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Words
from gnnrec.data.relation_names import listed, plural
from gnnrec.recommenders.capabilities import SWITCHES
from gnnrec.ui import loaders, view
from gnnrec.ui.text import escape

_NAMED = 4


def heard(checkpoint: Checkpoint) -> str:
    """What a model hears beside who chose what, in words; empty where it hears nothing more."""
    names = [plural(one) for one in loaders.model(checkpoint.address).side_relations]
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} other sorts of edges"]
    return escape(listed(names))


def heard_notice(checkpoint: Checkpoint, missing: str, key: str) -> None:
    """Say that a page leaves out what a model hears beside who chose what, and where it is looked at.

    Args:
        checkpoint: The model; nothing is said of one that hears nothing more.
        missing: What the page does without it, as the end of the sentence.
        key: Of the container.
    """
    more = heard(checkpoint)
    if not more:
        return
    with st.container(border=True, key=key):
        st.markdown(f":material/group_work: **{escape(checkpoint.title)} also hears {more}.** {missing}")
        if SWITCHES in checkpoint.capabilities:
            st.page_link(
                places.pages_folder() / "graph.py",
                label="Draw them, and switch them off to see what leaves the list",
                icon=":material/hub:",
                query_params=view.link(g_model=checkpoint.address),
            )


def leaving(gone: int, of: int, words: Words, place: str = "the list") -> str:
    """`3 of 10 films leave the list`, once something that a model hears is switched off."""
    if not gone:
        return f"the same {words.count_items(of)} stay in {place}"
    return f"{gone} of {words.count_items(of)} {'leaves' if gone == 1 else 'leave'} {place}"
