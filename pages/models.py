"""What is installed? The models at hand, their cards, and what fits this data."""

import streamlit as st

from gnnrec.ui.context import current
from gnnrec.ui.guards import part_switch
from gnnrec.ui.models import panels
from gnnrec.ui.models.standard import standard_set
from gnnrec.ui.router import require_router

require_router()
context = current()

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Which models are at hand?", anchor=False)
    part = part_switch("m")
chosen = panels.table(context, part) or context.a
standard_set(context)
panels.broken()
if chosen is not None:
    panels.model_card(context, chosen)
panels.compatibility(context)
