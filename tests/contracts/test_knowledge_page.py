"""docs/knowledge.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

import pytest

from tests.docs_scripts import docs_script


def test_the_page_is_the_one_that_the_results_make() -> None:
    script = docs_script("knowledge")
    assert script.page(script.results()) == script.PAGE.read_text(encoding="utf-8"), (
        "run `python docs/knowledge.py`"
    )


@pytest.mark.parametrize(
    ("gain", "wrong", "less", "words"),
    [
        ((0.001, 0.01), (-0.01, 0.001), (-0.02, -0.001), "removes the gain"),
        ((0.001, 0.01), (0.001, 0.01), (-0.02, -0.001), "a part of the gain is theirs"),
        ((0.001, 0.01), (0.001, 0.01), (-0.02, 0.001), "the gain is not theirs"),
        ((0.001, 0.01), (-0.01, 0.001), (-0.02, 0.001), "not clearly better"),
        ((-0.001, 0.01), (-0.01, 0.001), (-0.02, 0.001), "told from none"),
        ((-0.02, -0.01), (-0.01, 0.001), (-0.02, 0.001), "worse with facts"),
    ],
)
def test_it_says_gain_loss_or_neither_by_the_intervals(gain, wrong, less, words: str) -> None:
    def interval(ends: tuple[float, float]) -> dict[str, float]:
        return {"mean": sum(ends) / 2, "low": ends[0], "high": ends[1]}

    one = {
        "model": "kgat",
        "difference": interval(gain),
        "dealt_anew": {"less without": interval(wrong), "less facts": interval(less)},
    }
    assert words in docs_script("knowledge")._verdict(one)


def test_facts_dealt_out_anew_are_compared_on_the_same_people() -> None:
    for name, result in docs_script("knowledge").results().items():
        if name.startswith("knowledge-"):
            for model in result["models"]:
                found = model["dealt_anew"]
                assert {found[one]["n"] for one in ("less without", "less facts")} == {model["n"]}


def test_click_auc_stands_beside_that_of_popularity_and_reaches_what_papers_report() -> None:
    result = docs_script("knowledge").results()["click-auc"]
    rows = {row["row"]: row["test"] for row in result["rows"]}
    for name in ("kgcn", "kgat"):
        assert min(rows[name]) >= 0.79
        assert len(rows[name]) == len(result["popularity"])
