"""How well groups of people are served: a dot with its interval for each, beside everybody's mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, bold, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class SliceRow:
    """One group of people.

    Attributes:
        name: What they come with.
        n: How many were judged.
        mean: Of the metric.
        low: Lower end of its interval, or None where there are too few.
        high: Upper end, likewise.
        differs: Whether the interval of the difference to all others lies on one side of zero.
        said: Why there is no interval, in words.
        chosen: Whether it is the one looked at.
    """

    name: str
    n: int
    mean: float
    low: float | None
    high: float | None
    differs: bool = False
    said: str | None = None
    chosen: bool = False


def slice_dots(
    rows: Sequence[SliceRow], everybody: float, mode: Mode, *, what: str, people: str, series: int | None = 0
) -> go.Figure:
    """Means of groups with intervals, one row each; a group too small is said, not drawn.

    Args:
        rows: From top to bottom.
        everybody: Mean over all people judged, a dotted line.
        mode: `light` or `dark`.
        what: The metric, such as `NDCG@10`.
        people: What they are called.
        series: 0 for model A, 1 for model B, None for A − B.
    """
    if not rows:
        return nothing(mode, f"There are no groups of {people}.")
    colours = tokens(mode)
    colour = colours.text if series is None else colours.series[series]
    drawn = [(place, row) for place, row in enumerate(rows) if row.low is not None]
    figure = blank(mode, 74 + 30 * len(rows), _said(rows, what, people, everybody))
    figure.add_scatter(
        x=[row.mean for _, row in drawn],
        y=[place for place, _ in drawn],
        mode="markers",
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row.high - row.mean for _, row in drawn],
            "arrayminus": [row.mean - row.low for _, row in drawn],
            "color": colours.muted,
            "thickness": 1.5,
            "width": 0,
        },
        marker={
            # Filled where it differs from the others, hollow where chance could have done it.
            "symbol": ["circle" if row.differs else "circle-open" for _, row in drawn],
            "size": [15 if row.chosen else 11 for _, row in drawn],
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
        customdata=[[place, plain(row.name), f"{row.n:,}", row.low, row.high] for place, row in drawn],
        hovertemplate=f"%{{customdata[2]}} {plain(people)} with %{{customdata[1]}}<br>{plain(what)} %{{x:.3f}} "
        "(%{customdata[3]:.3f} to %{customdata[4]:.3f})<extra></extra>",
    )
    ends = [everybody, *(end for _, row in drawn for end in (row.low, row.high))]
    room = 0.05 * max(max(ends) - min(ends), 1e-6)
    for place, row in enumerate(rows):
        if row.low is None:
            figure.add_annotation(
                x=min(ends),
                y=place,
                text=plain(row.said or "too few"),
                showarrow=False,
                xanchor="left",
                font={"size": SMALL, "color": colours.muted},
            )
    figure.add_vline(
        x=everybody,
        line={"color": colours.muted, "width": 1.5, "dash": "dot"},
        annotation={
            "text": f"all {everybody:.3g}".replace("-", "−"),
            "font": {"size": SMALL, "color": colours.muted},
            "yanchor": "bottom",
            "y": 1,
            "showarrow": False,
        },
    )
    figure.update_xaxes(
        range=[min(ends) - room, max(ends) + room],
        title_text=f"Mean {plain(what)}",
        nticks=7,
        fixedrange=True,
    )
    named = [f"{label(row.name, 52)}  <i>{row.n:,}</i>" for row in rows]
    name_rows(
        figure, [bold(name) if row.chosen else name for name, row in zip(named, rows, strict=True)], mode
    )
    figure.update_layout(margin={"t": 28, "r": 24})
    return figure


def _said(rows: Sequence[SliceRow], what: str, people: str, everybody: float) -> str:
    known = sorted((row for row in rows if row.low is not None), key=lambda row: row.mean)
    if not known:
        return f"No group has enough {people} for an interval."
    ends = [known[0]] if len(known) == 1 else [known[0], known[-1]]
    told = " and ".join(f"{row.mean:.3f} for the {row.n:,} with {row.name}" for row in ends)
    return f"Mean {what}: {told}; {everybody:.3f} for everybody."
