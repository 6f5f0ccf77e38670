"""Messages played with the keyboard alone, and attention tested by deletion, in a real browser, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from gnnrec.checkpoints import find
from tests.browsing import assert_no_failure, settle
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


def rounds(page: Page) -> str | None:
    return parse_qs(urlsplit(page.url).query).get("g_round", [None])[0]


def shows(page: Page, where: str) -> None:
    expect(page.get_by_text(where, exact=True).first).to_be_visible(timeout=SLOW_MS)
    settle(page)
    assert_no_failure(page)


def test_messages_are_played_with_the_keyboard(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/graph?d=demo&g_model={find('demo-lightgcn').address}")
    start = page.get_by_role("button", name="Play messages")
    expect(start).to_be_visible(timeout=SLOW_MS)
    start.focus()
    page.keyboard.press("Enter")
    shows(page, "Before the first round")
    for key, where in (
        ("n", "After round 1 of 2"),
        ("n", "After round 2 of 2"),
        ("b", "After round 1 of 2"),
    ):
        page.keyboard.press(key)
        shows(page, where)
    # Whoever types a name does not step.
    search = page.get_by_label("Find a film or a person")
    search.focus()
    page.keyboard.type("nb")
    settle(page)
    assert rounds(page) == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_attention_is_shown_and_tested(server: Server, open_page: Callable[..., Page], scheme: str) -> None:
    page = open_page(f"{server.url}/attention?d=demo", color_scheme=scheme)
    expect(page.get_by_text("Nearly uniform")).to_be_visible(timeout=SLOW_MS)
    start = page.get_by_role("button", name="Take them out")
    measured = page.get_by_text("95 % interval")
    expect(start.or_(measured).first).to_be_visible(timeout=SLOW_MS)
    if start.is_visible():
        start.click()
    expect(measured.first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".heatmaplayer").first).to_be_attached(timeout=SLOW_MS)
    settle(page)
    assert_no_failure(page)
