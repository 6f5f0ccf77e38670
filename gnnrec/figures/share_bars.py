"""Shares of one sort as bars, beside what an even share would be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.figures.attention_heat import HeatRow
from gnnrec.figures.template import SMALL, blank, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def share_bars(rows: Sequence[HeatRow], neighbours: int, mode: Mode, *, what: str) -> go.Figure:
    """What each neighbour holds, and the rest on average.

    Args:
        rows: Strongest first, the rest together last; their first share is drawn.
        neighbours: How many neighbours there are; an even share is one over this.
        mode: `light` or `dark`.
        what: What the shares are shares of.
    """
    if not rows:
        return nothing(mode, "There is nobody to look at.")
    colours = tokens(mode)
    values = [100 * row.shares[0] / row.members for row in rows]
    even = 100 / neighbours
    alt = (
        f"{what.capitalize()} of {neighbours} neighbours: from {max(values):.2f} % ({plain(rows[0].name)}) to "
        f"{min(values):.2f} %; an even share is {even:.2f} %."
    )
    figure = blank(mode, 66 + 23 * len(rows), alt)
    figure.add_bar(
        x=values,
        y=list(range(len(rows))),
        orientation="h",
        width=0.62,
        marker={
            "color": [colours.model_a if row.members == 1 else colours.baseline for row in rows],
            "opacity": 0.85,
            "cornerradius": 3,
        },
        text=[f"{value:.2f} %" for value in values],
        textposition="outside",
        textfont={"size": SMALL, "color": colours.text},
        cliponaxis=False,
        customdata=[[plain(row.name), " on average" if row.members > 1 else ""] for row in rows],
        hovertemplate="%{customdata[0]}: %{x:.2f} % of what flows in%{customdata[1]}<extra></extra>",
    )
    mark_even_share(figure, even, mode)
    figure.update_xaxes(
        range=[0, 1.14 * max(*values, even)],
        title_text=f"{plain(what.capitalize())}, % of what flows in",
        fixedrange=True,
    )
    name_rows(figure, [row.label for row in rows], mode)
    figure.update_layout(margin={"t": 26, "r": 20})
    return figure


def mark_even_share(figure: go.Figure, even: float, mode: Mode, **annotation: object) -> None:
    """A dotted line where everybody would hold the same; keywords are settings of its words."""
    colours = tokens(mode)
    figure.add_vline(
        x=even,
        line={"color": colours.muted, "width": 1.5, "dash": "dot"},
        annotation={
            "text": "even share",
            "font": {"size": SMALL, "color": colours.muted},
            "yanchor": "bottom",
            "y": 1,
            "showarrow": False,
            **annotation,
        },
    )
