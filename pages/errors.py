"""For whom does it fail? How a metric is spread over people, which groups are served worse, and who they are."""

import streamlit as st

from gnnrec.ui.context import current
from gnnrec.ui.errors import asked, head
from gnnrec.ui.errors.missed import missed_panel
from gnnrec.ui.errors.numbers import traits
from gnnrec.ui.errors.own import own_panel
from gnnrec.ui.errors.people import people_panel
from gnnrec.ui.errors.report import report
from gnnrec.ui.errors.slices import slices_panel
from gnnrec.ui.errors.spread import spread_panel
from gnnrec.ui.errors.worst import worst_panel
from gnnrec.ui.guards import need_model, part_switch
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)

with st.container(horizontal=True, vertical_alignment="center"):
    heading = st.container()
    part = part_switch("e")
head.need_people(context, part)
look = asked.question(context, part)
with heading:
    head.title(look)
head.headline(context, look)

bars, people = side_by_side("errors-head", (460, 3), (380, 2))
known = traits(context.split)
chosen = asked.chosen(look, known)
with bars:
    spread_panel(context, look, chosen)
with people:
    people_panel(context, look, chosen, known)
worst, groups = None, []
if known is not None:
    worst = worst_panel(context, look, known)
    groups = slices_panel(context, look, chosen, known)
    own_panel(context, chosen, known)
missed_panel(context, part)
report(context, look, chosen, worst, groups)
