"""docs/benchmarks.md is made from the stored leaderboards, and what is set beside them has a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec import places
from gnnrec.data.protocol import parse_protocol
from gnnrec.datasets import sources
from gnnrec.evaluation import METRICS, RATING_METRICS
from gnnrec.recommenders import create, names
from gnnrec.runs.benchmarks_page import page, stored
from gnnrec.runs.published import figures

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
TABLES = stored(places.shipped_results())


def test_the_page_is_that_of_the_stored_tables() -> None:
    command = "run `python -m gnnrec leaderboard --docs docs/benchmarks.md`"
    assert PAGE.read_text(encoding="utf-8") == page(TABLES), command


@pytest.mark.parametrize("table", TABLES, ids=lambda one: f"{one['dataset']}-{one['task']}")
def test_a_stored_table_is_of_one_protocol_and_its_models_are_there(table: dict) -> None:
    assert table["made_by"].startswith("python -m gnnrec leaderboard --dataset ")
    assert "/tmp" not in table["made_by"]
    for row in table["rows"]:
        assert create(row["recommender"], row["settings"])
        assert {one["split"] for one in row["cells"]} <= {one["split"] for one in table["splits"]}


@pytest.mark.parametrize("one", figures(), ids=lambda one: f"{one['dataset']}-{one['recommender']}")
def test_a_published_figure_has_a_place_and_a_source(one: dict) -> None:
    assert one["dataset"] in {source.name for source in sources()}
    assert one["source"] and one["address"].startswith("https://")
    assert one["chosen_on_test"] in (True, False, None)
    assert one["values"]
    for metric, value in one["values"].items():
        assert metric.partition("@")[0] in {**METRICS, **RATING_METRICS}
        assert 0 < value < 5
    for split in one["splits"]:
        assert str(parse_protocol(split)) == split
    if one["recommender"] in names():
        create(one["recommender"], one.get("settings"))


def test_what_hiding_targets_gains_is_what_was_measured() -> None:
    (table,) = [one for one in TABLES if (one["dataset"], one["task"]) == ("movielens-100k", "rating")]
    rmse = {row["variant"]: row["test"]["rmse"]["mean"] for row in table["rows"]}
    hidden, shown = rmse["gcn_rating"], rmse["gcn_rating:hide_targets=false"]
    (pair,) = [one for one in table["pairs"] if one["reference"] == "gcn_rating:hide_targets=false"]
    told = pair["difference"]["rmse"]
    text = " ".join((ROOT / "docs" / "tutorial-systems.md").read_text(encoding="utf-8").split())
    assert f"is {hidden:.4f} with hiding and {shown:.4f} without" in text
    between = f"{told['mean']:.4f} ({told['low']:.4f} to {told['high']:.4f}".replace("-", "−")
    assert f"a difference of {between}, paired over people" in text
