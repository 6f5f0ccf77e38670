"""Pictures of graphs with friends and facts: looks by kind, dashed edges in their colour, the legend in files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from scipy import sparse

from gnnrec.data import FILMS, Vocabulary
from gnnrec.figures.drawing import MODES, emphasised
from gnnrec.figures.network import Face, as_json, entity_title, faces, network
from gnnrec.figures.network_page import standalone_html
from gnnrec.figures.network_svg import network_svg
from gnnrec.figures.node_kinds import kind_colour, legend_of, relation_entry
from gnnrec.graph import ITEM, USER, Graph, Relation, Subgraph, k_hop, ring_layout
from tests.worlds import of_pairs

# Anna (0) has film 0, Ben (1) film 1; they are friends. Ida made film 0, which is of the year 1994.
WATCHED = Graph.bipartite(2, 2, np.array([0, 1]), np.array([0, 1])).relations


def one(rows: int, columns: int, row: int, column: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(([1.0], ([row], [column])), shape=(rows, columns))


GRAPH = Graph(
    ((USER, 2), (ITEM, 2), ("director", 1), ("year", 1)),
    (
        *WATCHED,
        Relation(USER, "friend", USER, one(2, 2, 0, 1)),
        Relation(ITEM, "director", "director", one(2, 1, 0, 0)),
        Relation(ITEM, "year", "year", one(2, 1, 0, 0)),
    ),
)
KINDS = [kind for kind, _ in GRAPH.kinds]
ANNA, BEN, IDA, YEAR = 0, 1, 4, 5
ENTITIES = {"director": Vocabulary(["<b>Ida</b>"]), "year": Vocabulary(["1994"])}
DATA = of_pairs([(0, 0), (1, 1)], 2, 2)


@pytest.fixture
def subgraph() -> Subgraph:
    return k_hop(GRAPH, ANNA, 2, None)


def drawn(subgraph: Subgraph, **more):
    return network(subgraph, faces(subgraph, DATA, ENTITIES), among=KINDS, **more)


def test_kinds_have_names_and_looks_and_a_friend_is_no_other_person(subgraph) -> None:
    nodes = {node["id"]: node for node in drawn(subgraph).nodes}
    assert (nodes[IDA]["name"], nodes[IDA]["note"], nodes[IDA]["shape"]) == (
        "<b>Ida</b>",
        "director",
        "diamond",
    )
    assert nodes[YEAR]["name"] == "year 1994" == entity_title("year", "1994")
    assert nodes[YEAR]["shape"] != "diamond"
    assert nodes[BEN]["shape"] == "ring" and nodes[BEN]["note"].startswith("friend · ")
    assert nodes[ANNA]["shape"] == "dot"


def test_only_edges_of_further_sorts_are_dashed_and_coloured(subgraph) -> None:
    edges = {frozenset((edge["from"], edge["to"])): edge for edge in drawn(subgraph).edges}
    plain, friend = edges[frozenset((ANNA, 2))], edges[frozenset((ANNA, BEN))]
    assert not {"sort", "tint", "dashes"} & plain.keys()
    assert friend["sort"] == "friend" and friend["dashes"]
    assert friend["tint"] == {mode: kind_colour("friend", mode) for mode in MODES}
    for mode in MODES:
        shown = emphasised(drawn(subgraph), mode=mode)
        (colour,) = {edge["color"]["color"] for edge in shown.edges if edge.get("sort") == "friend"}
        assert colour == kind_colour("friend", mode)
    # The rest of the payload knows nothing of sorts in a picture that has none.
    alone = GRAPH.without({"friend", "director", "year"})
    payload = network(k_hop(alone, ANNA, 2, None), faces(k_hop(alone, ANNA, 2, None), DATA)).payload()
    assert not any({"sort", "tint", "dashes"} & edge.keys() for edge in payload["edges"])


def test_where_edges_have_signs_others_never_have_their_colours(subgraph) -> None:
    known = np.zeros(GRAPH.edge_index().shape[1], dtype=bool)
    shown = emphasised(drawn(subgraph, known=known, signed=True))
    assert not {edge["color"]["color"] for edge in shown.edges} & {kind_colour("friend", "light")}
    assert {edge["text"] for edge in shown.edges} == {"not measured"}


def test_edges_of_people_and_items_are_measured_among_themselves(subgraph) -> None:
    weight = np.where(GRAPH.edge_relation == 0, 0.001, 1.0)
    drawing = network(k_hop(GRAPH, ANNA, 2, None, weight), faces(subgraph, DATA, ENTITIES), among=KINDS)
    assert all(edge["strength"] == 1.0 for edge in drawing.edges)


def test_entities_of_one_kind_stand_side_by_side(subgraph) -> None:
    wide = Graph(
        ((USER, 1), (ITEM, 4), ("city", 2), ("job", 2)),
        (
            *Graph.bipartite(1, 4, np.zeros(4, dtype=int), np.arange(4)).relations,
            Relation(USER, "city", "city", sparse.csr_matrix(np.ones((1, 2)))),
            Relation(USER, "job", "job", sparse.csr_matrix(np.ones((1, 2)))),
        ),
    )
    seen = k_hop(wide, 0, 1, None)
    from gnnrec.figures.network import layout_of

    layout = layout_of(seen, [Face(str(place), "", "") for place in range(len(seen.nodes))])
    turn = np.argsort(np.round(np.arctan2(layout.y, layout.x) + np.pi / 2, 6)[1:] % (2 * np.pi))
    kinds = seen.nodes.kind[1:][turn].tolist()
    assert [kind for place, kind in enumerate(kinds) if place == 0 or kinds[place - 1] != kind] == [
        "job",
        "city",
        ITEM,
    ]
    assert len(ring_layout(seen).x) == len(seen.nodes)


def test_files_have_the_legend_of_what_is_drawn_and_no_markup_of_the_data(subgraph) -> None:
    legend = [
        *legend_of([USER, ITEM], USER, FILMS),
        relation_entry("friend", "friend", KINDS, 1),
        relation_entry("year", "year", KINDS, 0, on=False),
    ]
    drawing = drawn(subgraph, legend=legend)
    svg = network_svg(drawing, "title")
    root = ElementTree.fromstring(svg)
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "friends 1" in texts and not any(text.startswith("years") for text in texts)
    assert "<b>Ida</b>" in texts and "<b>" not in svg
    assert 'stroke-dasharray="5 4"' in svg and "evenodd" in svg
    page = standalone_html(drawing, "title")
    assert "<b>Ida</b>" not in page and "ring" in page


def test_data_has_kinds_and_relations(subgraph) -> None:
    found = as_json(subgraph, faces(subgraph, DATA, ENTITIES))
    assert {
        "key": "director:<b>Ida</b>",
        "id": "<b>Ida</b>",
        "kind": "director",
        "hop": 2,
        "title": "<b>Ida</b>",
    } in (found["nodes"])
    assert {edge["relation"] for edge in found["edges"]} == {"watched", "friend", "director", "year"}
