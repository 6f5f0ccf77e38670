"""What is in this data? Its size, shape and terms, the other data sets, and the import of your own."""

import streamlit as st

from gnnrec.ui import data_panels as panels
from gnnrec.ui.context import current
from gnnrec.ui.import_panels import import_panel
from gnnrec.ui.router import require_router
from gnnrec.ui.text import escape

require_router()
dataset = current().dataset

st.title("What is in this data?", anchor=False)
this, others, own = st.tabs(
    ["This data", "All data sets", "Import your own"], key="data_tab", on_change="rerun"
)

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
if own.open:
    with own:
        import_panel()
