"""One verdict for everybody on the worklist."""

from __future__ import annotations

import streamlit as st

from gnnrec import places
from gnnrec.errors import GnnrecError
from gnnrec.store import cases
from gnnrec.store.case import LONGEST, Draft
from gnnrec.ui.cases.asked import Asked
from gnnrec.ui.cases.noting import need_verdict, pick_verdict, who_writes
from gnnrec.ui.context import Context
from gnnrec.ui.failures import show_failure
from gnnrec.ui.text import escape
from gnnrec.ui.toasts import toast_next

_ROUND = "_bulk_round"


def bulk(context: Context, asked: Asked) -> None:
    """Note the same case about each person on the worklist: all of them, or none if one cannot be."""
    chosen = context.worklist
    if chosen is None or not places.writes_allowed():
        return
    words, number = context.words, st.session_state.get(_ROUND, 0)
    n = len(chosen.users)
    with st.container(border=True, key="n_bulk"):
        st.markdown(f"**{escape(chosen.title)}** · worklist of {words.count_people(n)}")
        with (
            st.form(f"n_bulk_{number}", border=False),
            st.container(horizontal=True, vertical_alignment="bottom"),
        ):
            verdict = pick_verdict(
                [one for one in asked.known if not one.retired],
                f"n_bulk_verdict_{number}",
                "Verdict for all",
            )
            note = st.text_input(
                "Note for all", key=f"n_bulk_note_{number}", placeholder="Why they are on it"
            )
            who = st.text_input(
                "Who writes",
                value=who_writes(),
                key=f"n_bulk_who_{number}",
                max_chars=LONGEST["who"],
                width=160,
            )
            asked_for = st.form_submit_button(
                f"Note {n} {'case' if n == 1 else 'cases'}",
                icon=":material/playlist_add_check:",
                key=f"n_bulk_save_{number}",
            )
        if not asked_for:
            return
        try:
            key = need_verdict(verdict)
            cases.add_many(
                [
                    Draft(
                        dataset=context.dataset.name,
                        person=context.dataset.users.id(user),
                        verdict=key,
                        model=context.a.address if context.a else None,
                        note=note,
                        who=who.strip(),
                    )
                    for user in chosen.users
                ]
            )
        except GnnrecError as error:
            show_failure(error)
            return
        st.session_state[_ROUND] = number + 1
        toast_next(f"{n} cases noted.")
        st.rerun()
