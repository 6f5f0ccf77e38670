"""Compare in a real browser: from the verdict to those whom only B serves, and to the first of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


def test_from_the_verdict_to_a_person_that_only_b_serves(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/compare?d=demo&a=demo-lightgcn&b=demo-gf_cf&c_who=both")
    heading = page.get_by_role("heading", level=3, name=re.compile("^LightGCN is better"))
    expect(heading).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text(re.compile(r"two seeds of LightGCN share \d\.\d"))).to_be_visible(timeout=SLOW_MS)
    fine(page)

    # The quadrant, with as many people in its worklist as it says.
    choice = page.get_by_role("radiogroup").get_by_text(re.compile("^Only B serves them"))
    n = int(re.search(r": (\d+)", choice.inner_text())[1])
    choice.click()
    page.wait_for_url(lambda _: query(page).get("c_who") == "b")
    fine(page)
    page.get_by_role("button", name="Make a worklist").click()
    page.wait_for_url(lambda _: "list" in query(page))
    fine(page)
    assert len(query(page)["list"].split("|")) == n
    expect(page.get_by_text(f"Worklist, {n} people")).to_be_visible(timeout=SLOW_MS)

    page.get_by_role("link", name="Look at the first one").click()
    page.wait_for_url("**/recommend?**")
    fine(page)
    assert query(page)["u"] == query(page)["list"].split("|")[0]
    expect(page.get_by_text(f"Worklist, 1 of {n} people")).to_be_visible(timeout=SLOW_MS)


def test_a_dot_of_the_scatter_is_clicked(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/compare?d=demo&a=demo-lightgcn&b=demo-gf_cf")
    chart = page.locator(".st-key-compare_people .js-plotly-plot")
    expect(chart).to_be_visible(timeout=SLOW_MS)
    fine(page)
    # The largest dot: those whom neither serves, at the lower left.
    dots = chart.locator(".scatterlayer .trace").first.locator(".point")
    sizes = [(one.bounding_box() or {"width": 0})["width"] for one in dots.all()]
    largest = dots.nth(sizes.index(max(sizes)))
    largest.scroll_into_view_if_needed()
    box = largest.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    # The chart learns by the hover what a click would mean.
    page.mouse.move(*middle)
    expect(chart.locator(".hoverlayer .hovertext")).to_be_visible(timeout=SLOW_MS)
    page.mouse.click(*middle)
    page.wait_for_url(lambda _: query(page).get("c_dot") == "0.0000|0.0000")
    fine(page)
    expect(page.get_by_text("At NDCG@10 A 0.00, B 0.00")).to_be_visible(timeout=SLOW_MS)
