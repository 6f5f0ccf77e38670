"""What browser tests wait for and look at on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAILURE = "Something went wrong on this page"


def settle(page: Page, timeout_s: float = 60) -> None:
    """Wait until the page's script has run to its end and everything it asked for has come."""
    limit = timeout_s * 1000
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=limit)
    page.wait_for_load_state("networkidle", timeout=limit)


def assert_no_failure(page: Page) -> None:
    """Fail with what the page says when it shows a bug of ours or an error of Streamlit's."""
    text = page.locator("body").inner_text()
    assert FAILURE not in text, text
    assert page.get_by_test_id("stException").count() == 0, text
