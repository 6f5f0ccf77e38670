"""What the graph page draws: the nodes around a person, changed by hand, with the weights of one model or two."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from gnnrec.explain.edge_values import EdgeValues, difference, seconds_for
from gnnrec.explain.sight import Sight, times_clicked, values_in
from gnnrec.figures.drawing import Drawing, sign_legend
from gnnrec.figures.network import Face, network
from gnnrec.figures.node_kinds import legend_of, relation_entry
from gnnrec.graph import (
    FRIEND,
    ITEM,
    NEXT_CLICK,
    USER,
    Graph,
    Path,
    Subgraph,
    pointing,
    reweighted,
)
from gnnrec.recommenders.capabilities import ATTENTION
from gnnrec.ui import loaders
from gnnrec.ui.context import Context
from gnnrec.ui.graph.by_hand import ByHand
from gnnrec.ui.graph.choice import DIFFERENCE, SIDE, Choice
from gnnrec.ui.graph.messages import arrived
from gnnrec.ui.graph.nodes import Cut, cut_of, session_cut
from gnnrec.ui.long_work import worked
from gnnrec.ui.theme import mode


@dataclass(frozen=True, eq=False)
class Pane:
    """One picture: the nodes of the cut with the weights of a model, or of the difference of two.

    Attributes:
        title: Whose weights they are.
        subgraph: With these weights.
        drawing: Ready to be shown.
    """

    title: str
    subgraph: Subgraph
    drawing: Drawing


@dataclass(frozen=True, eq=False)
class Scene:
    """What is shown.

    Attributes:
        sight: What the models see, whole.
        faces: Names of the drawn nodes, aligned with those of every pane.
        lit: Paths to the item in focus.
        panes: One picture, or two side by side.
        marks: What stands out, as `emphasised` takes it.
        waiting: Whether weights were asked for that are not worked out yet; others are shown so long.
    """

    sight: Sight
    faces: list[Face]
    lit: tuple[Path, ...]
    panes: list[Pane]
    marks: dict[str, Any]
    waiting: bool

    @property
    def graph(self) -> Graph:
        """The whole graph, without what is switched off."""
        return self.sight.graph

    @property
    def subgraph(self) -> Subgraph:
        """The nodes, with the weights of the first picture."""
        return self.panes[0].subgraph

    @property
    def steps(self) -> bool:
        """Whether clicks of sessions are drawn, and the steps between them."""
        return NEXT_CLICK in self.sight.relations

    @cached_property
    def names(self) -> dict[int, str]:
        """Titles by node."""
        return {int(one): face.title for one, face in zip(self.subgraph.nodes.node, self.faces, strict=True)}


def scene(context: Context, choice: Choice, sight: Sight, hand: ByHand) -> Scene:
    """The picture that is asked for; where its weights have to be worked out first, the button for that."""
    graph = sight.graph
    place = (
        choice.checkpoint.address,
        context.dataset.name,
        str(context.split),
        context.user,
        context.item,
        hand.via,
        choice.hops,
        choice.budget,
        hand.expanded,
        hand.pinned,
        hand.hidden,
        sight.relations,
        sight.off,
    )
    cut = cut_of(*place) if choice.session is None else _session_cut(context, choice, hand)
    found = [_values(context, choice, sight, place) for place in range(len(choice.shown))]
    waiting = any(one is None for one in found)
    titles = [one.title for one in choice.shown]
    if waiting:
        titles = titles if choice.compare == SIDE else titles[:1]
        found = [EdgeValues("norm", graph.edge_norm) for _ in titles]
    elif choice.compare == DIFFERENCE:
        found, titles = [difference(graph, *found)], [f"{titles[0]} less {titles[1]}"]
    weights = (choice.measure.name, choice.layer, choice.head, choice.compare, waiting)
    asked = (*place, choice.session, tuple(one.address for one in choice.shown), *weights, mode())
    panes = [
        _pane((*asked, number), context, choice, sight, cut, title, values)
        for number, (title, values) in enumerate(zip(titles, found, strict=True))
    ]
    drawn = set(cut.subgraph.nodes.node.tolist())
    return Scene(
        sight,
        cut.faces,
        cut.lit,
        panes,
        {
            "lit": arrived(choice.checkpoint, cut.subgraph) or cut.lit,
            "selected": hand.node if hand.node in drawn else None,
            "edge": edge_between(cut.subgraph, hand.edge),
            "pinned": hand.pinned,
            "threshold": choice.threshold,
        },
        waiting,
    )


def edge_between(subgraph: Subgraph, ends: tuple[int, int] | None) -> int | None:
    """The drawn edge between two nodes, whichever way it is named; as it is named where there are two."""
    if ends is None:
        return None
    edges = subgraph.edges
    for source, target in (ends, ends[::-1]):
        joins = (edges.source == source) & (edges.target == target)
        if joins.any():
            return int(edges.edge[joins][0])
    return None


def _session_cut(context: Context, choice: Choice, hand: ByHand) -> Cut:
    drawn, data = choice.session, (context.dataset.name, str(context.split), context.user)
    changes = (hand.expanded, hand.pinned, hand.hidden)
    return session_cut(*data, drawn.numbers, drawn.most, choice.budget, *changes, choice.off)


@st.cache_resource(max_entries=12, show_spinner=False)
def _pane(
    asked: tuple[Hashable, ...],
    _context: Context,
    _choice: Choice,
    _sight: Sight,
    _cut: Cut,
    title: str,
    _values: EdgeValues,
) -> Pane:
    """One picture; `asked` is the key, because nothing of the rest is hashed."""
    graph, values = _sight.graph, _values
    subgraph = pointing(graph, reweighted(graph, _cut.subgraph, values.weight(graph), values.measure))
    kinds = set(subgraph.nodes.kind[subgraph.nodes.hop > 0].tolist()) & {USER, ITEM}
    legend = legend_of(sorted(kinds), USER, _context.words) + _switches(_sight, _choice, subgraph)
    if values.measure == "difference":
        legend += sign_legend(
            f"counts more for {_choice.checkpoint.title}", f"more for {_choice.other.title}"
        )
    elif values.signed:
        legend += sign_legend("speaks for it", "speaks against it")
    drawing = network(
        subgraph,
        _cut.faces,
        mode(),
        layout=_cut.layout,
        known=values.known(graph),
        signed=values.signed,
        agreement=values.sureness(graph),
        legend=legend,
        among=_sight.kinds,
        ring_names=_ring_names(_context, _choice),
    )
    return Pane(title, subgraph, drawing)


def _ring_names(context: Context, choice: Choice) -> tuple[str, ...]:
    """What the ring of a session is called; rings of a neighbourhood count steps."""
    if choice.session is None:
        return ()
    clicks = choice.session.clicks(context)
    if len(clicks) > 1:
        return (f"clicked on in {len(clicks):,} sessions",)
    n = sum(map(len, clicks))
    return (f"{n:,} click{'' if n == 1 else 's'}",)


def _switches(sight: Sight, choice: Choice, subgraph: Subgraph) -> list[dict[str, Any]]:
    """The further sorts of edges: how they are drawn, how many of their nodes are, and their switches."""
    drawn = drawn_of(subgraph)
    return [
        relation_entry(
            name,
            sight.kind_of(name),
            sight.kinds,
            len(drawn.get(name, ())),
            on=name not in sight.off,
            can_switch=name not in choice.fixed,
        )
        for name in sight.relations
    ]


def drawn_of(subgraph: Subgraph) -> dict[str, set[int]]:
    """Which drawn nodes each further sort of edges leads to: friends of the middle, entities of people and items.

    Steps from click to click lead to no nodes of their own and stand for themselves.
    """
    kind = dict(zip(subgraph.nodes.node.tolist(), subgraph.nodes.kind.tolist(), strict=True))
    found: dict[str, set[int]] = {}
    edges = subgraph.edges
    for one, other, name, edge in zip(edges.source, edges.target, edges.relation, edges.edge, strict=True):
        ends = {int(one), int(other)}
        if name == NEXT_CLICK:
            ends = {int(edge)}
        elif name == FRIEND:
            ends = ends - {subgraph.centre} if subgraph.centre in ends else set()
        else:
            ends = {end for end in ends if kind[end] not in (USER, ITEM)}
        if ends:
            found.setdefault(str(name), set()).update(ends)
    return found


# The weights


def _values(context: Context, choice: Choice, sight: Sight, place: int) -> EdgeValues | None:
    """The weights of one model; None while they are not worked out."""
    checkpoint, measure = choice.shown[place], choice.measure
    if choice.session is not None:
        return times_clicked(sight.graph)
    if measure.name == "norm":
        return EdgeValues("norm", sight.graph.edge_norm)
    data, off = (context.dataset.name, str(context.split)), choice.off_of(checkpoint)
    if measure.name == ATTENTION:
        return _attention(checkpoint.address, *data, choice.layer, choice.head, sight.relations, sight.off)
    model, user, item = choice.model(checkpoint), context.user, context.item
    key: tuple[Hashable, ...] = (checkpoint.address, "edges", measure.name, user, item, sight.relations, off)
    return worked(
        key,
        _seconds(checkpoint.address, *data, measure.name, user, item, off),
        lambda tell: values_in(sight, model, measure.name, user, item, tell=tell),
        f"{measure.title} of {checkpoint.title}",
        f"graph_work_{place}",
        "Work it out",
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _attention(
    address: str,
    dataset: str,
    protocol: str,
    layer: int | None,
    head: int | None,
    relations: tuple[str, ...],
    off: tuple[str, ...],
) -> EdgeValues:
    sight = loaders.sight(dataset, protocol, relations, off)
    heard = loaders.model(address).side_relations
    model = loaders.switched(address, tuple(one for one in off if one in heard))
    return values_in(sight, model, ATTENTION, 0, layer=layer, head=head)


@st.cache_data(max_entries=64, show_spinner=False)
def _seconds(
    address: str, dataset: str, protocol: str, measure: str, user: int, item: int, off: tuple[str, ...]
) -> float:
    return seconds_for(loaders.switched(address, off), loaders.graph(dataset, protocol), measure, user, item)
