"""How a mark of a plotly trace looks as SVG: its shape, its colour from a list or a scale, and how opaque it is."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import numpy as np

from gnnrec.figures.tokens import LIGHT

_SYMBOLS = {"diamond": 4, "triangle-up": 3, "triangle-down": 3, "star": 5}


def symbol(
    name: str,
    x: float,
    y: float,
    half: float,
    colour: str,
    opacity: float,
    rim: str | None,
    wide: float | None,
) -> str:
    """A dot of the shape that plotly calls by a name."""
    wide = (1.0 if rim else 0.0) if wide is None else wide
    if name.startswith("line-ns"):
        return (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - half:.1f}" y2="{y + half:.1f}" '
            f'stroke="{escape(rim or colour)}" stroke-width="{wide or 1.5}" opacity="{opacity}"/>'
        )
    if name.startswith("x"):
        ends = ((-1, -1, 1, 1), (-1, 1, 1, -1))
        return "".join(
            f'<line x1="{x + half * a:.1f}" y1="{y + half * b:.1f}" x2="{x + half * c:.1f}" y2="{y + half * d:.1f}" '
            f'stroke="{colour}" stroke-width="2" opacity="{opacity}"/>'
            for a, b, c, d in ends
        )
    look = f'fill="{"none" if name.endswith("-open") else colour}" opacity="{opacity}"'
    if rim or name.endswith("-open"):
        look += f' stroke="{escape(rim or colour)}" stroke-width="{wide or 1.5}"'
    if name.startswith("square"):
        return (
            f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:g}" height="{2 * half:g}" {look}/>'
        )
    corners = next((n for known, n in _SYMBOLS.items() if name.startswith(known)), 0)
    if corners:
        turn = math.pi if "down" in name else 0.0
        points = " ".join(
            f"{x + 1.2 * half * math.sin(2 * math.pi * n / corners + turn):.1f},"
            f"{y - 1.2 * half * math.cos(2 * math.pi * n / corners + turn):.1f}"
            for n in range(corners)
        )
        return f'<polygon points="{points}" {look}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:g}" {look}/>'


def colours_of(marker: Any, n: int) -> list[str]:
    """The colour of each point: one for all, one each, or numbers on a scale."""
    value = marker.color
    if value is None or isinstance(value, str):
        return [escape(value or LIGHT.series[0])] * n
    each = listed(value, n, None)
    if all(one is None or isinstance(one, str) for one in each):
        return [escape(one or LIGHT.series[0]) for one in each]
    numbers = np.array([math.nan if one is None else float(one) for one in each], dtype=float)
    low = float(np.nanmin(numbers)) if marker.cmin is None else float(marker.cmin)
    high = float(np.nanmax(numbers)) if marker.cmax is None else float(marker.cmax)
    scale = marker.colorscale
    return [on_scale(scale, (one - low) / ((high - low) or 1.0)) for one in numbers.tolist()]


def on_scale(scale: Any, share: float) -> str:
    """The colour at a share of a colour scale; grey where there is none."""
    stops = (
        [(float(at), str(colour)) for at, colour in scale]
        if scale
        else list(enumerate(LIGHT.sequential[::9]))
    )
    if not math.isfinite(share):
        return LIGHT.baseline
    share = min(max(share, 0.0), 1.0)
    above = next((place for place, (at, _) in enumerate(stops) if at >= share), len(stops) - 1)
    if above == 0 or not all(colour.startswith("#") for _, colour in stops):
        return escape(stops[above][1])
    (low, first), (high, second) = stops[above - 1], stops[above]
    part = (share - low) / ((high - low) or 1.0)
    mixed = (
        round(int(first[n : n + 2], 16) * (1 - part) + int(second[n : n + 2], 16) * part) for n in (1, 3, 5)
    )
    return "#" + "".join(f"{one:02X}" for one in mixed)


def opacities_of(trace: Any, n: int) -> list[float]:
    """How opaque each point is."""
    whole = or_one(trace.opacity)
    return [or_one(one) * whole for one in listed(trace.marker.opacity, n, None)]


def listed(value: Any, n: int, default: object) -> list[object]:
    """One value for each of n points, whether one was given for all, one each, or none."""
    if value is None:
        return [default] * n
    if isinstance(value, str) or not hasattr(value, "__len__"):
        return [value] * n
    return [*plain_list(value), *[default] * n][:n]


def plain_list(values: Any) -> list[object]:
    """Values as Python has them."""
    return [one.item() if hasattr(one, "item") else one for one in values]


def or_one(value: Any) -> float:
    """A number, or 1 where none is given."""
    return 1.0 if value is None else float(value)
