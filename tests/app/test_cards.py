"""The card grid: what reaches the browser, what is said aloud, and which answers are believed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gnnrec.ui.components.cards import Card, CardEvent, describe, read_event

COMPONENTS = Path(__file__).parents[2] / "gnnrec" / "ui" / "components"


def card(**fields: object) -> Card:
    return Card(**{"item_id": "7", "title": "Up", "subtitle": "Drama · 2009", "svg": "<svg/>"} | fields)


def grid_page() -> None:
    import streamlit as st

    from gnnrec.figures.poster import poster_svg
    from gnnrec.ui.components.cards import Card, card_grid
    from gnnrec.ui.theme import mode

    titles = {"1": "Up", "2": "<script>alert(1)</script>\u202e"}
    cards = [
        Card(
            i, title, "Drama", poster_svg(i, title, "Drama", "Drama", mode()), rank=int(i), score=int(i) - 0.5
        )
        for i, title in titles.items()
    ]
    st.session_state["clicked"] = card_grid(cards, "grid", label="Recommended", past="watched")


def sent_to_browser(app: AppTest) -> dict[str, object]:
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_grid_draws_and_nothing_is_clicked_at_first() -> None:
    app = AppTest.from_function(grid_page).run()
    assert not app.exception
    assert len(app.get("bidi_component")) == 1
    assert app.session_state["clicked"] is None


def test_grid_sends_cleaned_text_and_scores_between_0_and_1() -> None:
    sent = sent_to_browser(AppTest.from_function(grid_page).run())
    assert [one["title"] for one in sent["cards"]] == ["Up", "<script>alert(1)</script>"]
    assert [one["score"] for one in sent["cards"]] == [0.5, 1.0]
    assert sent["label"] == "Recommended"
    # The title is text everywhere: as markup it is not even in the poster.
    assert "<script" not in sent["cards"][1]["svg"]


def test_a_second_run_is_the_same() -> None:
    app = AppTest.from_function(grid_page).run()
    first = sent_to_browser(app)
    assert sent_to_browser(app.run()) == first


def test_everything_on_a_card_is_said() -> None:
    said = describe(
        card(rank=3, hit="test", move=-2, score_text="0.83", note="Because they watched X.", dropped=True),
        "watched",
    )
    assert said == (
        "Rank 3. Up. Drama · 2009. Down 2 places. Hit: they later watched it (held out for test). "
        "Score 0.83. Because they watched X. Taken out."
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stars": 4.5}, "4.5 stars"),
        ({"move": 1}, "Up 1 place."),
        ({"move": 0}, "Same place"),
        ({"move": "new"}, "New in the list"),
        ({"hit": "valid"}, "held out for validation"),
        ({"hit": "train"}, "the model was shown that"),
        ({"hit": "held_out"}, "the model was not shown that"),
        ({"hit": "miss"}, "Miss"),
        ({"title": ""}, "7. Drama"),
    ],
)
def test_each_mark_has_words(fields: dict[str, object], words: str) -> None:
    assert words in describe(card(**fields), "visited")
    assert "watched" not in describe(card(**fields), "visited")


def test_an_answer_about_a_shown_card_is_believed() -> None:
    assert read_event({"kind": "open", "id": "7"}, {"7"}) == CardEvent("open", "7")
    assert read_event({"kind": "toggle", "id": "7"}, {"7"}) == CardEvent("toggle", "7")


@pytest.mark.parametrize(
    "sent",
    [None, "7", [], {}, {"kind": "open"}, {"kind": "delete", "id": "7"}, {"kind": "open", "id": 7},
     {"kind": "open", "id": "8"}, {"kind": ["open"], "id": "7"}, {"kind": "open", "id": ["7"]}],
)  # fmt: skip
def test_other_answers_are_not(sent: object) -> None:
    assert read_event(sent, {"7"}) is None


def test_script_never_makes_markup_of_text() -> None:
    script = (COMPONENTS / "cards.js").read_text(encoding="utf-8")
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "http:",
    ):
        assert way not in script.replace("http://www.w3.org/2000/svg", "")


def test_style_loads_nothing_and_takes_its_colours_from_the_theme() -> None:
    style = (COMPONENTS / "cards.css").read_text(encoding="utf-8")
    assert "url(" not in style and "@import" not in style
    assert not re.search(r"\.st-?[A-Z]", style), "no rules for Streamlit's inner class names"
    assert "var(--st-text-color)" in style and "var(--st-primary-color)" in style


@pytest.mark.parametrize("name", ["logo.svg", "logo-dark.svg"])
def test_logos_are_pictures_that_load_nothing(name: str) -> None:
    from xml.etree import ElementTree

    text = (COMPONENTS.parent / name).read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    assert "script" not in text and "href" not in text and text.count("http") == 1
