"""Why in a real browser: from a recommended film to its reasons, to the lit path, and on; by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.datasets import open_dataset
from tests.browsing import fine, query
from tests.serving import Server

pytestmark = pytest.mark.browser
PERSON = "m0042"
SLOW_MS = 30_000
# How the element with the focus is called, also inside our own components.
_FOCUSED = """() => {
  let one = document.activeElement;
  while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
  return one ? (one.getAttribute("aria-label") || one.innerText || one.getAttribute("placeholder") || "") : "";
}"""


def reasons(page: Page) -> list[str]:
    """What the cards of the reasons say."""
    found = page.get_by_role("list", name="Reasons").locator("button.open")
    expect(found.first).to_be_visible(timeout=SLOW_MS)
    return [one.get_attribute("aria-label") or "" for one in found.all()]


def tab_to(page: Page, wanted: str, most: int = 150) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.search(wanted, page.evaluate(_FOCUSED).strip()):
            return
    raise AssertionError(f"Tab does not reach {wanted!r}")


def drawn_nodes(page: Page) -> int:
    text = page.get_by_text(re.compile(r"[\d,]+ of [\d,]+ nodes")).first.inner_text()
    return int(re.match(r"[^\d]*([\d,]+) of", text)[1].replace(",", ""))


def test_from_a_recommended_film_to_the_lit_path_and_on(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/recommend?u={PERSON}")
    fine(page)
    page.get_by_role("link", name="Why?", exact=True).first.click()
    page.wait_for_url("**/why?**")
    fine(page)
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.startswith("Why ") and query(page)["u"] == PERSON

    # A reason is clicked: on its card, then in the sentence.
    said = page.locator(".sentence")
    expect(said).to_be_visible(timeout=SLOW_MS)
    second = reasons(page)[1].partition(". ")[0]
    page.get_by_role("list", name="Reasons").locator("button.open").nth(1).click()
    page.wait_for_url(lambda address: "w_reason" in query(page))
    fine(page)
    expect(page.locator(".st-key-why_focus").get_by_text(second)).to_be_visible(timeout=SLOW_MS)
    by_card = query(page)["w_reason"]
    said.get_by_role("button").first.click()
    page.wait_for_url(lambda address: query(page).get("w_reason") not in (None, by_card))
    fine(page)

    # Its path in the graph, one node more, and the picture as a file.
    reason = page.locator(".st-key-why_focus strong").inner_text()
    page.get_by_role("link", name="See the path in the graph").first.click()
    page.wait_for_url("**/graph?**")
    fine(page)
    expect(page.get_by_text("Lit: the ways from")).to_contain_text(reason, timeout=SLOW_MS)
    before = drawn_nodes(page)
    page.get_by_role("button", name="Expand", exact=True).click()
    page.wait_for_url(lambda address: "g_expanded" in query(page))
    fine(page)
    expect(page.get_by_text("Lit: the ways from")).to_contain_text(reason, timeout=SLOW_MS)
    assert drawn_nodes(page) > before
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    assert saved.value.suggested_filename.endswith(".svg")


def nearly_listed() -> str:
    """The id of the film that EASE puts on rank 12: a little more of a history brings it into the list."""
    dataset = open_dataset("demo")
    model = Checkpoint.open(places.shipped_models() / "demo-ease").load(dataset)
    return dataset.items.id(model.recommend([dataset.users.number(PERSON)], k=12).items[0, -1])


def test_why_not_another_film_and_what_would_change_it(
    server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{server.url}/why?u={PERSON}&a=demo-ease&b=none&w_not={nearly_listed()}")
    fine(page)
    expect(page.get_by_role("heading", name=re.compile("^Why not "))).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("steps away in the graph")).to_be_visible(timeout=SLOW_MS)
    tried = page.get_by_role("link", name=re.compile("^Try it"))
    expect(tried).to_be_visible(timeout=SLOW_MS)
    tried.click()
    page.wait_for_url("**/recommend?**")
    fine(page)
    assert "add" in query(page)
    expect(page.get_by_text("What if").first).to_be_visible(timeout=SLOW_MS)


def test_by_keyboard_alone(server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{server.url}/why?u={PERSON}")
    fine(page)
    expect(page.locator(".sentence")).to_be_visible(timeout=SLOW_MS)
    first = page.locator(".sentence button").first.inner_text()
    tab_to(page, f"^{re.escape(first)}$")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "w_reason" in query(page))
    fine(page)
    # The sentence keeps the focus, and the reasons as cards, the path and the table are further on.
    assert page.evaluate(_FOCUSED).strip() == first
    tab_to(page, r"\. Score ")
    tab_to(page, "See the path in the graph$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/graph?**")
    fine(page)
    expect(page.get_by_text("Lit: the ways from")).to_contain_text(first, timeout=SLOW_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 800])
def test_nothing_is_wider_than_the_page(
    server: Server, open_page: Callable[..., Page], scheme: str, width: int
) -> None:
    page = open_page(
        f"{server.url}/why?u={PERSON}&a=demo-gat&w_how=paths&w_not=f001",
        color_scheme=scheme,
        viewport={"width": width, "height": 1000},
    )
    fine(page)
    expect(page.locator(".sentence")).to_be_visible(timeout=SLOW_MS)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
