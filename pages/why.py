"""Why this item? What its score is made of, in a sentence no stronger than its audit, and what would change it."""

import streamlit as st

from gnnrec.ui.cases.noting import note_button
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person, part_switch
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.router import require_router
from gnnrec.ui.why import asked, guards, head, reasons
from gnnrec.ui.why.audit import audit_card, check
from gnnrec.ui.why.findings import findings, is_there
from gnnrec.ui.why.next import next_steps
from gnnrec.ui.why.other import why_not_panel
from gnnrec.ui.why.paths import paths_table
from gnnrec.ui.why.people import many_people
from gnnrec.ui.why.truth import truth_card

require_router()
context = current()
need_model(context)
need_person(context)

top = st.container(horizontal=True, vertical_alignment="center")
with top:
    title = st.container()
    part = part_switch("w")
why = asked.question(context, part)
if why is None:
    with title:
        guards.nothing_left(context)
    st.stop()
with title:
    head.title(context, why)
head.picker(context, why)

picture, words = side_by_side("why-head", (130, 1), (300, 100))
with picture:
    head.poster(context, why)
    note_button(context, why.item, why.checkpoint, "w_note")
with words:
    facts = st.container()
    method = head.switches(context, why)
    why = asked.suited(why, method)
    facts.caption(head.facts(context, why))
    guards.what_if_notice(context, why)
    blocked = guards.stands_in_the_way(context, why)
    if method is None:
        guards.no_method(context, why)
    guards.heard_beside(context, why)
    sentence = st.container()

found = None
if not blocked and method is not None:
    posters = st.container()
    bars, audit = side_by_side("why-bars", (500, 3), (340, 2))
    with audit, st.container(border=True, key="why_audit"):
        st.markdown("**Is it true?**")
        card = st.container()
    with card if is_there(why, method) else bars:
        check(context, why, method)
    found = findings(context, why, method)
    with sentence:
        head.headline(context, why, found)
    with posters:
        reasons.posters(context, why, found)
        reasons.in_focus(context, why, found)
    with bars:
        reasons.bars(context, why, found)
        paths_table(context, why, found)
        reasons.table(context, why, found)
    with card:
        audit_card(context, why, found)
    many_people(context, why)
    truth_card(context, why, found)
if method is not None and len(why.history):
    why_not_panel(context, why)
next_steps(context, why, found)
