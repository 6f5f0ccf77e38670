"""View state: the address holds it, gives it back, and survives a change of page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from gnnrec.ui import view


@given(st.lists(st.text(min_size=1), max_size=view.MOST_EDITS))
def test_ids_come_back_whatever_they_hold(ids: list[str]) -> None:
    assert view.ids(view.joined(ids)) == ids


def test_there_are_at_most_fifty() -> None:
    many = [str(number) for number in range(60)]
    assert view.ids("|".join(many)) == many[:50]
    assert view.ids(view.joined(many)) == many[:50]


def test_empty_places_are_nothing() -> None:
    assert view.ids("") == view.ids("|||") == []


def page() -> None:
    import streamlit as st

    from gnnrec.ui import view

    st.session_state["seen"] = view.read()
    for change in st.session_state.get("changes", []):
        view.go(**change)
    st.session_state["after"] = view.read()
    st.session_state["link"] = view.link(i="7", u=None, g_model="x")


def opened(query: dict[str, str], **state: object) -> AppTest:
    app = AppTest.from_function(page)
    for key, value in query.items():
        app.query_params[key] = value
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def test_the_address_is_the_truth() -> None:
    app = opened({"u": "m1", "g_hops": "3"}, _view={"u": "other", "k": "5"})
    assert app.session_state["seen"] == {"u": "m1", "g_hops": "3"}


def test_an_address_without_any_of_our_keys_is_filled_from_the_copy() -> None:
    app = opened({"h_final": "1"}, _view={"u": "m1", "k": "5"})
    assert app.session_state["seen"] == {"h_final": "1", "u": "m1", "k": "5"}


def test_a_change_is_written_and_an_empty_one_removes() -> None:
    app = opened({"u": "m1", "i": "9"}, changes=[{"u": "m2", "i": None, "k": 20}])
    assert app.session_state["after"] == {"u": "m2", "k": "20", "v": "1"}
    assert app.session_state["_view"] == {"u": "m2", "k": "20"}


def test_a_link_keeps_what_pages_share_and_leaves_the_tour_and_page_keys() -> None:
    app = opened({"u": "m1", "d": "demo", "tour": "3", "r_view": "Table"})
    assert app.session_state["link"] == {"d": "demo", "i": "7", "g_model": "x", "v": "1"}


def test_a_value_is_cut_to_a_sane_length() -> None:
    app = opened({"u": "x" * 10_000})
    assert len(app.session_state["seen"]["u"]) == 4000
