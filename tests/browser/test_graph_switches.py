"""Friends, or the steps of a session, switched off in the legend: they leave the picture, and the list is ranked anew."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from gnnrec.checkpoints import find
from tests.browsing import assert_no_failure, settle

pytestmark = pytest.mark.browser
PERSON = "m0885"


def off(page: Page) -> str | None:
    return parse_qs(urlsplit(page.url).query).get("g_off", [None])[0]


def drawn(page: Page) -> int:
    said = page.get_by_text(re.compile(r"^[\d,]+ of [\d,]+ nodes within")).first.inner_text()
    return int(said.split(" of ")[0].replace(",", ""))


def test_friends_and_then_steps_of_a_session_leave_the_picture_and_the_list_moves(server, open_page) -> None:
    model = find("demo-social_lightgcn").address
    page = open_page(f"{server.url}/graph?d=demo&u={PERSON}&g_model={model}")
    settle(page)
    page.locator(".graph-stage canvas").wait_for()
    before = drawn(page)
    friends = page.locator(".graph-legend").get_by_role("button", name=re.compile("^friends"))
    expect(friends).to_have_attribute("aria-pressed", "true")
    count = int(friends.inner_text().split()[-1])
    assert count > 0
    # By the keyboard: the switch is a button like any other.
    friends.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: off(page) == "friend")
    settle(page)
    assert_no_failure(page)
    expect(friends).to_have_attribute("aria-pressed", "false")
    expect(friends).to_be_focused()
    assert drawn(page) <= before - count
    expect(
        page.get_by_text(re.compile(r"^Without friends: (\d+ of 10 films leaves?|the same 10)")).first
    ).to_be_visible()
    expect(page.get_by_text("its list with and without")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text(re.compile("^Without friends: ")).first).to_be_visible()
    page.get_by_role("button", name="Switch all on").click()
    page.wait_for_url(lambda address: off(page) is None)
    settle(page)
    assert drawn(page) == before
    assert_no_failure(page)
    the_steps_of_a_session(page, server)


def the_steps_of_a_session(page: Page, server) -> None:
    page.goto(f"{server.url}/graph?d=demo&u=m0005&a=demo-sr_gnn")
    settle(page)
    page.locator(".graph-stage canvas").wait_for()
    steps = page.locator(".graph-legend").get_by_role("button", name=re.compile("^next clicks"))
    expect(steps).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(re.compile("each click hears the mean of those right before it"))).to_be_visible()
    steps.click()
    page.wait_for_url(lambda address: off(page) == "next_click")
    settle(page)
    expect(steps).to_have_attribute("aria-pressed", "false")
    expect(
        page.get_by_text(re.compile(r"^Without next clicks: (\d+ of 10 films leaves?|the same 10)")).first
    ).to_be_visible()
    expect(page.get_by_text(re.compile("no click hears another"))).to_be_visible()
    assert_no_failure(page)
