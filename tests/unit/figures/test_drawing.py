"""What stands out in a drawing besides lit paths: a threshold, an edge, pinned nodes, signs, doubtful weights."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.figures.drawing import (
    AGAINST,
    FOR,
    MANY_LIT,
    MOST_NAMED,
    edge_colour,
    emphasised,
    sign_legend,
    strong_enough,
)
from gnnrec.figures.network import UNKNOWN, as_json, layout_of, network
from gnnrec.figures.tokens import tokens
from gnnrec.graph import k_hop, reweighted
from tests.unit.figures.test_network import (
    ANNA,
    BEN,
    CLEO,
    FILM,
    GRAPH,
    between,
    by_id,
    crowded,
    faces_of,
)

PAIRS = [tuple(pair) for pair in GRAPH.edge_index().T.tolist()]


@pytest.fixture
def subgraph():
    return k_hop(GRAPH, ANNA, 3, None)


def weighed(subgraph, strong: dict[tuple[int, int], float], other: float = 0.1, kind: str = "attention"):
    weight = np.array([strong.get(pair, other) for pair in PAIRS])
    return reweighted(GRAPH, subgraph, weight, kind)


def test_a_threshold_hides_edges_and_moves_no_node(subgraph):
    cut = weighed(subgraph, {(FILM[0], ANNA): 1.0, (FILM[1], ANNA): 0.5, (FILM[2], ANNA): 0.2})
    drawing = network(cut, faces_of(cut))
    shown = emphasised(drawing, threshold=0.4)
    into_anna = {edge["from"] for edge in shown.edges if edge["to"] == ANNA}
    assert into_anna == {FILM[0], FILM[1]}
    assert [(n["id"], n["x"], n["y"]) for n in shown.nodes] == [
        (n["id"], n["x"], n["y"]) for n in drawing.nodes
    ]
    # Film 2 has lost its only edge.
    assert by_id(shown.nodes)[FILM[2]]["look"] == "faint"
    assert by_id(shown.nodes)[FILM[0]]["look"] == "plain"
    assert len(emphasised(drawing, threshold=0).edges) == len(drawing.edges)


def test_lit_and_chosen_edges_stay_below_a_threshold(subgraph):
    cut = weighed(subgraph, {(FILM[0], ANNA): 1.0}, other=0.01)
    drawing = network(cut, faces_of(cut))
    weak = between(drawing, FILM[2], ANNA)
    assert weak["id"] not in by_id(emphasised(drawing, threshold=0.5).edges)
    assert weak["id"] in by_id(emphasised(drawing, threshold=0.5, edge=weak["id"]).edges)
    assert weak["id"] in by_id(emphasised(drawing, threshold=0.5, lit=[(ANNA, FILM[2])]).edges)
    assert strong_enough(drawing.edges, 0.5, {weak["id"]})[-1]["id"] is not None


def test_a_chosen_edge_has_its_weight_on_it_and_its_ends_named(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    edge = between(drawing, CLEO, FILM[1])["id"]
    shown = emphasised(drawing, edge=edge)
    assert by_id(shown.edges)[edge]["look"] == "chosen"
    assert by_id(shown.edges)[edge]["labelled"]
    assert by_id(shown.nodes)[CLEO]["named"]
    # The one on top of all.
    assert shown.edges[-1]["id"] == edge


def test_a_pinned_node_keeps_its_name_and_is_never_dimmed(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    shown = by_id(emphasised(drawing, lit=[(ANNA, FILM[0])], pinned=[CLEO, 99]).nodes)
    assert shown[CLEO]["named"] and shown[CLEO]["pinned"]
    assert shown[CLEO]["opacity"] == 1 > shown[BEN]["opacity"]
    assert shown[CLEO]["color"]["border"] == tokens("light").primary


def test_the_sign_of_a_weight_is_its_colour_in_both_modes(subgraph):
    cut = weighed(subgraph, {(FILM[0], ANNA): 0.5, (FILM[1], ANNA): -0.5}, 0.0, "contribution")
    drawing = network(cut, faces_of(cut), signed=True)
    for mode in ("light", "dark"):
        shown = emphasised(drawing, mode=mode)
        assert (
            between(shown, FILM[0], ANNA)["color"]["color"]
            == tokens(mode).diverging[FOR]
            != tokens(mode).diverging[AGAINST]
            == between(shown, FILM[1], ANNA)["color"]["color"]
        )
    assert [one["fills"]["dark"] for one in sign_legend("for", "against")] == [
        tokens("dark").diverging[FOR],
        tokens("dark").diverging[AGAINST],
    ]
    # Where others have a sign, a lit edge without one is in neither of the two colours.
    assert edge_colour(0, "lit", tokens("light")) == tokens("light").text
    assert edge_colour(None, "lit", tokens("light")) == tokens("light").primary
    assert network(subgraph, faces_of(subgraph)).edges[0]["sign"] is None


def test_edges_without_a_weight_carry_no_number_and_are_not_turned(subgraph):
    cut = weighed(subgraph, {(FILM[0], ANNA): 0.5}, 0.0, "contribution")
    known = np.array([pair == (FILM[0], ANNA) for pair in PAIRS])
    drawing = network(cut, faces_of(cut), known=known, signed=True)
    assert between(drawing, FILM[0], ANNA)["text"] == "+0.50"
    assert between(drawing, FILM[0], ANNA)["reverse_text"] == UNKNOWN
    assert between(drawing, BEN, FILM[0])["text"] == UNKNOWN
    exported = as_json(cut, faces_of(cut), [edge["text"] != UNKNOWN for edge in drawing.edges])["edges"]
    assert [edge["weight"] for edge in exported if edge["weight"] is not None] == [0.5]
    shown = emphasised(drawing, selected=FILM[0])
    # Its weight counts for Anna: beside the film too the arrow points to her.
    assert (between(shown, FILM[0], ANNA)["from"], between(shown, FILM[0], ANNA)["text"]) == (
        FILM[0],
        "+0.50",
    )
    assert {edge["id"] for edge in shown.edges if edge["labelled"]} == {between(shown, FILM[0], ANNA)["id"]}
    # Lit paths leave what has a weight as it is.
    lit = emphasised(drawing, lit=[(ANNA, FILM[1])])
    assert between(lit, FILM[0], ANNA)["look"] == "plain"
    assert between(lit, CLEO, FILM[3])["look"] == "dim"


def test_a_doubtful_edge_is_paler(subgraph):
    sure = np.ones(len(PAIRS))
    sure[PAIRS.index((FILM[0], ANNA))] = 0.0
    cut = weighed(subgraph, {}, 0.5, "gnnexplainer")
    shown = emphasised(network(cut, faces_of(cut), agreement=sure))
    first, second = (between(shown, film, ANNA)["color"]["opacity"] for film in FILM[:2])
    assert first == pytest.approx(0.2 * second, abs=1e-3)


def test_many_lit_edges_are_told_apart_by_their_strength():
    _, subgraph = crowded()
    drawing = network(subgraph, faces_of(subgraph))
    pairs = [(edge["from"], edge["to"]) for edge in drawing.edges][: 3 * MANY_LIT]
    shown = emphasised(drawing, lit=pairs)
    looks = [edge for edge in shown.edges if edge["look"] == "arriving"]
    assert len(looks) == 3 * MANY_LIT
    assert not [edge for edge in shown.edges if edge["look"] == "lit"]
    assert len({edge["width"] for edge in looks}) > 10
    # All their names at once would cover the picture.
    assert sum(node["named"] for node in shown.nodes) < 10


def test_lit_nodes_are_all_named_only_while_they_are_few():
    _, subgraph = crowded()
    drawing = network(subgraph, faces_of(subgraph))
    nodes = [node["id"] for node in drawing.nodes if node["hop"] == 1]
    lit = [(drawing.centre, node) for node in nodes]
    few = emphasised(drawing, lit=lit[: MOST_NAMED - 1])
    assert {node["id"] for node in few.nodes if node["look"] == "lit"} <= {
        node["id"] for node in few.nodes if node["named"]
    }
    many = emphasised(drawing, lit=lit[:MOST_NAMED])
    assert sum(node["look"] == "lit" for node in many.nodes) == MOST_NAMED + 1
    assert sum(node["named"] for node in many.nodes) <= 4


def test_a_layout_that_is_given_is_kept(subgraph):
    layout = layout_of(subgraph, faces_of(subgraph))
    moved = type(layout)(layout.x + 7, layout.y, layout.rings)
    drawing = network(subgraph, faces_of(subgraph), layout=moved)
    assert by_id(drawing.nodes)[ANNA]["x"] == 7
