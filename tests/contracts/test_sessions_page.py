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


def test_whole_epochs_are_told_of_the_largest_data_alone_and_without_the_settings_that_all_share() -> None:
    script = docs_script("sessions")
    counts = [
        {
            "dataset": name,
            "title": name,
            "items": 9,
            "parts": {"train": {"questions": n}, "valid": {"questions": 1}},
        }
        for name, n in (("small", 10), ("large", 999))
    ]
    seconds = {"train": 600.0, "wall": 1200.0, "cpu": 1800.0}
    names = ("neighbours", "net:epochs=4", "net:epochs=4,layers=0")
    rows = [
        {"variant": one, "best_epochs": [4] * (":" in one), "seconds": seconds, "peak_rss_mib": 5.0}
        for one in names
    ]

    def board(name: str, split: str) -> dict:
        return {"dataset": name, "splits": [{"split": split}], "rows": rows, "threads": 2}

    others = [board("small", "whole"), board("large", "published:fold=published,share=10")]
    assert script._speed(counts, others) == ""
    told = script._speed(counts, [*others, board("large", "published:fold=published")])
    assert "large, 1,000 questions" in told
    assert [line.split(" | ")[0] for line in told.splitlines() if line.startswith("| `")] == [
        "| `neighbours`",
        "| `net`",
        "| `net:layers=0`",
    ]
    assert "| `net` | 2 | 4 | 2.5 | 20.0 | 30.0 | 5 |" in told
