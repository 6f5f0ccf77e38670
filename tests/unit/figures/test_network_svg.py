"""The graph as SVG: well-formed, nothing that runs or loads, titles as text, everything inside the frame."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from gnnrec.data import FILMS
from gnnrec.figures.drawing import sign_legend
from gnnrec.figures.network import Face, layout_of, network
from gnnrec.figures.network_svg import Box, _wide, network_svg
from gnnrec.figures.node_kinds import legend_of
from gnnrec.figures.tokens import tokens
from gnnrec.graph import ITEM, USER, Graph, k_hop, reweighted
from tests.unit.figures.test_network import ANNA, BEN, CLEO, FILM, GRAPH, NASTY, faces_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def subgraph():
    return k_hop(GRAPH, ANNA, 3, None)


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def test_it_has_every_node_and_edge_at_its_place(subgraph):
    drawing = network(subgraph, faces_of(subgraph), legend=legend_of([USER, ITEM], USER, FILMS))
    root = parsed(network_svg(drawing, "Anna", "Edge width is the normalised weight"))
    lines = list(root.iter(f"{SVG}line"))
    assert len(lines) == len(subgraph.edges)
    drawn = [one for one in root.iter() if one.get("opacity") is not None]
    assert len(drawn) == len(subgraph.nodes)
    layout = layout_of(subgraph, faces_of(subgraph))
    middles = {(float(one.get("x1")), float(one.get("y1"))) for one in lines}
    assert middles <= set(zip(layout.x.tolist(), layout.y.tolist(), strict=True))
    assert {"Anna", "Edge width is the normalised weight", "the person in the middle"} <= set(texts(root))
    assert {"user number 1", "item number 3"} <= set(texts(root))


def test_titles_of_other_people_are_text(subgraph):
    drawing = network(subgraph, faces_of(subgraph, NASTY))
    text = network_svg(drawing, NASTY[0], NASTY[2])
    root = parsed(text)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg",
        "title",
        "rect",
        "g",
        "text",
        "circle",
        "line",
        "polygon",
    }
    assert root.find(f"{SVG}title").text == NASTY[0]
    for one in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in one.attrib)
        assert "url(" not in " ".join(one.attrib.values())
    assert "\u202e" not in text and "\x00" not in text
    assert not re.search(r"(?:src|href)\s*=", re.sub(r">[^<]*<", "><", text))


def test_everything_lies_inside_the_frame():
    rng = np.random.default_rng(3)
    graph = Graph.bipartite(40, 60, rng.integers(0, 40, 400), rng.integers(0, 60, 400))
    subgraph = k_hop(graph, 0, 3, 80)
    faces = [
        Face(str(place), f"A rather long title of {place}, part two") for place in range(len(subgraph.nodes))
    ]
    root = parsed(network_svg(network(subgraph, faces), "A" * 300, "word " * 200))
    left, top, wide, high = map(float, root.get("viewBox").split())
    for one in root.iter(f"{SVG}text"):
        assert left <= float(one.get("x")) <= left + wide
        assert top <= float(one.get("y")) <= top + high
    # Not every node can be named, but labels do not lie on each other line by line.
    spots = [(float(one.get("x")), float(one.get("y"))) for one in root.iter(f"{SVG}text")]
    assert 5 < len(spots) == len(set(spots))


@pytest.mark.parametrize("n_lit", [9, 41])
def test_labels_of_lit_nodes_leave_each_other_alone(n_lit):
    """Fewer lines of text than nodes, in an area where no two of them touch."""
    graph = Graph.bipartite(1, 60, np.zeros(60, dtype=int), np.arange(60))
    subgraph = k_hop(graph, 0, 1, 61)
    faces = [Face(str(place), f"Reel {place} of the very long film") for place in range(61)]
    lit = [(0, item) for item in range(1, n_lit + 1)]
    root = parsed(network_svg(network(subgraph, faces), "Anna", lit=lit))
    groups = [
        list(group.iter(f"{SVG}text"))
        for group in root.iter(f"{SVG}g")
        if group.get("paint-order") == "stroke"
    ]
    boxes = []
    for group in groups:
        wide = max(_wide(one.text) for one in group)
        x = float(group[0].get("x"))
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[group[0].get("text-anchor")]
        tops = [float(one.get("y")) for one in group]
        boxes.append(Box(left, min(tops) - 7, left + wide, max(tops) + 7))
    assert len(boxes) > 4
    assert not any(one.meets(other) for place, one in enumerate(boxes) for other in boxes[:place])
    assert "Reel 0" in " ".join(texts(root))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_mode_decides_every_colour(subgraph, mode):
    drawing = network(subgraph, faces_of(subgraph), legend=sign_legend("for", "against"), signed=True)
    text = network_svg(drawing, "Anna", mode=mode)
    other = tokens("dark" if mode == "light" else "light")
    assert f'fill="{tokens(mode).background}"' in text
    assert other.background not in text and other.text not in text


def test_what_stands_out_on_the_page_stands_out_in_the_file(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    path = (ANNA, FILM[0], BEN, FILM[3])
    lit = parsed(network_svg(drawing, "Anna", lit=[path]))
    faint = [one for one in lit.iter() if one.get("opacity") == "0.2"]
    assert len(faint) == len(subgraph.nodes) - len(path)
    assert len(list(lit.iter(f"{SVG}polygon"))) == 3
    # A threshold leaves out weak edges here too; those into Anna differ by the degree of the film.
    weight = np.full(GRAPH.edge_index().shape[1], 0.01)
    weight[GRAPH.edge_index().T.tolist().index([FILM[2], ANNA])] = 1.0
    strong = network(reweighted(GRAPH, subgraph, weight, "attention"), faces_of(subgraph))
    every = len(list(parsed(network_svg(strong, "Anna")).iter(f"{SVG}line")))
    left = len(list(parsed(network_svg(strong, "Anna", threshold=0.5)).iter(f"{SVG}line")))
    assert every - left == 2
    chosen = strong.edges[0]["id"]
    marked = network_svg(strong, "Anna", edge=chosen, pinned=[CLEO])
    assert f'stroke="{tokens("light").primary}" stroke-width="3"' in marked


def test_a_picture_of_one_node_is_a_picture(subgraph):
    alone = k_hop(GRAPH, ANNA, 1, 1)
    root = parsed(network_svg(network(alone, [Face("u1", "مرحبا")]), "مرحبا"))
    assert texts(root).count("مرحبا") == 2
    assert any(one.get("direction") == "rtl" for one in root.iter(f"{SVG}text"))
