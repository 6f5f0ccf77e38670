"""Tens of thousands of points on the page: moved and zoomed, named under the pointer, picked by click, lasso or keys."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import streamlit as st

from gnnrec.data.names import clean
from gnnrec.figures.map_colours import NOTHING, Colouring
from gnnrec.figures.tokens import tokens

UNITS = 10_000
MOST_CORNERS = 60
_FARTHEST = 2 * UNITS
_LONGEST_LABEL = 80

_FRAME = """
<div class="map-frame" role="group" aria-label="Map">
  <div class="map-stage" tabindex="0" role="img">
    <canvas class="map-points"></canvas><canvas class="map-over"></canvas>
    <div class="map-wait">Drawing the map …</div>
    <div class="map-hint">Click a point. Drag to move, scroll to zoom, Shift + drag to draw around points.
      Keys: + − 0, arrows, Enter.</div>
    <div class="map-tip" hidden><div></div><div></div></div>
  </div>
  <div class="map-said" role="status"></div>
  <div class="map-tools">
    <button type="button" data-do="lasso" aria-pressed="false" aria-label="Draw a line around points"
      title="Draw a line around points">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 2.5c3.3 0 6 1.8 6 4s-2.7 4-6 4-6-1.8-6-4 2.7-4 6-4zM5 10.2c-1.6.6-1.6 2.2-.3 2.5s1.6 1 .8 1.8"/>
      </svg></button>
    <button type="button" data-do="all" aria-label="Choose everything in view" title="Choose everything in view">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M3 3h10v10H3z" stroke-dasharray="2.2 2"/><path d="M6 8l1.6 1.6L10.5 6.5"/></svg></button>
    <button type="button" data-do="in" aria-label="Zoom in" title="Zoom in">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3v10M3 8h10"/></svg></button>
    <button type="button" data-do="out" aria-label="Zoom out" title="Zoom out">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8h10"/></svg></button>
    <button type="button" data-do="fit" aria-label="Show the whole map" title="Show the whole map">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"/></svg></button>
    <button type="button" data-do="png" aria-label="Save as a picture" title="Save as a picture">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2v8M5 7l3 3 3-3M3 13h10"/></svg></button>
  </div>
  <div class="map-legend"></div>
</div>
"""

Show = Literal["both", "people", "items"]
Corner = tuple[float, float]


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Where points lie and what they are called, packed for the browser once.

    Attributes:
        n: How many there are.
        payload: What is sent: places as two 16-bit numbers each.
    """

    n: int
    payload: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, xy: np.ndarray, n_people: int, labels: Iterable[object]) -> MapPoints:
        """Points from 0 to 1, people first. **Shapes**: xy [n, 2], labels n texts."""
        packed = _packed(np.clip(np.round(np.asarray(xy, dtype=np.float64) * 65535), 0, 65535).astype("<u2"))
        # Cleaned text holds no line break, so a line is a name.
        names = "\n".join(clean(one)[:_LONGEST_LABEL].replace("\n", " ") or "?" for one in labels)
        name = _name(packed, names, n_people)
        return cls(
            len(xy), {"role": "points", "name": name, "xy": packed, "people": n_people, "labels": names}
        )


@dataclass(frozen=True, eq=False)
class MapColours:
    """Which colour each point has, packed for the browser once."""

    payload: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, colouring: Colouring) -> MapColours:
        """From `gnnrec.figures.map_colours`."""
        packed = _packed(colouring.index)
        look = {
            "title": clean(colouring.title),
            "light": list(colouring.light),
            "dark": list(colouring.dark),
            "light_none": NOTHING,
            "dark_none": NOTHING,
            "names": [clean(one) for one in colouring.names] or None,
            "ends": [clean(one) for one in colouring.ends] if colouring.ends else None,
            "steps": colouring.steps,
            "none": clean(colouring.none) or None,
            "groups": {
                kind: [{"x": x, "y": y, "text": clean(text)} for x, y, text in groups]
                for kind, groups in colouring.groups.items()
            },
            "notes": "\n".join(colouring.notes) if colouring.notes else None,
        }
        name = _name(packed, *map(str, look.values()))
        return cls({"role": "colours", "name": name, "index": packed, **look})


