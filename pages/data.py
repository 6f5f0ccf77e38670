"""What is in this data? Its size, shape and terms, the other data sets, and the import of your own."""

import streamlit as st

from gnnrec import places
from gnnrec.ui import data_panels as panels
from gnnrec.ui.context import current
from gnnrec.ui.import_panels import import_panel
from gnnrec.ui.router import require_router
from gnnrec.ui.text import escape

require_router()
dataset = current().dataset

st.title("What is in this data?", anchor=False)
tabs = panels.TABS if places.developer_controls() else panels.TABS[:2]
this, others, *own = st.tabs(tabs, key="data_tab", on_change="rerun")

if this.open:
    with this:
        report = panels.report_of(dataset)
        st.subheader(escape(dataset.title), anchor=False)
        panels.overview(dataset, report)
        panels.charts(dataset, report)
        panels.terms(dataset)
if others.open:
    with others:
        panels.source_list(dataset.name)
if own and own[0].open:
    with own[0]:
        import_panel()
