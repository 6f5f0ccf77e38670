"""The script that Streamlit runs for every visitor: settings of the page, context bar, navigation.

It lives here and not beside `pages/` because Streamlit runs the files of a `pages/` folder next to its main
script directly when a deep link is the first request after a start, without this router.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from gnnrec import places
from gnnrec.ui.failures import show_failure

ROUTED = "_router"
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """One line of the navigation: a file in pages/, its title, Material symbol and address."""

    file: str
    title: str
    icon: str
    url_path: str


# The first is the start page. A new page is one file in pages/ and one line here.
PAGES = (
    Page("home.py", "Home", "home", ""),
    Page("recommend.py", "Recommend", "recommend", "recommend"),
    Page("why.py", "Why", "psychology_alt", "why"),
    Page("graph.py", "Graph", "hub", "graph"),
    Page("attention.py", "Attention", "visibility", "attention"),
    Page("map.py", "Map", "scatter_plot", "map"),
    Page("errors.py", "Errors", "crisis_alert", "errors"),
    Page("compare.py", "Compare", "compare_arrows", "compare"),
    Page("train.py", "Train", "model_training", "train"),
    Page("cases.py", "Cases", "edit_note", "cases"),
    Page("data.py", "Data", "table_view", "data"),
    Page("models.py", "Models", "inventory_2", "models"),
)


def require_router() -> None:
    """End a page that was reached past the router; the first line of every page."""
    if not st.session_state.get(ROUTED):
        st.title("This page opens from the start page")
        st.text("Open the start address of the app and choose the page there.")
        st.stop()


def route() -> None:
    """Draw the frame around the chosen page and run the page inside it."""
    # A file of ours: for a Material symbol or an emoji the browser would ask another host for the picture.
    st.set_page_config(page_title="gnnrec", page_icon=str(FOLDER / "icon.svg"), layout="wide")
    dark = st.context.theme.type == "dark"
    st.logo(str(FOLDER / ("logo-dark.svg" if dark else "logo.svg")))
    st.session_state[ROUTED] = True
    page = st.navigation([_streamlit_page(page) for page in PAGES])
    # The net under every page: nothing but words reaches the screen, from imports on.
    try:
        from gnnrec.ui.context import context_bar
        from gnnrec.ui.toasts import show_toast

        context_bar()
        show_toast()
        page.run()
    except Exception as error:
        show_failure(error)


def _streamlit_page(page: Page) -> st.Page:
    return st.Page(
        places.pages_folder() / page.file,
        title=page.title,
        icon=f":material/{page.icon}:",
        url_path=page.url_path or None,
        default=not page.url_path,
    )


# Pages import this module for require_router; only Streamlit's run of it as a script draws.
if __name__ == "__main__":
    route()
