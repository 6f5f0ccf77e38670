"""Beside the graph: what is known of the node or edge that was clicked, and what to do with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec import places
from gnnrec.data.relation_names import spoken
from gnnrec.explain.messages import norm_formula
from gnnrec.figures.item_poster import subtitle
from gnnrec.figures.network import UNKNOWN
from gnnrec.graph import FRIEND, ITEM, MOST_NODES, STEP, USER, Coverage, more_neighbours
from gnnrec.recommenders.capabilities import ATTENTION, PROPAGATES
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.by_hand import ByHand, change, listed, select
from gnnrec.ui.graph.choice import Choice
from gnnrec.ui.graph.facts import entity, facts_line, no_walk
from gnnrec.ui.graph.messages import edge_formula_box
from gnnrec.ui.graph.scene import Scene, drawn_of
from gnnrec.ui.graph.session_words import click_edge, click_line, steps_table
from gnnrec.ui.text import escape


def details(context: Context, choice: Choice, shown: Scene, hand: ByHand) -> None:
    """The selected edge, else the selected node, else the person in the middle."""
    with st.container(border=True):
        if shown.marks["edge"] is not None:
            _edge(context, choice, shown, shown.marks["edge"])
        else:
            selected = shown.marks["selected"]
            _node(context, choice, shown, hand, shown.subgraph.centre if selected is None else selected)
    _undo(context, shown, hand)


def _node(context: Context, choice: Choice, shown: Scene, hand: ByHand, node: int) -> None:
    data, words = context.dataset, context.words
    kind, number = shown.graph.kind_and_number(node)
    st.markdown(f"**{escape(shown.names[node])}**")
    if kind not in (ITEM, USER):
        st.caption(
            escape(f"{spoken(kind).capitalize()} · {_look(choice, shown, node)}{no_walk(shown, node)}")
        )
        entity(context, choice, shown, hand, node)
        _actions(context, shown, hand, node)
        return
    degree = int(shown.sight.few.degrees[node])
    if kind == ITEM:
        known = [subtitle(data, number), f"{words.count_people(degree)} {words.past} it in train"]
    else:
        friend = int(node) in drawn_of(shown.subgraph).get(FRIEND, ())
        known = [
            "Friend" if friend else "",
            f"{words.past.capitalize()} {words.count_items(degree)} in train",
        ]
    known.append(
        facts_line(context, shown, node)
        if choice.session is None
        else click_line(context, choice, node, shown)
    )
    st.caption(escape(" · ".join(part for part in known if part)))
    _actions(context, shown, hand, node)
    _onwards(context, kind, number, paths=choice.session is None)
    if choice.session is not None:
        steps_table(context, choice, shown, node)
        return
    st.caption(_look(choice, shown, node))
    _neighbours(context, choice, shown, node)


def _actions(context: Context, shown: Scene, hand: ByHand, node: int) -> None:
    sight, centre = shown.sight, shown.subgraph.centre
    more = more_neighbours(shown.graph, shown.subgraph, node)
    full = len(shown.subgraph.nodes) >= MOST_NODES or len(hand.expanded) >= view.MOST_EDITS

    def button(label: str, icon: str, key: str, nodes, disabled: bool, why: str, **more_changes) -> None:
        st.button(
            label,
            key=f"graph_{label.lower()}",
            icon=f":material/{icon}:",
            disabled=disabled,
            help=why,
            on_click=lambda: change(context, sight, key, nodes, **more_changes),
            width="stretch",
        )

    with st.container(horizontal=True, gap="small"):
        button(
            "Expand",
            "add_circle",
            "g_expanded",
            (*hand.expanded, node),
            not more or full,
            f"{MOST_NODES} nodes are the most that can be drawn"
            if full and more
            else f"Its {min(more, STEP)} strongest neighbours that are not drawn yet, of {more:,}"
            if more
            else "All its neighbours are drawn",
        )
        button(
            "Collapse",
            "do_not_disturb_on",
            "g_expanded",
            [one for one in hand.expanded if one != node],
            node not in hand.expanded,
            "Takes away what expanding it brought",
        )
    with st.container(horizontal=True, gap="small"):
        button(
            "Hide",
            "visibility_off",
            "g_hidden",
            dict.fromkeys((*hand.hidden, node)),
            node == centre or len(hand.hidden) >= view.MOST_EDITS,
            "Takes it out of the picture, with what hangs on it alone",
            g_node=None,
            g_pinned=listed(context, sight, [one for one in hand.pinned if one != node]),
        )
        pinned = node in hand.pinned
        button(
            "Unpin" if pinned else "Pin",
            "keep_off" if pinned else "keep",
            "g_pinned",
            [one for one in hand.pinned if one != node] if pinned else (*hand.pinned, node),
            node == centre or (not pinned and len(hand.pinned) >= view.MOST_EDITS),
            "Keeps it and its name in the picture whatever else is shown",
        )


def _onwards(context: Context, kind: str, number: int, paths: bool = True) -> None:
    data = context.dataset
    if kind == ITEM:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if paths and number != context.item:
                st.button(
                    "Light the paths to it",
                    key="light",
                    icon=":material/route:",
                    on_click=lambda: view.go(i=data.items.id(number), g_via=None),
                )
            st.page_link(
                places.pages_folder() / "why.py",
                label="Why?",
                icon=":material/help:",
                query_params=view.link(i=data.items.id(number)),
                width="content",
            )
    elif kind == USER and number != context.user:
        named = data.users.id(number)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                f"Put this {context.words.person} in the middle",
                key="centre",
                icon=":material/center_focus_strong:",
                on_click=lambda: view.go(u=named, i=None, drop=None, add=None, g_node=None, g_via=None),
            )
            st.page_link(
                places.pages_folder() / "recommend.py",
                label="Their lists",
                icon=":material/list:",
                query_params=view.link(u=named, i=None, drop=None, add=None),
                width="content",
            )


def _look(choice: Choice, shown: Scene, node: int) -> str:
    coverage = shown.subgraph.coverage(node)
    if shown.subgraph.weight_kind not in (ATTENTION, "norm"):
        return f"{coverage.drawn:,} of its {coverage.neighbours:,} neighbours are drawn."
    said = held(coverage)
    even = ""
    if choice.measure.name == ATTENTION and coverage.neighbours:
        # Attention close to this says that the model hardly chooses among neighbours.
        even = f" If all its neighbours counted alike, each would hold {100 / coverage.neighbours:.1f} %."
    return f"{said[0].upper()}{said[1:]}.{even}"


def held(coverage: Coverage) -> str:
    """`the 12 drawn of 58 neighbours hold 71 % of what flows in`."""
    return f"{coverage} of what flows in" if coverage.drawn < coverage.neighbours else str(coverage)


def _neighbours(context: Context, choice: Choice, shown: Scene, node: int) -> None:
    """Its drawn neighbours, strongest first; a picked row selects the edge, so that no mouse is needed for it."""
    table, other = _neighbour_table(shown, node)
    if table.empty:
        return
    small = st.column_config.TextColumn(width="small")
    columns = dict.fromkeys(table.columns, small) | {"neighbour": st.column_config.TextColumn(width=130)}
    # The places of rows mean other neighbours once anything else is shown.
    key = "_".join(map(str, ("graph_rows", node, choice.measure.name, choice.layer, choice.head, len(other))))
    event = st.dataframe(
        table,
        hide_index=True,
        height=215,
        alt="Its drawn neighbours, strongest first; pick a row to see the edge (by keyboard: Shift + Space)",
        column_config=columns,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(other):
        select(context, shown.sight, edge=(int(other[rows[0]]), node))
        st.rerun()


def _neighbour_table(shown: Scene, node: int) -> tuple[pd.DataFrame, np.ndarray]:
    columns: dict[str, list[str]] = {}
    order = other = None
    for pane in shown.panes:
        edges, kind = pane.subgraph.edges, pane.subgraph.weight_kind
        touching = np.flatnonzero((edges.source == node) | (edges.target == node))
        inward = edges.target[touching] == node
        texts = {edge["id"]: edge for edge in pane.drawing.edges}
        if order is None:
            size = np.where(inward, edges.weight[touching], edges.reverse_weight[touching])
            order = np.argsort(-np.abs(size), kind="stable")
            other = np.where(inward, edges.source[touching], edges.target[touching])[order]
            columns["neighbour"] = [shown.names[int(one)] for one in other]
        touching, inward = touching[order], inward[order]
        both = [(texts[int(one)]["text"], texts[int(one)]["reverse_text"]) for one in edges.edge[touching]]
        into = [pair[0 if is_in else 1] for pair, is_in in zip(both, inward.tolist(), strict=True)]
        out = [pair[1 if is_in else 0] for pair, is_in in zip(both, inward.tolist(), strict=True)]
        alone = len(shown.panes) == 1
        columns["in" if alone else f"in {'AB'[len(columns) - 1]}"] = into
        if alone and kind in (ATTENTION, "norm"):
            columns["out"] = out
    return pd.DataFrame(columns), other


def _edge(context: Context, choice: Choice, shown: Scene, edge: int) -> None:
    """How the weight of one edge comes about, with its own numbers."""
    place = int(np.flatnonzero(shown.subgraph.edges.edge == edge)[0])
    source, target = int(shown.subgraph.edges.source[place]), int(shown.subgraph.edges.target[place])
    st.markdown(f"**{escape(shown.names[source])} → {escape(shown.names[target])}**")
    if choice.session is not None:
        click_edge(context, choice, shown, source, target, str(shown.subgraph.edges.relation[place]))
        _ends(context, shown, source, target)
        return
    for pane in shown.panes:
        drawn = next(one for one in pane.drawing.edges if one["id"] == edge)
        said = f"{pane.drawing.weight_name}: {drawn['text']}"
        if drawn["reverse_text"] != UNKNOWN:
            said += f"; the other way {drawn['reverse_text']}"
        st.caption(escape(f"{pane.title}: {said}" if len(shown.panes) > 1 else said))
    sort = str(shown.subgraph.edges.relation[place])
    if shown.sight.is_side(edge):
        _side_edge(choice, shown, edge, sort)
        _ends(context, shown, source, target)
        return
    if shown.subgraph.weight_kind not in (ATTENTION, "norm"):
        st.caption("What the message over this edge weighs by itself:")
    for one in choice.shown:
        if len(choice.shown) > 1:
            st.markdown(f"**{escape(one.title)}**")
        if PROPAGATES not in one.capabilities:
            st.caption("This model sends no messages along edges.")
        elif choice.measure.name == "norm" and (ATTENTION in one.capabilities or choice.relations):
            st.code("\n".join(norm_formula(shown.graph, edge).lines), language=None, wrap_lines=True)
        else:
            edge_formula_box(context, one, shown.sight.in_few(edge), choice.layer, choice.head)
    _ends(context, shown, source, target)


def _side_edge(choice: Choice, shown: Scene, edge: int, sort: str) -> None:
    """An edge that joins no person and item: which sort it is, and what is known of its weight."""
    st.caption(escape(f"An edge of the sort {spoken(sort)}."))
    if choice.measure.name != "norm":
        st.caption(
            f"{choice.measure.title} is known for edges between people and items only: there is no such value here. "
            "Its normalised weight:"
        )
    st.code("\n".join(norm_formula(shown.graph, edge).lines), language=None, wrap_lines=True)
    st.caption(
        "How strongly the model hears this sort beside others is its own choice; switch the sort off to see."
    )


def _ends(context: Context, shown: Scene, source: int, target: int) -> None:
    with st.container(horizontal=True, gap="small"):
        for node in (source, target):
            st.button(
                escape(shown.names[node]),
                key=f"end_{node}",
                icon=":material/center_focus_strong:",
                type="tertiary",
                on_click=lambda node=node: select(context, shown.sight, node),
            )


def _undo(context: Context, shown: Scene, hand: ByHand) -> None:
    with st.container(horizontal=True, gap="small"):
        if context.item is not None and not shown.steps:
            st.button(
                "Clear paths",
                key="clear_paths",
                on_click=lambda: view.go(i=None, g_via=None),
                icon=":material/layers_clear:",
            )
        if shown.marks["selected"] is not None or shown.marks["edge"] is not None:
            st.button(
                "Deselect",
                key="deselect",
                on_click=lambda: select(context, shown.sight),
                icon=":material/deselect:",
            )
        if hand.hidden:
            st.button(
                f"Show {len(hand.hidden)} hidden",
                key="show_hidden",
                on_click=lambda: view.go(g_hidden=None),
                icon=":material/visibility:",
            )
