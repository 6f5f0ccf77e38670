"""The graph as an SVG file, written from its layout: nothing to load, nothing that runs, text as text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from gnnrec.data.names import clean
from gnnrec.figures.drawing import Drawing, emphasised
from gnnrec.figures.text import right_to_left, width, wrap
from gnnrec.figures.tokens import FONT_STACK, Mode, Tokens, tokens
from gnnrec.graph import Path

_MARGIN = 24.0
_BAND = 24.0
_LABEL = 12.0
_LEADING = 1.25
_WIDEST = 128.0
# Sans type is narrower than the bold serif that the width table was made for.
_SANS = 0.86
_TITLE, _CAPTION, _LEGEND = 20.0, 13.0, 13.0


class Box(NamedTuple):
    """A rectangle by its edges, and from where text in it is written: a font may be wider than expected."""

    left: float
    top: float
    right: float
    bottom: float
    anchor: str = "middle"

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def network_svg(
    drawing: Drawing,
    title: str,
    caption: str = "",
    mode: Mode = "light",
    lit: Iterable[Path | Sequence[int]] = (),
    selected: int | None = None,
    *,
    edge: int | None = None,
    pinned: Iterable[int] = (),
    threshold: float = 0.0,
) -> str:
    """A drawing as a complete SVG document: rings, edges, nodes, labels that do not overlap, title and legend.

    Args:
        drawing: from `network`.
        title: heading of the picture.
        caption: what the weights are, such as `Edge width is attention`.
        mode: `light` or `dark`.
        lit: paths to light.
        selected: node to bring out.
        edge: directed edge to bring out.
        pinned: nodes with a rim and a name that stays.
        threshold: hide edges below this part of the strongest of their ring.
    """
    shown = emphasised(
        drawing, lit=lit, selected=selected, mode=mode, edge=edge, pinned=pinned, threshold=threshold
    )
    colours = tokens(mode)
    at = {node["id"]: node for node in shown.nodes}
    body = [_band(inner, outer, colours) for inner, outer in shown.rings]
    body += [_edge(one, at, colours) for one in shown.edges]
    body += [_node(node, colours) for node in shown.nodes]
    labels, taken = _labels(shown, at, colours)
    body += labels
    outer = (shown.rings[-1][1] if shown.rings else 60.0) + _BAND
    frame = Box(
        min([-outer, *(box.left for box in taken)]) - _MARGIN,
        min([-outer, *(box.top for box in taken)]) - _MARGIN,
        max([outer, *(box.right for box in taken)]) + _MARGIN,
        max([outer, *(box.bottom for box in taken)]) + _MARGIN,
    )
    head, top = _head(title, caption, frame, colours)
    foot, bottom = _legend(shown.legend, frame, mode, colours)
    wide, high = frame.right - frame.left, bottom - top
    name = escape(clean(title))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="{frame.left:.1f} {top:.1f} {wide:.1f} {high:.1f}" role="img" '
        f'font-family="{escape(FONT_STACK)}"><title>{name}</title>'
        f'<rect x="{frame.left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" '
        f'fill="{colours.background}"/>{"".join(head + body + foot)}</svg>\n'
    )


def _band(inner: float, outer: float, colours: Tokens) -> str:
    radius, thick = (inner + outer) / 2, outer - inner + 2 * _BAND
    return f'<circle r="{radius:.1f}" fill="none" stroke="{colours.raised}" stroke-width="{thick:.1f}"/>'


def _edge(edge: Mapping[str, Any], at: Mapping[int, Mapping[str, Any]], colours: Tokens) -> str:
    source, target = at[edge["from"]], at[edge["to"]]
    x, y = target["x"], target["y"]
    stroke = f'stroke="{edge["color"]["color"]}" stroke-opacity="{edge["color"]["opacity"]}"'
    head, bow = "", _bow(edge, source, target)
    if edge["arrows"]:
        # Along the line, or along the end of the bow.
        ahead, below = (x - bow[0], y - bow[1]) if bow else (x - source["x"], y - source["y"])
        length = math.hypot(ahead, below) or 1.0
        right, down = ahead / length, below / length
        # The tip touches the node; the line ends behind it.
        x, y = x - right * (target["size"] + 2), y - down * (target["size"] + 2)
        size = 4 + 1.2 * edge["width"]
        back = (x - right * size, y - down * size)
        corners = [
            (x, y),
            *((back[0] + s * down * size / 2, back[1] - s * right * size / 2) for s in (1, -1)),
        ]
        points = " ".join(f"{px:.1f},{py:.1f}" for px, py in corners)
        head = (
            f'<polygon points="{points}" fill="{edge["color"]["color"]}" '
            f'fill-opacity="{edge["color"]["opacity"]}"/>'
        )
        x, y = back
    if bow:
        path = f"M{source['x']:.1f} {source['y']:.1f}Q{bow[0]:.1f} {bow[1]:.1f} {x:.1f} {y:.1f}"
        return f'<path d="{path}" fill="none" {stroke} stroke-width="{edge["width"]}"/>{head}'
    return (
        f'<line x1="{source["x"]:.1f}" y1="{source["y"]:.1f}" x2="{x:.1f}" y2="{y:.1f}" {stroke} '
        f'stroke-width="{edge["width"]}"{_dashes(edge)}/>{head}'
    )


def _bow(
    edge: Mapping[str, Any], source: Mapping[str, Any], target: Mapping[str, Any]
) -> tuple[float, float] | None:
    """The point that a bent edge is drawn towards, where vis-network has it; None for a straight one."""
    if not edge.get("smooth"):
        return None
    bend = edge["smooth"]["roundness"]
    across, along = target["x"] - source["x"], target["y"] - source["y"]
    turn, far = bend * math.pi / 2, 0.5 + bend / 2
    x = math.cos(turn) * across + math.sin(turn) * along
    y = math.cos(turn) * along - math.sin(turn) * across
    return source["x"] + far * x, source["y"] + far * y


def _dashes(edge: Mapping[str, Any]) -> str:
    return f' stroke-dasharray="{" ".join(map(str, edge["dashes"]))}"' if edge.get("dashes") else ""


def _node(node: Mapping[str, Any], colours: Tokens) -> str:
    look = (
        f'fill="{node["color"]["background"]}" stroke="{node["color"]["border"]}" '
        f'stroke-width="{node["borderWidth"]}" opacity="{node["opacity"]}"'
    )
    drawn = _shape(node["shape"], node["x"], node["y"], node["size"], look)
    if node["shape"] != "ring":
        return drawn
    # Edges run to the middle of a node and must not be seen through it.
    return _shape("dot", node["x"], node["y"], node["size"], f'fill="{colours.background}"') + drawn


def _shape(shape: str, x: float, y: float, half: float, look: str) -> str:
    if shape == "dot":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half}" {look}/>'
    if shape == "ring":
        outer, inner = (_circle(x, y, radius) for radius in (half, 0.42 * half))
        return f'<path d="{outer}{inner}" fill-rule="evenodd" {look}/>'
    if shape == "square":
        return (
            f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half}" height="{2 * half}" '
            f'rx="{half / 2}" {look}/>'
        )
    if shape == "arrow":
        corners = ((-1, -0.2), (0.1, -0.2), (0.1, -0.8), (1, 0), (0.1, 0.8), (0.1, 0.2), (-1, 0.2))
        tips = " ".join(f"{x + half * px:.1f},{y + half * py:.1f}" for px, py in corners)
        return f'<polygon points="{tips}" {look}/>'
    if shape == "line":
        return (
            f'<rect x="{x - half:.1f}" y="{y - half / 4:.1f}" width="{2 * half}" height="{half / 2}" {look}/>'
        )
    points = " ".join(f"{x + half * px:.1f},{y + half * py:.1f}" for px, py in _CORNERS.get(shape, _STAR))
    return f'<polygon points="{points}" {look}/>'


def _circle(x: float, y: float, radius: float) -> str:
    """A circle as part of a path."""
    arc = f"a{radius:.1f} {radius:.1f} 0 1 1"
    return f"M{x - radius:.1f} {y:.1f}{arc} {2 * radius:.1f} 0{arc} {-2 * radius:.1f} 0z"


def _around(count: int, radii: Sequence[float], turn: float = -0.25) -> list[tuple[float, float]]:
    angles = [2 * math.pi * (place / count + turn) for place in range(count)]
    return [
        (radii[place % len(radii)] * math.cos(angle), radii[place % len(radii)] * math.sin(angle))
        for place, angle in enumerate(angles)
    ]


_STAR = _around(10, (1.2, 0.55))
_CORNERS = {
    "diamond": _around(4, (1.15,)),
    "triangle": _around(3, (1.2,)),
    "triangleDown": _around(3, (1.2,), 0.25),
    "hexagon": _around(6, (1.1,), 0.0),
}


# Text


def _labels(
    shown: Drawing, at: Mapping[int, Mapping[str, Any]], colours: Tokens
) -> tuple[list[str], list[Box]]:
    """Weights of the edges that carry one, then names in their rank, where there is room.

    As on the page, the middle and what was selected or pinned come first and are named always.
    """
    out, taken = _ring_names(shown, colours)
    bodies = {
        node["id"]: _square(node["x"], node["y"], node["size"] + 1)
        for node in shown.nodes
        if node["look"] not in ("dim", "faint")
    }
    for edge in sorted(
        (one for one in shown.edges if one["labelled"]), key=lambda one: one["look"] != "chosen"
    ):
        box = _on_edge(edge, at, taken, list(bodies.values()))
        if box is not None:
            taken.append(box)
            out.append(_write([edge["text"]], box, colours.link, 600, colours.background))
    named = [node for node in shown.nodes if node["named"] or node["look"] not in ("dim", "faint")]
    for node in sorted(named, key=lambda one: (not _always(one), not one["named"], one["rank"])):
        lines, _ = wrap(node["name"], _WIDEST / (_LABEL * _SANS), 2)
        places = _beside(node, lines)
        others = [box for one, box in bodies.items() if one != node["id"]]
        free = next((one for one in places if not any(one.meets(other) for other in taken + others)), None)
        if free is None and node["named"]:
            free = next((one for one in places if not any(one.meets(other) for other in taken)), None)
        if free is None and _always(node):
            free = places[0]
        if free is None:
            continue
        taken.append(free)
        weight = 600 if node["named"] else 400
        out.append(_write(lines, free, colours.text, weight, colours.background))
    return out, taken


def _always(node: Mapping[str, Any]) -> bool:
    return node["rank"] == 0 or node["look"] == "selected" or node["pinned"]


def _ring_names(shown: Drawing, colours: Tokens) -> tuple[list[str], list[Box]]:
    out, taken = [], []
    for steps, (_, outer) in enumerate(shown.rings, start=1):
        name = "1 step" if steps == 1 else f"{steps} steps"
        if steps <= len(shown.ring_names):
            name = shown.ring_names[steps - 1]
        half = max(24.0, _wide(name) / 2)
        box = Box(-half, -outer - _BAND - 1.4 * _LABEL, half, -outer - _BAND)
        taken.append(box)
        out.append(_write([name], box, colours.muted, 400, colours.background))
    return out, taken


def _on_edge(
    edge: Mapping[str, Any],
    at: Mapping[int, Mapping[str, Any]],
    taken: Sequence[Box],
    bodies: Sequence[Box],
) -> Box | None:
    source, target = at[edge["from"]], at[edge["to"]]
    half = _wide(edge["text"]) / 2 + 2, 0.7 * _LABEL
    boxes = []
    for share in (0.5, 0.33, 0.67, 0.2, 0.8):
        # A bow lies beside the straight line, furthest in the middle.
        aside = 2 * share * (1 - share) * edge["smooth"]["roundness"] if edge.get("smooth") else 0.0
        x = target["x"] + share * (source["x"] - target["x"]) + aside * (target["y"] - source["y"])
        y = target["y"] + share * (source["y"] - target["y"]) - aside * (target["x"] - source["x"])
        boxes.append(Box(x - half[0], y - half[1], x + half[0], y + half[1]))
    free = [box for box in boxes if not any(box.meets(other) for other in taken)]
    beside = [box for box in free if not any(box.meets(other) for other in bodies)]
    # A step between neighbours on a ring is short: rather no number than one that hides a node.
    found = beside or ([] if edge.get("smooth") else free)
    return next(iter(found), boxes[0] if edge["look"] == "chosen" else None)


def _beside(node: Mapping[str, Any], lines: Sequence[str]) -> list[Box]:
    """Below, above or beside a node, outward first, so that a label leaves the inside of its ring free; then its corners."""
    wide, high = max(map(_wide, lines), default=0.0) + 4, len(lines) * _LABEL * _LEADING
    x, y, reach = node["x"], node["y"], node["size"] + 4
    right, down = (1 if x >= 0 else -1), (1 if y >= 0 else -1)

    def side(way: int) -> Box:
        left = x + reach if way > 0 else x - reach - wide
        return Box(left, y - high / 2, left + wide, y + high / 2, "start" if way > 0 else "end")

    def over(way: int) -> Box:
        top = y + reach if way > 0 else y - reach - high
        return Box(x - wide / 2, top, x + wide / 2, top + high)

    def corner(way: int, below: int) -> Box:
        near = 0.7 * node["size"]
        left = x + near if way > 0 else x - near - wide
        top = y + near if below > 0 else y - near - high
        return Box(left, top, left + wide, top + high, "start" if way > 0 else "end")

    corners = [corner(way, below) for way in (right, -right) for below in (down, -down)]
    if abs(x) > 1.6 * abs(y):
        return [side(right), over(down), over(-down), side(-right), *corners]
    return [over(down), side(right), side(-right), over(-down), *corners]


def _write(lines: Sequence[str], box: Box, colour: str, weight: int, halo: str) -> str:
    x = {"start": box.left, "end": box.right}.get(box.anchor, (box.left + box.right) / 2)
    first = (box.top + box.bottom) / 2 - (len(lines) - 1) * _LABEL * _LEADING / 2
    rows = "".join(
        _text(line, x, first + place * _LABEL * _LEADING, box.anchor) for place, line in enumerate(lines)
    )
    return (
        f'<g font-size="{_LABEL}" font-weight="{weight}" fill="{colour}" stroke="{halo}" stroke-width="3" '
        f'stroke-linejoin="round" paint-order="stroke" dominant-baseline="central">{rows}</g>'
    )


def _head(title: str, caption: str, frame: Box, colours: Tokens) -> tuple[list[str], float]:
    room = frame.right - frame.left - 2 * _MARGIN
    lines, _ = wrap(clean(caption), room / (_CAPTION * _SANS), 4) if caption else ([], True)
    top = frame.top - _TITLE * 1.5 - len(lines) * _CAPTION * 1.4 - _MARGIN
    x, y = frame.left + _MARGIN, top + _MARGIN + _TITLE * 0.8
    short, _ = wrap(clean(title), room / (_TITLE * _SANS), 1)
    out = [
        f'<g font-size="{_TITLE}" font-weight="600" fill="{colours.text}">{_text("".join(short), x, y)}</g>'
    ]
    rows = "".join(_text(line, x, y + (place + 1) * _CAPTION * 1.4 + 4) for place, line in enumerate(lines))
    if rows:
        out.append(f'<g font-size="{_CAPTION}" fill="{colours.muted}">{rows}</g>')
    return out, top


def _legend(
    legend: Sequence[Mapping[str, Any]], frame: Box, mode: Mode, colours: Tokens
) -> tuple[list[str], float]:
    if not legend:
        return [], frame.bottom
    out, x, y = [], frame.left + _MARGIN, frame.bottom + _LEGEND
    for entry in legend:
        if not entry.get("on", True):
            continue
        text = f"{entry['text']} {entry['count']:,}" if "count" in entry else entry["text"]
        wide = _LEGEND * 2 + _wide(text) * _LEGEND / _LABEL
        if x > frame.left + _MARGIN and x + wide > frame.right - _MARGIN:
            x, y = frame.left + _MARGIN, y + _LEGEND * 1.7
        # Items have a colour each: their outline stands for all of them.
        plain = entry["shape"] == "square"
        look = f'fill="{"none" if plain else entry["fills"][mode]}"'
        if plain:
            look += f' stroke="{colours.muted}" stroke-width="1.5"'
        out.append(_shape(entry["shape"], x + _LEGEND / 2, y - _LEGEND * 0.35, _LEGEND * 0.45, look))
        out.append(f'<g font-size="{_LEGEND}" fill="{colours.muted}">{_text(text, x + _LEGEND * 1.4, y)}</g>')
        x += wide + _LEGEND
    return out, y + _MARGIN


def _text(text: str, x: float, y: float, anchor: str = "start") -> str:
    turned = ' direction="rtl"' if right_to_left(text) else ""
    # In text that runs from right to left the start is on the right.
    anchor = {"start": "end", "end": "start"}.get(anchor, anchor) if turned else anchor
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>{escape(clean(text))}</text>'


def _wide(text: str) -> float:
    return width(text) * _LABEL * _SANS


def _square(x: float, y: float, half: float) -> Box:
    return Box(x - half, y - half, x + half, y + half)
