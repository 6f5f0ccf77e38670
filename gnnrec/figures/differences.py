"""Differences between two models with their intervals, beside what another seed alone changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gnnrec.figures.template import SMALL, blank, bold, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class DifferenceRow:
    """One difference of two models.

    Args:
        name: What is taken from what.
        value: Mean difference.
        low: Lower end of its interval, if there is one.
        high: Upper end.
        role: `main` for the two compared, `same` for the same comparison with another seed, `seed` for two seeds.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    role: Literal["main", "same", "seed"] = "main"


def difference_rows(
    rows: Sequence[DifferenceRow], metric: str, mode: Mode, *, gap: float | None = None
) -> go.Figure:
    """Each difference as a dot with its interval, around the line where nothing differs.

    Args:
        rows: From top to bottom.
        metric: Name of what differs, with its part.
        mode: `light` or `dark`.
        gap: The largest difference between two seeds, drawn as a band around 0; None where it is not known.
    """
    if not rows:
        return nothing(mode, "There is nothing to compare.")
    colours = tokens(mode)
    figure = blank(mode, 96 + 32 * len(rows), _alt(rows, metric, gap))
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None] + [0.0]
    if gap:
        ends += [-gap, gap]
        figure.add_vrect(x0=-gap, x1=gap, fillcolor=colours.baseline, opacity=0.18, line_width=0)
    figure.add_vline(x=0, line={"color": colours.muted, "width": 1})
    drawn = {"main": colours.model_a, "same": colours.model_a, "seed": colours.baseline}
    for place, row in enumerate(rows):
        known = row.low is not None and row.high is not None
        figure.add_scatter(
            x=[row.value],
            y=[place],
            mode="markers",
            marker={
                "size": 12 if row.role == "main" else 9,
                "color": drawn[row.role],
                "symbol": "diamond" if row.role == "seed" else "circle",
                "opacity": 1 if row.role != "same" else 0.6,
            },
            error_x={
                "type": "data",
                "array": [row.high - row.value if known else 0],
                "arrayminus": [row.value - row.low if known else 0],
                "color": drawn[row.role],
                "thickness": 2,
                "width": 5,
            },
            hovertemplate=f"{plain(row.name)}<br>{_told(row)}<extra></extra>",
        )
    pad = 0.08 * (max(ends) - min(ends) or 1.0)
    figure.update_xaxes(
        range=[min(ends) - pad, max(ends) + pad],
        title_text=plain(metric),
        tickformat="+.3~f",
        nticks=7,
        zeroline=False,
        fixedrange=True,
    )
    if gap:
        figure.add_annotation(
            text="seed noise",
            x=0,
            y=1,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"size": SMALL, "color": colours.muted},
        )
    names = [bold(label(row.name, 44)) if row.role == "main" else label(row.name, 44) for row in rows]
    name_rows(figure, names, mode)
    figure.update_layout(margin={"t": 30 if gap else 12, "r": 20})
    return figure


def _told(row: DifferenceRow) -> str:
    between = "" if row.low is None else f" (95 % interval {row.low:+.4f} to {row.high:+.4f})"
    return f"{row.value:+.4f}{between}".replace("-", "−")


def _alt(rows: Sequence[DifferenceRow], metric: str, gap: float | None) -> str:
    listed = "; ".join(f"{row.name} {_told(row)}" for row in rows)
    noise = f". Two seeds of one model lie up to {gap:.4f} apart" if gap else ""
    return f"{metric}: {listed}{noise}."
