"""What a list is like beside what the person had: how popular, and of which genres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def popularity_strip(
    history_percentiles: Sequence[float],
    list_percentiles: Mapping[str, Sequence[float]],
    mode: Mode,
    *,
    history_name: str = "History",
    titles: Mapping[str, Sequence[str]] | None = None,
) -> go.Figure:
    """How popular the items of a list are, one tick each, beside those of the history.

    Args:
        history_percentiles: Popularity percentile of each item of the history.
        list_percentiles: The same for the list of model A and, after it, of model B, by the name to show.
        mode: `light` or `dark`.
        history_name: What the history is called, such as `Watched`.
        titles: Item titles for the tooltips, by row name, in the order of the percentiles.

    **Units**: percentiles from 0 (least popular) to 100 (most popular).
    """
    colours = tokens(mode)
    rows = [(history_name, list(history_percentiles), colours.muted)]
    rows += [
        (name, list(values), colours.series[n]) for n, (name, values) in enumerate(list_percentiles.items())
    ]
    rows = [row for row in rows if row[1]]
    if not rows:
        return nothing(mode, "There are no items to place by popularity.")
    middles = {name: median(values) for name, values, _ in rows}
    alt = "Median popularity percentile: " + ", ".join(
        f"{name} {middle:.0f}" for name, middle in middles.items()
    )
    figure = blank(mode, 72 + 46 * len(rows), f"{alt}.")
    for place, (name, values, colour) in enumerate(rows):
        named = (titles or {}).get(name) or [""] * len(values)
        figure.add_scatter(
            x=values,
            y=[place] * len(values),
            mode="markers",
            marker={"symbol": "line-ns", "size": 20, "line": {"width": 2, "color": colour}},
            opacity=0.75 if place else 0.4,
            text=[plain(title) for title in named],
            hovertemplate="%{text}<br>percentile %{x:.0f}<extra></extra>",
        )
        figure.add_scatter(
            x=[middles[name]],
            y=[place],
            mode="markers",
            marker={
                "symbol": "diamond",
                "size": 12,
                "color": colour,
                "line": {"width": 2, "color": colours.background},
            },
            hovertemplate=f"{plain(name)}<br>median percentile {middles[name]:.0f}<extra></extra>",
        )
    figure.update_xaxes(
        range=[-1.5, 101.5],
        tickvals=[0, 25, 50, 75, 100],
        title_text="Popularity percentile",
        fixedrange=True,
    )
    ticks = [f"{label(name, 24)}<br><span>median {middles[name]:.0f}</span>" for name, _, _ in rows]
    _rows(figure, ticks, colours)
    figure.update_layout(margin={"r": 20})
    return figure


def genre_calibration(
    history_shares: Mapping[str, float],
    list_shares: Mapping[str, Mapping[str, float]],
    mode: Mode,
    *,
    history_name: str = "History",
    top: int = 8,
) -> go.Figure:
    """Whether a list has the genres in the shares that the person had them.

    Args:
        history_shares: Share of each genre in the history.
        list_shares: The same for the list of model A and, after it, of model B, by the name to show.
        mode: `light` or `dark`.
        history_name: What the history is called, such as `Watched`.
        top: Number of genres shown; the others are summed up as one row.

    **Units**: shares from 0 to 1.
    """
    colours = tokens(mode)
    columns = {history_name: history_shares, **list_shares}
    totals: dict[str, float] = {}
    for shares in columns.values():
        for genre, share in shares.items():
            totals[genre] = max(totals.get(genre, 0.0), float(share))
    order = sorted(totals, key=lambda genre: (-history_shares.get(genre, 0.0), -totals[genre], genre))
    if not order:
        return nothing(mode, "These items have no genres.")
    shown, rest = (order, []) if len(order) <= top + 1 else (order[:top], order[top:])
    rows = [*shown, *(["other genres"] if rest else [])]

    def values(shares: Mapping[str, float]) -> list[float]:
        kept = [100 * float(shares.get(genre, 0.0)) for genre in shown]
        return kept + ([100 * sum(float(shares.get(genre, 0.0)) for genre in rest)] if rest else [])

    figure = blank(mode, 92 + 30 * len(rows), _genre_alt(columns, order[0]))
    wanted = values(history_shares)
    figure.add_bar(
        x=wanted,
        y=list(range(len(rows))),
        orientation="h",
        width=0.7,
        marker={"color": colours.baseline, "opacity": 0.32},
        name=label(history_name, 24),
        hovertemplate="%{customdata}: %{x:.0f} %<extra></extra>",
        customdata=[plain(row) for row in rows],
    )
    for n, (name, shares) in enumerate(list_shares.items()):
        figure.add_scatter(
            x=values(shares),
            # A little apart, so that two equal shares do not hide each other.
            y=[row + (n - (len(list_shares) - 1) / 2) * 0.3 for row in range(len(rows))],
            mode="markers",
            marker={
                "size": 11,
                "symbol": ("circle", "diamond")[n % 2],
                "color": colours.series[n],
                "line": {"width": 1.5, "color": colours.background},
            },
            cliponaxis=False,
            name=label(name, 24),
            customdata=[plain(row) for row in rows],
            hovertemplate="%{customdata}: %{x:.0f} %<extra></extra>",
        )
    largest = max(max(values(shares), default=0.0) for shares in columns.values())
    figure.update_xaxes(
        range=[-0.015 * max(largest, 10), 1.06 * max(largest, 10)],
        ticksuffix=" %",
        title_text="Share of the list",
        fixedrange=True,
    )
    _rows(figure, [label(row, 20) for row in rows], colours)
    figure.update_layout(showlegend=True, margin={"t": 34, "r": 20}, legend={"y": 1.02})
    return figure


def _rows(figure: go.Figure, ticks: list[str], colours: Tokens) -> None:
    figure.update_yaxes(
        range=[len(ticks) - 0.4, -0.6],
        tickmode="array",
        tickvals=list(range(len(ticks))),
        ticktext=ticks,
        tickfont={"size": SMALL, "color": colours.text},
        ticklabelstandoff=6,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
    )


def _genre_alt(columns: Mapping[str, Mapping[str, float]], genre: str) -> str:
    parts = ", ".join(
        f"{name} {100 * float(shares.get(genre, 0.0)):.0f} %" for name, shares in columns.items()
    )
    return f"Share of {genre}: {parts}."
