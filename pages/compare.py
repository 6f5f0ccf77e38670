"""Is A better than B, and where? The difference with its uncertainty, for whom, against all others, and at what price."""

import streamlit as st

from gnnrec.ui.compare import board, more, people, verdict
from gnnrec.ui.compare.asked import question
from gnnrec.ui.compare.report import report
from gnnrec.ui.context import current
from gnnrec.ui.guards import need_model, part_switch
from gnnrec.ui.router import require_router

require_router()
context = current()
need_model(context)

with st.container(horizontal=True, vertical_alignment="center"):
    title = st.container()
    part = part_switch("c")
asked = question(context, part)
with title:
    verdict.title(context, asked)
if asked is None:
    board.leaderboard(context, part)
    st.stop()

verdict.headline(context, asked)
verdict.evidence(context, asked)
people.where(context, asked)
board.leaderboard(context, part, asked.metric)
more.panels(context, asked)
report(context, asked)
