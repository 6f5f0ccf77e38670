"""Two measures of every model against each other, with the line of those that no other model beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.figures.roles import Role, lettered, role_colour
from gnnrec.figures.template import SMALL, blank, label, nothing
from gnnrec.figures.text import plain
from gnnrec.figures.tokens import Mode, Tokens, tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


_FAR = 0.5


@dataclass(frozen=True)
class Measured:
    """One model.

    Args:
        name: Its name.
        x: First measure.
        y: Second measure.
        role: `a`, `b`, another `model`, a simple `baseline`, or the `oracle` that knows the truth.
        x_range: Interval of the first measure, or None.
        y_range: Interval of the second one, or None.
    """

    name: str
    x: float
    y: float
    role: Role = "model"
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None


def unbeaten(points: Sequence[Measured], x_lower: bool = False, y_lower: bool = False) -> list[Measured]:
    """The models that no other one beats in one measure without losing in the other, by the first measure.

    The oracle knows the truth and is no rival; it neither belongs to them nor beats anybody.
    """
    rivals = [one for one in points if one.role != "oracle"]

    def gains(one: Measured) -> tuple[float, float]:
        return (-one.x if x_lower else one.x), (-one.y if y_lower else one.y)

    def beaten(one: Measured) -> bool:
        mine = gains(one)
        return any(
            other[0] >= mine[0] and other[1] >= mine[1] and other != mine for other in map(gains, rivals)
        )

    return sorted((one for one in rivals if not beaten(one)), key=lambda one: one.x)


def pareto(
    points: Sequence[Measured],
    x_title: str,
    y_title: str,
    mode: Mode,
    *,
    x_lower: bool = False,
    y_lower: bool = False,
    height: int = 460,
) -> go.Figure:
    """Every model by two measures; axes are turned so that up and to the right is better.

    Args:
        points: The models.
        x_title: Name of the first measure.
        y_title: Name of the second measure.
        mode: `light` or `dark`.
        x_lower: Whether less of the first measure is better.
        y_lower: Whether less of the second measure is better.
        height: Pixels.
    """
    known = [one for one in points if np.isfinite(one.x) and np.isfinite(one.y)]
    if not known:
        return nothing(mode, "No model has both measures.")
    colours = tokens(mode)
    front = unbeaten(known, x_lower, y_lower)
    figure = blank(mode, height, _alt(known, front, x_title, y_title))
    figure.add_scatter(
        x=[one.x for one in front],
        y=[one.y for one in front],
        mode="lines",
        line={"color": colours.text, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    # A limit far away from all models would press them together: then it is named in the corner it lies towards.
    near = [one for one in known if one.role != "oracle" or not _far(one, known)] or known
    for one in near:
        _point(figure, one, colours, x_title, y_title)
    for one in known:
        if one not in near:
            figure.add_annotation(
                text=f"{label(one.name, 26)}: {one.x:.3f} and {one.y:.3f} ↗",
                x=1,
                y=1,
                xref="paper",
                yref="paper",
                xanchor="right",
                yanchor="top",
                showarrow=False,
                font={"size": SMALL, "color": colours.muted},
            )
    for one, side in _labels(near, x_lower, y_lower):
        figure.add_annotation(
            text=label(lettered(one.name, one.role), 26),
            x=one.x,
            y=one.y,
            xanchor="left" if side > 0 else "right",
            yanchor="bottom",
            xshift=7 * side,
            yshift=2,
            showarrow=False,
            font={"size": SMALL, "color": _words(one.role, colours)},
            bgcolor=colours.background if one.role in ("a", "b") else None,
            opacity=0.9 if one.role in ("a", "b") else 1,
        )
    for update, values, lower, title in (
        (
            figure.update_xaxes,
            [end for one in near for end in (one.x_range or (one.x, one.x))],
            x_lower,
            x_title,
        ),
        (
            figure.update_yaxes,
            [end for one in near for end in (one.y_range or (one.y, one.y))],
            y_lower,
            y_title,
        ),
    ):
        pad = 0.1 * (max(values) - min(values) or abs(max(values)) or 1.0)
        ends = [min(values) - pad, max(values) + pad]
        update(range=ends[::-1] if lower else ends, nticks=6, zeroline=False, fixedrange=True)
        update(title_text=f"{plain(title)} ({'lower' if lower else 'higher'} is better) →")
    figure.update_layout(margin={"t": 14, "r": 20})
    return figure


def _far(limit: Measured, points: Sequence[Measured]) -> bool:
    """Whether a limit lies further from all models than half of what lies between these."""
    models = [one for one in points if one.role != "oracle"]
    for axis in "xy":
        values = [getattr(one, axis) for one in models] or [0.0]
        away = max(min(values) - getattr(limit, axis), getattr(limit, axis) - max(values))
        if away > _FAR * (max(values) - min(values)):
            return True
    return False


def _point(figure: go.Figure, one: Measured, colours: Tokens, x_title: str, y_title: str) -> None:
    colour = role_colour(one.role, colours)
    bars = {}
    for axis, value, ends in (("error_x", one.x, one.x_range), ("error_y", one.y, one.y_range)):
        if ends is not None:
            bars[axis] = {
                "type": "data",
                "array": [ends[1] - value],
                "arrayminus": [value - ends[0]],
                "color": colour,
                "thickness": 1,
                "width": 3,
            }
    figure.add_scatter(
        x=[one.x],
        y=[one.y],
        mode="markers",
        marker={
            "size": 13 if one.role in ("a", "b") else 10,
            "color": colours.background if one.role == "oracle" else colour,
            "symbol": {"b": "diamond", "baseline": "square", "oracle": "circle"}.get(one.role, "circle"),
            "line": {"width": 2 if one.role == "oracle" else 0, "color": colour},
            "opacity": 0.7 if one.role == "baseline" else 1,
        },
        hovertemplate=f"{label(one.name, 40)}<br>{plain(x_title)} %{{x:.4f}}<br>{plain(y_title)} %{{y:.4f}}<extra></extra>",
        **bars,
    )


def _words(role: Role, colours: Tokens) -> str:
    return {"a": colours.series_text[0], "b": colours.series_text[1], "model": colours.text}.get(
        role, colours.muted
    )


def _labels(points: Sequence[Measured], x_lower: bool, y_lower: bool) -> list[tuple[Measured, int]]:
    """Names that have room, A and B first, each with the side it leans to; the others are in the hover and the table."""
    xs, ys = (np.array([getattr(one, axis) for one in points], dtype=float) for axis in "xy")
    # In parts of the picture, from the lower left.
    x = (xs - xs.min()) / (np.ptp(xs) or 1) if not x_lower else (xs.max() - xs) / (np.ptp(xs) or 1)
    y = (ys - ys.min()) / (np.ptp(ys) or 1) if not y_lower else (ys.max() - ys) / (np.ptp(ys) or 1)
    order = sorted(
        range(len(points)),
        key=lambda place: ({"a": 0, "b": 1}.get(points[place].role, 2), -x[place] - y[place]),
    )
    boxes: list[tuple[float, float, float, float]] = []
    placed = []
    for place in order:
        wide = 0.011 * len(label(points[place].name, 26)) + 0.04
        for side in (1, -1) if x[place] < 0.7 else (-1, 1):
            left, right = (x[place], x[place] + wide) if side > 0 else (x[place] - wide, x[place])
            box = (left, right, y[place] + 0.005, y[place] + 0.055)
            dots = any(
                box[0] < x[o] < box[1] and box[2] < y[o] < box[3] for o in range(len(points)) if o != place
            )
            crossed = any(box[0] < o[1] and o[0] < box[1] and box[2] < o[3] and o[2] < box[3] for o in boxes)
            if not dots and not crossed and left >= -0.08 and right <= 1.12:
                boxes.append(box)
                placed.append((points[place], side))
                break
        else:
            if points[place].role in ("a", "b"):
                # The two compared are named whatever they cover.
                side = 1 if x[place] < 0.85 else -1
                boxes.append((x[place] - wide, x[place] + wide, y[place], y[place] + 0.055))
                placed.append((points[place], side))
    return placed


def _alt(points: Sequence[Measured], front: Sequence[Measured], x_title: str, y_title: str) -> str:
    listed = "; ".join(f"{one.name} {one.x:.3f} and {one.y:.3f}" for one in points)
    best = ", ".join(one.name for one in front)
    return f"{x_title} and {y_title} of {len(points)} models: {listed}. Beaten by none in both: {best}."
