"""Two browsers on one server: each keeps its own person, models and what-if."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from gnnrec.datasets import open_dataset
from tests.browsing import assert_no_failure, settle

pytestmark = pytest.mark.browser


def address(page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def test_each_moves_on_from_its_own_person(server, open_page) -> None:
    data = open_dataset("demo")
    starts = (data.users.id(100), data.users.id(700))
    models = ("demo-lightgcn", "demo-gat")
    pages = [
        open_page(f"{server.url}/recommend?d=demo&u={user}&a={model}")
        for user, model in zip(starts, models, strict=True)
    ]
    for page in pages:
        settle(page)
    for _ in range(3):
        # Both ask before either is answered.
        for page in pages:
            page.get_by_role("button", name="Next", exact=True).click(no_wait_after=True)
        for page in pages:
            page.wait_for_timeout(300)
            settle(page)
    for page, start, model in zip(pages, starts, models, strict=True):
        assert_no_failure(page)
        now = address(page)
        steps = data.users.number(now["u"]) - data.users.number(start)
        # People without anything held out are passed over.
        assert 3 <= steps <= 30
        assert now["a"].startswith(f"{model}@")
        name = data.user_name(data.users.number(now["u"]))
        assert page.get_by_role("heading", level=1).inner_text().strip() == name
