"""A metric by the length of lists, with a band of uncertainty; and how places are shared out over the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.roles import Role, lettered, role_colour
from gnnrec.figures.template import SMALL, blank, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Curve:
    """One model.

    Args:
        name: Its name.
        role: `a`, `b`, or a `baseline` to compare with.
        x: Across.
        y: Upwards.
        low: Lower end of the band, or None.
        high: Upper end of the band, or None.
    """

    name: str
    role: Role
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None


def metric_by_length(
    curves: Sequence[Curve], metric: str, mode: Mode, *, apart: Curve | None = None, chosen: int | None = None
) -> go.Figure:
    """How good lists of 1, 2, … places are, and below it how far the two models lie apart.

    Args:
        curves: One for each model, with bands.
        metric: Name of the metric.
        mode: `light` or `dark`.
        apart: A less B with its band, in a panel of its own.
        chosen: The length that other charts are about, marked by a line.
    """
    if not curves:
        return nothing(mode, "There are no lists to measure.")
    colours = tokens(mode)
    first, last = curves[0].x[0], curves[0].x[-1]
    said = "; ".join(
        f"{one.name} from {one.y[0]:.3f} at {first} to {one.y[-1]:.3f} at {last}" for one in curves
    )
    figure = blank(mode, 480 if apart else 360, f"{metric} by length of the list: {said}.")
    for one in curves:
        _band(figure, one, role_colour(one.role, colours), "y")
    for one in curves:
        _line(figure, one, colours, "K %{x}: %{y:.4f}", "lines+markers")
    if apart is not None:
        _band(figure, apart, colours.muted, "y2")
        figure.add_scatter(
            x=list(apart.x),
            y=list(apart.y),
            yaxis="y2",
            mode="lines+markers",
            line={"color": colours.text, "width": 2},
            marker={"size": 5},
            showlegend=False,
            hovertemplate="A less B at K %{x}: %{y:+.4f}<extra></extra>",
        )
        figure.add_shape(
            type="line",
            x0=0,
            x1=1,
            xref="paper",
            y0=0,
            y1=0,
            yref="y2",
            line={"color": colours.muted, "width": 1},
        )
    if chosen is not None and first <= chosen <= last:
        figure.add_shape(
            type="line",
            x0=chosen,
            x1=chosen,
            y0=0,
            y1=1,
            yref="paper",
            layer="below",
            line={"color": colours.muted, "width": 1, "dash": "dot"},
        )
    axis = {"nticks": 5, "fixedrange": True, "zeroline": False}
    figure.update_layout(
        xaxis={
            "title": {"text": "Length of the list, K"},
            "range": [first - 0.5, last + 0.5],
            "tickformat": "d",
            "showgrid": False,
            "fixedrange": True,
            "anchor": "y2" if apart else "y",
        },
        yaxis={"title": {"text": plain(metric)}, "domain": [0.44, 1] if apart else [0, 1], **axis},
        showlegend=True,
        margin={"t": 34, "r": 20},
    )
    if apart is not None:
        figure.update_layout(yaxis2={"title": {"text": "A less B"}, "domain": [0, 0.34], **axis})
    return figure


def lorenz_curves(curves: Sequence[Curve], items: str, mode: Mode) -> go.Figure:
    """Which share of all places in lists goes to which share of the catalogue, least shown first.

    Args:
        curves: One for each model; `baseline` for what people have in train.
        items: What items are called.
        mode: `light` or `dark`.
    """
    if not curves:
        return nothing(mode, "There are no lists to measure.")
    colours = tokens(mode)
    said = "; ".join(
        f"{one.name}: the most shown tenth holds {_top_tenth(one):.0f} % of all places" for one in curves
    )
    figure = blank(mode, 380, f"Exposure of the catalogue. {said}.")
    figure.add_shape(
        type="line", x0=0, y0=0, x1=100, y1=100, line={"color": colours.border, "width": 1.5, "dash": "dot"}
    )
    figure.add_annotation(
        text="all alike",
        x=58,
        y=58,
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        font={"size": SMALL, "color": colours.muted},
    )
    for one in curves:
        scaled = Curve(one.name, one.role, 100 * np.asarray(one.x), 100 * np.asarray(one.y))
        _line(figure, scaled, colours, "%{x:.0f} % hold %{y:.1f} %", "lines")
    axis = {"range": [0, 101], "ticksuffix": " %", "nticks": 6, "fixedrange": True}
    figure.update_xaxes(title_text=f"{plain(items).capitalize()}, least shown first", **axis)
    figure.update_yaxes(title_text="Share of all places in lists", **axis)
    figure.update_layout(showlegend=True, margin={"t": 34, "r": 20})
    return figure


def _band(figure: go.Figure, one: Curve, colour: str, axis: str) -> None:
    if one.low is None or one.high is None or None in (*one.low, *one.high):
        return
    figure.add_scatter(
        x=[*one.x, *one.x[::-1]],
        y=[*one.high, *one.low[::-1]],
        yaxis=axis,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=pale(colour),
        hoverinfo="skip",
        showlegend=False,
    )


def _top_tenth(one: Curve) -> float:
    return 100 * (1 - float(np.interp(0.9, one.x, one.y)))


def _line(figure: go.Figure, one: Curve, colours: Tokens, hover: str, how: str) -> None:
    name = label(lettered(one.name, one.role), 40)
    figure.add_scatter(
        name=name,
        x=list(one.x),
        y=list(one.y),
        mode=how,
        line={
            "color": role_colour(one.role, colours),
            "width": 2,
            "dash": {"a": "solid", "b": "solid", "baseline": "dash"}[one.role],
        },
        marker={"size": 6, "symbol": {"a": "circle", "b": "diamond", "baseline": "square"}[one.role]},
        hovertemplate=f"{name}<br>{hover}<extra></extra>",
    )


def pale(colour: str) -> str:
    """A colour of our tokens as the faint ground of a band."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
