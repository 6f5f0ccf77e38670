"""Why items were missed: the share of each reason, for one model or for two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, bold, label, name_rows, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HIGH, _APART = 0.34, 0.2


@dataclass(frozen=True)
class MissShare:
    """How many misses of one model have one reason.

    Attributes:
        n: Misses.
        share: Of all misses of the model, from 0 to 1.
        low: Lower end of its interval, or None where there are too few people.
        high: Upper end, likewise.
    """

    n: int
    share: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class MissRow:
    """One reason.

    Attributes:
        name: The reason in a few words.
        shares: One for each model.
        chosen: Whether it is the one looked at.
    """

    name: str
    shares: Sequence[MissShare]
    chosen: bool = False


def miss_bars(rows: Sequence[MissRow], models: Sequence[str], series: Sequence[int], mode: Mode) -> go.Figure:
    """Bars by reason, model beside model, with interval, share and number.

    Args:
        rows: Reasons from top to bottom.
        models: What the models are called.
        series: 0 for model A, 1 for model B.
        mode: `light` or `dark`.
    """
    if not rows:
        return nothing(mode, "Nothing was missed.")
    colours, several = tokens(mode), len(models) > 1
    figure = blank(mode, (86 if several else 60) + (46 if several else 32) * len(rows), _said(rows, models))
    for which, (model, colour) in enumerate(zip(models, series, strict=True)):
        shares = [row.shares[which] for row in rows]
        offset = _APART * (2 * which - 1) if several else 0.0
        places = [place + offset for place in range(len(rows))]
        ends = [100 * (one.share if one.high is None else one.high) for one in shares]
        figure.add_bar(
            x=[100 * one.share for one in shares],
            y=places,
            orientation="h",
            width=_HIGH if several else 0.56,
            name=label(model, 40),
            marker={"color": colours.series[colour], "cornerradius": 3},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [end - 100 * one.share for one, end in zip(shares, ends, strict=True)],
                "arrayminus": [0 if one.low is None else 100 * (one.share - one.low) for one in shares],
                "color": colours.muted,
                "thickness": 1.5,
                "width": 0,
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            customdata=[
                [place, which, plain(row.name), f"{one.n:,}", _between(one)]
                for place, (row, one) in enumerate(zip(rows, shares, strict=True))
            ],
            hovertemplate=f"%{{customdata[2]}}: %{{customdata[3]}} misses of {plain(model)}<br>%{{customdata[4]}}"
            "<extra></extra>",
        )
        figure.add_scatter(
            x=ends,
            y=places,
            mode="text",
            text=[f" {_percent(one.share)}  <i>{one.n:,}</i>" for one in shares],
            textposition="middle right",
            textfont={"size": SMALL, "color": colours.text},
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    most = max(100 * (one.share if one.high is None else one.high) for row in rows for one in row.shares)
    figure.update_xaxes(
        range=[0, 1.28 * max(most, 1)], title_text="% of the model's misses", nticks=7, fixedrange=True
    )
    name_rows(
        figure,
        [bold(label(row.name, 44)) if row.chosen else label(row.name, 44) for row in rows],
        mode,
        below=0.5,
    )
    figure.update_layout(
        showlegend=several, margin={"t": 30 if several else 8, "r": 24}, legend_traceorder="normal"
    )
    return figure


def _percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def _between(one: MissShare) -> str:
    told = f"{100 * one.share:.1f} %"
    return told if one.low is None else f"{told} ({100 * one.low:.1f} to {100 * one.high:.1f})"


def _said(rows: Sequence[MissRow], models: Sequence[str]) -> str:
    told = []
    for which, model in enumerate(models):
        ranked = sorted(rows, key=lambda row, which=which: -row.shares[which].share)
        listed = ", ".join(f"{_percent(row.shares[which].share)} {row.name}" for row in ranked)
        told.append(f"Misses of {plain(model)}: {plain(listed)}.")
    return " ".join(told)
