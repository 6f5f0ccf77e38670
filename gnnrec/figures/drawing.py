"""A drawn subgraph, and what stands out in it: lit paths, or one node and its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

from gnnrec.figures.tokens import Mode, tokens
from gnnrec.graph import Path

MODES: tuple[Mode, Mode] = ("light", "dark")
LABELLED_EDGES = 3
MOST_EDGES = 400
"""More straight lines than this are a grey cloud."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A subgraph ready to be shown: plain lists and numbers that go to the browser as they are.

    Args:
        nodes: as vis-network takes them, with `name`, `note`, `hop`, `rank` (who gets a label first) and
            `fills` (its colour in both modes) for our own script.
        edges: likewise, with the weight both ways as text.
        options: of vis-network.
        centre: node in the middle.
        rings: inner and outer radius of each hop's ring.
        weight_name: what the weights are, in words.
        total_edges: edges between the drawn nodes; `emphasised` may show fewer.
    """

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    options: dict[str, Any]
    centre: int
    rings: tuple[tuple[float, float], ...]
    weight_name: str
    total_edges: int

    def payload(self) -> dict[str, Any]:
        """The drawing as one JSON object, without what only Python needs: it travels with every rerun."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        unused = ("weight", "reverse", "outer", "relation")
        parts["edges"] = [{key: edge[key] for key in edge if key not in unused} for edge in self.edges]
        return parts


def emphasised(
    drawing: Drawing,
    lit: Iterable[Path | Sequence[int]] = (),
    selected: int | None = None,
    mode: Mode = "light",
    most_edges: int = MOST_EDGES,
) -> Drawing:
    """What is shown of a drawing: some paths lit, or one node's neighbours brought out; nothing moves.

    With lit paths everything off them is dimmed. Without, a selected node keeps its neighbours and their
    edges bright. Edges of the selected node point into it, because that is where their weights are shares of;
    the other direction is one hover away. The three strongest edges of the lit paths, else of the selected
    node, else of the centre, carry their weight as a label.

    Where there are more edges than can be told apart, those of the lit paths, the selected node and the
    centre are shown, the strongest one inwards of every node, and the strongest ones into every ring.

    Args:
        drawing: from `network`, with all its edges.
        lit: paths, or lists of nodes in their order.
        selected: node to bring out; one that is not drawn is ignored.
        mode: `light` or `dark`.
        most_edges: show about this many edges at most.
    """
    ways = [tuple(int(node) for node in getattr(way, "nodes", way)) for way in lit]
    lit_nodes = {node for way in ways for node in way}
    lit_pairs = {frozenset(pair) for way in ways for pair in pairwise(way)}
    known = {node["id"] for node in drawing.nodes}
    focus = int(selected) if selected is not None and int(selected) in known else drawing.centre
    edges = [_towards(edge, focus) for edge in drawing.edges]
    of_focus = {edge["id"] for edge in edges if edge["to"] == focus}
    lit_edges = {edge["id"] for edge in edges if frozenset((edge["from"], edge["to"])) in lit_pairs}
    bright_edges = lit_edges if lit_nodes else of_focus
    bright_nodes = {edge["from"] for edge in edges if edge["to"] == focus} | {focus, drawing.centre}
    strongest = sorted(
        (edge for edge in edges if edge["id"] in bright_edges),
        key=lambda edge: (-abs(edge["weight"]), edge["id"]),
    )[:LABELLED_EDGES]
    labelled = {edge["id"] for edge in strongest}
    ends = {end for edge in strongest for end in (edge["from"], edge["to"])}
    named = ends | {focus, drawing.centre} | lit_nodes

    def node_look(node: int) -> str:
        if lit_nodes:
            return "lit" if node in lit_nodes else "selected" if node == selected else "dim"
        if focus == drawing.centre:
            return "plain"
        return "selected" if node == focus else "plain" if node in bright_nodes else "faint"

    def edge_look(edge: int) -> str:
        if lit_nodes:
            return "lit" if edge in lit_edges else "dim"
        if focus == drawing.centre:
            return "strong" if edge in labelled else "plain"
        return "strong" if edge in of_focus else "faint"

    shown = _strongest(edges, bright_edges | of_focus, drawing.centre, most_edges)
    shown = [_edge_in(edge, edge_look(edge["id"]), edge["id"] in labelled, mode) for edge in shown]
    # Later edges lie on top of earlier ones.
    shown.sort(key=lambda edge: (edge["look"] in ("lit", "strong"), edge["strength"], edge["id"]))
    nodes = [_node_in(node, node_look(node["id"]), node["id"] in named, mode) for node in drawing.nodes]
    return replace(drawing, nodes=nodes, edges=shown)


def edge_width(strength: float) -> float:
    """Width of an edge that nothing singles out, from its strength between 0 and 1."""
    return round(0.5 + 2.5 * strength**2, 2)


def _strongest(
    edges: list[dict[str, Any]], needed: set[int], centre: int, most_edges: int
) -> list[dict[str, Any]]:
    if len(edges) <= most_edges:
        return edges
    order = sorted(edges, key=lambda edge: (-edge["strength"], edge["id"]))
    needed = needed | {edge["id"] for edge in edges if centre in (edge["from"], edge["to"])}
    inwards: dict[int, int] = {}
    for edge in order:
        inwards.setdefault(edge["outer"], edge["id"])
    needed |= set(inwards.values())
    room = most_edges - len(needed)
    chosen = [edge for edge in order if edge["id"] in needed]
    return chosen + [edge for edge in order if edge["id"] not in needed][: max(room, 0)]


def _node_in(node: Mapping[str, Any], look: str, named: bool, mode: Mode) -> dict[str, Any]:
    colours = tokens(mode)
    rim = colours.text if look == "selected" else colours.background
    return {
        **node,
        "look": look,
        "named": named,
        "color": {"background": node["fills"][mode], "border": rim},
        "borderWidth": 3 if look == "selected" else 1.5,
        "opacity": {"dim": 0.2, "faint": 0.35}.get(look, 1.0),
    }


def _edge_in(edge: Mapping[str, Any], look: str, labelled: bool, mode: Mode) -> dict[str, Any]:
    colours = tokens(mode)
    strength = edge["strength"]
    bright = look in ("lit", "strong")
    if bright:
        width, opacity = (2.0 if look == "lit" else 1.2) + 3 * strength, 0.8
    elif look == "plain":
        width, opacity = edge_width(strength), 0.08 + 0.4 * strength**2
    else:
        width, opacity = 0.5, 0.06
    return {
        **edge,
        "look": look,
        "labelled": labelled,
        "width": round(width, 2),
        "arrows": "to" if bright else "",
        "color": {"color": colours.primary if bright else colours.muted, "opacity": round(opacity, 3)},
    }


def _towards(edge: dict[str, Any], focus: int) -> dict[str, Any]:
    """The edge as it is, or turned round so that it points into the node in focus."""
    if edge["from"] != focus:
        return edge
    turned = {"from": edge["to"], "to": edge["from"]}
    for one, other in (("weight", "reverse"), ("text", "reverse_text")):
        turned[one], turned[other] = edge[other], edge[one]
    return {**edge, **turned}
