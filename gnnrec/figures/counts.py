"""How often things occur: one bar each, with its number and share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def count_bars(rows: Sequence[tuple[str, int]], mode: Mode, *, what: str) -> go.Figure:
    """Counts as bars from zero, in the order given.

    Args:
        rows: Name and count.
        mode: `light` or `dark`.
        what: What is counted, such as `cases`.
    """
    total = sum(n for _, n in rows)
    if not total:
        return nothing(mode, f"There are no {what} to count.")
    colours = tokens(mode)
    listed = ", ".join(f"{name} {n:,}" for name, n in rows)
    figure = blank(mode, 66 + 28 * len(rows), f"{total:,} {what}: {listed}.")
    figure.add_bar(
        x=[n for _, n in rows],
        y=list(range(len(rows))),
        orientation="h",
        width=0.62,
        marker={"color": colours.model_a, "opacity": 0.85, "cornerradius": 3},
        text=[f"{n:,} ({n / total:.0%})" for _, n in rows],
        textposition="outside",
        textfont={"size": SMALL, "color": colours.text},
        cliponaxis=False,
        customdata=[plain(name) for name, _ in rows],
        hovertemplate="%{customdata}: %{x:,}<extra></extra>",
    )
    most = max(n for _, n in rows)
    figure.update_xaxes(
        range=[0, 1.25 * most],
        title_text=plain(what.capitalize()),
        fixedrange=True,
        tickformat=",d",
        nticks=min(6, most + 1),
    )
    name_rows(figure, [label(name, 34) for name, _ in rows], mode)
    figure.update_layout(margin={"t": 10, "r": 24})
    return figure
