"""Where does it look, and does that matter? Attention by layer and head, and the same against deletion."""

import streamlit as st

from gnnrec.ui.attention import panels
from gnnrec.ui.attention.asked import controls, need_messages
from gnnrec.ui.attention.deletion import deletion_panel
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, need_person
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)
need_person(context)
able = need_messages(context)

head = st.container()
asked = controls(context, able)
with head:
    panels.headline(context, asked)
if not len(asked.looks.source):
    panels.no_history(context)
    panels.next_steps(context, asked)
    st.stop()

panels.heat_map(context, asked)
effect = deletion_panel(context, asked)
left, right = panels.pair()
with left:
    panels.evenness_panel(context, asked)
with right:
    panels.agreement_panel(context, asked)
panels.rolled_out_panel(context, asked)
panels.table(context, asked, effect)
panels.next_steps(context, asked)
