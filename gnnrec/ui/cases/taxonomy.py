"""The verdicts: what there is, and a place to add, rename and retire one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.errors import GnnrecError
from gnnrec.store import verdicts
from gnnrec.ui.cases.asked import Asked
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure

_WANTS = {"in": "belongs into the list", "out": "does not belong into it", "": "says nothing about that"}
_ROUND = "_verdict_round"


def taxonomy(context: Context, asked: Asked) -> None:
    """The taxonomy in a fold-out; to be edited where things may be written."""
    panel = st.expander("Verdicts", icon=":material/sell:", key="n_taxonomy", on_change="rerun")
    if not panel.open:
        return
    with panel:
        st.dataframe(
            pd.DataFrame(
                {
                    "verdict": [one.title for one in asked.known],
                    f"the {context.words.item}": [_WANTS[one.wants or ""] for one in asked.known],
                    "cases here": [asked.counts.get(one.key, 0) for one in asked.known],
                    "offered": ["no, retired" if one.retired else "yes" for one in asked.known],
                    "key": [one.key for one in asked.known],
                }
            ),
            hide_index=True,
            height="content",
            alt="Verdicts and what they want",
        )
        st.caption(
            "What a verdict wants of the list decides what is fixed or broken on another model; it stays as it was made. "
            "A retired verdict is offered no longer, and its cases keep it."
        )
        if places.writes_allowed() and places.developer_controls():
            left, right = st.columns(2, gap="large")
            with left:
                _add()
            with right:
                _change(asked)


def _add() -> None:
    number = st.session_state.get(_ROUND, 0)
    with st.form(f"n_add_{number}", border=False):
        title = st.text_input("New verdict", key=f"n_new_{number}", placeholder="Wrong mood")
        wants = st.selectbox(
            "It says that the item", list(_WANTS), index=1, format_func=_WANTS.get, key=f"n_wants_{number}"
        )
        added = st.form_submit_button("Add", icon=":material/add:", key=f"n_do_add_{number}")
    if added:
        _do(lambda: verdicts.add_verdict(title, wants or None))


def _change(asked: Asked) -> None:
    number = st.session_state.get(_ROUND, 0)
    keys = [one.key for one in asked.known]
    key = st.selectbox("Verdict to change", keys, format_func=asked.titles.get, key="n_changed")
    one = next(verdict for verdict in asked.known if verdict.key == key)
    with st.form(f"n_change_{number}_{key}", border=False):
        title = st.text_input("Title", value=one.title, key=f"n_title_{number}_{key}")
        with st.container(horizontal=True):
            renamed = st.form_submit_button("Rename", key=f"n_rename_{number}")
            retired = st.form_submit_button(
                "Offer it again" if one.retired else "Retire", key=f"n_retire_{number}"
            )
    if renamed:
        _do(lambda: verdicts.rename_verdict(key, title))
    if retired:
        _do(lambda: verdicts.retire_verdict(key, not one.retired))


def _do(change) -> None:
    try:
        change()
    except GnnrecError as error:
        show_failure(error)
        return
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()
