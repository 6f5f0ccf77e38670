"""A drawn subgraph, and what stands out in it: lit paths, or one node and its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

from gnnrec.figures.node_kinds import MODES
from gnnrec.figures.tokens import Mode, Tokens, tokens
from gnnrec.graph import Path

__all__ = [
    "AGAINST",
    "FOR",
    "MODES",
    "Drawing",
    "edge_colour",
    "edge_width",
    "emphasised",
    "sign_legend",
    "strong_enough",
]

LABELLED_EDGES = 3
MANY_LIT = 30
"""More lit edges than this are told apart by their strength."""
MOST_NAMED = 12
"""More lit nodes than this are named where there is room for their names, the strongest first; five paths fit."""

AGAINST, FOR = 1, 8
"""Places among the diverging colours of the tokens for a weight below and above zero."""

_BRIGHT = ("lit", "strong", "chosen")
_ON_TOP = {"arriving": 1, "lit": 1, "strong": 1, "chosen": 2}
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
        legend: what shapes and lines mean: `shape` (`line` for edges), `fills` by mode, `text`; with several
            sorts of edges also `count`, `on` and `switch`, the name of what a click on it switches off.
        partial: whether only some edges have a weight; lit paths then leave those as they are.
        ring_names: what rings are called, from the inside; steps are counted without them.
    """

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    options: dict[str, Any]
    centre: int
    rings: tuple[tuple[float, float], ...]
    weight_name: str
    total_edges: int
    legend: list[dict[str, Any]] = field(default_factory=list)
    partial: bool = False
    ring_names: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The drawing as one JSON object, without what only Python needs: it travels with every rerun."""
        parts = {one.name: getattr(self, one.name) for one in fields(self)}
        unused = ("weight", "reverse", "outer", "relation", "sure", "one_way")
        parts["edges"] = [{key: edge[key] for key in edge if key not in unused} for edge in self.edges]
        return parts


def emphasised(
    drawing: Drawing,
    lit: Iterable[Path | Sequence[int]] = (),
    selected: int | None = None,
    mode: Mode = "light",
    most_edges: int = MOST_EDGES,
    *,
    edge: int | None = None,
    pinned: Iterable[int] = (),
    threshold: float = 0.0,
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
        edge: directed edge to bring out, with its weight.
        pinned: nodes that keep their name and a rim whatever else stands out.
        threshold: hide edges below this part of the strongest into their ring, from 0 to 1; lit ones stay.
    """
    ways = [tuple(int(node) for node in getattr(way, "nodes", way)) for way in lit]
    lit_nodes = {node for way in ways for node in way}
    lit_pairs = {frozenset(pair) for way in ways for pair in pairwise(way)}
    known = {node["id"] for node in drawing.nodes}
    focus = int(selected) if selected is not None and int(selected) in known else drawing.centre
    edges = [_towards(one, focus) for one in drawing.edges]
    of_focus = {one["id"] for one in edges if focus in (one["from"], one["to"])}
    lit_edges = {one["id"] for one in edges if frozenset((one["from"], one["to"])) in lit_pairs}
    bright_edges = lit_edges | of_focus if drawing.partial or not lit_nodes else lit_edges
    bright_nodes = {end for one in edges if one["id"] in of_focus for end in (one["from"], one["to"])}
    bright_nodes |= {focus, drawing.centre}
    edges = strong_enough(edges, threshold, lit_edges | {edge})

    def worth_a_label(one: Mapping[str, Any]) -> bool:
        if one.get("step"):
            # How often is said where it is more than once; a step is none of the middle's own edges.
            return one["weight"] > 1 and (focus == drawing.centre or one["id"] in of_focus)
        return one["id"] in bright_edges and one["strength"] > 0 and not one.get("quiet")

    worth = [one for one in edges if worth_a_label(one)]
    strongest = sorted(worth, key=lambda one: (-abs(one["weight"]), one["id"]))[:LABELLED_EDGES]
    labelled = {one["id"] for one in strongest}
    many = len(lit_edges) > MANY_LIT
    ends = {end for one in strongest for end in (one["from"], one["to"])}
    ends |= {end for one in edges if one["id"] == edge for end in (one["from"], one["to"])}
    measured = {end for one in edges if one["strength"] > 0 for end in (one["from"], one["to"])}
    held = {int(node) for node in pinned}
    named = ends | {focus, drawing.centre} | held | (set() if len(lit_nodes) > MOST_NAMED else lit_nodes)
    attached = {end for one in edges for end in (one["from"], one["to"])} | {drawing.centre}

    def node_look(node: int) -> str:
        if lit_nodes:
            rest = "faint" if drawing.partial and node in measured else "dim"
            return "lit" if node in lit_nodes else "selected" if node == selected else rest
        if node == focus != drawing.centre:
            return "selected"
        if focus == drawing.centre:
            return "plain" if node in attached else "faint"
        return "plain" if node in bright_nodes and node in attached else "faint"

    def edge_look(one: Mapping[str, Any]) -> str:
        if one["id"] == edge:
            return "chosen"
        if lit_nodes:
            if one["id"] in lit_edges:
                return "arriving" if many else "lit"
            return "plain" if drawing.partial and one["strength"] > 0 else "dim"
        if focus == drawing.centre:
            return "strong" if one["id"] in labelled else "plain"
        return "strong" if one["id"] in of_focus else "faint"

    needed = bright_edges | of_focus | ({edge} if edge is not None else set())
    shown = _strongest(edges, needed, drawing.centre, most_edges)
    shown = [_edge_in(one, edge_look(one), one["id"] in labelled | {edge}, mode) for one in shown]
    # Later edges lie on top of earlier ones.
    shown.sort(key=lambda one: (_ON_TOP.get(one["look"], 0), one["strength"], one["id"]))
    nodes = [
        _node_in(node, node_look(node["id"]), node["id"] in named, node["id"] in held, mode)
        for node in drawing.nodes
    ]
    return replace(drawing, nodes=nodes, edges=shown)


