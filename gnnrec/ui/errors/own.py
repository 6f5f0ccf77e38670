"""Slices of one's own: put together from groups of traits, measured, and kept under a name."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gnnrec import places
from gnnrec.errors import GnnrecError
from gnnrec.evaluation.slices import slice_where
from gnnrec.evaluation.trait_groups import Trait
from gnnrec.store.named_slices import (
    LONGEST_NAME,
    MOST_CONDITIONS,
    NamedSlice,
    delete_slice,
    named_slices,
    save_slice,
)
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import Chosen, conditions_text
from gnnrec.ui.failures import show_failure
from gnnrec.ui.text import escape

_PICKED, _NAME, _PROBLEM = "errors_conditions", "errors_slice_name", "_errors_slice_problem"


def own_panel(context: Context, chosen: Chosen, traits: Sequence[Trait]) -> None:
    """The groups that make the slice of the address, and the slices that have a name."""
    if not traits:
        return
    st.subheader("A slice of your own", anchor=False)
    options = {
        conditions_text([(trait.key, group.name)]): group.name for trait in traits for group in trait.groups
    }
    st.session_state[_PICKED] = [conditions_text([one]) for one in chosen.conditions]
    st.multiselect(
        f"{context.words.people.capitalize()} with",
        list(options),
        format_func=options.get,
        key=_PICKED,
        on_change=_put_together,
        max_selections=MOST_CONDITIONS,
        placeholder="Choose groups",
        help="Any group of the same kind, and all kinds at once: two cities and few films mean few films in either city.",
    )
    if not places.writes_allowed():
        return
    try:
        _kept(context, chosen, traits)
    except GnnrecError as error:
        show_failure(error)


def _put_together() -> None:
    view.go(e_slice="|".join(st.session_state[_PICKED]), e_range=None)


def _kept(context: Context, chosen: Chosen, traits: Sequence[Trait]) -> None:
    """Slices that have a name, and a name for this one."""
    data = context.dataset.name
    saved = named_slices(data)
    here = tuple(sorted(chosen.conditions))
    mine = next((one for one in saved if tuple(sorted(one.conditions)) == here), None) if here else None
    if saved:
        with st.container(horizontal=True, gap="small"):
            for number, one in enumerate(saved):
                st.button(
                    escape(one.name),
                    key=f"errors_named_{number}",
                    icon=":material/bookmark:",
                    type="primary" if one is mine else "secondary",
                    help=escape(slice_where(traits, one.conditions).name)
                    or "Its groups are not in this data any more",
                    on_click=_open,
                    args=(one,),
                )
    if mine:
        st.button(
            f"Forget the name {escape(mine.name)}",
            key="errors_forget_slice",
            icon=":material/delete:",
            type="tertiary",
            on_click=_forget,
            args=(data, mine.name),
        )
    elif chosen.slice:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Keep this slice under a name", key=_NAME, max_chars=LONGEST_NAME, width=300)
            st.button("Keep", key="errors_keep_slice", on_click=_keep, args=(data, chosen.conditions))
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        show_failure(problem)


def _open(one: NamedSlice) -> None:
    view.go(e_slice=conditions_text(one.conditions), e_range=None)


def _keep(data: str, conditions: tuple[tuple[str, str], ...]) -> None:
    try:
        save_slice(data, st.session_state[_NAME], conditions)
        st.session_state[_NAME] = ""
    except GnnrecError as error:
        # Drawn by the run that follows: a callback has no place on the page.
        st.session_state[_PROBLEM] = error


def _forget(data: str, name: str) -> None:
    try:
        delete_slice(data, name)
    except GnnrecError as error:
        st.session_state[_PROBLEM] = error
