"""Fixtures for every test: a home of its own, a real server, a real browser that tolerates nothing."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import browsing, chromium
from tests.serving import Server, running_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_MODE_VARIABLES = ("GNNREC_MODE", "GNNREC_ALLOW_REMOTE")
# The frontend of Streamlit probes these two below a page's path before it finds the server's root.
_PROBES = re.compile(r"/[^/]+/_stcore/(health|host-config)$")
_TEMPORARY_HOME = pytest.StashKey[tempfile.TemporaryDirectory]()
_BROWSER_MISSING = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep every test away from the runs and settings of whoever works here."""
    folder = tempfile.TemporaryDirectory(prefix="gnnrec-tests-", ignore_cleanup_errors=True)
    config.stash[_TEMPORARY_HOME] = folder
    os.environ["GNNREC_HOME"] = folder.name
    for name in _MODE_VARIABLES:
        os.environ.pop(name, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_TEMPORARY_HOME].cleanup()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run; a missing browser is a failure in CI."""
    _skip_real_data([item for item in items if "realdata" in item.keywords])
    for_browser = [item for item in items if "browser" in item.keywords]
    if for_browser and _selected(config) and chromium.find() is None and not chromium.in_ci():
        config.stash[_BROWSER_MISSING] = len(for_browser)
        for item in for_browser:
            item.add_marker(pytest.mark.skip(reason="no Chromium found"))


def _selected(config: pytest.Config) -> bool:
    return "not browser" not in config.option.markexpr


def _skip_real_data(items: list[pytest.Item]) -> None:
    folder = os.environ.get("GNNREC_DATA", "")
    if not folder or not Path(folder).is_dir():
        for item in items:
            item.add_marker(
                pytest.mark.skip(reason="needs real data: set GNNREC_DATA to a folder of data sets")
            )


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    missing = config.stash.get(_BROWSER_MISSING, 0)
    if missing:
        loud = "!" * 12
        words = (
            f"{missing} BROWSER TESTS WERE SKIPPED: NO CHROMIUM ON THIS MACHINE (python -m tests.chromium)"
        )
        terminalreporter.write_line(f"{loud} {words} {loud}", red=True, bold=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real app on a free port with an empty home, shared by all tests of the session."""
    with running_app(tmp_path_factory.mktemp("server-home")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, shared; each test opens pages of its own."""
    from playwright.sync_api import sync_playwright

    path = chromium.find()
    assert path, "no Chromium found: run `python -m tests.chromium`"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address in a new browser context, and tolerate nothing in it.

    Afterwards any console error, script error, policy violation or request to another host fails the test.
    Call it as `open_page(url, color_scheme="dark", viewport={...})`; the options are Playwright's for a
    context.
    """
    contexts, complaints = [], []

    def open_address(url: str, **options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 1000}, **options})
        contexts.append(context)
        browsing.watch(context)
        page = context.new_page()
        host = re.match(r"https?://[^/]+", url)[0]
        page.on("console", lambda message: complaints.extend(_console_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        context.on("request", lambda request: complaints.extend(_foreign(request.url, host)))
        page.goto(url)
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


def _console_complaint(message) -> list[str]:
    if message.type != "error" or _PROBES.search((message.location or {}).get("url", "")):
        return []
    return [f"console: {message.text} ({message.location})"]


def _foreign(url: str, host: str) -> list[str]:
    inside = url.startswith((host, host.replace("http", "ws", 1), "data:", "blob:", "about:"))
    return [] if inside else [f"request to another host: {url}"]
