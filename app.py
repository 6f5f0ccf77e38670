"""The entry of the app, for `streamlit run app.py` and `uvicorn app:app` alike.

An ASGI launcher and not a page: it is the one place for security headers, and keeps Streamlit's main script
(the router) away from `pages/`, whose files Streamlit would otherwise run without the router.
"""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from gnnrec import ui
from gnnrec.ui.failures import show_failure
from gnnrec.ui.headers import SecurityHeaders
from gnnrec.ui.startup import refuse_unsafe_start, set_the_stage, warmed

refuse_unsafe_start()
# Threads of numerical libraries that wait by spinning take the cores of other visitors; read when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Under uvicorn Streamlit would look for its settings beside the router; `streamlit run` has set this.
if config._main_script_path is None:
    config._main_script_path = str(Path(__file__).resolve())
set_the_stage()

app = st.App(
    Path(ui.__file__).with_name("router.py"),
    middleware=[Middleware(SecurityHeaders)],
    lifespan=warmed,
    on_script_error=show_failure,
)
