"""A training run as it goes: loss and validation by epoch, and the epoch that is kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gnnrec.figures.template import SMALL, blank, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def training_curves(
    epochs: Sequence[int],
    loss: Sequence[float | None],
    valid: Sequence[float | None],
    best_epoch: int | None,
    metric_name: str,
    mode: Mode,
) -> go.Figure:
    """Loss above, validation below, and the best epoch so far.

    Args:
        epochs: Epoch numbers.
        loss: Training loss of each epoch; None where it was not measured.
        valid: Validation metric of each epoch; None where it was not measured.
        best_epoch: The epoch whose parameters are kept, if there is one yet.
        metric_name: Name of the validation metric, such as `NDCG@10`.
        mode: `light` or `dark`.
    """
    if not len(epochs):
        return nothing(mode, "Waiting for the first epoch.", height=380)
    colours = tokens(mode)
    best = next((v for e, v in zip(epochs, valid, strict=True) if e == best_epoch and _is_number(v)), None)
    figure = blank(mode, 380, _alt(epochs, best_epoch, best, metric_name))
    for axis, values, colour, name in (
        ("", loss, colours.muted, "loss"),
        ("2", valid, colours.model_a, plain(metric_name)),
    ):
        figure.add_scatter(
            x=list(epochs),
            y=list(values),
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
            mode="lines+markers" if len(epochs) <= 40 else "lines",
            line={"color": colour, "width": 2},
            marker={"size": 5},
            connectgaps=True,
            hovertemplate=f"epoch %{{x}}<br>{name} %{{y:.4f}}<extra></extra>",
        )
    first, last = min(epochs), max(epochs)
    # Room on both sides: the marker of a best epoch at the very edge stays whole.
    pad = max(0.5, 0.02 * (last - first))
    x = {"range": [first - pad, last + pad], "showgrid": False, "fixedrange": True}
    figure.update_layout(
        uirevision="training",
        margin={"t": 20, "b": 8, "r": 20},
        xaxis={**x, "anchor": "y", "matches": "x2", "showticklabels": False},
        xaxis2={**x, "anchor": "y2", "title": {"text": "Epoch"}, "tickformat": "d"},
        yaxis={"domain": [0.6, 1.0], "title": {"text": "Training loss"}, "nticks": 4, "fixedrange": True},
        yaxis2={
            "domain": [0.0, 0.5],
            "title": {"text": f"Validation {plain(metric_name)}"},
            "nticks": 5,
            "fixedrange": True,
        },
    )
    if best_epoch is not None:
        figure.add_shape(
            type="line", x0=best_epoch, x1=best_epoch, xref="x2", y0=0, y1=1, yref="paper", layer="below"
        )
        figure.update_shapes(line={"color": colours.muted, "width": 1, "dash": "dash"})
    if best is not None and best_epoch is not None:
        figure.add_scatter(
            x=[best_epoch],
            y=[best],
            xaxis="x2",
            yaxis="y2",
            mode="markers",
            marker={"size": 11, "color": colours.model_a, "line": {"color": colours.background, "width": 2}},
            hoverinfo="skip",
        )
        # The label leans to the side that has room for it.
        place = (best_epoch - first) / max(1, last - first)
        side = "left" if place < 0.3 else "right" if place > 0.7 else "center"
        figure.add_annotation(
            text=f"<b>best: epoch {best_epoch}</b>, {best:.3f}",
            x=best_epoch,
            xref="x2",
            y=0.5,
            yref="paper",
            yanchor="bottom",
            xanchor=side,
            xshift={"left": 6, "center": 0, "right": -6}[side],
            bgcolor=colours.background,
            yshift=4,
            showarrow=False,
            font={"size": SMALL, "color": colours.text},
        )
    return figure


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _alt(epochs: Sequence[int], best_epoch: int | None, best: float | None, metric_name: str) -> str:
    kept = f"; best epoch {best_epoch}" if best_epoch is not None else ""
    value = f" with {metric_name} {best:.3f} on validation" if best is not None else ""
    return f"Loss and validation {metric_name} over {len(epochs)} epochs{kept}{value}."
