"""Noting a case from any page: a verdict and a note on the person, the item in focus and a model."""

from __future__ import annotations

import getpass
from urllib.parse import urlencode, urlsplit

import streamlit as st

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.errors import DataError, GnnrecError
from gnnrec.store import cases
from gnnrec.store.case import LONGEST, Case, Draft, Standing
from gnnrec.store.cases_check import standing_of
from gnnrec.store.verdicts import Verdict, verdicts
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure
from gnnrec.ui.text import escape
from gnnrec.ui.toasts import toast_next

_WHO, _NOTED, _ROUND = "_note_who", "_noted", "_note_round"
_ABOUT = ("item", "person")


def note_bar(context: Context) -> None:
    """In the sidebar of every page: note a case about what is looked at. Absent where nothing may be written."""
    if context.user is not None and places.writes_allowed():
        _popover(context)


# A fragment, so that opening it and what is typed leaves the page alone.
@st.fragment
def _popover(context: Context) -> None:
    popover = st.popover(
        "Note a case",
        icon=":material/edit_note:",
        width="stretch",
        key="note",
        # What is inside is only worked out while it is open.
        on_change="rerun",
    )
    if popover.open:
        with popover:
            note_form(context, context.item, context.a, "note_bar")


def note_button(context: Context, item: int, checkpoint: Checkpoint, key: str) -> None:
    """Beside an item in focus: note a case about it. Absent where nothing may be written."""
    if not places.writes_allowed():
        return
    if st.button(f"Note this {context.words.item}", icon=":material/edit_note:", key=key, type="tertiary"):
        _dialog(context, item, checkpoint)


@st.dialog("Note a case")
def _dialog(context: Context, item: int, checkpoint: Checkpoint) -> None:
    note_form(context, item, checkpoint, "note_item")


def note_form(context: Context, item: int | None, checkpoint: Checkpoint | None, key: str) -> None:
    """Verdict, note and who; what it is about is said above.

    Args:
        context: What the visitor looks at.
        item: The item it can be about, or None.
        checkpoint: The model it is about, or None.
        key: Prefix of the elements' keys.
    """
    data, words = context.dataset, context.words
    told = [f"**{escape(data.user_name(context.user))}**"]
    told += [escape(data.item_title(item))] if item is not None else []
    told += [escape(checkpoint.title)] if checkpoint is not None else []
    st.markdown(" · ".join(told))
    try:
        offered = verdicts()
    except GnnrecError as error:
        show_failure(error)
        return
    number = st.session_state.get(_ROUND, 0)
    with st.form(f"{key}_{number}", border=False):
        about = "item"
        if item is not None:
            about = st.radio(
                "About",
                _ABOUT,
                format_func=lambda one: (
                    f"this {words.item}" if one == "item" else f"the {words.person} alone"
                ),
                horizontal=True,
                key=f"{key}_about_{number}",
            )
        verdict = pick_verdict(offered, f"{key}_verdict_{number}")
        note = st.text_area(
            "Note",
            key=f"{key}_note_{number}",
            height=120,
            placeholder="What is wrong or right here, in a sentence or two",
        )
        who = st.text_input(
            "Who writes", value=who_writes(), key=f"{key}_who_{number}", max_chars=LONGEST["who"]
        )
        asked = st.form_submit_button(
            "Save", type="primary", icon=":material/save:", key=f"{key}_save_{number}"
        )
    if asked:
        about_item = item if about == "item" else None
        try:
            kept = _noted(context, about_item, checkpoint, verdict, note, who)
        except GnnrecError as error:
            show_failure(error)
            return
        st.session_state[_WHO] = who
        st.session_state[_NOTED] = kept.uid
        st.session_state[_ROUND] = number + 1
        toast_next("Noted. It is on the Cases page.")
        st.rerun()
    if st.session_state.get(_NOTED):
        st.page_link(
            places.pages_folder() / "cases.py",
            label="Noted: open it on Cases",
            icon=":material/check:",
            query_params=view.link(n_case=st.session_state[_NOTED]),
        )


def pick_verdict(offered: list[Verdict], key: str, label: str = "Verdict") -> str | None:
    """A picker of verdicts; gives the key of one, or None."""
    titles = {one.key: one.title for one in offered}
    return st.selectbox(
        label, list(titles), index=None, placeholder="Choose a verdict", format_func=titles.get, key=key
    )


def who_writes() -> str:
    """Who is likely to write: who wrote last in this session, else the user of this computer where it is their own."""
    if _WHO in st.session_state:
        return st.session_state[_WHO]
    if not places.server_paths_allowed():
        return ""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # Some containers have a user without a name.
        return ""


def need_verdict(verdict: str | None) -> str:
    """The verdict that was chosen.

    Raises:
        DataError: None was.
    """
    if verdict is None:
        raise DataError(
            where="case",
            found="no verdict",
            expected="one of the list",
            todo="Choose one; Unclear is one too.",
        )
    return verdict


def _noted(
    context: Context,
    item: int | None,
    checkpoint: Checkpoint | None,
    verdict: str | None,
    note: str,
    who: str,
) -> Case:
    data = context.dataset
    draft = Draft(
        dataset=data.name,
        person=data.users.id(context.user),
        verdict=need_verdict(verdict),
        item=None if item is None else data.items.id(item),
        model=None if checkpoint is None else checkpoint.address,
        note=note,
        view=_here(),
        who=who.strip(),
        standing=_standing(context, item, checkpoint),
    )
    return cases.add(draft)


def _standing(context: Context, item: int | None, checkpoint: Checkpoint | None) -> Standing:
    """Where the item stands on the lists of the page; that of the person as they are, without a what-if."""
    if item is None or checkpoint is None:
        return Standing()
    model = loaders.model(checkpoint.address)
    final = any(key.endswith("_final") and value == "1" for key, value in view.read().items())
    hidden = context.split.hidden_parts("test" if final else "valid")
    return standing_of(model, context.split, context.user, item, context.k, ",".join(hidden))


def _here() -> str:
    """The address of this view, without the host it is served from."""
    page = urlsplit(st.context.url or "").path.rpartition("/")[2]
    return f"/{page}?{urlencode(view.read())}"[: LONGEST["view"]]
