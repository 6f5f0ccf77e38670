"""A newcomer in a real browser: a feature picked, a first film clicked, the list ranked again, all in the address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


def test_somebody_of_whom_only_features_are_known_gets_a_list(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/recommend?d=demo&u=m0005")
    fine(page)
    page.get_by_text("A newcomer: somebody the model has never met").click()
    own = page.get_by_role("list", name="For this newcomer").locator("button.open")
    expect(own).to_have_count(10, timeout=SLOW_MS)
    expect(page.get_by_text(re.compile("not even a feature"))).to_be_visible(timeout=SLOW_MS)
    fine(page)
    average = own.all_inner_texts()
    page.get_by_role("combobox", name="City").click()
    page.get_by_role("option", name="Lindmoor", exact=True).click()
    expect(page.get_by_text(re.compile("only features are known"))).to_be_visible(timeout=SLOW_MS)
    fine(page)
    assert query(page)["r_f_city"] == "Lindmoor"
    assert own.all_inner_texts() != average
    page.get_by_role("list", name="For anybody new").locator("button.open").first.click()
    expect(page.get_by_text(re.compile("a first film is known, and features"))).to_be_visible(timeout=SLOW_MS)
    fine(page)
    assert query(page)["r_nh"]
    shown = own.all_inner_texts()
    page.reload()
    expect(own).to_have_count(10, timeout=SLOW_MS)
    fine(page)
    assert own.all_inner_texts() == shown
