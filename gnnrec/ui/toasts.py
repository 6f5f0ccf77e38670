"""A word on what was just done, for the run of the page that follows: one drawn right before that may never be seen."""

from __future__ import annotations

import streamlit as st

_NEXT = "_toast"


def toast_next(text: str, icon: str = ":material/check:") -> None:
    """Leave a word to be shown when the page is drawn next."""
    st.session_state[_NEXT] = (text, icon)


def show_toast() -> None:
    """Show the word that was left, once."""
    if (left := st.session_state.pop(_NEXT, None)) is not None:
        text, icon = left
        st.toast(text, icon=icon)
