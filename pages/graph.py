"""What does the model see? The neighbourhood of a person, weighed by one model or two, with paths, masks and messages."""

import streamlit as st

from gnnrec.ui.context import current
from gnnrec.ui.graph import panels
from gnnrec.ui.graph.by_hand import by_hand
from gnnrec.ui.graph.choice import controls, threshold_slider
from gnnrec.ui.graph.details import details
from gnnrec.ui.graph.exports import downloads, table
from gnnrec.ui.graph.find import find_node
from gnnrec.ui.graph.messages import played, steps
from gnnrec.ui.graph.scene import scene
from gnnrec.ui.graph.switches import moves_figure, what_changed
from gnnrec.ui.guards import need_model, need_person
from gnnrec.ui.layout import side_by_side
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)
need_person(context)

head = st.container()
choice = controls(context)
sight = panels.sight_of(context, choice)
hand = by_hand(context, sight)
shown = scene(context, choice, sight, hand)
with head:
    panels.headline(context, choice, shown, hand)
steps(context, choice)

if len(shown.panes) == 1:
    canvas, side = side_by_side("graph", (480, 100), (320, 1))
    with canvas:
        panels.picture(context, choice, shown, hand)
        slopes = st.container()
    moves, search = side.container(), side.container()
else:
    for place, one in enumerate(side_by_side("graph-pair", (400, 1), (400, 1))):
        with one:
            panels.picture(context, choice, shown, hand, place)
    side, search = side_by_side("graph-below", (400, 1), (400, 1))
    moves, slopes = side.container(), search.container()
with search:
    find_node(context, shown, hand)
with moves:
    what_changed(context, choice)
with slopes:
    moves_figure(context, choice)
with side:
    details(context, choice, shown, hand)
with side if len(shown.panes) == 1 else search:
    threshold_slider(choice)
downloads(context, choice, shown, panels.meaning(choice, shown))
played(context, choice)
table(shown)
panels.next_steps()
