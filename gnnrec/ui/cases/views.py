"""Links from a case to the pages that show what it is about; the address it was written on is checked before."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from gnnrec import places
from gnnrec.store.case import Case
from gnnrec.ui import view
from gnnrec.ui.context import MOST_K, Context

_PAGES = (
    ("recommend", "The lists", ":material/recommend:"),
    ("why", "Why", ":material/psychology_alt:"),
    ("graph", "The graph", ":material/hub:"),
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_KEYS = 60


def views(context: Context, case: Case) -> None:
    """Recommend, Why and Graph for the person, item and model of a case, and the view it was written on."""
    data = context.dataset
    if case.dataset != data.name or case.person not in data.users:
        return
    there = {one.address for one in context.models}
    item = case.item if case.item is not None and case.item in data.items else None
    k = case.standing.k if case.standing.k and case.standing.k <= MOST_K else context.k
    query = view.link(
        u=case.person,
        i=item,
        k=k,
        drop=None,
        add=None,
        **({"a": case.model} if case.model in there else {}),
    )
    with st.container(horizontal=True, gap="small"):
        for page, label, icon in _PAGES:
            if page == "why" and item is None:
                continue
            st.page_link(
                places.pages_folder() / f"{page}.py",
                label=label,
                icon=icon,
                query_params=query,
                width="content",
            )
        written = written_on(case.view)
        if written is not None:
            file, values = written
            st.page_link(
                places.pages_folder() / file,
                label="As it was written",
                icon=":material/history:",
                query_params=values,
                width="content",
                help="The view this case was noted on, with its what-if and settings",
            )


def written_on(address: str) -> tuple[str, dict[str, str]] | None:
    """File of the page and query of a stored address; None where it names no page of ours.

    It may come from a file of somebody else, so only a known page and plain keys are taken from it.
    """
    from gnnrec.ui.router import PAGES

    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, max_num_fields=_MOST_KEYS)
    except ValueError:
        return None
    page = next((one for one in PAGES if one.url_path == parts.path.strip("/")), None)
    if page is None or parts.scheme or parts.netloc or not pairs:
        return None
    return page.file, {key: value for key, value in pairs if _KEY.fullmatch(key)}
