"""A subgraph as a picture, its nodes and edges built by pyvis, and as the command line prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Vocabulary
from gnnrec.data.names import clean
from gnnrec.data.relation_names import spoken
from gnnrec.figures.drawing import MODES, Drawing, edge_width
from gnnrec.figures.hues import first_genres, item_colour, item_tone
from gnnrec.figures.node_kinds import kind_colour, kind_shape
from gnnrec.figures.tokens import Mode
from gnnrec.graph import CLICKED, FRIEND, ITEM, NEXT_CLICK, USER, RingLayout, Subgraph, ring_layout

WEIGHT_NAMES = {
    "norm": "normalised weight",
    "attention": "attention",
    "contribution": "contribution",
    "gnnexplainer": "mask",
    "integrated_gradients": "part of the score",
    "saliency": "slope of the score",
    "deletion": "loss of score without it",
    "difference": "difference",
    "clicks": "how often",
}
UNKNOWN = "not measured"
NO_WAY_BACK = ""
"""Stands for the weight of the other direction where none is meant."""

_BEND = 0.2
"""Steps are bows, clockwise outwards: there and back are two lines, and none runs through the middle."""

_SIGNED = ("contribution", "deletion", "integrated_gradients", "saliency")

# Everything here is constant: pyvis writes options into its page without escaping them.
OPTIONS: dict[str, Any] = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "interaction": {
        "dragNodes": False,
        "hover": True,
        "hoverConnectedEdges": False,
        "selectConnectedEdges": False,
        "zoomSpeed": 0.6,
    },
    "nodes": {"chosen": False, "borderWidth": 1.5},
    "edges": {
        "chosen": False,
        "smooth": False,
        "hoverWidth": 0,
        "selectionWidth": 0,
        "arrows": {"to": {"scaleFactor": 0.55}},
    },
}


@dataclass(frozen=True)
class Face:
    """How one node is called and coloured.

    Args:
        id: the id in the user's own data.
        title: what is written beside it.
        note: one line under the title when somebody points at it, such as `film · Drama · 1995`.
        genres: `"Drama|Comedy"`; the first one gives an item its hue.
        places: where it stands in a session, such as `1, 4`; written before its name.
    """

    id: str
    title: str
    note: str = ""
    genres: str | None = None
    places: str = ""


def faces(
    subgraph: Subgraph, dataset: Dataset, entities: Mapping[str, Vocabulary] | None = None
) -> list[Face]:
    """Names, notes and genres of the nodes of a subgraph, from the data set it was built of.

    Args:
        subgraph: what is drawn.
        dataset: its people and items.
        entities: the texts of further kinds of nodes, as `Surroundings` has them.
    """
    found = []
    for kind, number in zip(subgraph.nodes.kind.tolist(), subgraph.nodes.number.tolist(), strict=True):
        if kind == USER:
            found.append(Face(dataset.users.id(number), dataset.user_name(number), dataset.words.person))
        elif kind != ITEM:
            text = entities[kind].id(number)
            found.append(Face(text, entity_title(kind, text), spoken(kind)))
        else:
            genres = _feature(dataset, "genres", number)
            year = _feature(dataset, "year", number)
            first = first_genres(genres)[:1]
            note = " · ".join([dataset.words.item, *first, *([year] if year else [])])
            found.append(Face(dataset.items.id(number), dataset.item_title(number), note, genres))
    return found


def entity_title(kind: str, text: str) -> str:
    """The name of an entity on its own: a bare number says what it is, as in `year 1994`."""
    return text if any(letter.isalpha() for letter in text) else f"{spoken(kind)} {text}"


def _feature(dataset: Dataset, column: str, number: int) -> str | None:
    table = dataset.item_features
    if table is None or column not in table:
        return None
    value = table[column].iat[number]
    return None if pd.isna(value) else str(value)


def layout_of(subgraph: Subgraph, faces: Sequence[Face]) -> RingLayout:
    """Places of the nodes in rings, items of one genre side by side."""
    hue = [item_tone(face.id, face.genres).hue for face in faces]
    # Other kinds stand together too, before the items: friends, then each sort of entity.
    kinds = sorted(set(subgraph.nodes.kind.tolist()) - {USER, ITEM})
    before = np.array(
        [-1 - kinds.index(kind) if kind in kinds else -1 for kind in subgraph.nodes.kind.tolist()]
    )
    return ring_layout(subgraph, np.where(subgraph.nodes.kind == ITEM, np.round(hue), before).astype(int))


def network(
    subgraph: Subgraph,
    faces: Sequence[Face],
    mode: Mode = "light",
    *,
    layout: RingLayout | None = None,
    known: np.ndarray | None = None,
    signed: bool = False,
    agreement: np.ndarray | None = None,
    legend: Sequence[dict[str, Any]] = (),
    among: Sequence[str] = (),
    ring_names: Sequence[str] = (),
) -> Drawing:
    """The subgraph as a picture with all its edges; `emphasised` chooses what is shown of it and what stands
    out.

    Args:
        subgraph: what to draw.
        faces: one per node, aligned.
        mode: `light` or `dark`; both are in the result, this one is applied.
        layout: places of the nodes, aligned; rings of their own without it.
        known: which directed edges have a weight, aligned with `Graph.edge_index()`; all without it. The
            others are drawn faintly and never with a number.
        signed: whether weights speak for and against; the sign then gives an edge its colour.
        agreement: how sure each directed edge's weight is, from 0 to 1; a doubtful edge is paler.
        legend: what shapes and lines mean, from `legend_of`.
        among: all kinds of nodes of the whole graph, where it has more than people and items.
        ring_names: what rings are called, from the inside; steps are counted without them.
    """
    from pyvis.network import Network

    nodes = subgraph.nodes
    layout = layout_of(subgraph, faces) if layout is None else layout
    net = Network(directed=True)
    rank = _label_ranks(subgraph, faces)
    looks = _looks(subgraph)
    for place, face in enumerate(faces):
        kind, hop, look = str(nodes.kind[place]), int(nodes.hop[place]), looks[place]
        net.add_node(
            int(nodes.node[place]),
            label=" ",
            x=float(layout.x[place]),
            y=float(layout.y[place]),
            kind=kind,
            hop=hop,
            name=(f"{face.places} · " if face.places else "") + (clean(face.title) or clean(face.id)),
            note=clean(face.note if look == kind else f"{look} · {face.note}"),
            reach=str(subgraph.coverage(int(nodes.node[place]))),
            rank=int(rank[place]),
            color=_fill(look, hop, face, mode, among),
            fills={one: _fill(look, hop, face, one, among) for one in MODES},
            **kind_shape(look, hop, among),
        )
    strength = _strength(subgraph)
    edges = subgraph.edges
    half = len(known) // 2 if known is not None else 0
    kind_of = dict(zip(nodes.node.tolist(), nodes.kind.tolist(), strict=True))
    for place in range(len(edges)):
        edge = int(edges.edge[place])
        there, back = (True, True) if known is None else (known[edge], known[(edge + half) % len(known)])
        weight, reverse = float(edges.weight[place]), float(edges.reverse_weight[place])
        ends = {kind_of[int(edges.source[place])], kind_of[int(edges.target[place])]}
        other = weight_text(reverse, subgraph.weight_kind) if back else UNKNOWN
        net.add_edge(
            int(edges.source[place]),
            int(edges.target[place]),
            id=edge,
            outer=int(edges.source[place]),
            relation=str(edges.relation[place]),
            weight=weight,
            reverse=reverse,
            text=weight_text(weight, subgraph.weight_kind) if there else UNKNOWN,
            reverse_text=NO_WAY_BACK if subgraph.weight_kind == "clicks" else other,
            sure=1.0 if agreement is None else round(float(agreement[edge]), 3),
            one_way=bool((there and not back) or subgraph.weight_kind == "clicks"),
            sign=int(np.sign(weight)) if signed else None,
            strength=round(float(strength[place]), 4),
            width=edge_width(float(strength[place])),
            **({"quiet": True} if str(edges.relation[place]) == CLICKED else {}),
            **_side(str(edges.relation[place]), ends, among),
        )
    return Drawing(
        nodes=net.nodes,
        edges=net.edges,
        options=OPTIONS,
        centre=subgraph.centre,
        rings=layout.rings,
        weight_name=WEIGHT_NAMES.get(subgraph.weight_kind, subgraph.weight_kind),
        total_edges=len(edges),
        legend=list(legend),
        partial=known is not None,
        ring_names=tuple(ring_names),
    )


def as_json(subgraph: Subgraph, faces: Sequence[Face], known: Sequence[bool] | None = None) -> dict[str, Any]:
    """The subgraph as the command line prints it: the user's own ids, every edge between the kept nodes.

    Args:
        subgraph: what is drawn.
        faces: one per node, aligned.
        known: which of its edges have a weight, aligned; all without it. The others have null.

    Returns:
        `nodes` (key, id, kind, hop, title), `edges` (source, target, relation, weight, weight_kind) and
        `total_nodes`, the size of the whole neighbourhood.
    """
    nodes, edges = subgraph.nodes, subgraph.edges
    keys = {
        int(node): f"{kind}:{face.id}" for node, kind, face in zip(nodes.node, nodes.kind, faces, strict=True)
    }
    return {
        "nodes": [
            {
                "key": keys[int(nodes.node[place])],
                "id": face.id,
                "kind": str(nodes.kind[place]),
                "hop": int(nodes.hop[place]),
                "title": face.title,
            }
            for place, face in enumerate(faces)
        ],
        "edges": [
            {
                "source": keys[int(edges.source[place])],
                "target": keys[int(edges.target[place])],
                "relation": str(edges.relation[place]),
                "weight": float(edges.weight[place]) if known is None or known[place] else None,
                "weight_kind": subgraph.weight_kind,
            }
            for place in range(len(edges))
        ],
        "total_nodes": subgraph.total_nodes,
    }


def weight_text(weight: float, weight_kind: str) -> str:
    """A weight for the eye: attention as a share, everything else with two digits that say something."""
    if weight_kind == "attention":
        percent = 100 * weight
        return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %"
    if weight_kind == "clicks":
        return f"{weight:.0f}×"
    if weight_kind == "difference":
        return f"{100 * weight:+.1f} points"
    sign = "+" if weight_kind in _SIGNED and weight > 0 else ""
    return sign + (f"{weight:.2f}" if abs(weight) >= 0.1 else f"{weight:.2g}")


def _looks(subgraph: Subgraph) -> list[str]:
    """How each node is drawn: as its kind, or as a friend of the person in the middle."""
    edges = subgraph.edges
    friends = {
        int(source)
        for source, target, relation in zip(edges.source, edges.target, edges.relation, strict=True)
        if relation == FRIEND and int(target) == subgraph.centre
    }
    kinds = zip(subgraph.nodes.node.tolist(), subgraph.nodes.kind.tolist(), strict=True)
    return [FRIEND if node in friends else str(kind) for node, kind in kinds]


def _side(relation: str, ends: set[str], among: Sequence[str]) -> dict[str, Any]:
    """What sets an edge apart that does not join a person and an item: its name, its colour, a dashed line or a bow."""
    if ends == {USER, ITEM}:
        return {}
    if relation == NEXT_CLICK:
        tint = {one: kind_colour(NEXT_CLICK, one) for one in MODES}
        bow = {"enabled": True, "type": "curvedCW", "roundness": _BEND}
        return {"sort": spoken(relation), "tint": tint, "step": True, "smooth": bow}
    kind = FRIEND if relation == FRIEND else next(iter(sorted(ends - {USER, ITEM})), relation)
    tint = {one: kind_colour(kind, one, among=among) for one in MODES}
    return {"sort": spoken(relation), "tint": tint, "dashes": [5, 4]}


def _fill(kind: str, hop: int, face: Face, mode: Mode, among: Sequence[str]) -> str:
    if kind == ITEM:
        return item_colour(face.id, face.genres, mode)
    return kind_colour(kind, mode, centre=hop == 0, among=among)


def _strength(subgraph: Subgraph) -> np.ndarray:
    """Size of each weight beside the largest one that flows into the same ring, from 0 to 1.

    Edges between people and items are measured among themselves, and all others among themselves.
    """
    edges = subgraph.edges
    if not len(edges):
        return np.zeros(0)
    hop_of = dict(zip(subgraph.nodes.node.tolist(), subgraph.nodes.hop.tolist(), strict=True))
    ring = np.array([hop_of[node] for node in edges.target.tolist()])
    size = np.abs(edges.weight).astype(np.float64)
    # An item has a director and hundreds of people: beside each other their weights would say nothing else.
    kind_of = dict(zip(subgraph.nodes.node.tolist(), subgraph.nodes.kind.tolist(), strict=True))
    ends = zip(edges.source.tolist(), edges.target.tolist(), strict=True)
    side = np.array([{kind_of[one], kind_of[other]} != {USER, ITEM} for one, other in ends], dtype=np.int64)
    place = 2 * ring + side
    largest = np.zeros(2 * (ring.max() + 1))
    np.maximum.at(largest, place, size)
    return np.divide(size, largest[place], out=np.zeros_like(size), where=largest[place] > 0)


def _label_ranks(subgraph: Subgraph, faces: Sequence[Face]) -> np.ndarray:
    """Who gets a label first: the centre, then ring by ring friends and entities, then by the strongest edge inwards.

    Clicks of a session go in their order, so that it can be read from its beginning.
    """
    nodes, edges = subgraph.nodes, subgraph.edges
    strongest = dict.fromkeys(nodes.node.tolist(), 0.0)
    for source, weight in zip(edges.source.tolist(), np.abs(edges.weight).tolist(), strict=True):
        strongest[source] = max(strongest[source], weight)
    plain = [look in (USER, ITEM) for look in _looks(subgraph)]
    first = [int(face.places.split(",")[0]) if face.places else 0 for face in faces]
    inwards = [-strongest[node] for node in nodes.node.tolist()]
    order = np.lexsort((nodes.node, inwards, first, plain, nodes.hop))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank
