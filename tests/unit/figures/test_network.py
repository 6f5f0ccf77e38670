from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset, Interactions, Vocabulary
from gnnrec.figures.drawing import MODES, emphasised
from gnnrec.figures.network import Face, as_json, faces, network, weight_text
from gnnrec.figures.network_page import standalone_html
from gnnrec.graph import ITEM, USER, Graph, Path, Subgraph, k_hop, reweighted

NASTY = [
    "<script>window.broken = 1</script>",
    "</script><script>window.broken = 1</script>",
    '<img src="https://elsewhere.example/x" onerror="window.broken = 1">',
    '<a href="javascript:window.broken = 1">href</a>',
    "\"quotes\" and 'quotes' and \\ and `ticks` ${window.broken = 1}",
    "{{ 7 * 7 }} {% raw %} <!-- and -->",
    "Emoji 🎬 👩\u200d👩\u200d👧",
    "عنوان من اليمين إلى اليسار",
    "\u202eturned round",
    "line\nbreak\u2028separator\x00null",
    "x" * 500,
    "",
]

# Anna (0) watched films 0, 1, 2; Ben (1) watched 0 and 3; Cleo (2) watched 1 and 3.
GRAPH = Graph.bipartite(3, 4, np.array([0, 0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 0, 3, 1, 3]))
ANNA, BEN, CLEO = 0, 1, 2
FILM = [3, 4, 5, 6]


def faces_of(subgraph: Subgraph, titles: list[str] | None = None) -> list[Face]:
    found = []
    for place, (kind, number) in enumerate(zip(subgraph.nodes.kind, subgraph.nodes.number, strict=True)):
        title = titles[place % len(titles)] if titles else f"{kind} number {number}"
        genres = "Drama" if number % 2 else "Comedy|Drama"
        found.append(Face(str(100 + number), title, f"note {place}", genres if kind == ITEM else None))
    return found


@pytest.fixture
def subgraph() -> Subgraph:
    return k_hop(GRAPH, ANNA, 3, None)


def by_id(rows: list[dict]) -> dict:
    return {row["id"]: row for row in rows}


def between(drawing, one: int, other: int) -> dict:
    return next(edge for edge in drawing.edges if {edge["from"], edge["to"]} == {one, other})


def test_the_payload_is_plain_json(subgraph):
    payload = emphasised(network(subgraph, faces_of(subgraph))).payload()
    assert json.loads(json.dumps(payload)).keys() == payload.keys()
    assert all(type(node["id"]) is int for node in payload["nodes"])
    assert {edge["id"] for edge in payload["edges"]} == set(subgraph.edges.edge.tolist())


def test_items_are_squares_in_their_hue_people_circles_and_the_person_primary(subgraph):
    nodes = by_id(network(subgraph, faces_of(subgraph)).nodes)
    assert {nodes[film]["shape"] for film in FILM} == {"square"}
    assert {nodes[person]["shape"] for person in (ANNA, BEN, CLEO)} == {"dot"}
    assert nodes[FILM[0]]["fills"] == nodes[FILM[2]]["fills"] != nodes[FILM[1]]["fills"]
    assert nodes[ANNA]["fills"]["light"] == "#4F46E5"
    assert nodes[BEN]["fills"] == nodes[CLEO]["fills"] != nodes[ANNA]["fills"]
    assert set(nodes[ANNA]["fills"]) == set(MODES)


