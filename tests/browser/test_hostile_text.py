"""Titles, names and ids of other people are text on every page: no markup, no script, no other host."""

from __future__ import annotations

import pytest

from gnnrec.ui.router import PAGES
from tests.browsing import assert_no_failure, settle
from tests.hostile import HOSTILE, fill
from tests.serving import running_app

pytestmark = pytest.mark.browser

# What our texts would become if a page took them for markup.
MARKUP = ", ".join(
    (
        "a[href*='example.org']",
        "a[href^='mailto']",
        "a[href^='javascript']",
        "img[src^='http'][src*='example.org']",
        "img[onerror]",
        ".katex",
        "[data-testid='stMarkdownContainer'] [aria-label='delete icon']",
    )
)


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory):
    home = tmp_path_factory.mktemp("hostile-home")
    fill(home)
    with running_app(home) as running:
        yield running


@pytest.mark.parametrize("listed", PAGES, ids=lambda page: page.title)
def test_hostile_texts_stay_text(listed, hostile_server, open_page) -> None:
    # Every person of the data set has a hostile name; this one's list and history are full of hostile titles.
    page = open_page(f"{hostile_server.url}/{listed.url_path}?d={HOSTILE}&u=p|3&i=i|08&k=20")
    page.on("dialog", lambda dialog: pytest.fail(f"a script of the data ran: {dialog.message}"))
    settle(page)
    assert_no_failure(page)
    page.get_by_role("heading", level=1).first.wait_for(timeout=5_000)
    assert page.locator(MARKUP).count() == 0, page.locator(MARKUP).first.evaluate("node => node.outerHTML")
    # A sign of direction in a name would turn the sentence around it.
    assert not set("\u202e\u202d\u2066\u2067") & set(page.locator("body").inner_text())
    # A bold or coloured piece of somebody's title would be in an element of its own.
    for text in ("alert(1)", "bold", "code", "red"):
        inside = page.locator("strong, em, code, del, h1 h1, span[style*='color']").get_by_text(
            text, exact=True
        )
        assert inside.count() == 0, text
