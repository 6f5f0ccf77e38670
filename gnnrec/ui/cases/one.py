"""One case: what it is about and how it stands, links to the views of it, and its note to be edited or deleted."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from gnnrec import places
from gnnrec.errors import DataError, GnnrecError
from gnnrec.reports.cases import standing_words
from gnnrec.store import cases
from gnnrec.store.case import LONGEST, Case, minute, new_uid
from gnnrec.store.cases import EditedElsewhere
from gnnrec.ui import loaders, view
from gnnrec.ui.cases.asked import Asked
from gnnrec.ui.cases.noting import who_writes
from gnnrec.ui.cases.views import views
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure
from gnnrec.ui.text import escape
from gnnrec.ui.toasts import toast_next
from gnnrec.ui.why.head import poster_of

_OPEN, _CLASH = "_case_open", "_case_clash"


def open_case(context: Context, asked: Asked) -> None:
    """The case of the address, or a word on how to open one."""
    uid = view.read().get("n_case", "")
    if not uid:
        _forget()
        if not asked.total:
            return
        with st.container(border=True):
            st.caption("Pick a row to read and edit its note, and to look at it again.")
        return
    with st.container(border=True, key="n_one"):
        try:
            now = cases.get(uid)
        except DataError:
            now = None
        # The names of other data sets are nobody's business on a public demo.
        if now is not None and now.dataset != context.dataset.name and not places.writes_allowed():
            now = None
        clash = st.session_state.get(_CLASH)
        if clash is not None and clash[0].uid == uid:
            _clash(asked, *clash)
        elif now is not None:
            _case(context, asked, now)
        elif (opened := st.session_state.get(_OPEN)) is not None and opened.uid == uid:
            # What was typed meanwhile must not be lost with the case.
            st.info("This case was deleted elsewhere since you opened it.", icon=":material/delete:")
            _edit(asked, opened)
        else:
            st.markdown("#### :material/search_off: There is no such case")
            st.text("It was deleted, or it is in another store.")
            st.button("Close", key="n_close", on_click=lambda: view.go(n_case=None))


def _case(context: Context, asked: Asked, now: Case) -> None:
    opened = st.session_state.get(_OPEN)
    if opened is None or opened.uid != now.uid:
        # What is edited is the case as it was read: a change made elsewhere meanwhile must be noticed.
        opened = st.session_state[_OPEN] = now
    _about(context, asked, now)
    views(context, now)
    if not places.writes_allowed():
        st.text(now.note)
        st.caption("Read-only here.")
        return
    if opened.version != now.version:
        st.info("This case was changed elsewhere since you opened it.", icon=":material/sync_problem:")
        st.button("Read it again", key="n_again", on_click=_forget)
    _edit(asked, opened)
    _delete(opened)


def _about(context: Context, asked: Asked, case: Case) -> None:
    """Picture, verdict, person, item and model; what is gone is said."""
    gone: list[str] = []
    data = context.dataset if case.dataset == context.dataset.name else None
    person, item = case.person, case.item
    picture = None
    if data is None:
        gone.append(f"It is about other data: {case.dataset}. Choose it in the sidebar.")
    else:
        if person in data.users:
            person = data.user_name(data.users.number(person))
        else:
            gone.append(f"This {data.words.person} is no longer in the data.")
        if item is not None and item in data.items:
            number = data.items.number(item)
            item, picture = data.item_title(number), poster_of(data, number)
        elif item is not None:
            gone.append(f"This {data.words.item} is no longer in the data.")
    model = next((one for one in loaders.library().checkpoints if one.address == case.model), None)
    if case.model is not None and model is None:
        gone.append(f"The model it was written about, {case.model}, is no longer there.")
    with st.container(horizontal=True, vertical_alignment="top"):
        if picture is not None:
            st.image(picture, width=84)
        with st.container():
            st.markdown(f"**{escape(asked.titles.get(case.verdict, case.verdict))}**")
            st.markdown(" · ".join(escape(one) for one in (item, person) if one))
            told = [escape(model.title)] if model is not None else []
            told += [f"then {words}" for words in [standing_words(case)] if words]
            told.append(f"written {minute(case.created)}" + (f" by {escape(case.who)}" if case.who else ""))
            if case.changed != case.created:
                told.append(f"changed {minute(case.changed)}")
            st.caption(" · ".join(told))
    for one in gone:
        st.warning(escape(one), icon=":material/link_off:")


def _edit(asked: Asked, opened: Case) -> None:
    name = f"{opened.uid}_{opened.version}"
    options = [one.key for one in asked.known if not one.retired or one.key == opened.verdict]
    with st.form(f"n_edit_{name}", border=False):
        verdict = st.selectbox(
            "Verdict",
            options,
            index=options.index(opened.verdict),
            format_func=asked.titles.get,
            key=f"n_verdict_{name}",
        )
        note = st.text_area("Note", value=opened.note, key=f"n_note_{name}", height=160)
        who = st.text_input(
            "Who writes", value=opened.who or who_writes(), key=f"n_who_{name}", max_chars=LONGEST["who"]
        )
        with st.container(horizontal=True):
            saved = st.form_submit_button(
                "Save", type="primary", icon=":material/save:", key=f"n_save_{name}"
            )
            closed = st.form_submit_button("Close", key=f"n_close_{name}")
    if closed:
        _forget()
        view.go(n_case=None)
        st.rerun()
    if saved:
        try:
            kept = cases.change(opened.uid, opened.version, verdict=verdict, note=note, who=who.strip())
        except EditedElsewhere as error:
            st.session_state[_CLASH] = (opened, error.mine, error.theirs)
            st.rerun()
        except GnnrecError as error:
            show_failure(error)
        else:
            st.session_state[_OPEN] = kept
            toast_next("Saved.")
            st.rerun()


def _clash(asked: Asked, opened: Case, mine: dict[str, str], theirs: Case | None) -> None:
    """Two tabs edited one case: both texts, and either can stay."""
    st.markdown("#### :material/sync_problem: This case was edited elsewhere meanwhile")
    st.text("Nothing was overwritten. Both are here; keep one of them.")
    _text("Yours", asked, mine["verdict"], mine["note"])
    if theirs is None:
        st.warning("Elsewhere it was deleted.", icon=":material/delete:")
    else:
        by = f" by {theirs.who}" if theirs.who else ""
        _text(f"The other, stored {minute(theirs.changed)}{by}", asked, theirs.verdict, theirs.note)
    with st.container(horizontal=True):
        label = "Keep mine as a new case" if theirs is None else "Keep mine"
        if st.button(label, type="primary", key="n_mine"):
            try:
                kept = _kept(opened, mine, theirs)
            except EditedElsewhere as error:
                # Somebody was quicker once more.
                st.session_state[_CLASH] = (opened, mine, error.theirs)
            except GnnrecError as error:
                show_failure(error)
                return
            else:
                _forget()
                view.go(n_case=kept.uid)
            st.rerun()
        st.button("Let mine go" if theirs is None else "Keep the other", key="n_theirs", on_click=_forget)


def _kept(opened: Case, mine: dict[str, str], theirs: Case | None) -> Case:
    if theirs is not None:
        return cases.change(opened.uid, theirs.version, **mine)
    return cases.add(replace(opened, uid=new_uid(), **mine))


def _text(head: str, asked: Asked, verdict: str, note: str) -> None:
    st.markdown(f"**{escape(head)}** · {escape(asked.titles.get(verdict, verdict))}")
    with st.container(border=True, height="content" if len(note) < 1000 else 300):
        st.text(note or "no note")


def _delete(opened: Case) -> None:
    if not places.developer_controls():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        sure = st.checkbox("Yes, delete this case for good", key=f"n_sure_{opened.uid}")
        if st.button("Delete", key="n_delete", disabled=not sure, icon=":material/delete:") and sure:
            try:
                cases.delete(opened.uid, opened.version)
            except GnnrecError as error:
                show_failure(error)
                return
            _forget()
            view.go(n_case=None)
            toast_next("Deleted.", ":material/delete:")
            st.rerun()


def _forget() -> None:
    for key in (_OPEN, _CLASH):
        st.session_state.pop(key, None)
