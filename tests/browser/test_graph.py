"""The graph by hand in a real browser: expand, hide, pin, search, thresholds, edges, exports; also without a mouse."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from contextlib import suppress

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browsing import fine, query

pytestmark = pytest.mark.browser
PERSON = "m0042"


def press(page: Page, name: str, changes: str) -> None:
    """Press a button, and wait until the address has what it changes."""
    before = query(page).get(changes)
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(lambda address: query(page).get(changes) != before)
    fine(page)


def drawn(page: Page) -> int:
    """How many nodes the page says are drawn."""
    said = page.get_by_text(re.compile(r"^[\d,]+ of [\d,]+ nodes within")).first.inner_text()
    return int(said.split(" of ")[0].replace(",", ""))


def heading(page: Page) -> str:
    """What the panel beside the picture is about."""
    return page.locator(".st-key-graph-1 [data-testid='stMarkdown'] strong").first.inner_text()


@pytest.fixture(params=["light", "dark"])
def graph(request: pytest.FixtureRequest, server, open_page) -> Page:
    page = open_page(f"{server.url}/graph?d=demo&u={PERSON}", color_scheme=request.param)
    fine(page)
    page.locator(".graph-stage canvas").wait_for()
    return page


def test_a_node_is_expanded_collapsed_hidden_and_pinned(graph: Page) -> None:
    first = drawn(graph)
    press(graph, "Expand", "g_expanded")
    assert drawn(graph) == first + 12
    press(graph, "Expand", "g_expanded")
    assert drawn(graph) == first + 24
    press(graph, "Collapse", "g_expanded")
    assert drawn(graph) == first and "g_expanded" not in query(graph)

    search = graph.get_by_role("searchbox", name="Find a film or a person")
    search.press_sequentially("f431")
    graph.locator(".st-key-graph-1").get_by_role("button", name="f431").click()
    graph.wait_for_url(lambda address: "g_node" in query(graph))
    fine(graph)
    # It was not in the picture, so it has come in, pinned, with the way to it.
    assert "f431" in query(graph)["g_pinned"] and drawn(graph) > first
    name = heading(graph)
    press(graph, "Unpin", "g_pinned")
    assert drawn(graph) == first
    assert heading(graph) != name

    # The camera went to what was found; seen as a whole, the person is in the middle again.
    graph.get_by_role("button", name="Show the whole graph").click()
    graph.wait_for_timeout(600)
    graph.locator(".graph-stage canvas").click()
    graph.wait_for_url(lambda address: PERSON in query(graph).get("g_node", ""))
    fine(graph)
    expect(graph.get_by_role("button", name="Hide", exact=True)).to_be_disabled()


def test_what_was_found_by_name_can_be_hidden_and_comes_back(graph: Page) -> None:
    first = drawn(graph)
    expect(graph.locator(".graph-legend")).to_contain_text("the person in the middle")
    search = graph.get_by_role("searchbox", name="Find a film or a person")
    search.press_sequentially("a")
    # What is drawn comes first, the person in the middle before all.
    graph.locator(".st-key-graph-1 [class*='st-key-find_'] button").nth(1).click()
    graph.wait_for_url(lambda address: "g_node" in query(graph))
    fine(graph)
    press(graph, "Hide", "g_hidden")
    assert drawn(graph) < first and "g_node" not in query(graph)
    graph.reload()
    fine(graph)
    assert drawn(graph) < first
    press(graph, "Show 1 hidden", "g_hidden")
    assert drawn(graph) == first


def test_an_edge_tells_how_its_weight_comes_about(graph: Page) -> None:
    box = graph.locator(".graph-stage canvas").bounding_box()
    # Around the person so many edges meet that some point of a small circle lies on one.
    for right, down in ((0, -45), (32, -32), (45, 0), (32, 32), (0, 45), (-32, 32), (-45, 0)):
        graph.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)
        # A click beside every edge answers nothing, so only time can tell that none was hit.
        with suppress(TimeoutError):
            graph.wait_for_url(lambda address: "g_edge" in address, timeout=3000)
            break
    fine(graph)
    assert query(graph)["g_edge"].count("|") == 1
    expect(graph.get_by_text(re.compile(r"raw score [-−]?\d")).first).to_be_visible()
    kept = graph.url
    graph.reload()
    fine(graph)
    assert graph.url == kept
    expect(graph.get_by_text(re.compile(r"raw score [-−]?\d")).first).to_be_visible()


def test_weak_edges_are_hidden_and_the_picture_is_saved_as_svg(graph: Page) -> None:
    slider = graph.get_by_role("slider", name="Hide edges weaker than")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    graph.wait_for_url(lambda address: query(graph).get("g_threshold") == "50")
    fine(graph)
    with graph.expect_download() as waiting:
        graph.get_by_role("button", name="Save as SVG").click()
    root = ElementTree.parse(waiting.value.path()).getroot()
    assert waiting.value.suggested_filename.endswith(".svg")
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("Edge width is attention" in text for text in texts)
    nodes = [
        one for one in root.iter() if one.tag.endswith(("circle", "rect")) and one.get("opacity") is not None
    ]
    assert len(nodes) == drawn(graph)


def test_two_models_are_compared_on_the_same_nodes(server, open_page) -> None:
    page = open_page(f"{server.url}/graph?d=demo&u={PERSON}&i=f431")
    fine(page)
    for option, pictures in (("A beside B", 2), ("A less B", 1)):
        page.get_by_role("combobox", name="Compare", exact=True).click()
        page.get_by_role("option", name=option, exact=True).click()
        fine(page)
        expect(page.locator(".graph-stage canvas")).to_have_count(pictures)
    expect(page.locator(".graph-legend")).to_contain_text("counts more for")


def test_everything_is_reached_without_a_mouse(server, open_page) -> None:
    page = open_page(f"{server.url}/graph?d=demo&u={PERSON}")
    fine(page)
    page.get_by_role("searchbox", name="Find a film or a person").focus()
    page.keyboard.type("a")
    found = page.locator(".st-key-graph-1 [class*='st-key-find_'] button").nth(1)
    found.wait_for()
    fine(page)

    def tab_to(text: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if text in (page.evaluate("document.activeElement.innerText") or ""):
                return
        raise AssertionError(f"no way to {text} by the Tab key")

    tab_to(found.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "g_node" in query(page))
    fine(page)
    for name, changes in (("Expand", "g_expanded"), ("Pin", "g_pinned"), ("Hide", "g_hidden")):
        page.get_by_role("searchbox", name="Find a film or a person").focus()
        tab_to(name)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address, changes=changes: changes in query(page))
        fine(page)
    with page.expect_download() as waiting:
        tab_to("Save as SVG")
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.endswith(".svg")
    # A row of the neighbours stands for an edge.
    grid = page.locator(".st-key-graph-1 [data-testid='data-grid-canvas']")
    grid.focus()
    grid.press("ArrowDown")
    grid.press("Shift+Space")
    page.wait_for_url(lambda address: "g_edge" in query(page))
    fine(page)
    # The picture itself moves by keys.
    stage = page.locator(".graph-stage")
    stage.focus()
    before = stage.screenshot()
    for key in ("+", "+", "ArrowRight"):
        stage.press(key)
    page.wait_for_timeout(300)
    assert stage.screenshot() != before
