"""The people behind a brush or a slice: a list that can be sorted, and the worklist that every page steps through."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from gnnrec.evaluation.trait_groups import Trait
from gnnrec.evaluation.worst_slices import sentence
from gnnrec.ui import view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import Asked, Chosen
from gnnrec.ui.errors.numbers import measured, measured_already
from gnnrec.ui.export import download_table
from gnnrec.ui.pickers import pick
from gnnrec.ui.text import escape
from gnnrec.ui.worklist import worklist_buttons

_SHOWN = 100
_WORST, _BEST, _SHORT, _LONG, _HELD = "worst", "best", "short", "long", "held"


def people_panel(context: Context, asked: Asked, chosen: Chosen, traits: Sequence[Trait] | None) -> None:
    """Who they are, how to narrow it no further, the first hundred, and the ways on."""
    words = context.words
    places_ = np.flatnonzero(chosen.inside)
    n = len(places_)
    st.subheader(f"{words.count_people(n)} {'behind it' if chosen.narrowed else 'in all'}", anchor=False)
    _narrowed(context, asked, chosen)
    if chosen.slice:
        _slice_told(context, asked, chosen, traits)
    if not n:
        st.caption(
            f"No {words.person} is in this range and this slice at once. Take one of the two away."
            if chosen.narrowed
            else f"No {words.person} has a value."
        )
        return
    order = _order(context, asked)
    ranked = places_[_ranks(context, asked, order, places_)]
    _table(context, asked, ranked, order)
    with st.container(horizontal=True, vertical_alignment="center"):
        worklist_buttons(
            context, title_of(context, asked, chosen), asked.numbers.users[ranked], key="errors_people_list"
        )


def title_of(context: Context, asked: Asked, chosen: Chosen) -> str:
    """What a worklist of the chosen people is called."""
    parts = [
        chosen.slice.name if chosen.slice else "",
        f"{asked.what} {brush_words(chosen.brush)}" if chosen.brush else "",
    ]
    return ", ".join(one for one in parts if one) or f"{asked.what}, all {context.words.people}"


def brush_words(brush: tuple[float, float]) -> str:
    """A range in words."""
    low, high = (f"{one:.3g}".replace("-", "−") for one in brush)
    return low if low == high else f"{low} to {high}"


def _narrowed(context: Context, asked: Asked, chosen: Chosen) -> None:
    """What is chosen, each with a way to take it away."""
    if not chosen.narrowed:
        st.caption("Drag across the bars, or choose a slice, to see who is behind it.")
        return
    with st.container(horizontal=True, gap="small"):
        if chosen.brush:
            st.button(
                f"{escape(asked.what)} {brush_words(chosen.brush)}",
                key="errors_no_range",
                icon=":material/close:",
                help="Take the range away",
                on_click=lambda: view.go(e_range=None),
            )
        if chosen.slice:
            st.button(
                escape(chosen.slice.name[:120]),
                key="errors_no_slice",
                icon=":material/close:",
                help="Take the slice away",
                on_click=lambda: view.go(e_slice=None),
            )


def _slice_told(context: Context, asked: Asked, chosen: Chosen, traits: Sequence[Trait]) -> None:
    """How well the slice is served, in a sentence."""
    words, one = context.words, chosen.slice
    told = measured_already(asked.key, one, traits)
    if told is None:
        found = measured((asked.key, one.conditions), asked.numbers, [one], words, "errors_one_slice")
        if found is None:
            return
        told = found[0]
    said = sentence(told, asked.what, words)
    left = f" {told.not_judged:,} more were not judged." if told.not_judged else ""
    st.markdown(f"{escape(said[:1].upper() + said[1:])}.{left}")


def _order(context: Context, asked: Asked) -> str:
    words = context.words
    names = {
        _WORST: f"{asked.a.title} worse first" if asked.b else "Worst served first",
        _BEST: f"{asked.a.title} better first" if asked.b else "Best served first",
        _SHORT: "Shortest history first",
        _LONG: "Longest history first",
        _HELD: f"Most held-out {words.items} first",
    }
    wanted = view.read().get("e_order", "")
    return pick("Order", "e_order", list(names), wanted if wanted in names else _WORST, names.get, width=300)


def _ranks(context: Context, asked: Asked, order: str, inside: np.ndarray) -> np.ndarray:
    """The places of the chosen people in an order; among equals, those with the longer history first."""
    users = asked.numbers.users[inside]
    history, held = (_counts(context, part)[users] for part in ("train", asked.part))
    first = {
        _WORST: asked.signed[inside],
        _BEST: -asked.signed[inside],
        _SHORT: history,
        _LONG: -history,
        _HELD: -held,
    }[order]
    return np.lexsort((users, -history, first))


def _counts(context: Context, part: str) -> np.ndarray:
    return np.diff(context.split.matrix(part).indptr)


def _table(context: Context, asked: Asked, ranked: np.ndarray, order: str) -> None:
    """The first hundred; a row makes its person the one of the context bar."""
    words = context.words
    shown = ranked[:_SHOWN]
    frame = frame_of(context, asked, shown)
    users = asked.numbers.users[shown]
    # The place of a row means another person once anything else is shown.
    key = f"errors_people_{asked.part}_{asked.metric}_{asked.look}_{order}_{zlib.crc32(users.tobytes())}"
    digits = {
        one: st.column_config.NumberColumn(format="%.3f", width="small")
        for one in frame.columns
        if frame[one].dtype.kind == "f"
    }
    st.dataframe(
        frame,
        hide_index=True,
        height=min(36 * (len(frame) + 1), 300),
        key=key,
        on_select=partial(_picked, key, context, users),
        selection_mode="single-row",
        column_config=digits,
        alt=f"{words.people.capitalize()} chosen, in the order picked; pick a row to look at somebody",
    )
    cut = f"The first {_SHOWN} of {len(ranked):,}. " if len(ranked) > _SHOWN else ""
    st.caption(
        f"{cut}Pick a row to make them the {words.person} of every page. Train: {words.items} in their history; held out: "
        f"those to be found."
    )
    name = (context.dataset.name, asked.a.slug, asked.part, asked.metric, "people")
    download_table(lambda: frame_of(context, asked, ranked), name, key="errors_people_csv")


def frame_of(context: Context, asked: Asked, ranked: np.ndarray) -> pd.DataFrame:
    """People with their value and how much is known of them, in the order given."""
    data, found = context.dataset, asked.numbers
    users = found.users[ranked]
    columns = {
        "name": [data.user_name(int(one)) for one in users],
        "id": [data.users.id(int(one)) for one in users],
        "A − B" if asked.b else asked.title: found.values[ranked],
    }
    if asked.b:
        columns |= {"A": found.a[ranked], "B": found.b[ranked]}
    return pd.DataFrame(
        columns
        | {
            "train": _counts(context, "train")[users],
            "held out": _counts(context, asked.part)[users],
        }
    )


def _picked(key: str, context: Context, users: np.ndarray) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and 0 <= rows[0] < len(users):
        view.go(u=context.dataset.users.id(int(users[rows[0]])), i=None, drop=None, add=None)
