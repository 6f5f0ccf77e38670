"""Find a node of the graph in words: what is drawn is shown, what is not comes in."""

from __future__ import annotations

import streamlit as st

from gnnrec.graph import ITEM, USER
from gnnrec.ui import loaders
from gnnrec.ui.context import Context
from gnnrec.ui.graph.by_hand import ByHand, change, select
from gnnrec.ui.graph.scene import Scene
from gnnrec.ui.text import escape

_FOUND = 6


def find_node(context: Context, shown: Scene, hand: ByHand) -> None:
    """Search by title, name or id; the camera moves to what is picked, and what is not drawn yet comes in."""
    data, words = context.dataset, context.words
    key = f"graph_search_{data.name}"
    text = st.text_input(
        f"Find {words.an_item} or {words.a_person}",
        key=key,
        type="search",
        placeholder="Title, name or id",
        icon=":material/search:",
        live=True,
        max_chars=100,
    )
    if not text:
        return
    drawn = _among_drawn(shown, text)
    others = [
        shown.graph.node(kind, number)
        for kind in (ITEM, USER)
        for number in loaders.search(data.name, kind, text, limit=_FOUND)
    ]
    found = list(dict.fromkeys([*drawn[:_FOUND], *others]))[: _FOUND + 2]
    there = set(shown.subgraph.nodes.node.tolist())
    if not found:
        st.caption("Nothing by that name or id.")
    for node in found:
        st.button(
            escape(_name(context, shown, node)),
            key=f"find_{node}",
            on_click=_found,
            args=(context, shown, hand, node, node in there, key),
            icon=":material/center_focus_strong:" if node in there else ":material/add:",
            help=None if node in there else "Not drawn yet: brings it in and pins it",
            width="stretch",
            type="tertiary",
        )


def _among_drawn(shown: Scene, text: str) -> list[int]:
    """Drawn nodes whose name or id holds a text: what is meant is most often in the picture."""
    wanted = text.strip().lower()
    faces = zip(shown.subgraph.nodes.node.tolist(), shown.faces, strict=True)
    return [node for node, face in faces if wanted in face.title.lower() or wanted == face.id.lower()]


def _found(context: Context, shown: Scene, hand: ByHand, node: int, drawn: bool, search: str) -> None:
    st.session_state[search] = ""
    select(context, shown.graph, node)
    if not drawn:
        change(context, shown.graph, "g_pinned", dict.fromkeys((*hand.pinned, node)))
        change(context, shown.graph, "g_hidden", [one for one in hand.hidden if one != node])


def _name(context: Context, shown: Scene, node: int) -> str:
    kind, number = shown.graph.kind_and_number(node)
    data = context.dataset
    if kind == ITEM:
        return f"{data.item_title(number)} · {data.items.id(number)}"
    return f"{data.user_name(number)} · {data.users.id(number)}"
