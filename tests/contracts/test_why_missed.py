"""docs/why-missed.md says what was measured and judged, and what it claims holds."""

from __future__ import annotations

import json

import pytest

from gnnrec.evaluation.missed import CLASSES, NEAR_MISS, POPULARITY, TASTE
from tests.docs_scripts import docs_script

SCRIPT = docs_script("why_missed")
RESULT = json.loads(SCRIPT.RESULT.read_text(encoding="utf-8"))


def test_the_page_is_the_one_that_the_results_make() -> None:
    assert SCRIPT.page(RESULT) == SCRIPT.PAGE.read_text(encoding="utf-8"), "run `python docs/why_missed.py`"


@pytest.mark.parametrize("data", ["movielens-100k", "demo"])
def test_every_miss_is_in_one_class(data: str) -> None:
    assert set(RESULT[data]) == {"lightgcn", "gat", "ease"}
    for model in RESULT[data].values():
        assert tuple(model["classes"]) == CLASSES
        assert sum(one["n"] for one in model["classes"].values()) == model["misses"] < model["held_out"]
        for one in model["classes"].values():
            assert one["low"] <= one["share"] <= one["high"]


def test_ten_of_each_class_were_looked_at() -> None:
    seen = {
        name
        for model in RESULT["movielens-100k"].values()
        for name, one in model["classes"].items()
        if one["n"]
    }
    assert seen <= set(RESULT["judged"])
    for row in (
        *RESULT["judged"].values(),
        *RESULT["judged_blind"].values(),
        *RESULT["judged_before"].values(),
    ):
        assert sum(row.values()) == 10 and set(row) <= set(CLASSES)


def test_the_truth_of_the_demo_agrees() -> None:
    for one in RESULT["demo_truth"].values():
        place = {name: told["mean"] for name, told in one["true_place"].items()}
        assert (
            place[TASTE]
            < min(value for name, value in place.items() if name in (POPULARITY, NEAR_MISS, "other")) - 0.1
        )
        assert set(one["newcomers"]) == {"cold_person"}
