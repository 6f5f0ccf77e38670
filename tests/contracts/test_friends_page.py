"""docs/friends.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

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