@dataclass(frozen=True)
class MapEvent:
    """What was just done: a point clicked, or a line drawn around points.

    Attributes:
        point: The point, by its place among all.
        area: Corners of the line, from 0 to 1 inside the picture.
    """

    point: int | None = None
    area: tuple[Corner, ...] | None = None


def scatter_map(
    points: MapPoints,
    colours: MapColours,
    key: str,
    *,
    title: str,
    alt: str,
    words: tuple[str, str],
    focus: int | None = None,
    near: Sequence[int] = (),
    area: Sequence[Corner] | None = None,
    show: Show = "both",
    height: int = 600,
) -> MapEvent | None:
    """Show points; zoom and place stay while the points stay.

    Args:
        points: Where they lie.
        colours: What they look like.
        key: Key of the element; the same key keeps zoom and place over reruns.
        title: A line on the saved picture.
        alt: What the picture shows, for people who cannot see it.
        words: What a person and an item are called.
        focus: The point that is brought out.
        near: Points that lines lead to from there.
        area: A line drawn before; points outside are dimmed.
        show: People, items or both.
        height: Pixels.

    Returns:
        What was done in this run, once, or None.
    """
    carrier, component = _components()
    # Each in an element of its own: unchanged, it is not sent again.
    with st.container(gap=None):
        carrier(key=f"{key}-points", data=points.payload)
        carrier(key=f"{key}-colours", data=colours.payload)
        result = component(
            key=key,
            data={
                "points": points.payload["name"],
                "colours": colours.payload["name"],
                "title": clean(title),
                "alt": clean(alt),
                "words": {"person": clean(words[0]), "item": clean(words[1])},
                "tokens": _tokens(),
                "focus": focus,
                "near": [int(one) for one in near],
                "area": [[round(x * UNITS), round(y * UNITS)] for x, y in area] if area else None,
                "show": show,
                "height": height,
            },
            height=height,
            on_point_change=_nothing,
            on_area_change=_nothing,
        )
    return read_event(result.point, result.area, points.n)


def read_event(point: object, area: object, n: int) -> MapEvent | None:
    """What a browser sent, or None where it is not a point there is, nor a line that can be drawn."""
    if isinstance(point, (int, float)) and not isinstance(point, bool) and point in range(n):
        return MapEvent(point=int(point))
    corners = read_area(area)
    return MapEvent(area=corners) if corners else None


def read_area(sent: object) -> tuple[Corner, ...] | None:
    """The corners of a line as the browser or an address names them, in whole units; None where it is not one."""
    if not isinstance(sent, list) or not 3 <= len(sent) <= MOST_CORNERS:
        return None
    corners = []
    for one in sent:
        if not isinstance(one, list) or len(one) != 2:
            return None
        if not all(isinstance(part, (int, float)) and not isinstance(part, bool) for part in one):
            return None
        if not all(-_FARTHEST <= part <= _FARTHEST for part in one):
            return None
        corners.append((one[0] / UNITS, one[1] / UNITS))
    return tuple(corners)


@cache
def _components() -> tuple[Any, Any]:
    here = files("gnnrec.ui.components")
    parts = ("scatter_map_data.js", "scatter_map.css", "scatter_map.js")
    carrier, css, js = ((here / part).read_text(encoding="utf-8") for part in parts)
    return (
        st.components.v2.component("gnnrec_map_data", js=carrier),
        st.components.v2.component("gnnrec_scatter_map", html=_FRAME, css=css, js=js),
    )


@cache
def _tokens() -> dict[str, dict[str, Any]]:
    return {mode: asdict(tokens(mode)) for mode in ("light", "dark")}


def _packed(numbers: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode("ascii")


def _name(*parts: object) -> str:
    digest = blake2b(digest_size=12)
    for part in parts:
        digest.update(str(part).encode("utf-8", "replace") + b"\0")
    return digest.hexdigest()


def _nothing() -> None:
    """Streamlit wants a callback for every value a component can send; the caller reads the result."""
