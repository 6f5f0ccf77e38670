"""The graph on the page: a picture that can be moved and zoomed, and that says which node or edge was clicked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st

from gnnrec.figures.drawing import MODES, Drawing, emphasised
from gnnrec.figures.tokens import tokens
from gnnrec.graph import Path

_FRAME = """
<div class="graph-frame" role="group" aria-label="Graph">
  <div class="graph-wait">Drawing the graph …</div>
  <div class="graph-stage" tabindex="0" role="img"></div>
  <div class="graph-hint">Click a node or an edge. Scroll to zoom. Keys: + − 0 and arrows.</div>
  <div class="graph-tools">
    <button type="button" data-do="in" aria-label="Zoom in" title="Zoom in">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3v10M3 8h10"/></svg></button>
    <button type="button" data-do="out" aria-label="Zoom out" title="Zoom out">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8h10"/></svg></button>
    <button type="button" data-do="fit" aria-label="Show the whole graph" title="Show the whole graph">
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3"/></svg></button>
    <button type="button" data-do="png" aria-label="Save as a picture" title="Save as a picture">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2v8M5 7l3 3 3-3M3 13h10"/></svg></button>
  </div>
  <div class="graph-legend"></div>
</div>
"""


@dataclass(frozen=True)
class Clicked:
    """What was clicked: a node, an edge by its place in `Graph.edge_index()`, or the switch of a sort of edges."""

    node: int | None = None
    edge: int | None = None
    switch: str | None = None


def graph_view(
    data: Drawing,
    key: str,
    height: int = 560,
    lit: Iterable[Path | Sequence[int]] = (),
    selected: int | None = None,
    alt: str = "Graph; the table below has the same nodes and edges",
    *,
    edge: int | None = None,
    pinned: Iterable[int] = (),
    threshold: float = 0.0,
    show: int | None = None,
) -> Clicked | None:
    """Show a drawn subgraph.

    Zoom and position stay when the same nodes come again with other weights, lit paths or another selection.

    Args:
        data: from `gnnrec.figures.network.network`.
        key: of the element; the same key keeps zoom and position over reruns.
        height: in pixels.
        lit: paths to light; everything else is dimmed.
        selected: node whose neighbours are brought out.
        alt: what the picture shows, for people who cannot see it.
        edge: directed edge to bring out.
        pinned: nodes with a rim and a name that stays.
        threshold: hide edges below this part of the strongest of their ring.
        show: node the camera moves to when it becomes another one than before.

    Returns:
        What was just clicked, once; else none.
    """
    library, picture = _components()
    shown = emphasised(data, lit=lit, selected=selected, edge=edge, pinned=pinned, threshold=threshold)
    # No gap: the library's element is empty and must not push the picture down.
    with st.container(gap=None):
        library(key=f"{key}-library")
        result = picture(
            key=key,
            data={
                "drawing": shown.payload(),
                "tokens": _tokens(),
                "height": height,
                "alt": alt,
                "show": show,
            },
            height=height,
            on_node_change=_nothing,
            on_edge_change=_nothing,
            on_switch_change=_nothing,
        )
    # The browser may send anything; only what is in the picture counts.
    if result.node in {node["id"] for node in data.nodes}:
        return Clicked(node=result.node)
    if result.switch in {one["switch"] for one in data.legend if "switch" in one}:
        return Clicked(switch=result.switch)
    return Clicked(edge=result.edge) if result.edge in {one["id"] for one in data.edges} else None


@cache
def _components() -> tuple[Any, Any]:
    vis = (files("pyvis") / "lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")
    # Developer tools would ask the server for a map that is not there.
    vis = "\n".join(line for line in vis.split("\n") if not line.startswith("//# sourceMappingURL"))
    ready = '\nwindow.dispatchEvent(new Event("gnnrec-vis-ready"));\nexport default function () {}\n'
    here = files("gnnrec.ui.components")
    decoration = (files("gnnrec.figures") / "network.js").read_text(encoding="utf-8")
    script = (here / "graph_view.js").read_text(encoding="utf-8")
    library = st.components.v2.component("gnnrec_vis", js=vis + ready)
    picture = st.components.v2.component(
        "gnnrec_graph_view",
        html=_FRAME,
        css=(here / "graph_view.css").read_text(encoding="utf-8"),
        js=f"{decoration}\n{script}",
    )
    return library, picture


@cache
def _tokens() -> dict[str, dict[str, Any]]:
    return {mode: asdict(tokens(mode)) for mode in MODES}


def _nothing() -> None:
    """Streamlit wants a callback for every value a component can send; the caller reads the result."""
