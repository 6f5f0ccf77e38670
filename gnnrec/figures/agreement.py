"""How much two models' lists have in common: the distribution over people, and a scale from nothing to everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.roles import Role, lettered, role_colour
from gnnrec.figures.template import SMALL, blank, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def agreement_histogram(
    values: np.ndarray, seeds: np.ndarray | None, what: str, people: str, mode: Mode, *, bins: int = 10
) -> go.Figure:
    """Share of people by how much their two lists agree, from 0 to 100 %.

    Args:
        values: Agreement of A and B for each person.
        seeds: The same for two seeds of one model, drawn as an outline; None where there are none.
        what: Name of the measure.
        people: What people are called.
        mode: `light` or `dark`.
        bins: Bars; the values at both ends have bars of their own where lists are as long as there are bars.

    **Shapes**: [n], [n].
    """
    if not len(values):
        return nothing(mode, "There are no lists to compare.")
    colours = tokens(mode)
    mean = float(np.mean(values))
    beside = "" if seeds is None else f"; two seeds of one model: {100 * float(np.mean(seeds)):.0f} %"
    figure = blank(mode, 300, f"{what} over {len(values):,} {people}: {100 * mean:.0f} % on average{beside}.")
    middles = np.linspace(0, 100, bins + 1)
    drawn = [("A and B", values, colours.model_a)]
    if seeds is not None:
        drawn.append(("two seeds of one model", seeds, colours.baseline))
    for place, (name, found, colour) in enumerate(drawn):
        heights = (
            100 * np.bincount(np.round(np.asarray(found) * bins).astype(int), minlength=bins + 1) / len(found)
        )
        figure.add_bar(
            name=name,
            x=middles,
            y=heights,
            width=(36 if seeds is not None else 72) / bins,
            offset=(-36 / bins if not place else 0) if seeds is not None else -36 / bins,
            marker={"color": colour, "opacity": 0.9 if not place else 0.6},
            hovertemplate=f"{name}: about %{{x:.0f}} % in common for %{{y:.1f}} % of {plain(people)}<extra></extra>",
        )
    figure.update_xaxes(
        title_text=plain(what),
        range=[-60 / bins, 100 + 60 / bins],
        ticksuffix=" %",
        nticks=6,
        fixedrange=True,
    )
    figure.update_yaxes(title_text=f"Share of {plain(people)}", ticksuffix=" %", nticks=5, fixedrange=True)
    figure.update_layout(
        barmode="overlay", showlegend=seeds is not None, margin={"t": 34 if seeds is not None else 12}
    )
    return figure


@dataclass(frozen=True)
class Shared:
    """How much two people's lists have in common under one model.

    Args:
        name: Of the model.
        share: From 0 to 1.
        role: `a`, `b` or `baseline`.
    """

    name: str
    share: float
    role: Role


def sameness_scale(rows: Sequence[Shared], mode: Mode) -> go.Figure:
    """Models on a line from a list of one's own for everybody (0 %) to the same list for everyone (100 %).

    Args:
        rows: From top to bottom.
        mode: `light` or `dark`.
    """
    known = [row for row in rows if np.isfinite(row.share)]
    if not known:
        return nothing(mode, "With fewer than two lists there is nothing to compare.", height=120)
    colours = tokens(mode)
    said = ", ".join(f"{row.name} {100 * row.share:.0f} %" for row in known)
    figure = blank(mode, 84 + 30 * len(known), f"What the lists of two people have in common: {said}.")
    for place, row in enumerate(known):
        figure.add_bar(
            x=[100 * row.share],
            y=[place],
            orientation="h",
            width=0.55,
            marker={
                "color": role_colour(row.role, colours),
                "opacity": 0.9 if row.role in ("a", "b") else 0.5,
                "cornerradius": 3,
            },
            hovertemplate=f"{plain(row.name)}: %{{x:.1f}} %<extra></extra>",
        )
        figure.add_annotation(
            text=f"{100 * row.share:.0f} %",
            x=100 * row.share,
            y=place,
            xanchor="left",
            xshift=6,
            showarrow=False,
            font={"size": SMALL, "color": colours.text},
        )
    figure.update_xaxes(
        range=[0, 108],
        tickvals=[0, 50, 100],
        ticktext=["0 % everybody their own", "50 %", "100 % the same for all"],
        title_text="In common between the lists of two people",
        fixedrange=True,
    )
    names = [lettered(label(row.name, 24 if row.role in ("a", "b") else 28), row.role) for row in known]
    name_rows(figure, names, mode)
    figure.update_layout(margin={"t": 8, "r": 40})
    return figure
