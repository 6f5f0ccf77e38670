"""docs/explanations.md says what was measured, and what was measured keeps what explanations promise."""

from __future__ import annotations

import json

import pytest

from gnnrec.explain.audit import CHANCE, VERDICTS
from gnnrec.explain.methods import METHODS
from gnnrec.recommenders import create, names
from gnnrec.recommenders.capabilities import DECOMPOSES
from tests.docs_scripts import docs_script


@pytest.fixture(scope="module")
def script():
    return docs_script("explanations")


@pytest.fixture(scope="module")
def result(script) -> dict:
    return json.loads(script.RESULT.read_text(encoding="utf-8"))


def test_the_page_is_the_one_that_the_results_make(script, result) -> None:
    assert script.page(result) == script.PAGE.read_text(encoding="utf-8"), "run `python docs/explanations.py`"


def test_the_parts_of_every_model_that_splits_add_up(script, result) -> None:
    assert result["pairs"] >= 1000
    assert {one["of"].partition(".")[0] for one in result["exact"]} == {
        name for name in names() if DECOMPOSES in create(name).capabilities
    }
    for one in result["exact"]:
        assert one["single"]["largest"] < script.SINGLE, one["title"]
        assert one["double"]["largest"] < script.DOUBLE, one["title"]


def test_random_explanations_are_chance_and_inverted_ones_below_it(result) -> None:
    assert {"lightgcn", "gat", "ease"} <= {entry["of"] for entry in result["audit"]}
    for entry in result["audit"]:
        rows = {one["method"]: one for one in entry["methods"]}
        assert rows["random"]["verdict"] == CHANCE
        assert abs(rows["random"]["area"]) < 0.1
        assert rows["inverted"]["area_high"] < 0
        assert {one["verdict"] for one in rows.values()} <= set(VERDICTS)
        assert rows["random"]["people"] >= 150
        if "because" in rows:
            assert rows["because"]["area_low"] > 0


def test_true_reasons_are_set_beside_chance(result) -> None:
    for entry in result["true_reasons"]:
        for one in entry["methods"]:
            assert one["method"] in METHODS
            assert one["true_low"] <= one["true"] <= one["true_high"]
            assert 0 < one["chance"] < 0.2
