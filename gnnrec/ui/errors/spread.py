"""How the metric is spread over people: bars to brush, the same as a sum, and a slider that does what the brush does."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from gnnrec.figures.cumulative import Line, cumulative
from gnnrec.figures.distribution import Bars, bars_of, distribution
from gnnrec.figures.tokens import Mode
from gnnrec.ui import loaders, view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import DIFFERENCE, Asked, Chosen, range_text
from gnnrec.ui.errors.numbers import numbers, overall
from gnnrec.ui.text import escape
from gnnrec.ui.theme import mode, show_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

_BARS, _SLIDER = "errors_bars", "errors_range"


def spread_panel(context: Context, asked: Asked, chosen: Chosen) -> None:
    """Histogram with brush, and the cumulative share; one sentence where all values are the same."""
    found = asked.numbers
    st.subheader(f"How {escape(asked.what)} is spread", anchor=False)
    said = nothing_to_draw(context, asked)
    if said:
        st.markdown(f"**{escape(said)}**")
        return
    bars = bars_of(found.values)
    show_figure(
        bars_figure(context, asked, chosen, bars, mode()),
        key=_BARS,
        on_select=partial(_brushed, bars),
        caption=f"{escape(bars_caption(context, asked, chosen))} **Drag across bars** to see who is behind them.",
    )
    _slider(asked, chosen, float(found.values.min()), float(found.values.max()))
    show_figure(
        lines_figure(context, asked, chosen, mode()),
        key="errors_cumulative",
        caption=escape(lines_caption(context)),
    )


def nothing_to_draw(context: Context, asked: Asked) -> str:
    """Why the values make no picture, in a sentence; empty where they make one."""
    words, values = context.words, asked.numbers.values
    n = len(values)
    if not n:
        return f"{asked.what} says nothing of any {words.person} judged."
    if values.min() < values.max():
        return ""
    told = f"All {words.count_people(n)} have" if n > 1 else f"The only {words.person} judged has"
    return f"{told} the same value, {values[0]:.3g}: nothing tells anybody apart from anybody."


def bars_figure(context: Context, asked: Asked, chosen: Chosen, bars: Bars, mode: Mode) -> go.Figure:
    """The histogram, with the people of the slice in front."""
    return distribution(
        bars,
        mode,
        what=asked.what,
        people=context.words.people,
        mean=overall(*asked.key).mean,
        series=asked.series,
        inside=chosen.of_slice,
        inside_name=chosen.slice.name if chosen.slice else "",
        chosen=chosen.brush,
    )


def lines_figure(context: Context, asked: Asked, chosen: Chosen, mode: Mode) -> go.Figure:
    """The cumulative share: of both models, or of a slice beside everybody."""
    lines = _lines(context, asked, chosen)
    return cumulative(lines, mode, what=asked.what, people=context.words.people, chosen=chosen.brush)


def lines_caption(context: Context) -> str:
    """How to read it."""
    people = context.words.people
    return f"Share of the {people} with at most that value. The further right a line, the higher the values."


def bars_caption(context: Context, asked: Asked, chosen: Chosen) -> str:
    """How to read the histogram."""
    words = context.words
    zero = {
        True: "Grey: both models serve them the same.",
        False: f"Grey: {words.people} with exactly 0." if asked.direction == "higher" else "",
    }[asked.b is not None]
    front = (
        f" In front: the {words.people} of the slice; behind them, grey: everybody."
        if chosen.slice is not None
        else ""
    )
    sides = (
        f" Right of 0 {asked.a.title} has the higher value, left of it {asked.b.title}." if asked.b else ""
    )
    return (
        f"Each bar counts {words.people} by their own {asked.title}.{sides} "
        f"{'' if chosen.slice is not None else zero}{front}"
    ).strip()


def _lines(context: Context, asked: Asked, chosen: Chosen) -> list[Line]:
    values = asked.numbers.values
    if chosen.of_slice is not None:
        # The fourth colour: a slice of a difference belongs to neither model.
        own = 2 if asked.series is None else asked.series
        return [Line("everybody", values, None), Line(chosen.slice.name, values[chosen.of_slice], own)]
    if asked.look == DIFFERENCE:
        return [Line(asked.what, values, 2)]
    lines = [Line(asked.a.title, values, asked.series)]
    other = context.b if asked.a is context.a else context.a
    if other is not None and asked.metric in loaders.evaluation(other.address, asked.part).per_user:
        theirs = numbers(other.address, None, asked.part, asked.metric).values
        lines.append(Line(other.title, theirs, 1 - asked.series))
    return lines


def _brushed(bars: Bars) -> None:
    """What was dragged over in the bars, put into the address."""
    boxes = st.session_state[_BARS]["selection"]["box"]
    ends = boxes[0].get("x", []) if boxes else []
    # The browser may send anything; an end of a selection, when the figure changes, sends nothing.
    if len(ends) != 2 or not all(isinstance(one, (int, float)) and math.isfinite(one) for one in ends):
        return
    found = bars.between(*ends)
    if found is not None:
        view.go(e_range=range_text(*found))


def _slider(asked: Asked, chosen: Chosen, low: float, high: float) -> None:
    """The brush for the keyboard."""
    low, high = math.floor(low * 1000) / 1000, math.ceil(high * 1000) / 1000
    brush = chosen.brush or (low, high)
    ends = tuple(float(np.clip(one, low, high)) for one in brush)
    st.session_state[_SLIDER] = ends
    st.slider(
        f"Range of {asked.what}",
        low,
        high,
        step=(high - low) / 100,
        key=_SLIDER,
        format="%.3f",
        on_change=partial(_slid, low, high),
        help="The same as dragging across the bars, by keyboard",
    )


def _slid(low: float, high: float) -> None:
    ends = st.session_state[_SLIDER]
    view.go(e_range=None if ends == (low, high) else range_text(*ends))
