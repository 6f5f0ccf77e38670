"""A plotly chart of ours as an SVG document, drawn without a browser: for files that nothing may run in."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from gnnrec.data.names import clean
from gnnrec.figures.axis_svg import Axis, axis_of
from gnnrec.figures.label_svg import label_lines, label_svg, label_width
from gnnrec.figures.marks_svg import bars, cells, lines, markers, points_of, texts
from gnnrec.figures.tokens import FONT_STACK, LIGHT

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT = 360
_TICK = 13
_GAP = 8
_HAIR = 1.0
_KINDS = frozenset(("bar", "scatter", "scattergl", "heatmap"))


class Frame(NamedTuple):
    """The rectangle that data is drawn in, by its edges."""

    left: float
    top: float
    right: float
    bottom: float


def figure_svg(figure: go.Figure, width: int = 760) -> str:
    """Draw bars, dots, lines, cells, shapes and notes of a chart as a complete SVG document.

    What only a pointer would bring up is left out; everything else stands where plotly draws it, as nearly as
    the widths of letters can be told without a browser.

    Args:
        figure: A figure of `gnnrec.figures`, in either mode.
        width: Pixels it is laid out for.

    Raises:
        ValueError: It holds a kind of trace that cannot be drawn this way.
    """
    layout, height = figure.layout, int(figure.layout.height or _HEIGHT)
    traces = [one for one in figure.data if one.visible in (None, True)]
    if strange := {one.type for one in traces} - _KINDS:
        raise ValueError(f"a chart with a trace of the kind {min(strange)}")
    frame = _frame(figure, traces, width, height)
    axes = _axes(figure, traces, frame)
    below = [_grid(layout[_long(name)], axis, name[0], frame) for name, axis in axes.items()]
    shapes = [_shape(one, axes, frame) for one in layout.shapes]
    drawn: list[str] = []
    labels: list[str] = []
    for number, trace in enumerate(traces):
        x, y = _axis_names(trace)
        pair = axes[x], axes[y]
        drawn.append(_trace(trace, pair, traces, number, layout))
        labels.append(texts(trace, *pair))
    above = [_tick_labels(layout[_long(name)], axis, name, frame, height) for name, axis in axes.items()]
    notes = [_note(one, axes, frame) for one in layout.annotations]
    alt = clean((layout.meta or {}).get("alt", "Chart"))
    ground = layout.paper_bgcolor or layout.template.layout.paper_bgcolor or LIGHT.background
    inside = "".join(below + shapes) + f'<g clip-path="url(#plot)">{"".join(drawn)}</g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{escape(FONT_STACK)}"><title>{escape(alt)}</title>'
        f'<defs><clipPath id="plot"><rect x="{frame.left - 6:.1f}" y="{frame.top - 6:.1f}" '
        f'width="{frame.right - frame.left + 12:.1f}" height="{frame.bottom - frame.top + 12:.1f}"/></clipPath></defs>'
        f'<rect width="{width}" height="{height}" fill="{escape(ground)}"/>'
        f"{inside}{''.join(labels + above + notes)}{_legend(figure, traces, frame)}</svg>\n"
    )


def _trace(trace: Any, pair: tuple[Axis, Axis], traces: list[Any], number: int, layout: Any) -> str:
    if trace.type == "bar":
        return bars(trace, *pair, [one for one in traces if one.type == "bar"], layout)
    if trace.type in ("scatter", "scattergl"):
        before = next((one for one in reversed(traces[:number]) if one.type == trace.type), None)
        return lines(trace, *pair, before) + markers(trace, *pair)
    return cells(trace, *pair)


# Axes and the room they need


def _axis_names(trace: Any) -> tuple[str, str]:
    return trace.xaxis or "x", trace.yaxis or "y"


def _long(name: str) -> str:
    return f"{name[0]}axis{name[1:]}"


def _frame(figure: go.Figure, traces: list[Any], width: int, height: int) -> Frame:
    """The plot without what stands around it; ticks are needed to know how wide that is."""
    layout = figure.layout
    margin = {**(layout.template.layout.margin.to_plotly_json() or {}), **layout.margin.to_plotly_json()}
    first = Frame(0, 0, width, height)
    left, right, top, bottom = (float(margin.get(side, 16)) for side in "lrtb")
    widest, lowest = 0.0, 0.0
    for name, axis in _axes(figure, traces, first).items():
        one = layout[_long(name)]
        if one.visible is False:
            continue
        titled = bool(one.title.text)
        if name[0] == "y":
            wide = max((label_width(words, _TICK) for _, words in axis.ticks), default=0.0)
            room = wide + (_GAP if wide else 0) + (_TICK * 1.6 if titled else 0)
            if one.side == "right":
                right += room
            else:
                widest = max(widest, room)
        else:
            rows = max((len(label_lines(words)) for _, words in axis.ticks), default=0)
            room = rows * _TICK * 1.25 + (_GAP if rows else 0) + (_TICK * 1.7 if titled else 0)
            if one.side == "top":
                top += room
            else:
                lowest = max(lowest, room)
    if layout.showlegend:
        top += _TICK * 1.8
    return Frame(
        left + widest, top, max(width - right, left + widest + 20), max(height - bottom - lowest, top + 20)
    )


def _axes(figure: go.Figure, traces: list[Any], frame: Frame) -> dict[str, Axis]:
    along: dict[str, list[object]] = {"x": [], "y": []}
    based: set[str] = set()
    for trace in traces:
        x, y = _axis_names(trace)
        xs, ys = points_of(trace)
        along.setdefault(x, []).extend(xs)
        along.setdefault(y, []).extend(ys)
        if trace.type == "bar":
            based.add(x if trace.orientation == "h" else y)
            along[x if trace.orientation == "h" else y].append(0)
    return {
        name: axis_of(
            figure.layout[_long(name)],
            values,
            name in based,
            *((frame.left, frame.right) if name[0] == "x" else (frame.bottom, frame.top)),
        )
        for name, values in along.items()
    }


def _grid(layout: Any, axis: Axis, way: str, frame: Frame) -> str:
    if layout.visible is False or layout.showgrid is False:
        return ""
    colour = layout.gridcolor or LIGHT.border
    return "".join(_across(axis.at(value), way, frame, colour) for value, _ in axis.ticks)


def _across(at: float, way: str, frame: Frame, colour: str) -> str:
    if not math.isfinite(at):
        return ""
    ends = (
        f'x1="{at:.1f}" x2="{at:.1f}" y1="{frame.top:.1f}" y2="{frame.bottom:.1f}"'
        if way == "x"
        else f'y1="{at:.1f}" y2="{at:.1f}" x1="{frame.left:.1f}" x2="{frame.right:.1f}"'
    )
    return f'<line {ends} stroke="{escape(colour)}" stroke-width="{_HAIR}"/>'


def _tick_labels(layout: Any, axis: Axis, name: str, frame: Frame, height: int) -> str:
    if layout.visible is False:
        return ""
    colour = layout.tickfont.color or LIGHT.muted
    first, last = axis.ends
    out = []
    for value, words in axis.ticks:
        at = axis.at(value)
        if not first - 1 <= at <= last + 1:
            continue
        if name[0] == "x":
            where = (
                frame.top - _GAP - _TICK * 0.4 if layout.side == "top" else frame.bottom + _GAP + _TICK * 0.5
            )
            out.append(label_svg(words, at, where, "middle", _TICK, colour, hang=layout.side != "top"))
        else:
            right = layout.side == "right"
            where = frame.right + _GAP if right else frame.left - _GAP
            out.append(label_svg(words, where, at, "start" if right else "end", _TICK, colour))
    title = layout.title.text
    if title:
        middle = (first + last) / 2
        colour = layout.title.font.color or LIGHT.muted
        if name[0] == "x":
            where = _TICK if layout.side == "top" else height - _TICK * 0.7
            out.append(label_svg(title, middle, where, "middle", _TICK, colour))
        else:
            where = _TICK * 0.9
            turned = f'<g transform="rotate(-90 {where:.1f} {middle:.1f})">'
            out.append(turned + label_svg(title, where, middle, "middle", _TICK, colour) + "</g>")
    return "".join(out)


# What lies on the plot


def _place(value: Any, reference: str | None, axes: dict[str, Axis], frame: Frame, way: str) -> float:
    """The pixel of a coordinate that is a value of an axis, or a share of the plot."""
    reference = reference or way
    start, end = (frame.left, frame.right) if way == "x" else (frame.bottom, frame.top)
    name, _, domain = reference.partition(" ")
    axis = axes.get(name)
    if domain and axis is not None:
        return axis.start + float(value) * (axis.end - axis.start)
    if axis is None:
        return start + float(value) * (end - start)
    return axis.at(value)


def _shape(shape: Any, axes: dict[str, Axis], frame: Frame) -> str:
    x0, x1 = (_place(one, shape.xref, axes, frame, "x") for one in (shape.x0, shape.x1))
    y0, y1 = (_place(one, shape.yref, axes, frame, "y") for one in (shape.y0, shape.y1))
    if not all(map(math.isfinite, (x0, x1, y0, y1))):
        return ""
    faint = f' opacity="{shape.opacity}"' if shape.opacity is not None else ""
    stroke = shape.line.color or LIGHT.muted
    line = f'stroke="{escape(stroke)}" stroke-width="{2 if shape.line.width is None else shape.line.width}"'
    dash = {"dash": "7 5", "dot": "2 4"}.get(shape.line.dash or "", "")
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    if shape.type == "line":
        return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" {line}{dashed}{faint}/>'
    if shape.type == "rect":
        fill = escape(shape.fillcolor or "none")
        return (
            f'<rect x="{min(x0, x1):.1f}" y="{min(y0, y1):.1f}" width="{abs(x1 - x0):.1f}" '
            f'height="{abs(y1 - y0):.1f}" fill="{fill}" {line}{dashed}{faint}/>'
        )
    return ""


def _note(note: Any, axes: dict[str, Axis], frame: Frame) -> str:
    if not note.text:
        return ""
    x = _place(0.5 if note.x is None else note.x, note.xref, axes, frame, "x") + (note.xshift or 0)
    y = _place(0.5 if note.y is None else note.y, note.yref, axes, frame, "y") - (note.yshift or 0)
    if not (math.isfinite(x) and math.isfinite(y)):
        return ""
    size = float(note.font.size or _TICK)
    anchor = {"left": "start", "right": "end"}.get(note.xanchor or "", "middle")
    tall = len(label_lines(note.text)) * size * 1.25
    y += {"bottom": -tall / 2, "top": tall / 2}.get(note.yanchor or "", 0.0)
    return label_svg(note.text, x, y, anchor, size, note.font.color or LIGHT.text)


def _legend(figure: go.Figure, traces: list[Any], frame: Frame) -> str:
    if not figure.layout.showlegend:
        return ""
    out, x, y = [], frame.left, max(frame.top - _TICK * 1.4, _TICK)
    for trace in traces:
        if trace.showlegend is False or not trace.name:
            continue
        colour = _colour_of(trace)
        out.append(
            f'<rect x="{x:.1f}" y="{y - 5:.1f}" width="14" height="10" rx="3" fill="{escape(colour)}"/>'
        )
        out.append(label_svg(trace.name, x + 20, y, "start", _TICK, LIGHT.text))
        x += 40 + label_width(trace.name, _TICK)
    return "".join(out)


def _colour_of(trace: Any) -> str:
    drawn = [
        trace.marker.color if trace.marker is not None else None,
        getattr(trace, "line", None) and trace.line.color,
    ]
    return next((one for one in drawn if isinstance(one, str)), LIGHT.series[0])
