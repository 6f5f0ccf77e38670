"""Who is served clearly worse: found by a search that is guarded against chance, and told in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from gnnrec.evaluation.trait_groups import Trait
from gnnrec.evaluation.worst_slices import LEVEL, Search, WorstSlice, sentence
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import Asked, slice_text
from gnnrec.ui.errors.numbers import searched
from gnnrec.ui.text import escape
from gnnrec.ui.worklist import worklist_buttons

_ALIKE_TOLD = 2


def worst_panel(context: Context, asked: Asked, traits: Sequence[Trait]) -> Search | None:
    """The slices that stand out, each with its people one click away; gives them, or None while they are searched."""
    words = context.words
    st.subheader(worst_title(asked), anchor=False)
    found = searched(asked.key, asked.numbers, traits, asked.direction, "both" if asked.b else "worse", words)
    if found is None:
        return None
    if not found.found:
        st.markdown(escape(nothing_found(found)))
    for number, one in enumerate(found.found):
        _card(context, asked, traits, one, number)
    if not found.said:
        st.caption(search_caption(context, found))
    return found


def worst_title(asked: Asked) -> str:
    """What the search looks for."""
    return "Where the two differ most" if asked.b else "Who is served clearly worse"


def nothing_found(found: Search) -> str:
    """Why no group is told."""
    if found.said:
        return f"Not searched: {found.said}."
    return (
        f"No group stands out more than chance would let the worst of {found.searched:,} groups. That does not mean that "
        "all are served alike: a small group, or a small difference, cannot be told from chance."
    )


def search_caption(context: Context, found: Search) -> str:
    """What was searched, and how far it can be believed."""
    words = context.words
    return (
        f"{found.searched:,} groups of one or two traits were searched among {words.count_people(found.people)}; on pure "
        f"noise any group at all would be found in at most {100 * LEVEL:.0f} of 100 searches. p is adjusted for all of "
        "them. What was chosen for being extreme is in truth mostly a little less so."
    )


def _card(context: Context, asked: Asked, traits: Sequence[Trait], one: WorstSlice, number: int) -> None:
    words = context.words
    told = sentence(one.measured, asked.what, words)
    who = f"the {words.count_people(one.measured.inside.n)} with {one.slice.name}"
    how = told.removeprefix(who).removeprefix(": ")
    with st.container(border=True, key=f"errors_worst_{number}"):
        st.markdown(f"**{escape(who[:1].upper() + who[1:])}** · {escape(how)}")
        alike = ", ".join(escape(name) for name in one.alike[:_ALIKE_TOLD])
        more = len(one.alike) - _ALIKE_TOLD
        st.caption(
            f"p {one.p:.3f}"
            + (f"; nearly the same people: {alike}{f' and {more} more' if more > 0 else ''}" if alike else "")
            + (f"; {one.measured.not_judged:,} more were not judged" if one.measured.not_judged else "")
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Show them",
                key=f"errors_worst_{number}_show",
                icon=":material/filter_alt:",
                on_click=partial(view.go, e_slice=slice_text(traits, one.slice), e_range=None),
            )
            worklist_buttons(
                context,
                one.slice.name,
                most_telling_first(asked, one.slice.members),
                key=f"errors_worst_{number}_list",
            )


def most_telling_first(asked: Asked, members: np.ndarray) -> np.ndarray:
    """The people of a slice who were judged, those of whom what it stands out for is most true at the beginning."""
    found = asked.numbers
    inside = np.flatnonzero(np.isin(found.users, members))
    values = asked.signed[inside]
    if asked.b and values.mean() > asked.signed.mean():
        values = -values
    return found.users[inside[np.argsort(values, kind="stable")]]
