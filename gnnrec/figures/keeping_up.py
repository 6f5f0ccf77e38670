"""Does a model keep up? How good lists are month by month, left alone, updated or trained again, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.figures.by_length import pale
from gnnrec.figures.template import SMALL, blank, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MARKERS = ("circle", "square", "diamond", "triangle-up", "cross", "x")


@dataclass(frozen=True)
class Way:
    """One way of keeping up.

    Args:
        name: Its name.
        values: How good lists are in each month.
        low: Lower ends of the intervals, or None.
        high: Upper ends.
        seconds: CPU time it took to be ready for each month.
        series: Which colour and shape it has, 0 to 5, the same for every model that has this way.
        beside: Whether it is a simple model that is only there to compare with.
        band: Whether the interval is drawn; bands of all ways would hide one another.
    """

    name: str
    values: Sequence[float]
    low: Sequence[float | None]
    high: Sequence[float | None]
    seconds: Sequence[float]
    series: int = 0
    beside: bool = False
    band: bool = False


def keeping_up(months: Sequence[str], ways: Sequence[Way], metric: str, mode: Mode) -> go.Figure:
    """A line for each way over the months, and below it the time that has been spent so far.

    Args:
        months: Names of the months, in order.
        ways: The model's ways first.
        metric: Name of the metric.
        mode: `light` or `dark`.
    """
    if not months or not ways:
        return nothing(mode, "No month was lived through yet.")
    colours = tokens(mode)
    said = "; ".join(f"{one.name} from {one.values[0]:.3f} to {one.values[-1]:.3f}" for one in ways)
    figure = blank(mode, 520, f"{metric} by month, {months[0]} to {months[-1]}: {said}.")
    shown = [one for one in ways if one.band]
    for one in shown:
        _band(figure, months, one, _colour(one, colours))
    for one in ways:
        look = {
            "mode": "lines+markers",
            "name": plain(one.name),
            "line": {
                "color": _colour(one, colours),
                "width": 1.5 if one.beside else 2.5,
                "dash": "dot" if one.beside else "solid",
            },
            "marker": {"size": 5 if one.beside else 7, "symbol": _MARKERS[one.series]},
        }
        figure.add_scatter(
            x=list(months),
            y=list(one.values),
            hovertemplate=f"%{{x}}: %{{y:.3f}}<extra>{plain(one.name)}</extra>",
            **look,
        )
        if not one.beside:
            figure.add_scatter(
                x=list(months),
                y=_summed(one.seconds),
                yaxis="y2",
                showlegend=False,
                hovertemplate=f"until %{{x}}: %{{y:.1f}} s<extra>{plain(one.name)}</extra>",
                **look,
            )
    # Months are names and not days: a tick for each, wherever the browser lives.
    axis = {"type": "category", "fixedrange": True, "showgrid": False, "tickfont": {"size": SMALL}}
    figure.update_layout(
        margin={"t": 70, "r": 20},
        showlegend=True,
        xaxis={**axis, "anchor": "y2"},
        yaxis={
            "domain": [0.36, 1.0],
            "title": {"text": plain(metric)},
            "rangemode": "tozero",
            "fixedrange": True,
        },
        yaxis2={
            "domain": [0.0, 0.24],
            "title": {"text": "CPU seconds so far"},
            "rangemode": "tozero",
            "nticks": 4,
            "fixedrange": True,
        },
    )
    return figure


def _colour(one: Way, colours: Tokens) -> str:
    return colours.baseline if one.beside else colours.series[one.series]


def _summed(seconds: Sequence[float]) -> list[float]:
    total, out = 0.0, []
    for one in seconds:
        total += one
        out.append(total)
    return out


def _band(figure: go.Figure, months: Sequence[str], one: Way, colour: str) -> None:
    known = [
        (month, low, high)
        for month, low, high in zip(months, one.low, one.high, strict=True)
        if low is not None and high is not None
    ]
    figure.add_scatter(
        x=[month for month, *_ in known] + [month for month, *_ in reversed(known)],
        y=[high for _, _, high in known] + [low for _, low, _ in reversed(known)],
        fill="toself",
        fillcolor=pale(colour),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )
