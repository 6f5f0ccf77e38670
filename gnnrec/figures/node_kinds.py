"""How each kind of node is drawn: the one table of shapes, sizes and colours, and the legend made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gnnrec.data import Words
from gnnrec.data.relation_names import plural
from gnnrec.figures.tokens import Mode, tokens
from gnnrec.graph import FRIEND, ITEM, NEXT_CLICK, USER

MODES: tuple[Mode, Mode] = ("light", "dark")


@dataclass(frozen=True)
class NodeKind:
    """How nodes of one kind are drawn.

    Args:
        shape: of vis-network: `dot`, `square`, `diamond`, `triangle`, `triangleDown`, `hexagon`, `star`; or `ring`,
            which is ours. `arrow` stands in the legend for edges that lead to no kind of their own.
        sizes: half its width in the middle, on the first ring, and further out.
        series: place of its colour in the series of the tokens; none where every node has a colour of its own.
    """

    shape: str
    sizes: tuple[int, int, int]
    series: int | None


_SIZES = (20, 11, 11)
NODE_KINDS: dict[str, NodeKind] = {
    USER: NodeKind("dot", (20, 9, 9), 5),
    ITEM: NodeKind("square", (20, 12, 10), None),
    FRIEND: NodeKind("ring", _SIZES, 3),
    "director": NodeKind("diamond", _SIZES, 2),
    "genre": NodeKind("hexagon", _SIZES, 4),
    "studio": NodeKind("triangle", _SIZES, 1),
    "series": NodeKind("star", _SIZES, 3),
    NEXT_CLICK: NodeKind("arrow", _SIZES, 2),
}
# Neighbours in this list differ in shape and in colour, so that no two are told apart by colour alone too soon.
_SHAPES = ("triangleDown", "diamond", "hexagon", "triangle", "star")
_COLOURS = (2, 3, 1, 4)
_LOOKS = [
    NodeKind(_SHAPES[place % len(_SHAPES)], _SIZES, _COLOURS[place % len(_COLOURS)])
    for place in range(len(_SHAPES) * len(_COLOURS))
]
_ANY_OTHER = _LOOKS[0]


def node_kind(kind: str, among: Sequence[str] = ()) -> NodeKind:
    """How a kind is drawn.

    Args:
        kind: name of the kind; `friend` for a person who is a friend of the one in the middle.
        among: all kinds of the graph, drawn or not: those that are not in the table get a free look each, in their
            order. Past the number of looks there are, looks come again.
    """
    if kind in NODE_KINDS:
        return NODE_KINDS[kind]
    others = [one for one in among if one not in NODE_KINDS]
    if kind not in others:
        return _ANY_OTHER
    free = [look for look in _LOOKS if look not in NODE_KINDS.values()]
    return free[others.index(kind) % len(free)]


def kind_shape(kind: str, hop: int, among: Sequence[str] = ()) -> dict[str, Any]:
    """Shape and size of a node of a kind."""
    found = node_kind(kind, among)
    return {"shape": found.shape, "size": found.sizes[min(hop, 2)]}


def kind_colour(kind: str, mode: Mode, centre: bool = False, among: Sequence[str] = ()) -> str:
    """The colour of a kind; the middle of the picture has the primary one."""
    colours, series = tokens(mode), node_kind(kind, among).series
    return colours.primary if centre or series is None else colours.series[series]


def legend_of(kinds: Sequence[str], centre: str, words: Words) -> list[dict[str, Any]]:
    """What the shapes of a picture mean, the middle first.

    Args:
        kinds: the kinds that are drawn.
        centre: the kind of the node in the middle.
        words: what people and items are called.

    Returns:
        `shape`, `fills` (colour by mode) and `text` of each entry.
    """
    names = {USER: words.people, ITEM: f"{words.items}, coloured by first genre"}
    alone = {USER: words.person, ITEM: words.item}
    entries = [_entry(centre, f"the {alone.get(centre, centre)} in the middle", True)]
    there = [kind for kind in NODE_KINDS if kind in kinds] + sorted(set(kinds) - set(NODE_KINDS))
    return entries + [_entry(kind, names.get(kind, kind), False) for kind in there]


def relation_entry(
    name: str, kind: str, among: Sequence[str], count: int, *, on: bool = True, can_switch: bool = True
) -> dict[str, Any]:
    """A sort of edges in the legend of a graph with several: how it is drawn, how much of it, and its switch.

    Args:
        name: name of the relation.
        kind: kind of the nodes it leads to; `friend` for friends, the name itself for steps from click to click.
        among: all kinds of the graph.
        count: how many of its nodes are drawn; for steps, how many of them.
        on: whether it is in the picture.
        can_switch: whether it can be switched off and on.

    Returns:
        As `legend_of`, with `count`, `on`, and the name as `switch` where there is one.
    """
    entry = _entry(kind, plural(name), False, among) | {"count": count, "on": on}
    return entry | {"switch": name} if can_switch else entry


def _entry(kind: str, text: str, centre: bool, among: Sequence[str] = ()) -> dict[str, Any]:
    fills = {mode: kind_colour(kind, mode, centre, among) for mode in MODES}
    return {"shape": node_kind(kind, among).shape, "fills": fills, "text": text}
