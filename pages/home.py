"""What am I looking at? The headline in people, three stories, the tour, and how the models compare."""

import streamlit as st

from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, part_switch
from gnnrec.ui.home import panels
from gnnrec.ui.router import require_router

require_router()
context = current()

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("What do people get, and why?", anchor=False)
    part = part_switch("h")
panels.opening(context, part)
need_model(context)
found = panels.chosen_stories(context)
panels.tour_card(context, found)
panels.story_cards(context, found)
panels.leaderboard(context, part)
panels.evidence()
panels.at_hand(context)
