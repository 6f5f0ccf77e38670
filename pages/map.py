"""How does it see people and items? The model's space as a map, its true neighbours, and how far the map is right."""

import streamlit as st

from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.map.asked import controls, need_vectors, notices
from gnnrec.ui.map.chosen import chosen_panel
from gnnrec.ui.map.focus import focus_panel, nearest
from gnnrec.ui.map.next import downloads, next_steps
from gnnrec.ui.map.picture import headline, picture, trust_panel
from gnnrec.ui.map.surprising import surprise_panel
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)
need_person(context)
able = need_vectors(context)

head = st.container()
asked = controls(context, able)
near = nearest(context, asked)
with head:
    headline(context, asked)
    notices(context, able, asked)

canvas, side = side_by_side("map", (480, 100), (330, 1))
with canvas:
    picture(context, asked, near.points)
with side:
    trust_panel(context, asked)
    focus_panel(context, asked, near)
chosen_panel(context, asked)
surprise_panel(context, asked)
downloads(context, asked)
next_steps(context)