def strong_enough(
    edges: Sequence[dict[str, Any]], threshold: float, spared: Collection[int | None] = ()
) -> list[dict[str, Any]]:
    """The edges that a threshold leaves: at least this part of the strongest into their ring, or spared by id."""
    if threshold <= 0:
        return list(edges)
    return [one for one in edges if one["strength"] >= threshold or one["id"] in spared]


def edge_width(strength: float) -> float:
    """Width of an edge that nothing singles out, from its strength between 0 and 1."""
    return round(0.5 + 2.5 * strength**2, 2)


def _strongest(
    edges: list[dict[str, Any]], needed: set[int], centre: int, most_edges: int
) -> list[dict[str, Any]]:
    if len(edges) <= most_edges:
        return edges
    order = sorted(edges, key=lambda edge: (-edge["strength"], edge["id"]))
    there = {edge["id"] for edge in edges}
    needed = needed & there | {edge["id"] for edge in edges if centre in (edge["from"], edge["to"])}
    inwards: dict[int, int] = {}
    for edge in order:
        inwards.setdefault(edge["outer"], edge["id"])
    needed |= set(inwards.values())
    room = most_edges - len(needed)
    chosen = [edge for edge in order if edge["id"] in needed]
    return chosen + [edge for edge in order if edge["id"] not in needed][: max(room, 0)]


def _node_in(node: Mapping[str, Any], look: str, named: bool, pinned: bool, mode: Mode) -> dict[str, Any]:
    colours = tokens(mode)
    rim = colours.text if look == "selected" else colours.primary if pinned else colours.background
    return {
        **node,
        "look": look,
        "named": named,
        "pinned": pinned,
        "color": {"background": node["fills"][mode], "border": rim},
        "borderWidth": 3 if look == "selected" or pinned else 1.5,
        "opacity": 1.0 if pinned else {"dim": 0.2, "faint": 0.35}.get(look, 1.0),
    }


def _edge_in(edge: Mapping[str, Any], look: str, labelled: bool, mode: Mode) -> dict[str, Any]:
    strength = edge["strength"]
    if edge.get("quiet") and look == "strong":
        # It says whose click it is, and nothing of a weight.
        look = "plain"
    width, opacity = edge_width(strength), 0.08 + 0.4 * strength**2
    if look in _BRIGHT:
        width, opacity = {"lit": 2.0, "chosen": 2.6}.get(look, 1.2) + 3 * strength, 0.8
    elif look == "arriving":
        width, opacity = 0.8 + 2 * strength, 0.25 + 0.5 * strength
    elif look != "plain":
        width, opacity = 0.5, 0.06
    elif edge.get("step"):
        width, opacity = 1.0 + 2 * strength, 0.85
    elif edge.get("quiet"):
        width, opacity = 0.8, 0.3
    elif edge.get("sign"):
        opacity = 0.25 + 0.6 * strength
    opacity *= 0.2 + 0.8 * edge.get("sure", 1.0)
    return {
        **edge,
        "look": look,
        "labelled": labelled,
        "width": round(width, 2),
        "arrows": "to" if look in _BRIGHT or (look == "plain" and edge.get("step")) else "",
        "color": {
            "color": edge_colour(edge.get("sign"), look, tokens(mode), edge.get("tint")),
            "opacity": round(opacity, 3),
        },
    }


def sign_legend(above: str, below: str) -> list[dict[str, Any]]:
    """What the two colours of signed edges mean."""
    return [
        {"shape": "line", "fills": {mode: tokens(mode).diverging[place] for mode in MODES}, "text": text}
        for place, text in ((FOR, above), (AGAINST, below))
    ]


def edge_colour(sign: int | None, look: str, colours: Tokens, tint: Mapping[str, str] | None = None) -> str:
    """The colour of an edge: by its sign where it has one, else by its sort, else by whether it stands out.

    Where others have a sign, one without is never in their colours.
    """
    if sign:
        return colours.diverging[FOR if sign > 0 else AGAINST]
    if sign is None and tint:
        return tint[colours.mode]
    if look not in (*_BRIGHT, "arriving"):
        return colours.muted
    return colours.primary if sign is None else colours.text


def _towards(edge: dict[str, Any], focus: int) -> dict[str, Any]:
    """The edge as it is, or turned round so that it points into the node in focus, if that way has a weight."""
    if edge["from"] != focus or edge.get("one_way"):
        return edge
    turned = {"from": edge["to"], "to": edge["from"]}
    for one, other in (("weight", "reverse"), ("text", "reverse_text")):
        turned[one], turned[other] = edge[other], edge[one]
    return {**edge, **turned}
