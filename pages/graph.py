"""What does the model see? The neighbourhood of a person, weighed by attention or by the graph itself."""

import streamlit as st

from gnnrec.ui import graph_panels as panels
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)
need_person(context)

head = st.container()
choice = panels.controls(context)
shown = panels.scene(context, choice)
with head:
    panels.headline(context, choice, shown)

canvas, side = side_by_side("graph", (480, 100), (320, 1))
with canvas:
    selected = panels.picture(context, choice, shown)
with side:
    panels.details(context, choice, shown, selected)
panels.table(context, choice, shown)
panels.next_steps(context)
