"""Why this item? What its score is made of, in a sentence no stronger than its audit, and what would change it."""

import streamlit as st

from gnnrec.ui import why_asked, why_guards, why_head, why_reasons
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person, part_switch
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.router import require_router
from gnnrec.ui.why_audit import audit_card, check
from gnnrec.ui.why_findings import findings, is_there
from gnnrec.ui.why_next import next_steps
from gnnrec.ui.why_other import why_not_panel
from gnnrec.ui.why_paths import paths_table
from gnnrec.ui.why_people import many_people
from gnnrec.ui.why_truth import truth_card

require_router()
context = current()
need_model(context)
need_person(context)

head = st.container(horizontal=True, vertical_alignment="center")
with head:
    title = st.container()
    part = part_switch("w")
why = why_asked.question(context, part)
if why is None:
    with title:
        why_guards.nothing_left(context)
    st.stop()
with title:
    why_head.title(context, why)
why_head.picker(context, why)

picture, words = side_by_side("why-head", (130, 1), (300, 100))
with picture:
    why_head.poster(context, why)
with words:
    facts = st.container()
    method = why_head.switches(context, why)
    why = why_asked.suited(why, method)
    facts.caption(why_head.facts(context, why))
    why_guards.what_if_notice(context, why)
    blocked = why_guards.stands_in_the_way(context, why)
    if method is None:
        why_guards.no_method(context, why)
    sentence = st.container()

found = None
if not blocked and method is not None:
    reasons = st.container()
    bars, audit = side_by_side("why-bars", (500, 3), (340, 2))
    with audit, st.container(border=True, key="why_audit"):
        st.markdown("**Is it true?**")
        card = st.container()
    with card if is_there(why, method) else bars:
        check(context, why, method)
    found = findings(context, why, method)
    with sentence:
        why_head.headline(context, why, found)
    with reasons:
        why_reasons.posters(context, why, found)
        why_reasons.in_focus(context, why, found)
    with bars:
        why_reasons.bars(context, why, found)
        paths_table(context, why, found)
        why_reasons.table(context, why, found)
    with card:
        audit_card(context, why, found)
    many_people(context, why)
    truth_card(context, why, found)
if method is not None and len(why.history):
    why_not_panel(context, why)
next_steps(context, why, found)
