"""What share of people have at most a value of a metric, one line per model or group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.template import blank, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

_MOST_POINTS = 300
_HEIGHT = 230


@dataclass(frozen=True, eq=False)
class Line:
    """Values of one model or group.

    Attributes:
        name: Of the line.
        values: One per person, all finite. **Shapes**: [n].
        series: Place in the colours; None for grey.
    """

    name: str
    values: np.ndarray
    series: int | None


def cumulative(
    lines: Sequence[Line],
    mode: Mode,
    *,
    what: str,
    people: str,
    chosen: tuple[float, float] | None = None,
) -> go.Figure:
    """Share of people at or below each value.

    Args:
        lines: What to draw; those without people are left out.
        mode: `light` or `dark`.
        what: The metric, such as `NDCG@10`.
        people: What they are called.
        chosen: Lowest and highest value of a brush, shaded.
    """
    drawn = [one for one in lines if len(one.values)]
    if not drawn:
        return nothing(mode, f"No {people} to show.")
    colours = tokens(mode)
    said = "; ".join(
        f"{one.name}: a tenth of the {people} have at most {_at(one, 0.1)}, half at most {_at(one, 0.5)}, "
        f"nine tenths at most {_at(one, 0.9)}"
        for one in drawn
    )
    figure = blank(mode, _HEIGHT, f"{what}. {said}.")
    for one in drawn:
        colour = colours.muted if one.series is None else colours.series[one.series]
        x, y = _steps(one.values)
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={
                "color": colour,
                "width": 2.5,
                "shape": "hv",
                "dash": "dot" if one.series is None else "solid",
            },
            name=label(one.name, 34),
            hovertemplate=f"%{{y:.0f}} % of the {plain(people)} have at most %{{x:.3g}}<extra>{label(one.name, 24)}</extra>",
        )
    if chosen is not None:
        figure.add_vrect(
            x0=chosen[0], x1=chosen[1], fillcolor=colours.primary, opacity=0.12, line={"width": 1}
        )
    low, high = (edge([edge(one.values) for one in drawn]) for edge in (np.min, np.max))
    room = 0.02 * max(high - low, 1e-9)
    figure.update_xaxes(range=[low - room, high + room], title_text=plain(what), fixedrange=True)
    figure.update_yaxes(
        range=[0, 103], ticksuffix=" %", title_text=f"Share of {plain(people)}", nticks=5, fixedrange=True
    )
    figure.update_layout(showlegend=len(drawn) > 1, margin={"t": 30 if len(drawn) > 1 else 14, "r": 20})
    return figure


def _steps(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the line steps up and to what percentage; of many steps, evenly spaced ones."""
    different, counts = np.unique(values, return_counts=True)
    share = 100 * np.cumsum(counts) / len(values)
    if len(different) > _MOST_POINTS:
        kept = np.unique(np.searchsorted(share, np.linspace(share[0], 100, _MOST_POINTS) - 1e-9))
        different, share = different[kept], share[kept]
    return np.concatenate([different[:1], different]), np.concatenate([[0.0], share])


def _at(one: Line, share: float) -> str:
    return f"{np.quantile(one.values, share, method='lower'):.3g}"
