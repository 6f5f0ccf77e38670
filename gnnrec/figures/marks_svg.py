"""Bars, lines, dots and cells of plotly traces as SVG elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from gnnrec.figures.axis_svg import Axis
from gnnrec.figures.label_svg import label_svg
from gnnrec.figures.mark_look_svg import (
    colours_of,
    listed,
    on_scale,
    opacities_of,
    or_one,
    plain_list,
    symbol,
)
from gnnrec.figures.tokens import LIGHT

_SIZE = 6.0
_DASHES = {"dash": "7 5", "dot": "2 4", "dashdot": "7 4 2 4", "longdash": "11 5"}


def points_of(trace: Any) -> tuple[list[object], list[object]]:
    """Everything a trace draws along x and along y, ends of whiskers included."""
    if trace.type == "heatmap":
        return _reach(trace.x, np.shape(trace.z)[1]), _reach(trace.y, np.shape(trace.z)[0])
    xs, ys = _given(trace)
    for values, error in ((xs, trace.error_x), (ys, trace.error_y)):
        ends = _whiskers(error, len(values))
        values += [
            float(value) + side
            for value, (down, up) in zip(list(values), ends, strict=False)
            if isinstance(value, int | float)
            for side in (-down, up)
            if math.isfinite(side)
        ]
    if trace.type == "bar":
        across = ys if trace.orientation == "h" else xs
        half = _width_of(trace, 0, across) / 2
        numbers = [one for one in across if isinstance(one, int | float)]
        across += [one + side for one in (*numbers[:1], *numbers[-1:]) for side in (-half, half)]
        base = listed(trace.base, len(xs), None)
        along = xs if trace.orientation == "h" else ys
        along += [
            float(one) + float(end) for one, end in zip(base, list(along), strict=False) if one is not None
        ]
    return xs, ys


def bars(trace: Any, x: Axis, y: Axis, all_bars: Sequence[Any], layout: Any) -> str:
    """The bars of a trace, with their whiskers."""
    flat = trace.orientation == "h"
    xs, ys = _given(trace)
    along, across = (xs, ys) if flat else (ys, xs)
    scale, side = (x, y) if flat else (y, x)
    bases = listed(trace.base, len(along), 0.0)
    grouped = layout.barmode in (None, "group") and len(all_bars) > 1 and trace.width is None
    number = next(place for place, one in enumerate(all_bars) if one is trace)
    colours, opacities = colours_of(trace.marker, len(along)), opacities_of(trace, len(along))
    offsets, widths = listed(trace.offset, len(along), 0.0), listed(trace.width, len(along), None)
    usual = _width_of(trace, 0, across)
    out = []
    for place, (value, at) in enumerate(zip(along, across, strict=False)):
        if value is None or not math.isfinite(scale.at(value)):
            continue
        base = float(bases[place] or 0.0)
        wide = usual if widths[place] is None else float(widths[place])
        middle = side.number(at) + float(offsets[place] or 0.0)
        if trace.offset is not None:
            middle += wide / 2
        if grouped:
            wide /= len(all_bars)
            middle += (number - (len(all_bars) - 1) / 2) * wide
        one, other = scale.at(base), scale.at(base + float(value))
        edges = sorted((_numeric(side, middle - wide / 2), _numeric(side, middle + wide / 2)))
        left, right = sorted((one, other))
        box = (left, edges[0], right - left, edges[1] - edges[0])
        box = box if flat else (box[1], box[0], box[3], box[2])
        out.append(
            f'<rect x="{box[0]:.1f}" y="{box[1]:.1f}" width="{box[2]:.1f}" height="{box[3]:.1f}" rx="2" '
            f'fill="{colours[place]}" fill-opacity="{opacities[place]:g}"/>'
        )
    error = trace.error_x if flat else trace.error_y
    return "".join(out) + _error_bars(error, along, across, scale, side, flat)


def lines(trace: Any, x: Axis, y: Axis, before: Any) -> str:
    """The line of a trace, the area under it, and whiskers at its points."""
    xs, ys = _given(trace)
    places = [(x.at(a), y.at(b)) for a, b in zip(xs, ys, strict=False)]
    out = ""
    if trace.fill and trace.fill != "none":
        out += _area(trace, places, x, y, before)
    if "lines" in (trace.mode or "lines"):
        colour = trace.line.color or LIGHT.series[0]
        wide = 2.0 if trace.line.width is None else trace.line.width
        dash = _DASHES.get(trace.line.dash or "", "")
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        for run in _runs(places):
            out += (
                f'<polyline points="{_path(run, trace.line.shape)}" fill="none" stroke="{escape(colour)}" '
                f'stroke-width="{wide}" stroke-linejoin="round"{dashed} opacity="{or_one(trace.opacity)}"/>'
            )
    out += _error_bars(trace.error_x, xs, ys, x, y, True)
    return out + _error_bars(trace.error_y, ys, xs, y, x, False)


def markers(trace: Any, x: Axis, y: Axis) -> str:
    """The dots of a trace; of several on one pixel in one colour the first."""
    if "markers" not in (trace.mode or ""):
        return ""
    xs, ys = _given(trace)
    sizes = listed(trace.marker.size, len(xs), _SIZE)
    symbols = listed(trace.marker.symbol, len(xs), "circle")
    colours, opacities = colours_of(trace.marker, len(xs)), opacities_of(trace, len(xs))
    rim = trace.marker.line
    look = (
        rim.color if isinstance(rim.color, str) else None,
        rim.width if isinstance(rim.width, int | float) else None,
    )
    drawn: set[tuple[object, ...]] = set()
    out = []
    for place, (a, b) in enumerate(zip(xs, ys, strict=False)):
        px, py, size = x.at(a), y.at(b), float(sizes[place] or 0.0)
        opacity = opacities[place]
        if not (math.isfinite(px) and math.isfinite(py)) or not size or not opacity:
            continue
        colour = colours[place]
        known = (round(px), round(py), colour, size)
        if known in drawn:
            continue
        drawn.add(known)
        out.append(symbol(str(symbols[place]), px, py, size / 2, colour, opacity, *look))
    return "".join(out)


def texts(trace: Any, x: Axis, y: Axis) -> str:
    """What is written beside bars and dots."""
    shown = trace.type == "bar" and trace.textposition not in (None, "none")
    if trace.type == "bar" and trace.text is not None and trace.textposition is None:
        shown = True
    if trace.text is None or not (shown or (trace.type != "bar" and "text" in (trace.mode or ""))):
        return ""
    xs, ys = _given(trace)
    size = float(trace.textfont.size or 13) if not isinstance(trace.textfont.size, tuple) else 13.0
    colours = listed(trace.textfont.color, len(xs), LIGHT.text)
    written = listed(trace.text, len(xs), "")
    positions = listed(trace.textposition, len(xs), "middle center")
    ends = _whiskers(trace.error_x, len(xs)) if trace.type == "bar" else [(0.0, 0.0)] * len(xs)
    out = []
    for place, (a, b) in enumerate(zip(xs, ys, strict=False)):
        px, py = x.at(a), y.at(b)
        if not written[place] or not (math.isfinite(px) and math.isfinite(py)):
            continue
        where = str(positions[place])
        if trace.type == "bar":
            flat = trace.orientation == "h"
            px = x.at(float(a) + ends[place][1]) + 6 if flat and math.isfinite(ends[place][1]) else px
            py = py if flat else py - 9
            anchor = "start" if flat else "middle"
        else:
            anchor = "end" if "left" in where else "start" if "right" in where else "middle"
            px += {"end": -7, "start": 7}.get(anchor, 0)
            py += 12 if "bottom" in where else -12 if "top" in where else 0
        out.append(label_svg(written[place], px, py, anchor, size, str(colours[place] or LIGHT.text)))
    return "".join(out)


def cells(trace: Any, x: Axis, y: Axis) -> str:
    """The cells of a heat map."""
    values = np.array(
        [[math.nan if one is None else float(one) for one in row] for row in trace.z], dtype=float
    )
    low = float(np.nanmin(values)) if trace.zmin is None else float(trace.zmin)
    high = float(np.nanmax(values)) if trace.zmax is None else float(trace.zmax)
    xs, ys = (_edges(given, n) for given, n in ((trace.x, values.shape[1]), (trace.y, values.shape[0])))
    out = []
    for row, column in zip(*np.nonzero(np.isfinite(values)), strict=True):
        left, right = sorted(_numeric(x, xs[column + end]) for end in (0, 1))
        top, bottom = sorted(_numeric(y, ys[row + end]) for end in (0, 1))
        colour = on_scale(trace.colorscale, (values[row, column] - low) / ((high - low) or 1.0))
        out.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
            f'fill="{colour}"/>'
        )
    return "".join(out)


# Pieces


def _given(trace: Any) -> tuple[list[object], list[object]]:
    xs = None if trace.x is None else plain_list(trace.x)
    ys = None if trace.y is None else plain_list(trace.y)
    n = len(xs if xs is not None else ys if ys is not None else [])
    return xs if xs is not None else list(range(n)), ys if ys is not None else list(range(n))


def _reach(given: Any, n: int) -> list[object]:
    named = given is not None and any(isinstance(one, str) for one in given)
    return plain_list(given) if named else _edges(given, n)


def _edges(given: Any, n: int) -> list[float]:
    """Where the cells of a heat map begin and end."""
    if given is None or any(isinstance(one, str) for one in given):
        return [place - 0.5 for place in range(n + 1)]
    middles = np.asarray(given, dtype=float)
    if len(middles) == n + 1:
        return middles.tolist()
    half = float(np.diff(middles).mean()) / 2 if n > 1 else 0.5
    return [*(middles - half).tolist(), float(middles[-1]) + half]


def _numeric(axis: Axis, value: float) -> float:
    """The pixel of a number on an axis whose values may have names."""
    span = axis.high - axis.low
    number = math.log10(value) if axis.log and value > 0 else value
    return axis.start + (axis.end - axis.start) * ((number - axis.low) / span if span else 0.5)


def _width_of(trace: Any, place: int, across: Sequence[object]) -> float:
    if trace.width is not None:
        return float(listed(trace.width, place + 1, 0.8)[place] or 0.8)
    numbers = sorted({float(one) for one in across if isinstance(one, int | float)})
    steps = np.diff(numbers)
    return 0.8 * float(steps.min()) if len(steps) else 0.8


def _whiskers(error: Any, n: int) -> list[tuple[float, float]]:
    if error is None or error.array is None or error.visible is False:
        return [(0.0, 0.0)] * n
    up = listed(error.array, n, 0.0)
    down = listed(error.arrayminus, n, 0.0) if error.arrayminus is not None else up
    return [(float(a or 0.0), float(b or 0.0)) for a, b in zip(down, up, strict=True)]


def _error_bars(
    error: Any, along: Sequence[object], across: Sequence[object], scale: Axis, side: Axis, flat: bool
) -> str:
    if error is None or error.array is None:
        return ""
    colour, wide = escape(error.color or LIGHT.text), error.thickness or 1.5
    out = []
    for value, at, (down, up) in zip(along, across, _whiskers(error, len(along)), strict=False):
        if value is None:
            continue
        low, high, middle = scale.at(float(value) - down), scale.at(float(value) + up), side.at(at)
        if not all(map(math.isfinite, (low, high, middle))):
            continue
        ends = [(low, middle, high, middle), *((end, middle - 3, end, middle + 3) for end in (low, high))]
        for x1, y1, x2, y2 in ends if flat else [(b, a, d, c) for a, b, c, d in ends]:
            out.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    return f'<g stroke="{colour}" stroke-width="{wide}">{"".join(out)}</g>'


def _runs(places: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Stretches without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for one in places:
        if math.isfinite(one[0]) and math.isfinite(one[1]):
            runs[-1].append(one)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _path(run: Sequence[tuple[float, float]], shape: str | None) -> str:
    steps: list[tuple[float, float]] = []
    for x, y in run:
        if steps and shape == "hv":
            steps.append((x, steps[-1][1]))
        elif steps and shape == "vh":
            steps.append((steps[-1][0], y))
        steps.append((x, y))
    written = [f"{x:.1f},{y:.1f}" for x, y in steps]
    return " ".join(one for place, one in enumerate(written) if not place or one != written[place - 1])


def _area(trace: Any, places: list[tuple[float, float]], x: Axis, y: Axis, before: Any) -> str:
    there = [one for one in places if all(map(math.isfinite, one))]
    if len(there) < 2:
        return ""
    back: list[tuple[float, float]] = []
    if trace.fill == "tonexty" and before is not None:
        back = [(x.at(a), y.at(b)) for a, b in zip(*_given(before), strict=False)][::-1]
        back = [one for one in back if all(map(math.isfinite, one))]
    elif trace.fill in ("tozeroy", "tonexty"):
        ground = min(max(y.at(0) if not y.log else y.start, y.ends[0]), y.ends[1])
        back = [(there[-1][0], ground), (there[0][0], ground)]
    colour = trace.fillcolor or trace.line.color or LIGHT.series[0]
    faint = "" if trace.fillcolor else ' fill-opacity="0.25"'
    return f'<polygon points="{_path(there + back, None)}" fill="{escape(colour)}"{faint}/>'
