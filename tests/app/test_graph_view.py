"""The graph element: what reaches the browser, once and not again, and which clicks are believed."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest


def graph_page() -> None:
    import numpy as np
    import streamlit as st

    from gnnrec.figures.network import Face, network
    from gnnrec.graph import Graph, k_hop
    from gnnrec.ui.components.graph_view import graph_view

    graph = Graph.bipartite(2, 2, np.array([0, 0, 1]), np.array([0, 1, 1]))
    subgraph = k_hop(graph, 0, 2, None)
    drawing = network(subgraph, [Face(str(node), f"Title {node}") for node in subgraph.nodes.node])
    lit = [(0, 3, 1)] if st.session_state.get("lit") else []
    st.session_state["clicked"] = graph_view(
        drawing, "graph", lit=lit, selected=3, alt="Two people, two films"
    )


def parts(app: AppTest) -> tuple[dict, dict]:
    library, picture = (part.proto for part in app.get("bidi_component"))
    return library, picture


@pytest.mark.parametrize("turn", [1, 2])
def test_the_picture_comes_with_every_run_and_the_library_apart_from_it(turn):
    """Twice, because what is registered once per process must serve every session."""
    app = AppTest.from_function(graph_page, default_timeout=30).run()
    assert not app.exception
    library, picture = parts(app)
    assert len(library.js_content) > 400_000 > 50_000 > len(picture.js_content)
    assert "sourceMappingURL" not in library.js_content
    data = json.loads(picture.json)
    assert data["alt"] == "Two people, two films"
    assert [node["name"] for node in data["drawing"]["nodes"]] == ["Title 0", "Title 2", "Title 3", "Title 1"]
    assert {node["id"] for node in data["drawing"]["nodes"] if node["look"] == "selected"} == {3}
    assert app.session_state["clicked"] is None


def test_lit_paths_reach_the_browser():
    app = AppTest.from_function(graph_page, default_timeout=30)
    app.session_state["lit"] = True
    app.run()
    looks = {node["id"]: node["look"] for node in json.loads(parts(app)[1].json)["drawing"]["nodes"]}
    assert looks == {0: "lit", 1: "lit", 2: "dim", 3: "lit"}
