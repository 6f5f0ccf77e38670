"""What am I looking at?"""

from __future__ import annotations

import streamlit as st

from gnnrec.ui.router import require_router

require_router()

st.title("What does the recommender see?")
