"""Friends in a real browser: who brought an item up, friends switched off, the list and the address with them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


def test_friends_are_named_and_without_them_the_list_is_ranked_again(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/recommend?d=demo&u=m0042&a=demo-social_lightgcn&b=none")
    fine(page)
    expect(page.get_by_text(re.compile("only friend accounts for"))).to_be_visible(timeout=SLOW_MS)
    shown = page.get_by_role("list", name=re.compile("^List A: ")).locator("button.open")
    expect(shown).to_have_count(10, timeout=SLOW_MS)
    usual = shown.all_inner_texts()
    page.get_by_text("Without friends", exact=True).click()
    expect(page.get_by_text(re.compile("leaves? list A"))).to_be_visible(timeout=SLOW_MS)
    fine(page)
    assert query(page)["r_off"] == "friend"
    off = shown.all_inner_texts()
    assert off != usual
    page.reload()
    expect(page.get_by_text(re.compile("leaves? list A"))).to_be_visible(timeout=SLOW_MS)
    fine(page)
    assert shown.all_inner_texts() == off
    page.get_by_role("link", name="Emil Dragojlić").click()
    expect(page.get_by_role("heading", name="Emil Dragojlić")).to_be_visible(timeout=SLOW_MS)
    fine(page)
