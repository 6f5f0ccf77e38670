"""Where a model looks against what matters: one dot for each item of a history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.share_bars import mark_even_share
from gnnrec.figures.template import SMALL, blank, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go

_NAMED, _TRIED = 3, 12


def attention_effect(
    shares: np.ndarray, effect: np.ndarray, names: Sequence[str], mode: Mode, *, what: str = "Attention"
) -> go.Figure:
    """Weight across, what the score loses without each item upwards.

    Args:
        shares: Part of all that flows in.
        effect: What the score loses when the item is taken out; negative where it rises.
        names: Titles.
        mode: `light` or `dark`.
        what: What the shares are.

    **Shapes**: all [H].
    """
    if not len(shares):
        return nothing(mode, "There is nothing to take out.")
    colours = tokens(mode)
    alt = f"{what} against what the score loses without each of {len(shares)} items."
    figure = blank(mode, 380, alt)
    figure.add_hline(y=0, line={"color": colours.muted, "width": 1})
    mark_even_share(figure, 100 / len(shares), mode, xanchor="left")
    figure.add_scatter(
        x=100 * np.asarray(shares),
        y=effect,
        mode="markers",
        marker={
            "size": 9 if len(shares) <= 300 else 5,
            "color": colours.model_a,
            "opacity": 0.75,
            "line": {"width": 1, "color": colours.background},
        },
        text=[plain(name) for name in names],
        hovertemplate="%{text}<br>%{x:.2f} % of what flows in<br>score loses %{y:.3g} without it<extra></extra>",
    )
    for place, side in _standing_out(100 * np.asarray(shares), np.asarray(effect)):
        figure.add_annotation(
            text=label(names[place], 24),
            x=100 * float(shares[place]),
            y=float(effect[place]),
            showarrow=False,
            xanchor=side,
            xshift=8 if side == "left" else -8,
            font={"size": SMALL, "color": colours.text},
        )
    figure.update_xaxes(title_text=f"{plain(what)}, % of what flows in", ticksuffix=" %", fixedrange=True)
    figure.update_yaxes(title_text="What the score loses without it", fixedrange=True, tickformat=".2g")
    figure.update_layout(margin={"t": 26, "r": 20})
    return figure


def _standing_out(x: np.ndarray, y: np.ndarray) -> list[tuple[int, str]]:
    """The items that matter most and have room for a name, with the side of the dot that the name is anchored on."""
    wide, high = (0.3 * (float(np.ptp(x)) or 1.0), 0.05 * (float(np.ptp(y)) or 1.0))
    middle, chosen, taken = (x.min() + x.max()) / 2, [], np.zeros((0, 2))
    for place in np.argsort(-np.abs(y), kind="stable")[:_TRIED]:
        near = np.abs(y - y[place]) < high
        near[place] = False
        for side, toward in (("left", 1), ("right", -1)):
            # A name reaches inwards, where the picture goes on.
            inwards = (x[place] <= middle) == (toward == 1)
            away = (x - x[place]) * toward
            names = (taken[:, 0] - x[place]) * toward
            covered = (near & (away > 0) & (away < wide)).any()
            crossed = ((np.abs(taken[:, 1] - y[place]) < high) & (np.abs(names) < 2 * wide)).any()
            if inwards and not covered and not crossed:
                chosen.append((int(place), side))
                taken = np.vstack([taken, [x[place], y[place]]])
                break
        if len(chosen) == _NAMED:
            break
    return chosen
