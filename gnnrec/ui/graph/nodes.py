"""Which nodes the graph page draws and where: chosen by what a model opens with, so that they stay while other weights
are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from gnnrec.explain.because import because
from gnnrec.explain.paths import lit_paths, ways_of_each_sort
from gnnrec.explain.sight import Sight, times_clicked
from gnnrec.explain.subgraph import edge_weights
from gnnrec.figures.network import Face, faces, layout_of
from gnnrec.graph import (
    ITEM,
    USER,
    Path,
    RingLayout,
    Subgraph,
    click_places,
    grown,
    hubs,
    k_hop,
    left_of,
    pointing,
    ring_layout,
    with_added,
)
from gnnrec.graph import paths as strongest_paths
from gnnrec.recommenders.capabilities import DECOMPOSES
from gnnrec.ui import loaders

# Between neighbours of a ring an arrow has to fit.
_APART = 64.0


@dataclass(frozen=True, eq=False)
class Cut:
    """Nodes, their places and the lit paths: everything that stays when weights change."""

    subgraph: Subgraph
    layout: RingLayout
    faces: list[Face]
    lit: tuple[Path, ...]


@st.cache_resource(max_entries=64, show_spinner=False)
def cut_of(
    address: str,
    dataset: str,
    protocol: str,
    user: int,
    item: int | None,
    via: int | None,
    hops: int,
    budget: int,
    expanded: tuple[int, ...],
    pinned: tuple[int, ...],
    hidden: tuple[int, ...],
    relations: tuple[str, ...],
    off: tuple[str, ...],
) -> Cut:
    """The nodes around a person, changed by hand, without what is switched off."""
    sight = loaders.sight(dataset, protocol, relations, off)
    base, layout, lit = _base(address, dataset, protocol, user, item, via, hops, budget, relations)
    start, opening = base, _opening(address, dataset, protocol, relations, off)
    if off:
        # What stays keeps its place; ways that led over what is gone are looked for anew.
        start = left_of(base, sight.graph, opening, hubs(sight.whole))
        lit = _lit(address, sight, user, item, via, opening) if item is not None else []
    found = grown(sight.graph, start, opening, expanded=expanded, pinned=pinned, hidden=hidden)
    drawn = set(found.subgraph.nodes.node.tolist())
    return Cut(
        found.subgraph,
        with_added(layout, base, found),
        faces(found.subgraph, loaders.dataset(dataset), sight.entities),
        tuple(path for path in lit if set(path.nodes) <= drawn),
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def session_cut(
    dataset: str,
    protocol: str,
    user: int,
    sessions: tuple[int, ...],
    most: int,
    budget: int,
    expanded: tuple[int, ...],
    pinned: tuple[int, ...],
    hidden: tuple[int, ...],
    off: tuple[str, ...],
) -> Cut:
    """What a person clicked on in some sessions, clockwise in the order of the first click on each."""
    data = loaders.dataset(dataset)
    clicks = [data.clicks.clicks(one)[-most:] for one in sessions]
    places = click_places(clicks)
    whole, sight = (loaders.session_sight(dataset, protocol, user, sessions, most, one) for one in ((), off))
    graph = whole.graph
    # Of many sessions the last one stays whole where the picture cannot hold all.
    last = graph.node(ITEM, np.unique(clicks[-1])) if clicks else []
    weight = times_clicked(graph).weight(graph)
    base = k_hop(graph, graph.node(USER, user), 1, budget, weight, "clicks", keep=last)
    order = [places[number][0] if kind == ITEM else 0 for kind, number in _kinds_and_numbers(base)]
    layout = ring_layout(base, np.array(order), _APART)
    weight = times_clicked(sight.graph).weight(sight.graph)
    start = left_of(base, sight.graph, weight) if off else base
    found = grown(sight.graph, start, weight, expanded=expanded, pinned=pinned, hidden=hidden)
    named = faces(found.subgraph, data)
    if len(sessions) == 1:
        named = [
            replace(face, places=", ".join(map(str, places[number]))) if kind == ITEM else face
            for face, (kind, number) in zip(named, _kinds_and_numbers(found.subgraph), strict=True)
        ]
    return Cut(pointing(sight.graph, found.subgraph), with_added(layout, base, found), named, ())


def _kinds_and_numbers(subgraph: Subgraph) -> list[tuple[str, int]]:
    return list(zip(subgraph.nodes.kind.tolist(), subgraph.nodes.number.tolist(), strict=True))


@st.cache_resource(max_entries=32, show_spinner=False)
def _base(
    address: str,
    dataset: str,
    protocol: str,
    user: int,
    item: int | None,
    via: int | None,
    hops: int,
    budget: int,
    relations: tuple[str, ...],
) -> tuple[Subgraph, RingLayout, list[Path]]:
    sight = loaders.sight(dataset, protocol, relations)
    graph, weight = sight.graph, _opening(address, dataset, protocol, relations, ())
    lit = _lit(address, sight, user, item, via, weight) if item is not None else []
    keep = [node for path in lit for node in path.nodes]
    base = k_hop(graph, graph.node(USER, user), hops, budget, weight, keep=keep, ends=hubs(graph))
    return base, layout_of(base, faces(base, loaders.dataset(dataset), sight.entities)), lit


@st.cache_resource(max_entries=4, show_spinner=False)
def _opening(
    address: str, dataset: str, protocol: str, relations: tuple[str, ...], off: tuple[str, ...]
) -> np.ndarray:
    """What nodes are chosen by: attention where the model has it for all edges, else the normalised weight."""
    sight = loaders.sight(dataset, protocol, relations, off)
    if relations:
        return sight.graph.edge_norm
    return edge_weights(loaders.model(address), sight.graph)[0]


def _lit(address: str, sight: Sight, user: int, item: int, via: int | None, weight: np.ndarray) -> list[Path]:
    model, graph = loaders.model(address), sight.graph
    if via is not None:
        return lit_paths(graph, user, item, [via], weight=weight)
    if sight.relations:
        return ways_of_each_sort(graph, user, item, weight=weight)
    if DECOMPOSES in model.capabilities:
        reason = because(model, user, [item])[0]
        return lit_paths(graph, user, item, [one for one, _ in reason.top], weight=weight)
    return strongest_paths(graph, graph.node(USER, user), graph.node(ITEM, item), top=5, weight=weight)
