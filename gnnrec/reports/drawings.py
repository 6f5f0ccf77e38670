"""Drawings inside a report: our own SVG documents, looked through, with ids and colours of the page."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

from gnnrec.figures.tokens import DARK, LIGHT
from gnnrec.reports.writing import allowed, text

_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    {
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "path",
        "text",
        "tspan",
    }
)
# What could load something, run something, or reach beyond the drawing.
_FORBIDDEN = re.compile(r"on|href$|style$|src|.*:", re.IGNORECASE)
_LINK = re.compile(r"url\(#([^)]+)\)")
_NAMES = ("background", "raised", "text", "muted", "border", "primary", "link", "hit", "danger", "warning")


class Drawings:
    """All drawings of one page: each gets ids of its own, and one that is used again is written once."""

    def __init__(self) -> None:
        self._shared: dict[str, str] = {}
        self._symbols: list[str] = []
        self._count = 0

    def inline(self, svg: str, alt: str) -> str:
        """A drawing where it stands, in the colours of the page.

        Args:
            svg: A complete document of `gnnrec.figures`.
            alt: What it says, for those who cannot see it.

        Raises:
            ValueError: It holds something that a drawing does not need.
        """
        root = self._looked_through(svg)
        root.set("role", "img")
        root.set("aria-label", "\0")
        written = _in_page_colours(_written(root))
        return written.replace('aria-label="\0"', f'aria-label="{text(alt)}"')

    def shared(self, svg: str, alt: str) -> str:
        """A drawing that may come again, such as a poster: a reference to one definition."""
        if svg not in self._shared:
            root = self._looked_through(svg)
            name = f"s{len(self._shared) + 1}"
            inside = "".join(_written(child) for child in root if _local(child) != "title")
            box = text(root.get("viewBox", ""))
            self._symbols.append(f'<symbol id="{name}" viewBox="{box}">{inside}</symbol>')
            self._shared[svg] = f'viewBox="{box}" role="img" aria-label="{{}}"><use href="#{name}"/></svg>'
        return "<svg " + self._shared[svg].replace("{}", text(alt))

    @property
    def definitions(self) -> str:
        """What the shared drawings refer to."""
        if not self._symbols:
            return ""
        return f'<svg class="definitions" aria-hidden="true">{"".join(self._symbols)}</svg>'

    def _looked_through(self, svg: str) -> ElementTree.Element:
        root = ElementTree.fromstring(allowed(svg))
        self._count += 1
        for element in root.iter():
            if _local(element) not in _ELEMENTS or not element.tag.startswith(f"{{{_SVG}}}"):
                raise ValueError(f"a drawing with an element {_local(element)}")
            for name, value in element.attrib.items():
                if _FORBIDDEN.match(name):
                    raise ValueError(f"a drawing with an attribute {name}")
                if name == "id":
                    element.set(name, f"d{self._count}-{value}")
                elif "url(" in value.lower():
                    if not _LINK.fullmatch(value):
                        raise ValueError("a drawing that refers to something outside")
                    element.set(name, _LINK.sub(rf"url(#d{self._count}-\1)", value))
        return root


def variables() -> dict[str, dict[str, str]]:
    """The colours of the page by name, for `light` and `dark`."""
    return {
        colours.mode: {
            **{name: getattr(colours, name) for name in _NAMES},
            **{f"series-{place}": colour for place, colour in enumerate(colours.series)},
        }
        for colours in (LIGHT, DARK)
    }


@cache
def _by_colour() -> dict[str, str]:
    found: dict[str, str] = {}
    for names in variables().values():
        for name, colour in names.items():
            # A series and the primary colour are the same where it is light; the series stays legible in the dark.
            if name.startswith("series") or colour.lower() not in found:
                found[colour.lower()] = f"var(--{name})"
    return found


def _in_page_colours(svg: str) -> str:
    known = _by_colour()
    return re.sub(r'(?<==")#[0-9A-Fa-f]{6}(?=")', lambda match: known.get(match[0].lower(), match[0]), svg)


def _written(element: ElementTree.Element) -> str:
    ElementTree.register_namespace("", _SVG)
    written = ElementTree.tostring(element, encoding="unicode")
    # Inside HTML the namespace goes without saying.
    return written.replace(f' xmlns="{_SVG}"', "").strip()


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
