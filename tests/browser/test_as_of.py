"""An earlier day in a real browser: the slider moves, the list of then and its address with it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 30_000
FIRST, SECOND = "2022-09-03", "2022-09-04"


def films(page: Page, name: str) -> list[str]:
    """What the cards of a list say, the list named by how it begins."""
    cards = page.get_by_role("list", name=re.compile(f"^{name}")).locator("button.open")
    expect(cards.first).to_be_visible(timeout=SLOW_MS)
    return [one.get_attribute("aria-label") or "" for one in cards.all()]


def test_the_slider_goes_back_and_the_list_with_it(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/recommend?u=m0005&a=demo-time_lightgcn&b=none")
    fine(page)
    page.get_by_text("An earlier day: what would they have got then?").click()
    page.wait_for_url(lambda address: "r_then" in query(page))
    fine(page)
    expect(page.get_by_text("this is today's list")).to_be_visible(timeout=SLOW_MS)
    today = films(page, "List A as of")

    slider = page.get_by_role("slider", name="As of")
    slider.focus()
    slider.press("Home")
    page.wait_for_url(lambda address: query(page).get("r_asof") == FIRST)
    fine(page)
    then = films(page, f"List A as of {FIRST}")
    assert len(then) == len(today) == 10 and then != today
    expect(page.get_by_text(re.compile("are not on today's list"))).to_be_visible(timeout=SLOW_MS)

    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url(lambda address: query(page).get("r_asof") == SECOND)
    fine(page)
    assert films(page, f"List A as of {SECOND}")
