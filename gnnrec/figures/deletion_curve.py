"""How a score falls when what an explanation names is taken out, against films taken out at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.figures.template import blank, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def deletion_curve(
    removed: Sequence[int],
    named: Sequence[float],
    chance: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    best: Sequence[float],
    mode: Mode,
    *,
    series: int = 0,
    items: str = "items",
) -> go.Figure:
    """What the score has lost after some items were taken out, in three orders.

    Args:
        removed: How many are gone at each step; the figure begins at none.
        named: In the order of the explanation.
        chance: On average over random orders.
        low: Lower edge of the band in which random orders lie.
        high: Upper edge.
        best: In the order of the true single effects.
        mode: `light` or `dark`.
        series: 0 for model A, 1 for model B.
        items: What is taken out, for the axis.
    """
    if not len(removed):
        return nothing(mode, "There is nothing to take out.")
    colours = tokens(mode)
    steps = [0, *(int(one) for one in removed)]
    named, chance, low, high, best = ([0.0, *map(float, one)] for one in (named, chance, low, high, best))
    figure = blank(
        mode,
        250,
        f"Score lost after {steps[-1]} taken out: {named[-1]:.3g} in the order of the explanation, "
        f"{chance[-1]:.3g} at random, {best[-1]:.3g} in the true order.",
    )
    figure.add_scatter(
        x=[*steps, *steps[::-1]],
        y=[*high, *low[::-1]],
        fill="toself",
        fillcolor=colours.baseline,
        opacity=0.25,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    lines = (
        ("at random", chance, {"color": colours.baseline, "width": 2}, "circle"),
        ("true order", best, {"color": colours.text, "width": 1.5, "dash": "dash"}, "diamond"),
        ("this explanation", named, {"color": colours.series[series], "width": 2.5}, "circle"),
    )
    for name, values, line, symbol in lines:
        figure.add_scatter(
            x=steps,
            y=values,
            mode="lines+markers",
            name=name,
            line=line,
            marker={"size": 6, "symbol": symbol},
            hovertemplate=f"{plain(name)}, %{{x}} taken out: %{{y:.3g}}<extra></extra>",
        )
    figure.update_xaxes(title_text=plain(f"{items.capitalize()} taken out"), tickvals=steps, fixedrange=True)
    figure.update_yaxes(title_text="Score lost", rangemode="tozero", zeroline=True, fixedrange=True)
    figure.update_layout(showlegend=True, margin={"t": 30, "r": 14}, legend={"y": 1.02})
    return figure
