"""How evenly heads look, and whether they look at the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.cells import add_cells
from gnnrec.figures.template import blank, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Up to this many heads a number fits into each cell.
_NUMBERS = 8


@dataclass(frozen=True)
class Even:
    """How evenly one layer and head looks.

    Args:
        name: Of the layer and head.
        value: Entropy over that of equal shares, for the person; NaN where there is no choice.
        low: Of 90 of 100 people, the lower end.
        middle: The median of all people.
        high: The upper end.
    """

    name: str
    value: float
    low: float
    middle: float
    high: float


def evenness_dots(rows: Sequence[Even], who: str, people: str, mode: Mode) -> go.Figure:
    """How evenly each layer and head looks, from one neighbour alone (0) to all alike (1).

    Args:
        rows: In their order.
        who: The person's name.
        people: What people are called.
        mode: `light` or `dark`.
    """
    known = [row for row in rows if np.isfinite(row.value)]
    if not known:
        return nothing(mode, "With fewer than two neighbours there is no choice.", height=110)
    colours = tokens(mode)
    figure = blank(mode, 84 + 24 * len(rows), _alt_even(known, who))
    for place, row in enumerate(rows):
        if np.isfinite(row.middle):
            figure.add_scatter(
                x=[row.low, row.high],
                y=[place, place],
                mode="lines",
                line={"color": colours.border, "width": 9},
                hoverinfo="skip",
            )
            figure.add_scatter(
                x=[row.middle],
                y=[place],
                mode="markers",
                marker={"symbol": "line-ns", "size": 12, "line": {"width": 2, "color": colours.muted}},
                hovertemplate=f"{plain(row.name)}: median of all {plain(people)} %{{x:.3f}}<extra></extra>",
            )
        if np.isfinite(row.value):
            figure.add_scatter(
                x=[row.value],
                y=[place],
                mode="markers",
                marker={
                    "size": 11,
                    "color": colours.model_a,
                    "line": {"width": 2, "color": colours.background},
                },
                hovertemplate=f"{plain(row.name)}: {plain(who)} %{{x:.3f}}<extra></extra>",
            )
    figure.update_xaxes(
        range=[-0.02, 1.03],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0 one alone", "0.25", "0.5", "0.75", "1 all alike"],
        title_text="Evenness",
        fixedrange=True,
    )
    names = [
        f"{label(row.name, 24)}  {row.value:.3f}" if np.isfinite(row.value) else label(row.name, 24)
        for row in rows
    ]
    name_rows(figure, names, mode)
    figure.update_layout(margin={"t": 8, "r": 20})
    return figure


def agreement_grid(order: np.ndarray, mode: Mode) -> go.Figure:
    """Rank correlation of each pair of heads.

    Args:
        order: From -1 to 1; NaN where a head has no order.
        mode: `light` or `dark`.

    **Shapes**: [heads, heads].
    """
    n = len(order)
    if n < 2:
        return nothing(mode, "With one head there is nobody to agree with.", height=110)
    colours = tokens(mode)
    shown = np.where(np.eye(n, dtype=bool), np.nan, order)
    pairs = shown[np.triu_indices(n, 1)]
    known = pairs[np.isfinite(pairs)]
    alt = (
        f"Rank correlation of {n} heads, pair by pair: from {known.min():.2f} to {known.max():.2f}."
        if len(known)
        else f"{n} heads without an order to compare."
    )
    size = 46 if n <= 6 else 26
    figure = blank(mode, 60 + size * n, alt)
    names = [f"Head {one + 1}" if n <= 6 else str(one + 1) for one in range(n)]
    written = [["" if np.isnan(one) else f"{one:.2f}".replace("-", "−") for one in line] for line in shown]
    add_cells(
        figure,
        shown,
        1.0,
        colours,
        written if n <= _NUMBERS else None,
        showscale=False,
        customdata=[
            [[one + 1, other + 1, text] for other, text in enumerate(line)]
            for one, line in enumerate(written)
        ],
        hovertemplate="Heads %{customdata[0]} and %{customdata[1]}: %{customdata[2]}<extra></extra>",
    )
    axis = {
        "tickvals": list(range(n)),
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }
    figure.update_xaxes(**axis, side="top")
    figure.update_yaxes(**axis, range=[n - 0.5, -0.5], ticklabelstandoff=6)
    figure.update_layout(margin={"t": 8, "b": 4, "r": 20})
    return figure


def _alt_even(rows: Sequence[Even], who: str) -> str:
    listed = ", ".join(f"{row.name} {row.value:.3f}" for row in rows)
    return f"How evenly {plain(who)} takes in what arrives, 1 is all alike: {listed}."
