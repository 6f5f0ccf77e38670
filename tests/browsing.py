"""What browser tests wait for and look at on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

FAILURE = "Something went wrong on this page"
_QUIET_MS = 300
# A request that the server drops, because what it was about is gone meanwhile, is never answered.
_DROPPED_MS = 10_000
# Streamlit's page looks the same before a script run as after it, so what goes over its socket is watched: a request
# for a run is field 11 of a message to the server, the beginning of a run is field 4 of one from it.
_WATCH = """
(() => {
  const runs = (window.scriptRuns = { asked: 0 });
  const Plain = window.WebSocket;
  const fieldsOf = function* (bytes) {
    let at = 0;
    const number = () => {
      let found = 0, factor = 1, byte;
      do {
        byte = bytes[at++];
        found += (byte & 127) * factor;
        factor *= 128;
      } while (byte & 128);
      return found;
    };
    while (at < bytes.length) {
      const tag = number();
      yield Math.floor(tag / 8);
      const size = number();
      if (tag % 8 === 2) at += size;
    }
  };
  const has = (data, field) => [...fieldsOf(new Uint8Array(data))].includes(field);
  window.WebSocket = class extends Plain {
    constructor(...way) {
      super(...way);
      this.addEventListener("message", (event) => {
        if (event.data instanceof ArrayBuffer && has(event.data, 4)) runs.asked = 0;
      });
      this.addEventListener("close", () => { runs.asked = 0; });
    }
    send(data) {
      if (typeof data !== "string" && has(data, 11)) runs.asked = performance.now();
      super.send(data);
    }
  };
})();
"""
# Playwright's own "networkidle" now and then never comes although nothing is asked for any more, so what is waited
# for is what a visitor sees: the script has ended, nothing is drawn as a placeholder, and nothing more has loaded.
_STILL = """([quiet, dropped]) => {
  const app = document.querySelector('[data-testid="stApp"]'), now = performance.now();
  const asked = window.scriptRuns?.asked;
  const begun = !asked || now - asked > dropped;
  const ended = begun && app && app.dataset.testScriptState === "notRunning";
  const drawn = !document.querySelector('[data-testid="stSkeleton"]');
  performance.setResourceTimingBufferSize(100000);
  const loaded = performance.getEntriesByType("resource").length;
  const before = window.stillSince;
  if (!ended || !drawn || !before || before.loaded !== loaded) window.stillSince = { loaded, now };
  return now - window.stillSince.now >= quiet;
}"""


def watch(pages: BrowserContext | Page) -> None:
    """Let `settle` know, from the next address on, whether a script run was asked for that has not begun."""
    pages.add_init_script(_WATCH)


def settle(page: Page, timeout_s: float = 60) -> None:
    """Wait until the page's script has run to its end, as often as it was asked to, and all has come.

    That a run was asked for and has not begun is known on watched pages only, as those of `open_page` are; on others,
    after a click, wait for what the click changes first.
    """
    page.evaluate("() => { window.stillSince = null; }")
    quiet = [_QUIET_MS, _DROPPED_MS]
    page.wait_for_function(_STILL, arg=quiet, polling=50, timeout=timeout_s * 1000)


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
