"""The stored simulations bear out that intervals hold the truth and that equal models are seldom told apart."""

from __future__ import annotations

import json

import pytest

from gnnrec import places

RESULT = json.loads((places.shipped_results() / "intervals.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", RESULT["coverage"])
def test_intervals_hold_the_truth_as_often_as_they_say(kind: str) -> None:
    told = RESULT["coverage"][kind]
    assert told["of"] >= 1000
    assert told["share"] == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("pair", RESULT["paired_false_positives"])
def test_models_that_are_alike_are_seldom_told_apart(pair: str) -> None:
    for told in RESULT["paired_false_positives"][pair].values():
        assert told["of"] >= 1000
        assert told["share"] == pytest.approx(0.05, abs=0.02)


def test_a_real_difference_is_told_and_more_people_tell_more() -> None:
    weak = RESULT["power"]["an accurate and a weak one"]
    assert weak["943 people"]["share"] > 0.99
    for pair in RESULT["power"].values():
        assert pair["943 people"]["high"] >= pair["100 people"]["low"]
    few, many = (RESULT["smallest_difference"][n]["told_in_80"] for n in ("100 people", "943 people"))
    assert 2.5 < few / many < 3.7


def test_values_are_as_uneven_as_real_ones() -> None:
    assert RESULT["share_of_zeros"]["demo-popularity"] > 0.4
    assert RESULT["made_by"] == "python -m benchmarks.intervals"
