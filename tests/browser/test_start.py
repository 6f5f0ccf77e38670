"""A real visitor: every page from a cold deep link, by the router, with nothing from anywhere else."""

from __future__ import annotations

import pytest

from gnnrec.ui.router import PAGES
from tests.serving import running_app

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("listed", PAGES, ids=lambda page: page.title)
def test_a_deep_link_as_first_request_goes_through_the_router(listed, tmp_path, open_page) -> None:
    from playwright.sync_api import expect

    with running_app(tmp_path / "home") as server:
        page = open_page(f"{server.url}/{listed.url_path}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=30_000)
        navigation = page.get_by_test_id("stSidebarNav")
        for other in PAGES:
            expect(navigation.get_by_role("link", name=other.title, exact=True)).to_have_count(1)
        assert "This page opens from the start page" not in page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_start_page_keeps_quiet_in_both_themes(scheme: str, server, open_page) -> None:
    from playwright.sync_api import expect

    page = open_page(server.url, color_scheme=scheme)
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=30_000)
    page.wait_for_load_state("networkidle")
