"""What is in this data? Its size, shape and terms, the other data sets, and the import of your own."""

import streamlit as st

from gnnrec import places
from gnnrec.ui.context import current
from gnnrec.ui.data import analysis, friends, knowledge, panels, sessions
from gnnrec.ui.data.imports import import_panel
from gnnrec.ui.router import require_router
from gnnrec.ui.text import escape

require_router()
context = current()
dataset = context.dataset

st.title("What is in this data?", anchor=False)
tabs = panels.TABS if places.developer_controls() else panels.TABS[:3]
this, parts, others, *own = st.tabs(tabs, key="data_tab", on_change="rerun")

if this.open:
    with this:
        report = panels.report_of(dataset)
        st.subheader(escape(dataset.title), anchor=False)
        panels.overview(dataset, report)
        analysis.worth_knowing(dataset, report)
        analysis.rating_charts(dataset, report)
        analysis.amounts(dataset, report)
        friends.who_knows_whom(dataset, report)
        sessions.session_lengths(dataset)
        knowledge.what_is_known(dataset, report)
        panels.terms(dataset)
if parts.open:
    with parts:
        analysis.split_tab(context.split)
if others.open:
    with others:
        panels.source_list(dataset.name)
if own and own[0].open:
    with own[0]:
        import_panel()
