"""The presenter's tour in a real browser: six steps on one person, one sentence each, forth and back."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from gnnrec.ui.tour import STEPS
from tests.browsing import assert_no_failure, query, settle

pytestmark = pytest.mark.browser


def told(page, number: int) -> str:
    """The sentence of a step, once the page shows it and its script has ended."""
    heading = f"Step {number} of {len(STEPS)} · {STEPS[number - 1].name}"
    banner = page.locator(".st-key-tour")
    banner.get_by_text(heading).wait_for(timeout=60_000)
    settle(page)
    assert_no_failure(page)
    assert query(page)["tour"] == str(number)
    assert urlsplit(page.url).path.strip("/") == STEPS[number - 1].page
    return banner.get_by_test_id("stMarkdown").first.inner_text().removeprefix(heading).strip()


def test_next_through_all_steps_and_back_once(server, open_page) -> None:
    page = open_page(server.url)
    settle(page)
    page.get_by_role("link", name="Start the tour").click()
    sentences = [told(page, 1)]
    person = query(page)["u"]
    for number in range(2, len(STEPS) + 1):
        page.get_by_role("button", name="Next").last.click()
        sentences.append(told(page, number))
        assert query(page)["u"] == person
    assert page.locator(".st-key-tour").get_by_role("button", name="Next").count() == 0
    assert len(set(sentences)) == len(STEPS)
    for sentence in sentences:
        assert sentence.endswith((".", "?")) and 40 < len(sentence) < 400, sentence

    page.locator(".st-key-tour").get_by_role("button", name="Back").click()
    assert told(page, len(STEPS) - 1) == sentences[-2]
    assert "drop" in query(page)


def test_a_step_is_an_address_of_its_own(server, open_page) -> None:
    page = open_page(server.url)
    settle(page)
    page.get_by_role("link", name="Start the tour").click()
    told(page, 1)
    for number in (2, 3):
        page.locator(".st-key-tour").get_by_role("button", name="Next").click()
        sentence = told(page, number)
    shared = page.url
    page.close()
    page = open_page(shared)
    assert told(page, 3) == sentence
    page.locator(".st-key-tour").get_by_role("button", name="End").click()
    page.locator(".st-key-tour").wait_for(state="detached")
    assert "tour" not in query(page)
