"""A gauge of how alike people become to a model, round after round of messages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def smoothing_gauge(smoothness: Sequence[float], now: int, people: str, mode: Mode) -> go.Figure:
    """How alike people are on average after each round, the current one brought out.

    Args:
        smoothness: Mean cosine among people after 0, 1, … rounds; NaN where nothing has reached them.
        now: Which of these is looked at.
        people: What people are called.
        mode: `light` or `dark`.
    """
    known = [(rounds, value) for rounds, value in enumerate(smoothness) if math.isfinite(value)]
    if not known:
        return nothing(mode, f"Nothing has reached any of the {people}.", height=96)
    colours = tokens(mode)
    current = smoothness[now]
    figure = blank(mode, 128, _alt(known, now, people))
    low = min(0.0, *(value for _, value in known))
    figure.add_bar(
        x=[1 - low],
        base=[low],
        y=[0],
        orientation="h",
        width=0.34,
        marker_color=colours.border,
        hoverinfo="skip",
    )
    if math.isfinite(current):
        figure.add_bar(
            x=[current],
            y=[0],
            orientation="h",
            width=0.34,
            marker={"color": colours.model_a},
            hovertemplate=f"{_round(now)}: %{{x:.2f}}<extra></extra>",
        )
    for rounds, value in known:
        here = rounds == now
        figure.add_scatter(
            x=[value],
            y=[0],
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": 26 if here else 20,
                "line": {"width": 4 if here else 2, "color": colours.text if here else colours.muted},
            },
            hovertemplate=f"{_round(rounds)}: %{{x:.2f}}<extra></extra>",
        )
    if math.isfinite(current):
        figure.add_annotation(
            text=f"<b>{current:.2f}</b> {_round(now).lower()}",
            x=current,
            y=0.3,
            # The words lean to the side that has room for them.
            xanchor="left" if current < low + 0.5 * (1 - low) else "right",
            yanchor="bottom",
            showarrow=False,
            font={"size": SMALL, "color": colours.text},
        )
    figure.update_layout(barmode="overlay", margin={"t": 8, "b": 4, "r": 20, "l": 20})
    figure.update_xaxes(
        range=[low - 0.02, 1.02],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=["0", "0.25", "0.5", "0.75", "1"],
        title_text=f"Mean cosine among {plain(people)} (0 unrelated, 1 all alike)",
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(visible=False, range=[-0.5, 0.75], fixedrange=True)
    return figure


def _round(rounds: int) -> str:
    return f"After round {rounds}" if rounds else "Before the first round"


def _alt(known: Sequence[tuple[int, float]], now: int, people: str) -> str:
    listed = ", ".join(f"{_round(rounds).lower()} {value:.2f}" for rounds, value in known)
    return f"Mean cosine among {people}: {listed}. Shown now: {_round(now).lower()}."
