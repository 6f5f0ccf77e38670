"""docs/long-tail.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

import json

from tests.docs_scripts import docs_script


def test_the_page_is_the_one_that_the_results_make() -> None:
    script = docs_script("long_tail")
    result = json.loads(script.RESULT.read_text(encoding="utf-8"))
    assert script.page(result) == script.PAGE.read_text(encoding="utf-8"), "run `python docs/long_tail.py`"
    for mode in ("light", "dark"):
        assert (script.PICTURES / f"long-tail-{mode}.png").is_file()


def test_every_dial_raises_tail_recall_and_says_what_it_costs() -> None:
    script = docs_script("long_tail")
    result = json.loads(script.RESULT.read_text(encoding="utf-8"))
    assert {curve["setting"] for curve in result["curves"]} == {
        "popularity_exponent",
        "popularity_correction",
    }
    for curve in result["curves"]:
        difference = curve["test"]["difference"]
        assert difference["tail_recall@20"]["low"] > 0
        assert difference["recall@20"]["high"] < 0
        strengths = [one["strength"] for one in curve["valid"]]
        assert strengths == sorted(strengths) and strengths[0] == 0


def test_the_curves_start_at_the_same_run() -> None:
    script = docs_script("long_tail")
    along = script.points(json.loads(script.RESULT.read_text(encoding="utf-8")))
    firsts = [point for n, point in enumerate(along) if n == 0 or point.curve != along[n - 1].curve]
    assert len(firsts) == 2
    assert (firsts[0].x, firsts[0].y) == (firsts[1].x, firsts[1].y)
    assert [point.label for point in firsts] == ["0", ""]
