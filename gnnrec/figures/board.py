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

_STRENGTH = {"a": 1.0, "b": 1.0, "model": 0.6}


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

    @property
    def has_interval(self) -> bool:
        """Whether both ends of its interval are known."""
        return self.low is not None and self.high is not None


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
    for with_interval in (True, False):
        placed = [(place, row) for place, row in enumerate(bars) if row.has_interval == with_interval]
        if placed:
            _bars(figure, placed, colours, digits)
    top = max([row.high or row.value for row in bars] + ([oracle.value] if oracle else []))
    end = 1.04 * (top or 1.0)
    # The numbers stand in a column of their own: beside its bar one would run into the line of an oracle.
    figure.add_scatter(
        x=[end] * len(bars),
        y=list(range(len(bars))),
        mode="text",
        text=[f"  {row.value:.{digits}f}" for row in bars],
        textposition="middle right",
        textfont={"size": SMALL, "color": colours.text},
        cliponaxis=False,
        hoverinfo="skip",
    )
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
    figure.update_xaxes(range=[0, end], title_text=plain(metric), fixedrange=True)
    name_rows(figure, [_tick(row) for row in bars], mode)
    figure.update_layout(margin={"t": 34 if oracle else 14, "r": 16 + 8 * (digits + 2)})
    return figure


def _bars(figure: go.Figure, placed: Sequence[tuple[int, BoardRow]], colours: Tokens, digits: int) -> None:
    """Bars at their places: all of them with an interval, or none."""
    rows = [row for _, row in placed]
    whiskers = {
        "type": "data",
        "symmetric": False,
        "array": [row.high - row.value for row in rows if row.has_interval],
        "arrayminus": [row.value - row.low for row in rows if row.has_interval],
        "thickness": 1.2,
        "width": 4,
        "color": colours.text,
    }
    figure.add_bar(
        x=[row.value for row in rows],
        y=[place for place, _ in placed],
        orientation="h",
        width=0.6,
        marker={
            "color": [role_colour(row.role, colours) for row in rows],
            "opacity": [_STRENGTH.get(row.role, 0.45) for row in rows],
            "cornerradius": 3,
        },
        error_x=whiskers if rows[0].has_interval else None,
        hovertemplate=[f"{_said(row, digits)}<extra></extra>" for row in rows],
    )


def _said(row: BoardRow, digits: int) -> str:
    between = f" (95 % interval {row.low:.{digits}f} to {row.high:.{digits}f})" if row.has_interval else ""
    return f"{plain(row.name)}: {row.value:.{digits}f}{between}"


def _tick(row: BoardRow) -> str:
    name = lettered(label(row.name, 28), row.role)
    return bold(name) if row.role in ("a", "b") else name


def _alt(bars: Sequence[BoardRow], oracle: BoardRow | None, metric: str, digits: int) -> str:
    listed = ", ".join(f"{row.name} {row.value:.{digits}f}" for row in bars)
    limit = f"; the best possible is {oracle.value:.{digits}f}" if oracle else ""
    return f"{metric}: {listed}{limit}."
