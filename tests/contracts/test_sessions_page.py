"""docs/sessions.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

from tests.docs_scripts import docs_script


def test_the_page_is_the_one_that_the_results_make() -> None:
    script = docs_script("sessions")
    assert script.page(*script.results()) == script.PAGE.read_text(encoding="utf-8"), (
        "run `python docs/sessions.py`"
    )


def test_it_says_better_worse_or_neither_by_the_interval() -> None:
    script = docs_script("sessions")
    for low, high, words in (
        (0.001, 0.01, "is better"),
        (-0.02, -0.01, "is worse"),
        (-0.01, 0.01, "no difference"),
    ):
        pair = {"difference": {"mrr@20": {"mean": (low + high) / 2, "low": low, "high": high}}}
        assert words in script.verdict(pair)


def test_each_board_has_the_graph_and_its_absence_beside_each_other() -> None:
    _, boards = docs_script("sessions").results()
    for board in boards:
        layers = {row["settings"]["n_layers"] for row in board["rows"] if row["recommender"] == "sr_gnn"}
        assert layers == {0, 1}, board["made_by"]
