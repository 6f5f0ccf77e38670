"""Pictures of sessions: numbered clicks, bows with arrows from click to click, and the same in files."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from gnnrec.figures.drawing import emphasised
from gnnrec.figures.network import Face, as_json, network
from gnnrec.figures.network_page import standalone_html
from gnnrec.figures.network_svg import network_svg
from gnnrec.figures.node_kinds import relation_entry
from gnnrec.graph import NEXT_CLICK, Subgraph, k_hop, pointing, session_graph

# Ann (0) of two people clicks on films 0 and 1 in turn, twice, and then on film 2.
CLICKS = np.array([0, 1, 0, 1, 2])
GRAPH = session_graph(2, 3, 0, [CLICKS])
ANN, FILM = 0, (2, 3, 4)
NUMBERS = {FILM[0]: "1, 3", FILM[1]: "2, 4", FILM[2]: "5"}


@pytest.fixture
def subgraph() -> Subgraph:
    values = np.concatenate([one.matrix.data for one in GRAPH.relations])
    weight = np.concatenate([values, values])
    return pointing(GRAPH, k_hop(GRAPH, ANN, 1, None, weight, "clicks"))


def drawn(subgraph: Subgraph):
    faces = [
        Face(str(node), f"<i>{node}</i>", places=NUMBERS.get(node, ""))
        for node in subgraph.nodes.node.tolist()
    ]
    legend = [relation_entry(NEXT_CLICK, NEXT_CLICK, [], 3)]
    return faces, network(subgraph, faces, legend=legend, ring_names=("5 clicks",))


def steps(drawing) -> dict[tuple[int, int], dict]:
    return {(one["from"], one["to"]): one for one in drawing.edges if one.get("step")}


def test_steps_are_bows_with_arrows_that_no_selection_turns_round(subgraph) -> None:
    _, drawing = drawn(subgraph)
    expected = {(FILM[0], FILM[1]): "2×", (FILM[1], FILM[0]): "1×", (FILM[1], FILM[2]): "1×"}
    for selected in (None, FILM[0], FILM[1]):
        shown = emphasised(drawing, selected=selected)
        found = steps(shown)
        assert {ends: one["text"] for ends, one in found.items()} == expected
        bright = {ends for ends, one in found.items() if one["arrows"] == "to"}
        assert bright == {ends for ends in expected if selected is None or selected in ends}
        assert all(one["smooth"]["enabled"] and one["sort"] == "next click" for one in found.values())
        # Only what was done more than once carries its number.
        assert [one["text"] for one in shown.edges if one["labelled"]] == ["2×"]
    assert [one["reverse_text"] for one in drawing.edges] == [""] * 6
    # Whose click it is stays a thin line without an arrow, whatever is selected.
    spokes = [one for one in emphasised(drawing, selected=FILM[0]).edges if not one.get("step")]
    assert {one["arrows"] for one in spokes} == {""} and max(one["width"] for one in spokes) < 1


def test_clicks_are_numbered_before_their_names_and_files_keep_the_names_alone(subgraph) -> None:
    faces, drawing = drawn(subgraph)
    names = {node["id"]: node["name"] for node in drawing.nodes}
    assert names[FILM[0]] == "1, 3 · <i>2</i>" and names[ANN] == "<i>0</i>"
    data = as_json(subgraph, faces)
    assert {node["title"] for node in data["nodes"]} == {f"<i>{node}</i>" for node in (ANN, *FILM)}
    found = {
        (one["source"], one["target"]): one["weight"]
        for one in data["edges"]
        if one["relation"] == NEXT_CLICK
    }
    assert found == {("item:2", "item:3"): 2, ("item:3", "item:2"): 1, ("item:3", "item:4"): 1}


def test_where_there_is_no_room_for_all_names_those_of_the_first_clicks_come_first(subgraph) -> None:
    turned = {FILM[2]: "1, 9", FILM[1]: "2", FILM[0]: "10"}
    nodes = subgraph.nodes.node.tolist()
    drawing = network(subgraph, [Face("", str(node), places=turned.get(node, "")) for node in nodes])
    ranks = {node["rank"]: node["id"] for node in drawing.nodes}
    assert [ranks[one] for one in range(4)] == [ANN, *FILM[::-1]]


def test_the_files_have_bows_arrows_and_the_name_of_the_ring(subgraph) -> None:
    _, drawing = drawn(subgraph)
    svg = network_svg(drawing, "A session")
    tree = ElementTree.fromstring(svg)
    name = "{http://www.w3.org/2000/svg}"
    texts = ["".join(one.itertext()) for one in tree.iter(f"{name}text")]
    assert "5 clicks" in texts and "1 step" not in texts and "next clicks 3" in texts and "2×" in texts
    bows = [one for one in tree.iter(f"{name}path") if "Q" in one.get("d")]
    # One head for each step, and the arrow of the legend.
    assert len(bows) == 3 and len(list(tree.iter(f"{name}polygon"))) == 4
    page = standalone_html(drawing, "A session")
    assert "curvedCW" in page and '"ringNames": ["5 clicks"]' in page


def test_there_and_back_are_two_lines(subgraph) -> None:
    _, drawing = drawn(subgraph)
    tree = ElementTree.fromstring(network_svg(drawing, ""))
    bends = {one.get("d").split("Q")[1].rsplit(" ", 2)[0] for one in tree.iter() if "Q" in one.get("d", "")}
    assert len(bends) == 3
