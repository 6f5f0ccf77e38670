"""What every browser test leans on: `settle` waits for the run that a click asked for, however late it begins."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browsing import query, settle
from tests.serving import Server

pytestmark = pytest.mark.browser


def test_a_run_that_was_asked_for_and_has_not_begun_is_waited_for(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/why?u=m0042&a=demo-ease&b=none")
    settle(page)
    assert "w_reason" not in query(page)
    # A server that stands still is what one that is busy elsewhere looks like from here.
    os.kill(server.process.pid, signal.SIGSTOP)
    awake = threading.Timer(1.5, os.kill, (server.process.pid, signal.SIGCONT))
    try:
        page.locator(".sentence button").first.click()
        awake.start()
        settle(page)
    finally:
        awake.cancel()
        os.kill(server.process.pid, signal.SIGCONT)
    assert "w_reason" in query(page)
