"""How a page shows that something went wrong: a box with the next step, and a trace only where it helps."""

from __future__ import annotations

import logging
import traceback
import uuid

import streamlit as st

from gnnrec import errors, places

_log = logging.getLogger("gnnrec")

HEADINGS: dict[type[errors.GnnrecError], str] = {
    errors.DataError: "The data does not fit",
    errors.ConfigError: "A setting does not fit",
    errors.IncompatibleError: "These two do not go together",
    errors.CheckpointError: "This model cannot be opened",
    errors.RunError: "This run cannot go on",
}

LABELS = {"where": "Where", "found": "Found", "expected": "Expected", "todo": "What to do"}


def show_failure(error: Exception) -> bool:
    """Draw the error in place of the page's rest, in words where it is meant for the user.

    Args:
        error: what a page, a fragment or a widget's callback raised.

    Returns:
        True, which tells Streamlit that nothing else has to be drawn.
    """
    if isinstance(error, errors.GnnrecError):
        _show_user_error(error)
    else:
        _show_bug(error)
    return True


def _show_user_error(error: errors.GnnrecError) -> None:
    with st.container(border=True):
        st.markdown(f"#### :material/error_outline: {HEADINGS.get(type(error), 'This did not work')}")
        for part, text in error.parts.items():
            if text:
                label, words = st.columns([1, 5])
                label.caption(LABELS[part])
                # Plain text: the parts quote files and ids of other people, which must not become markup.
                words.text(text)
        _draw_retry()


def _show_bug(error: Exception) -> None:
    number = uuid.uuid4().hex[:8]
    _log.error("Failure %s on a page", number, exc_info=error)
    with st.container(border=True):
        st.markdown("#### :material/bug_report: Something went wrong on this page")
        st.text("This is a fault of the app, not of your data. Nothing that was saved is lost.")
        st.caption(
            f"Reload the page or choose another one. The log of the server calls this failure {number}."
        )
        _draw_retry()
        # A public demo keeps file names and code of its server to itself; on a stage nobody wants to read them.
        if places.mode() == "workbench":
            with st.expander("Details for a bug report"):
                st.code("".join(traceback.format_exception(error)), language=None)


def _draw_retry() -> None:
    # After a failed callback Streamlit leaves the page out; the click runs it again. Several boxes may stand
    # on one page, and each needs a key of its own.
    st.button("Try again", icon=":material/refresh:", key=f"retry-{uuid.uuid4().hex}")
