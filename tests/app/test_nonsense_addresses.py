"""Addresses full of nonsense: every page opens all the same and says in words what it left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec.ui.router import PAGES
from tests.app.opening import address, grids, open_page, words
from tests.hostile import HOSTILE, TITLES

FIFTY_AND_MORE = "|".join(f"i%7C{number % 20:02d}" for number in range(60))
CASES = {
    "d": ("no-such-data", "The demo is shown instead"),
    "s": ("random:seed=banana", "The default split is shown"),
    "a": ("gone@123456789012", "There is no model"),
    "b": ("../../etc/passwd", "There is no model"),
    "u": ("nobody", "There is no person 'nobody'"),
    "i": ("nothing", "There is no film 'nothing'"),
    "drop": ("nothing", "it is left out"),
    "add": ("%00%ff", "it is left out"),
}
MARKUP = ["<script>alert(1)</script>", "[x](javascript:alert(1))", ":material/delete:", "$x^2$", "\x00\ud7ff"]


@pytest.mark.parametrize("key", CASES)
def test_an_unknown_value_falls_back_with_a_notice(hostile: str, key: str) -> None:
    value, notice = CASES[key]
    app = open_page("recommend", **({"d": hostile} | {key: value}))
    assert any(notice in one.value.replace("\\", "") for one in app.info), words(app)
    assert grids(app)
    assert address(app).get(key) != value


@pytest.mark.parametrize("k", ["0", "-3", "abc", "1e9", "51", "1.5", "", "٣" * 30, "9" * 5000])
def test_a_length_that_is_none(hostile: str, k: str) -> None:
    app = open_page("recommend", d=hostile, k=k)
    noticed = any("is not a whole number from 1 to 50" in one.value for one in app.info)
    assert noticed == bool(k)
    assert address(app)["k"] == "10"


def test_more_edits_than_fifty_are_cut(hostile: str) -> None:
    app = open_page("recommend", d=hostile, u="p|3", drop=FIFTY_AND_MORE)
    # Twenty films in all, each named three times.
    assert address(app)["drop"].count("|") == 19
    assert grids(app)


def test_ids_that_hold_the_separator_are_found(hostile: str) -> None:
    app = open_page("recommend", d=hostile, u="p|3", drop="i%7C00|i%7C01")
    assert not app.info
    assert address(app)["drop"] == "i%7C00|i%7C01"
    assert "without 2 films" in words(app)


@pytest.mark.parametrize("tour", ["99", "0", "-1", "six", "²", TITLES[0]])
def test_a_step_of_the_tour_that_is_none_is_the_first(hostile: str, tour: str) -> None:
    app = open_page("recommend", d=hostile, tour=tour)
    assert "Step 1 of 6" in words(app)


@pytest.mark.parametrize("listed", PAGES, ids=lambda page: page.title)
@pytest.mark.parametrize("value", MARKUP)
def test_markup_in_every_key_of_every_page(hostile: str, listed, value: str) -> None:
    page = Path(listed.file).stem
    keys = ("s", "a", "b", "u", "i", "k", "drop", "add", "tour", "v")
    own = ("g_model", "g_hops", "g_budget", "g_weight", "g_layer", "g_head", "g_node", "h_final", "r_final")
    by_hand = ("g_hidden", "g_pinned", "g_expanded", "g_edge", "g_via", "g_compare", "g_threshold", "g_round")
    more = ("r_view", "r_why", "m_final", "job", "data_tab", "x")
    why = ("w_model", "w_how", "w_reason", "w_not", "w_final")
    app = open_page(page, d=hostile, **dict.fromkeys((*keys, *own, *by_hand, *more, *why), value))
    said = "\n".join(one.value for one in app.info)
    # In a notice the value is text: every sign of markup is escaped.
    assert "<script>" not in said and "](javascript" not in said and ":material/delete:" not in said


def test_two_models_of_two_splits_are_not_compared(hostile: str, filled_home: Path) -> None:
    app = open_page("recommend", d=hostile, s="random:seed=2", a=f"{HOSTILE}-ease")
    assert "No model knows this data yet" in words(app)
    assert "was fitted on another split" in "\n".join(one.value.replace("\\", "") for one in app.info)
