"""What browser tests wait for and look at on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAILURE = "Something went wrong on this page"
_QUIET_MS = 300
# Playwright's own "networkidle" now and then never comes although nothing is asked for any more, so what is waited
# for is what a visitor sees: the script has ended, nothing is drawn as a placeholder, and nothing more has loaded.
_STILL = """quiet => {
  const app = document.querySelector('[data-testid="stApp"]');
  const ended = app && app.dataset.testScriptState === "notRunning";
  const drawn = !document.querySelector('[data-testid="stSkeleton"]');
  performance.setResourceTimingBufferSize(100000);
  const loaded = performance.getEntriesByType("resource").length, now = performance.now();
  const before = window.stillSince;
  if (!ended || !drawn || !before || before.loaded !== loaded) window.stillSince = { loaded, now };
  return now - window.stillSince.now >= quiet;
}"""


def settle(page: Page, timeout_s: float = 60) -> None:
    """Wait until the page's script has run to its end and everything it asked for has come.

    A script that has not begun cannot be told from one that has ended: after a click, wait for what the click changes
    first.
    """
    page.evaluate("() => { window.stillSince = null; }")
    page.wait_for_function(_STILL, arg=_QUIET_MS, polling=50, timeout=timeout_s * 1000)


def assert_no_failure(page: Page) -> None:
    """Fail with what the page says when it shows a bug of ours or an error of Streamlit's."""
    text = page.locator("body").inner_text()
    assert FAILURE not in text, text
    assert page.get_by_test_id("stException").count() == 0, text


def fine(page: Page) -> None:
    """Wait for the page, and fail where it shows a failure."""
    settle(page)
    assert_no_failure(page)


def query(page: Page) -> dict[str, str]:
    """What stands in the page's address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}
