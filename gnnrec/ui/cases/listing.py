"""The cases as a list: counted by verdict, a page of them as a table; a row opens its case."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.store import cases
from gnnrec.store.case import Case, minute
from gnnrec.ui import view
from gnnrec.ui.cases.asked import Asked, filters, model_names, opener, person_and_item
from gnnrec.ui.context import Context
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

_LETTERS = 160


def none_yet(context: Context) -> None:
    """The page before the first case."""
    words = context.words
    with st.container(border=True):
        st.markdown("#### :material/edit_note: No case is noted on this data yet")
        st.text(
            f"A case is a verdict and a note on {words.an_item} that a model gives, or does not give, to {words.a_person}."
        )
        if places.writes_allowed():
            st.page_link(
                places.pages_folder() / "recommend.py",
                label=f"Look at {words.a_person} and note the first one",
                icon=":material/recommend:",
                query_params=view.link(),
            )
        else:
            st.caption("This is a public demo, where nothing can be noted.")


def elsewhere(context: Context, asked: Asked) -> None:
    """How many cases other data sets have; their names are nobody's business on a public demo."""
    more = cases.count() - asked.total
    if more > 0 and places.writes_allowed():
        st.caption(f"{more:,} {'more ' if asked.total else ''}on other data; choose it in the sidebar.")


def counted(context: Context, asked: Asked) -> None:
    """Cases by verdict, as bars."""
    from gnnrec.figures.counts import count_bars

    rows = [(one.title, asked.counts[one.key]) for one in asked.known if asked.counts.get(one.key)]
    show_figure(
        count_bars(rows, mode(), what="cases"),
        key="n_counts",
        caption=f"All {asked.total:,} cases on {escape(context.dataset.title)} by verdict; they were chosen by hand, so "
        "the shares say what was looked at and not how often it happens.",
    )


def table(context: Context, asked: Asked) -> None:
    """Filters, and the page of the list that is asked for."""
    filters(context, asked)
    found = asked.shown()
    if not found:
        st.info("No case fits these filters.", icon=":material/filter_alt_off:")
        return
    uids = [one.uid for one in found]
    # Another page of the list, or a changed case, is another table: a row must never open its neighbour.
    key = f"n_table_{zlib.crc32(repr([(one.uid, one.version) for one in found]).encode()):08x}"
    st.dataframe(
        rows(context, asked, found),
        hide_index=True,
        key=key,
        on_select=opener(key, uids),
        selection_mode="single-row",
        alt="Cases",
        placeholder="–",
        height="content" if len(found) <= 12 else 460,
        column_config={
            "verdict": st.column_config.TextColumn(width=120),
            context.words.item: st.column_config.TextColumn(width=140),
            context.words.person: st.column_config.TextColumn(width=110),
            "rank then": st.column_config.NumberColumn(
                help="Place among everything that was not hidden, when the case was written"
            ),
            "note": st.column_config.TextColumn(width="large"),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        n = f"{asked.n:,} of {asked.total:,} cases" if asked.filtered else f"{asked.n:,} cases"
        st.caption(f"{n}. Pick a row to open it.", width="content")
        if asked.pages > 1:
            # A widget with a default takes no other value, so each page has one of its own.
            name = f"n_page_{asked.page}_{asked.pages}"
            st.pagination(
                asked.pages,
                default=asked.page,
                key=name,
                on_change=lambda: view.go(n_page=st.session_state[name]),
            )


def rows(context: Context, asked: Asked, found: Sequence[Case]) -> pd.DataFrame:
    """Cases as a table for the screen; long notes are cut."""
    titles, about = asked.titles, [person_and_item(context, one) for one in found]
    models = model_names([one.model for one in found if one.model])
    return pd.DataFrame(
        {
            "verdict": [titles.get(one.verdict, one.verdict) for one in found],
            context.words.item: [item for _, item in about],
            context.words.person: [person for person, _ in about],
            "note": [one.note if len(one.note) <= _LETTERS else f"{one.note[:_LETTERS]}…" for one in found],
            "rank then": pd.array([one.standing.rank for one in found], dtype="Int64"),
            "model": [models.get(one.model, "") for one in found],
            "who": [one.who for one in found],
            "changed": [minute(one.changed) for one in found],
        }
    )
