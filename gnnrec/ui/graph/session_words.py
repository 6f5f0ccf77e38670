"""The Graph page in words where sessions are drawn: what is drawn, how the model reads it, one click, one step."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.graph import ITEM, NEXT_CLICK, USER, click_places
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.by_hand import select
from gnnrec.ui.graph.choice import Choice
from gnnrec.ui.graph.scene import Scene
from gnnrec.ui.graph.session_choice import a_learned_one
from gnnrec.ui.session_names import session_day
from gnnrec.ui.text import escape

_NAMED = 4


def session_headline(context: Context, choice: Choice, shown: Scene) -> None:
    """Which clicks are drawn and how the model reads them; that there are none, where there are none."""
    drawn, words = choice.session, context.words
    name, title = escape(context.dataset.user_name(context.user)), escape(choice.checkpoint.title)
    if not drawn.numbers:
        lacks = (
            f"{name} is held out: no model learned from it, and none of its clicks is drawn."
            if context.dataset.people_are_sessions
            else f"{name} has no session in train, so there is nothing to draw."
        )
        st.info(
            f"{lacks} Asked about {name}, {title} answers with what comes next most often.",
            icon=":material/link_off:",
        )
        if context.dataset.people_are_sessions:
            _another(context)
        return
    clicks = drawn.clicks(context)
    n_clicks, n_items = sum(map(len, clicks)), len(click_places(clicks))
    told = [f"{_which(context, choice)}: {_times(n_clicks)} on {words.count_items(n_items)}."]
    left = n_items - int((shown.subgraph.nodes.kind == ITEM).sum())
    if left:
        told.append(f"{left:,} of the {words.items} {'is' if left == 1 else 'are'} not drawn.")
    cut = sum(int(context.dataset.clicks.lengths[one]) for one in drawn.numbers) - n_clicks
    if cut:
        told.append(f"{_times(cut)} before the last {drawn.most} are not read.")
    if choice.off:
        told.append("The steps between them are switched off, in a model that was trained with them.")
    else:
        told.append(choice.measure.words)
        again = sum(int(one == other) for session in clicks for one, other in pairwise(session))
        if again:
            told.append(
                f"{_times(again)} {'repeats' if again == 1 else 'repeat'} the one right before and "
                f"{'has' if again == 1 else 'have'} no arrow."
            )
    reading = getattr(choice.model(choice.checkpoint), "reading", "")
    if reading:
        told.append(f"Read by {choice.checkpoint.title}: {reading[0].lower()}{reading[1:]}")
    if len(drawn.numbers) > 1:
        told.append("It reads one session at a time, and its list follows the last one.")
    st.caption(escape(" ".join(told)))
    if context.item is not None:
        st.caption(
            f":material/info: No way to {escape(context.dataset.item_title(context.item))} is drawn: this picture holds "
            "the clicks alone."
        )


def _another(context: Context) -> None:
    """The way from a held-out session to one that can be drawn: who is judged is held out, and opens first."""
    data = context.dataset
    number = a_learned_one(data.name, str(context.split))
    if number is not None:
        person = data.users.id(int(data.clicks.user[number]))
        st.button(
            "Draw one that was learned from",
            key="graph_learned",
            icon=":material/conversion_path:",
            on_click=lambda: view.go(u=person, i=None, drop=None, add=None),
        )


def _which(context: Context, choice: Choice) -> str:
    drawn, sessions = choice.session, context.dataset.clicks
    if context.dataset.people_are_sessions:
        return ", ".join(
            one
            for one in (
                context.dataset.user_name(context.user),
                session_day(sessions, drawn.asked),
                "in train",
            )
            if one
        )
    whose = f"of {context.dataset.user_name(context.user)} in train"
    if len(drawn.numbers) > 1:
        return f"All {len(drawn.numbers)} sessions {whose}"
    day = session_day(sessions, drawn.asked)
    on = f", {day}" if day else ""
    if drawn.total == 1:
        return f"The one session {whose}{on}"
    return f"{'The last' if drawn.usual else 'An earlier'} of {drawn.total} sessions {whose}{on}"


def _times(n: int) -> str:
    return f"{n:,} click{'' if n == 1 else 's'}"


def click_line(context: Context, choice: Choice, node: int, shown: Scene) -> str:
    """Where in the session a node was clicked on, or how often in all of them; the person's own clicks in number."""
    kind, number = shown.graph.kind_and_number(node)
    clicks = choice.session.clicks(context)
    places = click_places(clicks)
    if kind == USER:
        return f"{_times(sum(map(len, clicks)))} in what is drawn" if clicks else ""
    at = places.get(number, ())
    if len(clicks) > 1:
        return f"{_times(len(at))} in these sessions"
    return f"{_numbered(at)} of {len(clicks[0])}" if at else ""


