"""One recommender of each family is trained from a real browser, and its result opened for a person."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from gnnrec.recommenders import recommender_class
from gnnrec.training import is_trained
from tests.browsing import assert_no_failure, settle
from tests.serving import running_app

pytestmark = pytest.mark.browser
TRAINING_MS = 240_000

# Families of the documentation, each by the member that a browser would wait least for.
FAMILIES = {
    "rating prediction": "gcn_rating",
    "matrix factorisation": "mf",
    "link prediction": "gcn_link",
    "light graph convolution": "lightgcn",
    "contrastive": "xsimgcl",
    "attention": "graph_transformer",
    "facts": "kgat",
    "friends": "social_lightgcn",
    "spectral": "gf_cf",
    "sessions": "sr_gnn",
    "strong and simple": "rp3beta",
    "blend": "light_blend",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    home: Path = tmp_path_factory.mktemp("families-home")
    with running_app(home) as running:
        yield running


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_trained_and_opened_for_a_person(family: str, server, open_page) -> None:
    model = recommender_class(FAMILIES[family])
    page = open_page(f"{server.url}/train?d=demo&u=m0042")
    settle(page)
    page.get_by_text("Any model, any setting").click()
    settle(page)
    # Only some of the options are there until one is searched for.
    page.get_by_role("combobox", name="Model", exact=True).click()
    page.keyboard.type(model.title)
    page.get_by_role("option", name=model.title, exact=True).click()
    expect(page.get_by_text(re.compile(re.escape((model.__doc__ or "").partition("\n")[0])))).to_be_visible()
    settle(page)
    # The form of the model before is gone once the number of its fields is right; closed forms have no epochs.
    epochs = page.get_by_role("spinbutton", name="Epochs", exact=True)
    expect(epochs).to_have_count(int(is_trained(model.name)))
    if is_trained(model.name):
        epochs.fill("3")
        epochs.press("Enter")
        settle(page)
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(lambda address: "job=" in urlsplit(address).query)
    # The page may have shown before and after of an earlier training until now.
    page.get_by_role("button", name="Run again").wait_for(timeout=TRAINING_MS)
    page.get_by_role("heading", name=re.compile("before and after$")).wait_for(timeout=TRAINING_MS)
    settle(page)
    assert_no_failure(page)
    page.get_by_role("link", name="Both lists with their").click()
    page.wait_for_url("**/recommend?**")
    settle(page)
    assert_no_failure(page)
    first = page.get_by_role("list", name=re.compile("^List A: "))
    expect(first).to_have_count(1)
    assert model.title in (first.get_attribute("aria-label") or "")
    assert first.locator("button.open").count() == 10
    if model.task == "rating":
        expect(page.get_by_text(re.compile("stars")).first).to_be_visible()
    if model.task == "next_item":
        clicks = page.get_by_role("list", name=re.compile("^Clicks of the session"))
        following = page.get_by_role("list", name=re.compile("^Next after these clicks")).first
        expect(following).to_be_visible()
        before = clicks.locator("button.open").count()
        following.locator("button.open").first.click()
        expect(clicks.locator("button.open")).to_have_count(before + 1)
        settle(page)
        assert_no_failure(page)
    page.close()
