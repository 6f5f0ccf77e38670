"""People by what two models do for them: above the diagonal one is better, below it the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.template import SMALL, blank, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Above this, people are put together in cells: SVG stays fluid with a thousand marks, not with thirty thousand.
MOST_DOTS = 3000
_CELLS = 24
_SMALLEST, _LARGEST = 6, 40
_MARKED = 1.6


@dataclass(frozen=True, eq=False)
class Dots:
    """People gathered in dots.

    Attributes:
        x: Value of model A, the mean of each dot's people.
        y: Value of model B.
        n: How many people.
        of: The dot of each person.
        cells: Whether each dot is a cell of a grid, and not one pair of values.

    **Shapes**: `x`, `y` and `n` [D], `of` [n].
    """

    x: np.ndarray
    y: np.ndarray
    n: np.ndarray
    of: np.ndarray
    cells: bool


def gathered(a: np.ndarray, b: np.ndarray) -> Dots:
    """One dot for each pair of values; where that are too many, one for each cell of a grid."""
    pairs = np.column_stack([a, b]).astype(np.float64)
    spots, of = np.unique(np.round(pairs, 4), axis=0, return_inverse=True)
    many = len(spots) > MOST_DOTS // 3 or len(pairs) > MOST_DOTS
    if many:
        low, high = (float(pairs.min()), float(pairs.max())) if len(pairs) else (0.0, 1.0)
        cells = np.floor((pairs - low) / (high - low or 1) * _CELLS).clip(0, _CELLS - 1)
        # Those whom both serve alike are not mixed with those beside the diagonal.
        side = np.sign(np.round(pairs[:, 0] - pairs[:, 1], 6))
        _, of = np.unique(np.column_stack([cells, side]), axis=0, return_inverse=True)
    of = of.ravel()
    n = np.bincount(of)
    return Dots(np.bincount(of, pairs[:, 0]) / n, np.bincount(of, pairs[:, 1]) / n, n, of, many)


def person_scatter(
    dots: Dots,
    metric: str,
    a: str,
    b: str,
    people: str,
    mode: Mode,
    *,
    lower_is_better: bool = False,
    marked: np.ndarray | None = None,
    height: int = 460,
) -> go.Figure:
    """What model A does for people across, what model B does upwards; the area of a dot is its number of people.

    Args:
        dots: People gathered.
        metric: Name of the metric.
        a: Name of model A.
        b: Name of model B.
        people: What people are called.
        mode: `light` or `dark`.
        lower_is_better: Whether the metric is an error.
        marked: Dots with a ring around them, by place.
        height: Pixels.
    """
    if not len(dots.n):
        return nothing(mode, "Nobody has something held out to judge by.", height=height)
    colours = tokens(mode)
    gain = (dots.y - dots.x if lower_is_better else dots.x - dots.y).round(6)
    figure = blank(mode, height, _alt(dots, gain, metric, a, b, people))
    top = float(max(dots.x.max(), dots.y.max(), 0 if lower_is_better else 1e-9))
    low = 0.0 if min(dots.x.min(), dots.y.min()) >= 0 else float(min(dots.x.min(), dots.y.min()))
    pad = 0.05 * (top - low or 1)
    figure.add_shape(
        type="line", x0=low, y0=low, x1=top, y1=top, line={"color": colours.muted, "width": 1, "dash": "dot"}
    )
    size = _SMALLEST + (_LARGEST - _SMALLEST) * np.sqrt((dots.n - 1) / max(dots.n.max() - 1, 1))
    ring = np.zeros(len(dots.n), dtype=bool)
    if marked is not None:
        ring[marked] = True
    for name, who, colour, symbol in (
        ("both alike", gain == 0, colours.baseline, "circle"),
        (f"A better: {a}", gain > 0, colours.model_a, "circle"),
        (f"B better: {b}", gain < 0, colours.model_b, "diamond"),
    ):
        places = np.flatnonzero(who)
        figure.add_scatter(
            name=label(name, 40),
            x=dots.x[places],
            y=dots.y[places],
            mode="markers",
            marker={
                "size": size[places],
                "color": colour,
                "symbol": symbol,
                "opacity": 0.6,
                "line": {
                    "width": np.where(ring[places], _MARKED, 0.6),
                    "color": np.where(ring[places], colours.text, colours.background),
                },
            },
            # Selected and unselected look alike: the ring says what is shown below.
            selected={"marker": {"opacity": 0.9}},
            unselected={"marker": {"opacity": 0.45}},
            # Plain lists: a typed array comes back from the browser without its order.
            customdata=np.column_stack([places, dots.n[places]]).tolist(),
            hovertemplate=f"%{{customdata[1]:,}} {plain(people)}<br>A %{{x:.3f}}<br>B %{{y:.3f}}<extra></extra>",
        )
    axis = {"range": [low - pad, top + pad], "fixedrange": True, "nticks": 6, "zeroline": False}
    better = "lower is better" if lower_is_better else "higher is better"
    figure.update_xaxes(title_text=f"A · {label(a, 26)}: {plain(metric)}, {better}", **axis)
    figure.update_yaxes(title_text=f"B · {label(b, 26)}: {plain(metric)}", **axis)
    for text, x, y, x_anchor, y_anchor in (
        ("B better", low, top, "left", "top")
        if not lower_is_better
        else ("A better", low, top, "left", "top"),
        ("A better", top, low, "right", "bottom")
        if not lower_is_better
        else ("B better", top, low, "right", "bottom"),
    ):
        figure.add_annotation(
            text=text,
            x=x,
            y=y,
            xanchor=x_anchor,
            yanchor=y_anchor,
            xshift=14 if x_anchor == "left" else 0,
            yshift=14 if y_anchor == "bottom" else 0,
            showarrow=False,
            font={"size": SMALL, "color": colours.series_text[0 if text[0] == "A" else 1]},
        )
    figure.update_layout(margin={"t": 16, "r": 16}, clickmode="event+select")
    return figure


def better_bar(of_100: tuple[int, int, int], a: str, b: str, people: str, mode: Mode) -> go.Figure:
    """Of 100 people, for how many A is better, both are alike, and B is better, as one bar."""
    colours = tokens(mode)
    parts = (
        (f"A better: {a}", of_100[0], colours.model_a),
        ("alike", of_100[1], colours.baseline),
        (f"B better: {b}", of_100[2], colours.model_b),
    )
    alt = f"Of 100 {people}: " + ", ".join(f"{name} {n}" for name, n, _ in parts) + "."
    figure = blank(mode, 64, alt)
    start = 0
    for place, (name, n, colour) in enumerate(parts):
        figure.add_bar(
            x=[n],
            y=[0],
            base=[start],
            orientation="h",
            width=0.9,
            marker={"color": colour, "opacity": 0.45 if place == 1 else 0.9},
            hovertemplate=f"{label(name, 40)}: {n} of 100 {plain(people)}<extra></extra>",
        )
        if n >= 6:
            word = ("A better", "alike", "B better")[place] if n >= 16 else ("A", "=", "B")[place]
            figure.add_annotation(
                text=f"{word} {n}",
                x=start + n / 2,
                y=0.62,
                yanchor="bottom",
                showarrow=False,
                font={"size": SMALL, "color": colours.text},
            )
        start += n
    figure.update_xaxes(range=[0, 100], visible=False, fixedrange=True)
    figure.update_yaxes(range=[-0.5, 1.5], visible=False, fixedrange=True)
    figure.update_layout(barmode="overlay", margin={"t": 2, "b": 2, "l": 2, "r": 2})
    return figure


def _alt(dots: Dots, gain: np.ndarray, metric: str, a: str, b: str, people: str) -> str:
    counts = [int(dots.n[who].sum()) for who in (gain > 0, gain == 0, gain < 0)]
    return (
        f"{metric} of {dots.n.sum():,} {people} with {a} and with {b}: {a} is better for {counts[0]:,}, both are alike "
        f"for {counts[1]:,}, {b} is better for {counts[2]:,}."
    )
