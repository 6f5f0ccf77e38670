"""docs/friends.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

import json

import pytest

from tests.docs_scripts import docs_script


def test_the_page_is_the_one_that_the_results_make() -> None:
    script = docs_script("friends")
    assert script.page(script.results()) == script.PAGE.read_text(encoding="utf-8"), (
        "run `python docs/friends.py`"
    )


def test_it_says_gain_loss_or_neither_by_the_interval() -> None:
    script = docs_script("friends")
    for low, high, words in (
        (0.001, 0.01, "better"),
        (-0.02, -0.01, "worse"),
        (-0.01, 0.01, "no difference"),
    ):
        one = {"model": "diffnet", "difference": {"mean": (low + high) / 2, "low": low, "high": high}}
        assert words in script._verdict(one)


def test_friends_dealt_out_anew_are_compared_on_the_same_people() -> None:
    result = docs_script("friends").results()["social-permuted"]
    for model in result["models"]:
        assert len({one["n"] for one in model["differences"].values()}) == 1
    assert result["alike"]["dealt_anew"] < result["alike"]["friends"]


def test_a_gain_that_strangers_bring_too_is_not_put_down_to_friends() -> None:
    script = docs_script("friends")
    of_strangers = [found for name, found in script.results().items() if name.startswith(script.STRANGERS)]
    assert of_strangers
    for result in of_strangers:
        for model in result["models"]:
            left = model["differences"]["dealt_anew less without"]
            for low in (left["low"], -abs(left["low"])):
                # Also what the page would say had they not helped.
                other = {
                    "differences": model["differences"] | {"dealt_anew less without": left | {"low": low}}
                }
                said = script._of_strangers([result | {"models": [model | other]}])
                assert ("friends dealt out anew help too" in said) == (low > 0)


def test_predicted_ratings_are_those_of_the_leaderboard_under_the_same_settings() -> None:
    script = docs_script("friends")
    found = {name: one for name, one in script.results().items() if name.startswith(script.RATINGS)}
    assert found
    for result in found.values():
        path = script.RESULTS / f"leaderboard-{result['dataset']}-rating.json"
        table = json.loads(path.read_text(encoding="utf-8"))
        by_settings = {json.dumps(row["settings"], sort_keys=True): row for row in table["rows"]}
        told = {
            name: by_settings.get(json.dumps(one, sort_keys=True)) for name, one in result["settings"].items()
        }
        assert {"bias", "svdpp", "graphrec"} <= {name for name, row in told.items() if row}
        for name, row in told.items():
            if row:
                measured = result["groups"][0]["errors"][name]
                assert measured == pytest.approx(row["test"][result["metric"]]["mean"], abs=1e-6)