def _numbered(places: tuple[int, ...]) -> str:
    named = ", ".join(map(str, places[:_NAMED])) + (" and more" if len(places) > _NAMED else "")
    return f"click{'' if len(places) == 1 else 's'} {named}"


def steps_table(context: Context, choice: Choice, shown: Scene, node: int) -> None:
    """The drawn steps of a click, or the clicks of the person, each row one edge that can be picked."""
    edges = shown.subgraph.edges
    touching = np.flatnonzero((edges.source == node) | (edges.target == node))
    if not len(touching):
        return
    before, after = edges.source[touching], edges.target[touching]
    step = edges.relation[touching] == NEXT_CLICK
    other = np.where(before == node, after, before)
    if node != shown.subgraph.centre:
        # The way to the person says nothing about what came before or after.
        before, after, other, touching = before[step], after[step], other[step], touching[step]
    places = click_places(choice.session.clicks(context))
    _, numbers = shown.graph.kinds_and_numbers(other)
    order = np.lexsort(([places[int(one)][0] for one in numbers], after != node))
    columns = {context.words.item: [shown.names[int(one)] for one in other[order]]}
    if node != shown.subgraph.centre:
        columns["came"] = ["before" if one == node else "after" for one in after[order]]
    columns["times"] = [f"{edges.weight[place]:.0f}×" for place in touching[order]]
    if not len(order):
        st.caption("No drawn step leads here or away.")
        return
    small = st.column_config.TextColumn(width="small")
    event = st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        height=min(38 + 35 * len(order), 250),
        column_config={"came": small, "times": small},
        alt="Its clicks and steps; pick a row to see the edge (by keyboard: Shift + Space)",
        key=f"graph_steps_{node}_{len(order)}_{'_'.join(map(str, choice.session.numbers[-2:]))}",
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(order):
        place = order[rows[0]]
        select(context, shown.sight, edge=(int(before[place]), int(after[place])))
        st.rerun()


def click_edge(context: Context, choice: Choice, shown: Scene, source: int, target: int, sort: str) -> None:
    """A step between two clicks with its places, or what a person clicked on."""
    clicks = choice.session.clicks(context)
    kinds, numbers = shown.graph.kinds_and_numbers(np.array([source, target]))
    if sort != NEXT_CLICK:
        item = int(numbers[list(kinds).index(ITEM)])
        at = click_places(clicks).get(item, ())
        st.caption(f"Clicked on {_often(len(at))}{_at(clicks, at)}.")
        return
    one, other = (int(number) for number in numbers)
    found = [
        (place, place + 1)
        for session in clicks
        for place, pair in enumerate(pairwise(session.tolist()), start=1)
        if pair == (one, other)
    ]
    said = f"Clicked on next, {_often(len(found))}"
    if len(clicks) == 1:
        named = ", ".join(f"click {here} to {there}" for here, there in found[:_NAMED])
        said += f": {named}{' and more' if len(found) > _NAMED else ''}"
    st.caption(f"{said}.")
    if NEXT_CLICK in loaders.model(choice.checkpoint.address).side_relations:
        st.caption(
            "What this step counts for the list is seen once all steps are switched off, in the legend."
        )


def _often(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")


def _at(clicks: list[np.ndarray], at: tuple[int, ...]) -> str:
    return f": {_numbered(at)}" if len(clicks) == 1 and at else ""
