"""The exported graph in a real browser: titles from a hostile data set stay titles."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.figures.network import Face, network
from gnnrec.figures.network_page import standalone_html
from gnnrec.graph import Graph, k_hop

pytestmark = pytest.mark.browser

NASTY = [
    "<script>window.broken = 1</script>",
    "</script><script>window.broken = 1</script>",
    '<img src="https://elsewhere.example/x" onerror="window.broken = 1">',
    '<a href="javascript:window.broken = 1">href</a>',
    "' + (window.broken = 1) + ' \" \\ ` ${window.broken = 1}",
    "{{ 7 * 7 }} <!-- -->",
]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_nothing_in_a_title_runs_and_nothing_is_asked_for(browser, tmp_path, mode):
    graph = Graph.bipartite(4, 4, np.array([0, 0, 0, 1, 1, 2, 3]), np.array([0, 1, 2, 0, 3, 1, 3]))
    subgraph = k_hop(graph, 0, 4, None)
    faces = [
        Face(NASTY[place % 6], NASTY[place % 6], NASTY[(place + 1) % 6])
        for place in range(len(subgraph.nodes))
    ]
    file = tmp_path / "graph.html"
    file.write_text(
        standalone_html(network(subgraph, faces), title=NASTY[1], caption=NASTY[2], mode=mode),
        encoding="utf-8",
    )
    page = browser.new_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.locator("#mynetwork canvas").wait_for()
    assert page.locator("h1").inner_text() == NASTY[1]
    assert page.title() == NASTY[1]

    # Pointing at every node opens its tooltip, where pyvis' own one would run what the title says.
    shown = set()
    for node in subgraph.nodes.node.tolist():
        spot = page.evaluate("(id) => network.canvasToDOM(network.getPositions([id])[id])", node)
        frame = page.locator("#mynetwork").bounding_box()
        page.mouse.move(frame["x"] + spot["x"] + 3, frame["y"] + spot["y"] + 3, steps=3)
        page.locator(".graph-tip-title").wait_for()
        shown.add(page.locator(".graph-tip-title").inner_text())
        page.mouse.move(frame["x"] + 1, frame["y"] + 1, steps=3)
    assert shown == set(NASTY)

    # What slipped past the escaping would still be stopped by the page's own policy.
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=\"window.broken = 1\">')"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.broken") is None
    assert {address for address in asked if not address.startswith("data:")} == {file.as_uri()}
    assert len(complaints) == 1
    assert "Content Security Policy" in complaints[0]
    page.close()
