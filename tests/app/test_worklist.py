"""The worklist of the address in the sidebar of every page."""

from __future__ import annotations

from tests.app.opening import address, fine, links, open_page, words

LIST = {"list": "m0042|m0007|m0100", "listed": "Badly <b>served</b>", "u": "m0042"}


def test_next_and_back_go_through_it_and_close_forgets_it() -> None:
    app = open_page("recommend", **LIST)
    assert "1 of 3 people" in words(app) and links(app)
    fine(app.button(key="worklist_Next").click().run())
    assert address(app)["u"] == "m0007" and "2 of 3" in words(app)
    fine(app.button(key="worklist_Back").click().run())
    fine(app.button(key="worklist_Back").click().run())
    assert address(app)["u"] == "m0100"
    fine(app.button(key="worklist_Close").click().run())
    assert "list" not in address(app) and address(app)["u"] == "m0100"


def test_it_stays_when_somebody_else_is_looked_at() -> None:
    app = open_page("why", **LIST | {"u": "m0001"})
    assert "3 people" in words(app) and address(app)["list"] == LIST["list"]
    fine(app.button(key="worklist_Next").click().run())
    assert address(app)["u"] == "m0042"


def test_people_unknown_to_the_data_are_told() -> None:
    app = open_page("recommend", list="m0042|nobody", listed="Old")
    assert "1 of the 2" in "\n".join(one.value for one in app.info)
