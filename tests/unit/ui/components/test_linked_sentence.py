"""A sentence with links: what goes to the browser is text, and only its own items come back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gnnrec.ui.components import linked_sentence

PARTS = [("Because they watched ", None), ("<b>Heat</b>", 3), (" and ", None), ("Solaris", 5), (".", None)]
IDS = {3: "i3", 5: "i5"}


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What was sent to the browser, and what it sends back."""
    seen = SimpleNamespace(sent=None, item=None)

    def component(**asked):
        seen.sent = asked["data"]
        return SimpleNamespace(item=seen.item)

    monkeypatch.setattr(linked_sentence, "_component", lambda: component)
    return seen


def test_parts_go_out_as_text_with_the_ids_of_their_items(browser: SimpleNamespace) -> None:
    assert linked_sentence.linked_sentence(PARTS, IDS, "key", selected=5, hint="Look") is None
    assert browser.sent["parts"] == [
        ["Because they watched ", None],
        ["<b>Heat</b>", "i3"],
        [" and ", None],
        ["Solaris", "i5"],
        [".", None],
    ]
    assert (browser.sent["selected"], browser.sent["hint"]) == ("i5", "Look")


@pytest.mark.parametrize(
    ("sent", "item"), [("i3", 3), ("i5", 5), ("i4", None), (3, None), ({}, None), (None, None)]
)
def test_only_an_item_of_the_sentence_counts(
    browser: SimpleNamespace, sent: object, item: int | None
) -> None:
    browser.item = sent
    assert linked_sentence.linked_sentence(PARTS, IDS, "key") == item


def test_a_title_without_any_text_shows_its_id(browser: SimpleNamespace) -> None:
    linked_sentence.linked_sentence([("\u200b", 3)], IDS, "key")
    assert browser.sent["parts"][0][1] == "i3" and browser.sent["parts"][0][0]
