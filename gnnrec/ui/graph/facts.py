"""Friends, facts and circumstances in words: those of a person or an item, and what a single one of them joins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.data.relation_names import plural, spoken
from gnnrec.explain.sight import Sight
from gnnrec.figures.network import entity_title
from gnnrec.graph import FRIEND, ITEM, USER
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.graph.by_hand import ByHand, key_of
from gnnrec.ui.graph.choice import Choice
from gnnrec.ui.graph.scene import Scene
from gnnrec.ui.graph.switches import list_now
from gnnrec.ui.text import escape

_NAMED = 3
_ROWS = 200


def facts_line(context: Context, shown: Scene, node: int) -> str:
    """What a person or an item is joined to beside who chose what: `director Ida Bell · genres Drama, War`."""
    sight, told = shown.sight, []
    for relation in sight.relations:
        if relation in sight.off:
            continue
        found = sight.neighbours(node, relation)
        if not len(found):
            continue
        if relation == FRIEND:
            told.append(f"{len(found):,} {plural(FRIEND, len(found))}")
            continue
        names = [_name(context, sight, int(one)) for one in found[:_NAMED]]
        more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        told.append(f"{plural(relation, len(found))} {', '.join(names)}{more}")
    return " · ".join(told)


def entity(context: Context, choice: Choice, shown: Scene, hand: ByHand, node: int) -> None:
    """What an entity joins, in a sentence, and all of it as a table whose rows bring nodes into the picture."""
    data, words, sight = context.dataset, context.words, shown.sight
    _, source, _ = sight.graph.edges_into(np.array([node]))
    kinds, numbers = sight.graph.kinds_and_numbers(np.unique(source).astype(np.int64))
    items = numbers[kinds == ITEM]
    people = numbers[kinds == USER]
    if len(items):
        mine = set(context.split.fitted.history(context.user).tolist())
        listed_now = {item: rank for rank, item in enumerate(list_now(context, choice), start=1)}
        st.markdown(_sentence(context, items, mine, listed_now))
        order = sorted(
            items.tolist(), key=lambda one: (one not in mine, listed_now.get(one, len(items) + 999), one)
        )[:_ROWS]
        rows = {
            words.item: [data.item_title(one) for one in order],
            "here": [
                words.past if one in mine else f"no. {listed_now[one]}" if one in listed_now else ""
                for one in order
            ],
        }
        _pick_row(context, shown, hand, ITEM, order, rows, node)
    if len(people):
        friends = (
            set(sight.neighbours(shown.subgraph.centre, FRIEND).tolist())
            if FRIEND in sight.relations
            else set()
        )
        st.markdown(f"Joins {words.count_people(len(people))}.")
        order = sorted(people.tolist(), key=lambda one: (one != context.user, one not in friends, one))[
            :_ROWS
        ]
        rows = {
            words.person: [data.user_name(one) for one in order],
            "here": [
                "in the middle" if one == context.user else FRIEND if one in friends else "" for one in order
            ],
        }
        _pick_row(context, shown, hand, USER, order, rows, node)


def no_walk(shown: Scene, node: int) -> str:
    """Said of an entity that joins so many that ways are not drawn through it."""
    from gnnrec.graph import hubs

    ends = hubs(shown.sight.whole)
    if ends is None or not ends[node]:
        return ""
    return " It joins so many that no way is drawn through it; the model hears it all the same."


def _sentence(context: Context, items: np.ndarray, mine: set[int], listed_now: dict[int, int]) -> str:
    data, words = context.dataset, context.words
    name = escape(data.user_name(context.user))
    seen = [int(one) for one in items if int(one) in mine]
    inside = sorted((listed_now[int(one)], int(one)) for one in items if int(one) in listed_now)
    said = f"Joins {words.count_items(len(items))}. {name} {words.past} "
    said += f"{len(seen):,} of them" if seen else "none of them"
    if seen:
        said += f": {_titles(data, seen)}"
    if inside:
        places = ", ".join(f"{escape(data.item_title(one))} (no. {rank})" for rank, one in inside[:_NAMED])
        said += f". In the list: {places}{' and more' if len(inside) > _NAMED else ''}"
    return f"{said}."


def _titles(data, items: list[int]) -> str:
    named = ", ".join(escape(data.item_title(one)) for one in items[:_NAMED])
    return f"{named} and {len(items) - _NAMED:,} more" if len(items) > _NAMED else named


def _pick_row(
    context: Context, shown: Scene, hand: ByHand, kind: str, order: list[int], rows: dict, node: int
) -> None:
    """A table whose picked row becomes the selected node; what is not drawn comes in, pinned."""
    event = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=min(38 + 35 * len(order), 250),
        column_config={"here": st.column_config.TextColumn(width="small")},
        key=f"graph_joined_{kind}_{node}_{len(order)}",
        alt="What it joins; pick a row to see that node (by keyboard: Shift + Space)",
        on_select="rerun",
        selection_mode="single-row",
    )
    picked = event["selection"]["rows"]
    if picked and picked[0] < len(order):
        one = shown.graph.node(kind, order[picked[0]])
        key = view.joined([key_of(context, shown.sight, one)])
        pinned = view.joined(
            [key_of(context, shown.sight, each) for each in dict.fromkeys((*hand.pinned, one))]
        )
        drawn = set(shown.subgraph.nodes.node.tolist())
        view.go(g_node=key, g_edge=None, **({} if one in drawn else {"g_pinned": pinned}))
        st.rerun()


def _name(context: Context, sight: Sight, node: int) -> str:
    kind, number = sight.graph.kind_and_number(node)
    if kind in sight.entities:
        return entity_title(kind, sight.entities[kind].id(number)).removeprefix(f"{spoken(kind)} ")
    data = context.dataset
    return data.user_name(number) if kind == USER else data.item_title(number)
