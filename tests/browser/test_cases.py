"""Cases in a real browser: noted on Recommend, found and edited on Cases, handed on as a file that opens offline."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from gnnrec.reports import page as html
from gnnrec.reports.cases import case_report
from gnnrec.store import cases
from gnnrec.store.case import Draft, Standing
from tests.browsing import fine
from tests.serving import Server

pytestmark = pytest.mark.browser
SLOW_MS = 30_000
NASTY = (
    '<img src="https://elsewhere.example/x" onerror="window.broken = 1"><script>window.broken = 1</script>'
)
MOST_KIB = 1_000


def opened_offline(browser: Browser, file: Path, **options) -> tuple[Page, list[str]]:
    """A file in a browser without network; gives what it complained about and asked for besides."""
    context = browser.new_context(offline=True, **options)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: complaints.append(one.url) if one.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page, complaints


def test_a_case_from_the_first_look_to_the_file_in_somebody_elses_hands(
    server: Server, open_page: Callable[..., Page], browser: Browser, tmp_path: Path
) -> None:
    page = open_page(f"{server.url}/recommend?u=m0042&a=demo-ease&b=none")
    fine(page)
    page.get_by_role("button", name="Note this film").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Verdict").click()
    page.get_by_role("option", name="Too popular", exact=True).click()
    dialog.get_by_label("Note", exact=True).fill(f"Everybody gets this. {NASTY}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0, timeout=SLOW_MS)
    fine(page)

    page.get_by_role("button", name="Note a case").click()
    page.get_by_role("link", name="Noted: open it on Cases").click()
    page.wait_for_url("**/cases?**")
    fine(page)
    assert "n_case" in parse_qs(urlsplit(page.url).query)
    one = page.locator(".st-key-n_one")
    expect(one).to_contain_text("rank 1, in the list of 10", timeout=SLOW_MS)
    note = one.get_by_label("Note", exact=True)
    expect(note).to_have_value(f"Everybody gets this. {NASTY}")
    note.fill(f"Everybody gets this, twice. {NASTY}")
    one.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=SLOW_MS)
    expect(one).to_contain_text("changed", timeout=SLOW_MS)

    page.get_by_text("Report (HTML)").click()
    button = page.get_by_role("button", name="Download the report")
    expect(button).to_be_visible(timeout=SLOW_MS)
    with page.expect_download() as saved:
        button.click()
    file = tmp_path / "report.html"
    saved.value.save_as(file)
    report, complaints = opened_offline(browser, file)
    assert report.locator("blockquote").inner_text() == f"Everybody gets this, twice. {NASTY}"
    assert report.evaluate("window.broken") is None and not complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_report_of_twenty_cases_opens_from_disk_with_the_network_off(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    about = {"model": _address("demo-lightgcn"), "standing": Standing(2, 10, True, "train")}
    cases.add_many(
        [
            Draft(
                "demo",
                f"m{42 + n:04d}",
                "irrelevant",
                item=f"f{1 + 40 * n:03d}",
                note=f"{NASTY} {n}",
                **about,
            )
            for n in range(20)
        ]
    )
    file = tmp_path / "cases.html"
    file.write_text(html(case_report(cases.listed())), encoding="utf-8")
    assert file.stat().st_size < MOST_KIB * 1024
    report, complaints = opened_offline(
        browser, file, color_scheme=scheme, viewport={"width": 800, "height": 900}
    )
    assert report.locator("section").count() == 21 and report.locator("blockquote").count() == 20
    assert report.locator("figure svg").count() >= 20 and report.locator(".cards svg").count() >= 220
    # Posters are drawn, not only there: their shared definitions are found.
    assert report.locator(".cards svg").nth(3).evaluate("one => one.getBBox().width > 100")
    background = report.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    report.emulate_media(media="print")
    assert report.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert report.evaluate("document.scripts.length") == 0 and report.evaluate("window.broken") is None
    assert report.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not complaints
    # What slipped past the escaping would still be stopped by the page's own policy.
    report.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=\"window.broken = 1\">')"
    )
    report.wait_for_timeout(200)
    assert report.evaluate("window.broken") is None
    assert complaints and all(re.search("Content Security Policy|data:", one) for one in complaints)


def _address(slug: str) -> str:
    from gnnrec.checkpoints import find

    return find(slug).address
