"""Find a node of the graph in words: what is drawn is shown, what is not comes in."""

from __future__ import annotations

import streamlit as st

from gnnrec.data.relation_names import spoken
from gnnrec.figures.network import entity_title
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
        f"Find {words.an_item}{', a fact' if shown.sight.entities else ''} or {words.a_person}",
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
    ] + _entities(shown, text)
    # Beside the clicks of a session there is nothing to bring in.
    others = [node for node in others if not shown.steps or shown.graph.degrees[node]]
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


def _entities(shown: Scene, text: str) -> list[int]:
    """Entities whose text holds what was typed, those that begin with it first."""
    wanted = text.strip().lower()
    found = [
        (not name.lower().startswith(wanted), name, shown.graph.node(kind, number))
        for kind, known in shown.sight.entities.items()
        for number, name in enumerate(known.ids.tolist())
        if wanted in name.lower()
    ]
    return [node for _, _, node in sorted(found)[:_FOUND] if shown.graph.degrees[node]]


def _found(context: Context, shown: Scene, hand: ByHand, node: int, drawn: bool, search: str) -> None:
    st.session_state[search] = ""
    select(context, shown.sight, node)
    if not drawn:
        change(context, shown.sight, "g_pinned", dict.fromkeys((*hand.pinned, node)))
        change(context, shown.sight, "g_hidden", [one for one in hand.hidden if one != node])


def _name(context: Context, shown: Scene, node: int) -> str:
    kind, number = shown.graph.kind_and_number(node)
    data = context.dataset
    if kind == ITEM:
        return f"{data.item_title(number)} · {data.items.id(number)}"
    if kind != USER:
        return f"{entity_title(kind, shown.sight.entities[kind].id(number))} · {spoken(kind)}"
    return f"{data.user_name(number)} · {data.users.id(number)}"
