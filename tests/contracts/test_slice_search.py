"""The stored simulations of the search for worst slices bear out what its docstring promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gnnrec import places
from gnnrec.evaluation.worst_slices import LEVEL

ROOT = Path(__file__).resolve().parents[2]
RESULT = json.loads((places.shipped_results() / "slice-search.json").read_text(encoding="utf-8"))


def test_it_is_about_the_search_as_it_is() -> None:
    assert RESULT["level"] == LEVEL
    assert RESULT["made_by"] == "python -m benchmarks.slice_search"
    assert RESULT["slices_searched"] > 1000


@pytest.mark.parametrize("kind", RESULT["noise"])
def test_noise_gives_a_finding_in_at_most_five_percent(kind: str) -> None:
    alarms = RESULT["noise"][kind]["permutation"]
    assert alarms["of"] >= 1000
    assert alarms["low"] <= alarms["share"] <= 0.05


def test_a_slice_one_deviation_worse_is_found() -> None:
    one = RESULT["planted"][-1]
    assert one["effect"] == 1
    assert one["permutation"]["of"] >= 1000
    assert one["permutation"]["share"] >= 0.95
    # What was chosen against: half the people search, half confirm.
    assert one["splitting"]["high"] < one["permutation"]["low"]
    assert 0.5 < RESULT["smallest_effect_found_in_80"] < 1


def test_intervals_cover_and_equal_models_are_seldom_told_apart() -> None:
    for told in RESULT["coverage"].values():
        assert told["of"] >= 1000
        assert told["share"] == pytest.approx(0.95, abs=0.03)
    for told in RESULT["paired_false_positives"].values():
        assert told["of"] >= 1000
        assert told["share"] == pytest.approx(0.05, abs=0.02)


def test_what_the_page_on_the_demo_says_of_planted_groups() -> None:
    text = " ".join((ROOT / "docs" / "demo-data.md").read_text(encoding="utf-8").split())
    groups = {one["group"]: one for one in RESULT["demo"]["groups"]}
    named = [name for name, one in groups.items() if one["named_by"]]
    assert f"it names {len(named)} of the {len(groups)} groups" in text
    assert named == ["silent_circle"]
    assert "Silent as most watched genre" in groups["silent_circle"]["named_by"].values()
    assert f"exactly its {groups['silent_circle']['judged']} members" in text
    assert groups["silent_circle"]["best_jaccard"] == 1
    few = RESULT["demo"]["fewest_people_told"]
    assert max(groups[name]["judged"] for name in ("bots", "newcomers")) < few
    assert f"fewer than {few} people" in text
    shared = groups["shared_accounts"]
    assert (
        f"by {shared['standard_errors']} standard errors at most, where {shared['needed']} are needed" in text
    )
    assert shared["standard_errors"] < shared["needed"]
    assert f"the drifters by {groups['drift']['standard_errors']}" in text
