"""Errors in a real browser: from the page to badly served people in two minutes, and the brush that finds others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 30_000
BEHIND = re.compile(r"([\d,]+) people behind it$")


def behind(page: Page) -> int:
    heading = page.get_by_role("heading", name=BEHIND)
    expect(heading).to_be_visible(timeout=SLOW_MS)
    return int(BEHIND.match(heading.inner_text())[1].replace(",", ""))


def brush(page: Page, first: float, last: float) -> None:
    """Drag across the bars, from one share of their width to another."""
    area = page.locator(".stPlotlyChart .nsewdrag").first.bounding_box()
    ends = [area["x"] + area["width"] * share for share in (first, last)]
    page.mouse.move(ends[0], area["y"] + 40)
    # The chart begins to listen once it has seen the pointer.
    page.wait_for_timeout(300)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(ends[0] + (ends[1] - ends[0]) * step / 5, area["y"] + 40 + 8 * step)
        page.wait_for_timeout(30)
    page.mouse.up()


def test_from_the_page_to_the_second_badly_served_person(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/errors?a=demo-lightgcn&b=none")
    fine(page)
    card = page.locator(".st-key-errors_worst_0")
    expect(card).to_be_visible(timeout=SLOW_MS)
    told = re.match(
        r"The ([\d,]+) people with .+ against .+ for the others \(difference −", card.inner_text(), re.S
    )
    assert told, card.inner_text()

    card.get_by_role("button", name="Show them").click()
    page.wait_for_url(lambda address: "e_slice" in query(page))
    fine(page)
    assert behind(page) == int(told[1].replace(",", ""))

    card.get_by_role("button", name="Make a worklist").click()
    page.wait_for_url(lambda address: "list" in query(page))
    fine(page)
    listed = query(page)["list"].split("|")
    expect(page.locator(".st-key-worklist")).to_contain_text("Worklist", timeout=SLOW_MS)
    card.get_by_role("link", name="Look at the first one").click()
    page.wait_for_url("**/recommend?**")
    fine(page)
    assert query(page)["u"] == listed[0] and f"1 of {len(listed)}" in page.locator("body").inner_text()
    page.locator(".st-key-worklist").get_by_role("button", name="Next").click()
    page.wait_for_url(lambda address: query(page).get("u") == listed[1])
    fine(page)
    expect(page.get_by_text(f"2 of {len(listed)} people")).to_be_visible(timeout=SLOW_MS)


def test_bars_are_brushed_and_a_dot_is_clicked(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/errors?a=demo-ease&b=none", viewport={"width": 1400, "height": 2200})
    fine(page)
    brush(page, 0.06, 0.4)
    page.wait_for_url(lambda address: "e_range" in query(page))
    fine(page)
    some = behind(page)
    low, high = map(float, query(page)["e_range"].split("~"))
    assert 0 < low < high < 0.6
    brush(page, 0.6, 0.06)
    page.wait_for_url(lambda address: query(page)["e_range"] != f"{low}~{high}")
    fine(page)
    assert behind(page) > some

    page.locator(".stPlotlyChart .scatterlayer .point").first.click(force=True)
    page.wait_for_url(lambda address: "e_slice" in query(page) and "e_range" not in query(page))
    fine(page)
    count = behind(page)
    page.reload()
    fine(page)
    assert behind(page) == count
    main = page.get_by_test_id("stMain")
    assert main.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
