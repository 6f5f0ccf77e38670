"""What does this person get? Their history beside two lists, a reason for each, and what changes if the history does."""

import streamlit as st

from gnnrec.ui import person
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person, part_switch
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.recommend import panels, reasons
from gnnrec.ui.recommend.after_clicks import after_clicks_panel
from gnnrec.ui.recommend.as_of import as_of_panel
from gnnrec.ui.recommend.facts import facts_panel
from gnnrec.ui.recommend.friends import friends_panel, switched_off
from gnnrec.ui.recommend.newcomer import newcomer_panel
from gnnrec.ui.recommend.stages import two_stage_panel
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)
need_person(context)

with st.container(horizontal=True, vertical_alignment="center"):
    panels.title(context)
    as_table = panels.view_switch() == "Table"
    part = part_switch("r")
panels.facts(context, part)

shown = {"A": context.a} | ({"B": context.b} if context.b else {})
off = switched_off(shown)
listings = {name: person.listing(context, one, part, off[name]) for name, one in shown.items()}
panels.what_if_bar(context, listings["A"])
after_clicks_panel(context, part)
why = reasons.asked(context, shown, listings)
told = [panel(context, shown, listings) for panel in (friends_panel, facts_panel)]
reasons.first_reason(context, why, otherwise=any(told))

history, lists = side_by_side("lists", (320, 1), (480, 100))
with history:
    panels.history_panel(context, part)
with lists:
    least = 460 if as_table else 230
    for name, place in zip(shown, side_by_side("list", *[(least, 1)] * len(shown)), strict=True):
        with place:
            panels.list_panel(context, name, shown[name], listings[name], as_table)
            panels.predicted_and_given(context, name, shown[name], listings[name])
    if context.b:
        panels.agreement(context, listings["A"], listings["B"])
as_of_panel(context, part)
two_stage_panel(context, part, as_table)
newcomer_panel(context)

reasons.all_reasons(context, why)
panels.taste_charts(context, listings, part)
panels.next_steps(context)
