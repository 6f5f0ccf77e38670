"""Models ranked by a metric, each with its interval, beside simple baselines and the best possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.figures.roles import Role, lettered, role_colour
from gnnrec.figures.template import SMALL, blank, bold, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class BoardRow:
    """One model of a leaderboard.

    Args:
        name: Name of the model.
        value: Its metric.
        low: Lower end of the interval, if there is one.
        high: Upper end of the interval, if there is one.
        role: `a`, `b`, another `model`, a simple `baseline`, or the `oracle` that knows the truth.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    role: Role = "model"


def leaderboard_bars(
    rows: Sequence[BoardRow], metric: str, mode: Mode, *, digits: int = 3, lower_is_better: bool = False
) -> go.Figure:
    """Models by a metric, best on top, as bars from zero with their intervals.

    Args:
        rows: The models; an oracle becomes a dashed line instead of a bar.
        metric: Name of the metric and its part, such as `NDCG@10 on validation`.
        mode: `light` or `dark`.
        digits: Decimals of the values.
        lower_is_better: Whether the smallest value is the best, as with errors.
    """
    bars = sorted(
        (row for row in rows if row.role != "oracle"),
        key=lambda row: row.value if lower_is_better else -row.value,
    )
    oracle = next((row for row in rows if row.role == "oracle"), None)
    if not bars:
        return nothing(mode, "No model has been evaluated yet.")
    colours = tokens(mode)
    figure = blank(mode, 86 + 34 * len(bars) + (16 if oracle else 0), _alt(bars, oracle, metric, digits))
    for place, row in enumerate(bars):
        _bar(figure, place, row, colours, digits)
    top = max([row.high or row.value for row in bars] + ([oracle.value] if oracle else []))
    if oracle:
        figure.add_shape(
            type="line",
            x0=oracle.value,
            x1=oracle.value,
            y0=-0.6,
            y1=len(bars) - 0.4,
            line={"color": colours.text, "width": 1.5, "dash": "dash"},
        )
        figure.add_annotation(
            text=f"{label(oracle.name, 30)} {oracle.value:.{digits}f}",
            x=oracle.value,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="right",
            yshift=2,
            showarrow=False,
            font_size=SMALL,
        )
    # Beyond the longest whisker there has to be room for the number beside it.
    figure.update_xaxes(
        range=[0, (1.06 if oracle and oracle.value == top else 1.16) * (top or 1.0)],
        title_text=plain(metric),
        fixedrange=True,
    )
    name_rows(figure, [_tick(row) for row in bars], mode)
    figure.update_layout(margin={"t": 34 if oracle else 14, "r": 20})
    return figure


def _bar(figure: go.Figure, place: int, row: BoardRow, colours: Tokens, digits: int) -> None:
    colour = role_colour(row.role, colours)
    strength = {"a": 1.0, "b": 1.0, "model": 0.6}.get(row.role, 0.45)
    interval = row.low is not None and row.high is not None
    between = f" (95 % interval {row.low:.{digits}f} to {row.high:.{digits}f})" if interval else ""
    whisker = (
        {
            "type": "data",
            "symmetric": False,
            "array": [row.high - row.value],
            "arrayminus": [row.value - row.low],
            "thickness": 1.2,
            "width": 4,
            "color": colours.text,
        }
        if interval
        else None
    )
    figure.add_bar(
        x=[row.value],
        y=[place],
        orientation="h",
        width=0.6,
        marker={"color": colour, "opacity": strength, "cornerradius": 3},
        error_x=whisker,
        hovertemplate=f"{plain(row.name)}: {row.value:.{digits}f}{between}<extra></extra>",
    )
    figure.add_scatter(
        x=[row.high if interval else row.value],
        y=[place],
        mode="text",
        text=[f"  {row.value:.{digits}f}"],
        textposition="middle right",
        textfont={"size": SMALL, "color": colours.text},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _tick(row: BoardRow) -> str:
    name = lettered(label(row.name, 28), row.role)
    return bold(name) if row.role in ("a", "b") else name


def _alt(bars: Sequence[BoardRow], oracle: BoardRow | None, metric: str, digits: int) -> str:
    listed = ", ".join(f"{row.name} {row.value:.{digits}f}" for row in bars)
    limit = f"; the best possible is {oracle.value:.{digits}f}" if oracle else ""
    return f"{metric}: {listed}{limit}."
