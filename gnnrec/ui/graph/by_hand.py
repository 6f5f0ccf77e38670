"""What a visitor changed in the graph by hand, as the address has it: nodes hidden, pinned and expanded, and the
node or edge that was clicked.

A node is written as its kind and the user's own id (`item:50`, `director:Ida Bell`), as in the exported data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from gnnrec.explain.sight import Sight
from gnnrec.graph import ITEM, USER
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.text import escape

_CHANGES = ("g_hidden", "g_pinned", "g_expanded")
_LAST = "_graph_person"


@dataclass(frozen=True)
class ByHand:
    """The changes, as nodes of the graph.

    Attributes:
        hidden: Nodes to leave out.
        pinned: Nodes that have to be there.
        expanded: Nodes whose further neighbours come in, as often as they are named.
        node: The selected node, or None.
        edge: The selected edge as (source, target), or None.
        via: Item number of a reason whose paths alone are lit, or None.
    """

    hidden: tuple[int, ...]
    pinned: tuple[int, ...]
    expanded: tuple[int, ...]
    node: int | None
    edge: tuple[int, int] | None
    via: int | None


def by_hand(context: Context, sight: Sight) -> ByHand:
    """The changes of the address; what does not exist is left out with a notice.

    Changes belong to one person's picture: another person begins without them.
    """
    person = (context.dataset.name, context.user)
    if st.session_state.get(_LAST, person) != person:
        view.go(**dict.fromkeys((*_CHANGES, "g_node", "g_edge")))
    st.session_state[_LAST] = person
    values = view.read()
    unknown: list[str] = []
    hidden, pinned, expanded = (
        _nodes(context, sight, view.ids(values.get(key, "")), unknown) for key in _CHANGES
    )
    node = next(iter(_nodes(context, sight, view.ids(values.get("g_node", ""))[:1], unknown)), None)
    ends = _nodes(context, sight, view.ids(values.get("g_edge", "")), unknown)
    if unknown:
        st.info(
            f"There is no node '{escape(unknown[0][:60])}' in this graph; it is left out.",
            icon=":material/info:",
        )
    via = _number(context, sight, ITEM, values.get("g_via", ""))
    return ByHand(hidden, pinned, expanded, node, ends if len(ends) == 2 else None, via)


def key_of(context: Context, sight: Sight, node: int) -> str:
    """A node as the address has it."""
    kind, number = sight.graph.kind_and_number(node)
    known = _vocabulary(context, sight, kind)
    return f"{kind}:{number if known is None else known.id(number)}"


def change(context: Context, sight: Sight, key: str, nodes: Iterable[int], **more: object) -> None:
    """Put nodes into one of the lists of the address. For callbacks of widgets."""
    view.go(**{key: listed(context, sight, nodes)}, **more)


def listed(context: Context, sight: Sight, nodes: Iterable[int]) -> str:
    """Nodes as one of the lists of the address."""
    return view.joined([key_of(context, sight, node) for node in nodes])


def select(
    context: Context, sight: Sight, node: int | None = None, edge: tuple[int, int] | None = None
) -> None:
    """Make a node or an edge the selected one; neither deselects."""
    view.go(
        g_node=None if node is None else view.joined([key_of(context, sight, node)]),
        g_edge=None if edge is None else view.joined([key_of(context, sight, end) for end in edge]),
    )


def _nodes(context: Context, sight: Sight, keys: list[str], unknown: list[str]) -> tuple[int, ...]:
    found = []
    for key in keys:
        kind, _, name = key.partition(":")
        number = _number(context, sight, kind, name)
        if number is None:
            unknown.append(key)
        else:
            found.append(sight.graph.node(kind, number))
    return tuple(found)


def _number(context: Context, sight: Sight, kind: str, name: str) -> int | None:
    if kind not in dict(sight.graph.kinds):
        return None
    known = _vocabulary(context, sight, kind)
    if known is not None:
        return known.number(name) if name in known else None
    return int(name) if name.isascii() and name.isdecimal() and int(name) < sight.graph.count(kind) else None


def _vocabulary(context: Context, sight: Sight, kind: str):
    """Ids of a kind; entities go by their text."""
    return {USER: context.dataset.users, ITEM: context.dataset.items, **sight.entities}.get(kind)
