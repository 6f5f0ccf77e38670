"""What does this person get? Their history beside two lists, a reason for each, and what changes if the history does."""

import streamlit as st

from gnnrec.ui import person
from gnnrec.ui import recommend_panels as panels
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person, part_switch
from gnnrec.ui.reasons import reasons_panel
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)
need_person(context)

top = st.container(horizontal=True, horizontal_alignment="right")
with top:
    as_table = st.segmented_control("View", ["Cards", "Table"], default="Cards", key="r_view", bind="query-params", label_visibility="collapsed") == "Table"
    part = part_switch("r")

panels.header(context, part)
shown = {"A": context.a} | ({"B": context.b} if context.b else {})
listings = {name: person.listing(context, checkpoint, part) for name, checkpoint in shown.items()}
panels.what_if_bar(context, listings["A"])

history, lists = st.columns([1, 2], gap="large")
with history:
    panels.history_panel(context, part)
with lists:
    for name, column in zip(shown, st.columns(len(shown), gap="medium"), strict=True):
        with column:
            panels.list_panel(context, name, shown[name], listings[name], as_table)
    if context.b:
        panels.agreement(context, listings["A"], listings["B"])

reasons_panel(context, shown, listings)
panels.taste_charts(context, listings, part)
panels.next_steps(context)
