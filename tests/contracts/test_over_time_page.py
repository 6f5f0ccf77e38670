"""docs/over-time.md says what was measured, and nothing that was typed in by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from benchmarks.over_time import dealt_anew
from gnnrec.data import split
from tests import worlds

ROOT = Path(__file__).resolve().parents[2]


def written_by():
    spec = importlib.util.spec_from_file_location("over_time_page", ROOT / "docs" / "over_time.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_the_one_that_the_results_make() -> None:
    script = written_by()
    assert script.page(script.results()) == script.PAGE.read_text(encoding="utf-8"), (
        "run `python docs/over_time.py`"
    )


def test_it_says_gain_loss_or_neither_by_the_interval() -> None:
    script = written_by()
    for low, high, words in (
        (0.001, 0.01, "better"),
        (-0.02, -0.01, "worse"),
        (-0.01, 0.01, "no difference"),
    ):
        assert script._verdict({"mean": (low + high) / 2, "low": low, "high": high}).startswith(words)
    assert script._verdict(None) == "too few people to tell"


def test_cold_people_are_counted_and_stand_apart() -> None:
    for name, result in written_by().results().items():
        if name == "time-shuffled":
            continue
        known = result["known"]
        for row in result["rows"]:
            assert row["cold"]["n"] == known["cold_people"]
            assert row["warm"]["n"] + row["cold"]["n"] == row["everybody"]["n"] == known["people"]


def test_on_the_demo_dates_dealt_out_anew_take_the_gain_of_forgetting_away() -> None:
    models = {one["user_vectors"]: one for one in written_by().results()["time-shuffled"]["models"]}
    differences = models["none"]["differences"]
    assert differences["decay, true dates less no decay"]["low"] > 0
    assert differences["decay, dates dealt out anew less no decay"]["low"] < 0
    assert differences["decay, true dates less decay, dates dealt out anew"]["low"] > 0


def test_dates_dealt_out_anew_leave_rows_and_parts_as_they_are() -> None:
    cut = split(worlds.scattered(), "global-time")
    anew = dealt_anew(cut, seed=1)
    before, after = cut.dataset.interactions, anew.dataset.interactions
    train = cut.rows("train")
    np.testing.assert_array_equal(anew.part, cut.part)
    np.testing.assert_array_equal(after.item, before.item)
    np.testing.assert_array_equal(np.sort(after.timestamp[train]), np.sort(before.timestamp[train]))
    assert (after.timestamp[train] != before.timestamp[train]).any()
    held = cut.rows("valid", "test")
    np.testing.assert_array_equal(after.timestamp[held], before.timestamp[held])
