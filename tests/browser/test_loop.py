"""The loop that the app is for: person, lists, reason, graph, what if, retrain, the same person again.

On the demo with its pretrained models, and on MovieLens 100K with its standard set.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import fine, query
from tests.serving import ROOT, Server, running_app

pytestmark = pytest.mark.browser
TRAINING_MS = 240_000


@pytest.fixture(scope="module", params=["demo", pytest.param("movielens-100k", marks=pytest.mark.realdata)])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, str]]:
    """A server whose home has the models of a data set, and the name of that data set."""
    home = tmp_path_factory.mktemp("loop-home")
    if request.param != "demo":
        command = [sys.executable, "-m", "gnnrec", "models", "build", request.param]
        variables = {**os.environ, "GNNREC_HOME": str(home)}
        built = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stdout + built.stderr
    with running_app(home) as running:
        yield running, request.param


def go_to(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    page.wait_for_url(lambda address: urlsplit(address).path.strip("/") == title.lower())
    fine(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    fine(page)


def spoken(page: Page, label: str) -> list[str]:
    """What is said for each card of a list."""
    cards = page.get_by_role("list", name=label, exact=True).locator("button.open")
    return cards.evaluate_all("cards => cards.map((card) => card.getAttribute('aria-label'))")


def first_list(page: Page) -> str:
    """The label of list A, once the one of the view before is gone."""
    found = page.get_by_role("list", name=re.compile("^List A: "))
    expect(found).to_have_count(1)
    return found.get_attribute("aria-label") or ""


def test_the_loop(place: tuple[Server, str], open_page) -> None:
    server, data = place
    page = open_page(f"{server.url}/recommend?d={data}")
    fine(page)

    # A person, searched by a part of what they are called.
    search = page.get_by_role("searchbox", name="Person")
    found = "m0042" if data == "demo" else "405"
    search.press_sequentially(found)
    page.get_by_test_id("stSidebar").get_by_role("button", name=found).first.click()
    page.wait_for_url(lambda address: query(page).get("u") == found)
    fine(page)
    name = page.get_by_role("heading", level=1).inner_text()

    # Two lists beside the history, and one true reason.
    assert len(spoken(page, "What they watched")) >= 5
    expect(page.get_by_role("list", name=re.compile("^List [AB]: "))).to_have_count(2)
    assert len(spoken(page, first_list(page))) == 10
    expect(page.get_by_text("It is on place 1 of model A.")).to_be_visible()
    assert page.get_by_text("of this score").count() + page.get_by_text("of the score").count() >= 10

    # The graph behind it: paths lit, then weighed by attention; a click on a node reaches the page.
    page.get_by_role("link", name="In the graph").first.click()
    page.wait_for_url("**/graph?**")
    fine(page)
    expect(page.get_by_text("Lit: the reasons")).to_be_visible()
    choose(page, "Model", "Graph attention")
    expect(page.get_by_text("Edge width is attention")).to_be_visible()
    choose(page, "Head", "1")
    # The person stands in the middle of the rings, and the rings in the middle of the picture.
    page.locator(".graph-stage canvas").click()
    page.wait_for_url(lambda address: "g_node" in query(page))
    fine(page)
    page.get_by_role("button", name="Deselect").click()
    fine(page)

    # What if: without their latest film the list is ranked again, and a refresh keeps it.
    page.get_by_role("link", name="Back to the lists").click()
    page.wait_for_url("**/recommend?**")
    fine(page)
    before = spoken(page, first_list(page))
    page.get_by_role("list", name="What they watched").get_by_role("checkbox").first.click()
    page.wait_for_url(lambda address: "drop" in query(page))
    fine(page)
    expect(page.get_by_text("ranked again in")).to_be_visible()
    # The cards of the list get their arrows a moment after the script has ended.
    first = page.get_by_role("list", name=first_list(page), exact=True).locator("button.open").first
    expect(first).to_have_attribute("aria-label", re.compile(r"\bplaces?\b|New in the list"))
    after = spoken(page, first_list(page))
    assert after != before and all("place" in card or "New in the list" in card for card in after)
    kept = page.url
    page.reload()
    fine(page)
    assert page.url == kept
    assert spoken(page, first_list(page)) == after

    # Retrain from the browser, with few epochs, and look at the same person again.
    go_to(page, "Train")
    page.get_by_text("Any model, any setting").click()
    fine(page)
    epochs = page.get_by_role("spinbutton", name="Epochs", exact=True)
    epochs.fill("3")
    epochs.press("Enter")
    fine(page)
    page.get_by_role("button", name="Start training").click()
    # Until now the page may have shown what an earlier training changed.
    page.wait_for_url(lambda address: "job" in query(page))
    fine(page)
    page.get_by_role("heading", name=f"{name}, before and after").wait_for(timeout=TRAINING_MS)
    fine(page)
    page.get_by_role("link", name="Both lists with their").click()
    page.wait_for_url("**/recommend?**")
    fine(page)
    assert page.get_by_role("heading", level=1).inner_text() == name
    assert len(spoken(page, first_list(page))) == 10
    page.close()
