"""How each kind of node is drawn: the one table of shapes, sizes and colours, and the legend made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gnnrec.data import Words
from gnnrec.figures.tokens import Mode, tokens
from gnnrec.graph import ITEM, USER

MODES: tuple[Mode, Mode] = ("light", "dark")


@dataclass(frozen=True)
class NodeKind:
    """How nodes of one kind are drawn.

    Args:
        shape: of vis-network: `dot`, `square`, `diamond`, `triangle`, `hexagon`, `star`.
        sizes: half its width in the middle, on the first ring, and further out.
        series: place of its colour in the series of the tokens; none where every node has a colour of its own.
    """

    shape: str
    sizes: tuple[int, int, int]
    series: int | None


NODE_KINDS: dict[str, NodeKind] = {
    USER: NodeKind("dot", (20, 9, 9), 5),
    ITEM: NodeKind("square", (20, 12, 10), None),
    "entity": NodeKind("diamond", (20, 11, 11), 2),
    "session": NodeKind("triangle", (20, 11, 11), 3),
    "context": NodeKind("hexagon", (20, 11, 11), 4),
}
_ANY_OTHER = NodeKind("star", (20, 11, 11), 2)


def node_kind(kind: str) -> NodeKind:
    """How a kind is drawn; kinds that are not in the table share one look."""
    return NODE_KINDS.get(kind, _ANY_OTHER)


def kind_shape(kind: str, hop: int) -> dict[str, Any]:
    """Shape and size of a node of a kind."""
    found = node_kind(kind)
    return {"shape": found.shape, "size": found.sizes[min(hop, 2)]}


def kind_colour(kind: str, mode: Mode, centre: bool = False) -> str:
    """The colour of a kind; the middle of the picture has the primary one."""
    colours, series = tokens(mode), node_kind(kind).series
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


def _entry(kind: str, text: str, centre: bool) -> dict[str, Any]:
    fills = {mode: kind_colour(kind, mode, centre) for mode in MODES}
    return {"shape": node_kind(kind).shape, "fills": fills, "text": text}
