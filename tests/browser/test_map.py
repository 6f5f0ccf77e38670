"""Map in a real browser: a click chooses a person, a line around points makes a worklist, and zoom stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 30_000
# How much of the drawn picture is not background, and a print of all of it.
_DRAWN = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let print = 0, drawn = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] !== data[0] || data[at + 1] !== data[1] || data[at + 2] !== data[2]) drawn++;
    print = (Math.imul(print, 31) + data[at] + 3 * data[at + 1] + 7 * data[at + 2]) | 0;
  }
  return [drawn, print];
}"""


def drawn(page: Page) -> tuple[int, int]:
    page.wait_for_timeout(150)
    many, seal = page.locator(".map-points").evaluate(_DRAWN)
    return many, seal


def test_click_line_worklist_and_zoom(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/map?u=m0042&a=demo-lightgcn&m_show=people")
    fine(page)
    stage = page.locator(".map-stage")
    expect(page.locator(".map-wait")).to_be_hidden(timeout=SLOW_MS)
    whole = drawn(page)
    assert whole[0] > 2000
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    # Zoomed in and moved by keyboard; the place stays when a person is chosen.
    stage.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map-said")).not_to_be_empty()
    zoomed = drawn(page)
    assert zoomed[1] != whole[1]
    said = page.locator(".map-said").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: query(page).get("u") not in (None, "m0042"))
    fine(page)
    name = said.partition(",")[0]
    expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=SLOW_MS)
    assert drawn(page) == zoomed

    # By mouse: whoever is named under the pointer is who is chosen.
    before = query(page)["u"]
    tip = page.locator(".map-tip")
    places = (
        (x, y) for y in range(60, int(box["height"]) - 20, 16) for x in range(20, int(box["width"]) - 20, 16)
    )
    for x, y in places:
        page.mouse.move(box["x"] + x, box["y"] + y)
        if tip.is_visible() and tip.locator("div").first.inner_text() != name:
            break
    under = page.locator(".map-tip div").first.inner_text()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(lambda url: query(page).get("u") != before)
    fine(page)
    expect(page.get_by_role("heading", name=under)).to_be_visible(timeout=SLOW_MS)

    # By keyboard: everything in view, and away with it.
    page.get_by_role("button", name="Choose everything in view").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "m_area" in query(page))
    fine(page)
    page.get_by_role("button", name="Take the line away").click()
    page.wait_for_url(lambda url: "m_area" not in query(page))
    fine(page)

    # A line around the middle, and the people inside it as a worklist.
    page.get_by_role("button", name="Show the whole map").click()
    page.get_by_role("button", name="Draw a line around points").click()
    page.mouse.move(middle[0] - 100, middle[1] - 80)
    page.mouse.down()
    for dx, dy in ((100, -80), (110, 90), (-90, 100)):
        page.mouse.move(middle[0] + dx, middle[1] + dy, steps=6)
    page.mouse.up()
    page.wait_for_url(lambda url: "m_area" in query(page))
    fine(page)
    told = page.get_by_role("heading", name=re.compile("inside the line")).inner_text()
    assert int(re.match(r"[\d,]+", told)[0].replace(",", "")) > 5
    page.get_by_role("button", name="Make a worklist").click()
    page.wait_for_url(lambda url: "list" in query(page))
    fine(page)
    expect(page.get_by_text(re.compile(r"^Worklist, "))).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a picture").click()
    assert saved.value.suggested_filename == "map.png"