def test_physics_is_off_and_nodes_stand_where_the_layout_says(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    assert drawing.options["physics"] == {"enabled": False}
    centre = by_id(drawing.nodes)[ANNA]
    assert (centre["x"], centre["y"]) == (0, 0)
    assert len({(node["x"], node["y"]) for node in drawing.nodes}) == len(drawing.nodes)


def test_width_and_opacity_follow_the_weight_within_a_ring(subgraph):
    weight = np.full(GRAPH.edge_index().shape[1], 0.2)
    pairs = GRAPH.edge_index().T.tolist()
    for film, value in zip(FILM[:3], (0.1, 0.2, 0.4), strict=True):
        weight[pairs.index([film, ANNA])] = value
    drawing = emphasised(network(reweighted(GRAPH, subgraph, weight, "attention"), faces_of(subgraph)))
    thin, middle, thick = (between(drawing, film, ANNA) for film in FILM[:3])
    assert thin["strength"] == 0.25
    assert (middle["strength"], thick["strength"]) == (0.5, 1)
    assert thin["width"] < middle["width"] < thick["width"]
    # 0.2 is the largest weight into the first ring, so it is as strong there as 0.4 into the centre.
    outer = between(drawing, BEN, FILM[0])
    assert outer["strength"] == 1


def test_the_three_strongest_edges_into_the_centre_are_labelled(subgraph):
    drawing = emphasised(network(subgraph, faces_of(subgraph)))
    labelled = [edge for edge in drawing.edges if edge["labelled"]]
    assert {(edge["from"], edge["to"]) for edge in labelled} == {(film, ANNA) for film in FILM[:3]}
    assert {node["id"] for node in drawing.nodes if node["named"]} == {ANNA, *FILM[:3]}
    assert between(drawing, FILM[0], ANNA)["text"] == weight_text(1 / np.sqrt(3 * 2), "norm") == "0.41"


def test_lit_paths_stand_out_and_everything_else_is_dimmed(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    path = Path((ANNA, FILM[0], BEN, FILM[3]), 0.1)
    shown = emphasised(drawing, lit=[path])
    looks = {node["id"]: node["look"] for node in shown.nodes}
    assert {node for node, look in looks.items() if look == "lit"} == set(path.nodes)
    assert {looks[node] for node in (CLEO, FILM[1], FILM[2])} == {"dim"}
    lit = {frozenset((edge["from"], edge["to"])) for edge in shown.edges if edge["look"] == "lit"}
    assert lit == {frozenset(pair) for pair in zip(path.nodes, path.nodes[1:], strict=False)}
    dim = between(shown, CLEO, FILM[1])
    assert dim["color"]["opacity"] < 0.1 < 0.7 < between(shown, BEN, FILM[0])["color"]["opacity"]
    assert by_id(shown.nodes)[CLEO]["opacity"] < by_id(shown.nodes)[BEN]["opacity"] == 1
    # Lighting changes no place.
    assert [(n["id"], n["x"], n["y"]) for n in shown.nodes] == [
        (n["id"], n["x"], n["y"]) for n in drawing.nodes
    ]


def test_edges_of_the_selected_node_point_into_it(subgraph):
    weight = np.arange(GRAPH.edge_index().shape[1]) / 100
    pairs = GRAPH.edge_index().T.tolist()
    drawing = network(reweighted(GRAPH, subgraph, weight, "attention"), faces_of(subgraph))
    inward = between(emphasised(drawing), FILM[0], ANNA)
    assert (inward["from"], inward["to"]) == (FILM[0], ANNA)
    turned = between(emphasised(drawing, selected=FILM[0]), FILM[0], ANNA)
    assert (turned["from"], turned["to"]) == (ANNA, FILM[0])
    assert turned["weight"] == weight[pairs.index([ANNA, FILM[0]])] == inward["reverse"]
    assert turned["text"] == inward["reverse_text"]
    assert turned["id"] == inward["id"]


def test_a_selected_node_keeps_its_neighbours_bright(subgraph):
    shown = emphasised(network(subgraph, faces_of(subgraph)), selected=BEN)
    looks = {node["id"]: node["look"] for node in shown.nodes}
    assert looks[BEN] == "selected"
    assert {node for node, look in looks.items() if look == "plain"} == {ANNA, FILM[0], FILM[3]}
    assert {looks[node] for node in (CLEO, FILM[1], FILM[2])} == {"faint"}


def test_selecting_a_node_that_is_not_drawn_changes_nothing(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    assert emphasised(drawing, selected=99).payload() == emphasised(drawing).payload()


def crowded() -> tuple[Graph, Subgraph]:
    rng = np.random.default_rng(4)
    graph = Graph.bipartite(60, 60, rng.integers(0, 60, 1500), rng.integers(0, 60, 1500))
    return graph, k_hop(graph, 0, 2, None)


def test_with_too_many_edges_every_node_stays_attached_and_lit_ones_are_shown():
    graph, subgraph = crowded()
    drawing = network(subgraph, faces_of(subgraph))
    assert len(drawing.edges) == drawing.total_edges == len(subgraph.edges) > 400
    weakest = min(drawing.edges, key=lambda edge: (edge["strength"], -edge["id"]))
    shown = emphasised(drawing, most_edges=200)
    assert len(shown.edges) == 200
    assert weakest["id"] not in by_id(shown.edges)
    ends = {edge["from"] for edge in shown.edges} | {edge["to"] for edge in shown.edges}
    assert ends == {node["id"] for node in shown.nodes}
    assert sum(edge["to"] == 0 for edge in shown.edges) == graph.degrees[0]
    lit = emphasised(drawing, lit=[(weakest["from"], weakest["to"])], most_edges=200)
    assert by_id(lit.edges)[weakest["id"]]["look"] == "lit"


def test_the_mode_chooses_the_colours(subgraph):
    drawing = network(subgraph, faces_of(subgraph))
    for mode in MODES:
        for node in emphasised(drawing, mode=mode).nodes:
            assert node["color"]["background"] == node["fills"][mode]


@pytest.mark.parametrize(
    ("weight", "kind", "text"),
    [
        (0.1234, "norm", "0.12"),
        (0.01234, "norm", "0.012"),
        (0.12, "attention", "12 %"),
        (0.0312, "attention", "3.1 %"),
        (1.0, "attention", "100 %"),
        (0.12, "contribution", "+0.12"),
        (-0.12, "contribution", "-0.12"),
    ],
)
def test_weights_in_words(weight, kind, text):
    assert weight_text(weight, kind) == text


def test_as_json_is_the_contract_of_the_command_line(subgraph):
    small = k_hop(GRAPH, ANNA, 1, 3)
    assert as_json(small, faces_of(small)) == {
        "nodes": [
            {"key": "user:100", "id": "100", "kind": USER, "hop": 0, "title": "user number 0"},
            {"key": "item:100", "id": "100", "kind": ITEM, "hop": 1, "title": "item number 0"},
            {"key": "item:102", "id": "102", "kind": ITEM, "hop": 1, "title": "item number 2"},
        ],
        "edges": [
            {
                "source": f"item:{film}",
                "target": "user:100",
                "relation": "watched",
                "weight": pytest.approx(1 / np.sqrt(3 * degree)),
                "weight_kind": "norm",
            }
            for film, degree in ((100, 2), (102, 1))
        ],
        "total_nodes": 4,
    }
    json.dumps(as_json(subgraph, faces_of(subgraph)))


def test_faces_come_from_the_data_set():
    dataset = Dataset(
        name="tiny",
        title="Tiny",
        users=Vocabulary(["ann", "bob"]),
        items=Vocabulary(["f1", "f2"]),
        interactions=Interactions(
            user=np.array([0, 1, 1], dtype=np.int32), item=np.array([0, 0, 1], dtype=np.int32)
        ),
        item_features=pd.DataFrame(
            {
                "title": ["First", "Second"],
                "year": pd.array([1999, None], dtype="Int64"),
                "genres": ["Drama|War", None],
            }
        ),
    )
    graph = Graph.bipartite(2, 2, dataset.interactions.user, dataset.interactions.item)
    found = faces(k_hop(graph, 0, 3, None), dataset)
    assert [face.id for face in found] == ["ann", "f1", "bob", "f2"]
    assert [face.title for face in found][1::2] == ["First", "Second"]
    assert [face.note for face in found] == ["person", "item · Drama · 1999", "person", "item"]
    assert [face.genres for face in found] == [None, "Drama|War", None, None]


class Reader(HTMLParser):
    """Tags and attributes as a browser would see them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page() -> str:
    subgraph = k_hop(GRAPH, ANNA, 3, None)
    rest = NASTY[len(subgraph.nodes) :]
    drawing = network(subgraph, faces_of(subgraph, NASTY))
    drawing.nodes[0]["note"] = " ".join(rest)
    return standalone_html(drawing, title=NASTY[1], caption=NASTY[2], lit=[(ANNA, FILM[0])])


def test_the_exported_page_has_only_its_own_tags(page):
    reader = Reader()
    reader.feed(page)
    names = [tag for tag, _ in reader.tags]
    assert set(names) == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "script",
        "body",
        "header",
        "h1",
        "p",
        "div",
    }
    assert all(not name.startswith("on") for _, attributes in reader.tags for name in attributes)
    assert not [attributes for _, attributes in reader.tags if {"src", "href", "action"} & attributes.keys()]
    assert NASTY[1] in reader.text
    assert NASTY[2] in reader.text


def test_the_exported_page_asks_no_other_host(page):
    own, titles = re.subn(r"vis\.DataSet\(\[.*?\]\);", "", page)
    assert titles == 2
    assert not re.search(r"(?:src|href|action|url)\s*[=(]\s*[\"'\\]*\s*(?:https?:)?//", own, re.IGNORECASE)
    assert "jsdelivr" not in page
    assert "cdnjs" not in page


def test_the_policy_comes_first_and_allows_exactly_the_scripts_of_the_page(page):
    reader = Reader()
    reader.feed(page)
    head = [tag for tag, _ in reader.tags].index("head")
    tag, attributes = reader.tags[head + 1]
    assert (tag, attributes["http-equiv"]) == ("meta", "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in attributes["content"].split(";"))
    assert rules["default-src"] == "'none'"
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    allowed = {
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    }
    assert set(rules["script-src"].split()) == allowed


def test_titles_reach_the_page_as_data_only(page):
    assert "<script>window.broken" not in page
    assert "<img" not in page
    # The popup of pyvis would write titles as markup; it comes with the first node title that says href.
    assert "popup.innerHTML" not in page
    data = re.search(r"nodes = new vis\.DataSet\((\[.*?\])\);", page, re.DOTALL).group(1)
    assert all("title" not in node for node in json.loads(data))
    assert "<" not in data


def test_the_library_is_in_the_page_unharmed(page):
    library = (files("pyvis") / "lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")
    assert library.strip() in page


def test_bidirectional_tricks_and_control_characters_are_taken_out():
    subgraph = k_hop(GRAPH, ANNA, 1, 2)
    nodes = network(subgraph, [Face("1", NASTY[8]), Face("2", NASTY[9])]).nodes
    assert [node["name"] for node in nodes] == ["turned round", "line break separatornull"]


def test_a_node_without_a_title_shows_its_id():
    subgraph = k_hop(GRAPH, ANNA, 1, 1)
    assert network(subgraph, [Face("u7", " ")]).nodes[0]["name"] == "u7"
