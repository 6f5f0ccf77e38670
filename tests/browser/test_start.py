"""A real visitor: every page from a cold deep link, by the router, with nothing from anywhere else."""

from __future__ import annotations

import pytest

from gnnrec.ui.router import PAGES
from tests.browsing import assert_no_failure, settle
from tests.serving import running_app

pytestmark = pytest.mark.browser


# Each needs a server that nobody has asked for anything yet; that every page asks for the router is a contract.
@pytest.mark.parametrize("listed", [PAGES[0], PAGES[1], PAGES[-1]], ids=lambda page: page.title)
def test_a_deep_link_as_first_request_goes_through_the_router(listed, tmp_path, open_page) -> None:
    with running_app(tmp_path / "home") as server:
        page = open_page(f"{server.url}/{listed.url_path}")
        settle(page)
        assert_no_failure(page)
        page.get_by_role("heading", level=1).first.wait_for(timeout=5_000)
        shown = page.get_by_test_id("stSidebarNav").get_by_role("link").all_inner_texts()
        assert [text.split("\n")[-1] for text in shown] == [other.title for other in PAGES]
        assert "This page opens from the start page" not in page.content()
        # Before the server goes, or the page complains that it is gone.
        page.close()


@pytest.mark.parametrize("listed", PAGES, ids=lambda page: page.title)
def test_every_page_keeps_quiet_in_the_dark_too(listed, server, open_page) -> None:
    page = open_page(f"{server.url}/{listed.url_path}", color_scheme="dark")
    settle(page)
    assert_no_failure(page)
    page.get_by_role("heading", level=1).first.wait_for(timeout=5_000)
