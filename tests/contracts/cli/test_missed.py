"""`missed`: every miss of a model in one class, counted, with intervals and examples."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gnnrec.checkpoints import Checkpoint
from gnnrec.cli import missed
from gnnrec.data import Dataset, Split
from gnnrec.evaluation.missed import CLASSES
from tests.contracts.cli.contract import Run


def test_every_miss_is_counted_once(run: Run, trained, cut: Split, dataset: Dataset) -> None:
    result = run("missed", trained["ease"])
    assert (result["model"], result["dataset"], result["part"], result["k"]) == ("ease", "demo", "valid", 10)
    assert [one["name"] for one in result["classes"]] == list(CLASSES)
    assert sum(one["n"] for one in result["classes"]) == result["misses"]
    assert result["hits"] + result["misses"] == result["held_out"] == cut.matrix("valid").nnz
    # Precision counts the same hits.
    stored = Checkpoint.open(trained["ease"]).metrics["valid"]["precision@10"]
    assert result["hits"] == pytest.approx(stored * 10 * result["people"], abs=1e-3)
    assert result["steps"] is None
    for one in result["classes"]:
        assert one["low"] <= one["share"] <= one["high"]
        assert one["share"] == pytest.approx(one["n"] / result["misses"])
        assert len(one["examples"]) == min(3, one["n"])
        assert one["people"] <= one["n"]
        assert one["title"] and one["rule"].endswith(".")
        for each in one["examples"]:
            user, item = dataset.users.number(each["user"]), dataset.items.number(each["item"])
            assert cut.matrix("valid")[user, item]
            assert each["rank"] is None or each["rank"] > 10
            assert each["reason"].endswith(".")
    assert "Of 100 misses, " in result["sentence"]
    shown = missed.text(result)
    assert result["sentence"] in shown and "Just missed" in shown and "nan%" not in shown
    assert result == run("missed", trained["ease"])


def test_part_length_and_examples_can_be_chosen(run: Run, trained, cut: Split) -> None:
    result = run("missed", trained["lightgcn"], "--part", "test", "--k", 20, "--examples", 0)
    assert (result["part"], result["k"]) == ("test", 20)
    assert result["held_out"] == cut.matrix("test").nnz
    assert not any(one["examples"] for one in result["classes"])
    assert result["steps"] == 5
    assert "rank 21 to 100" in result["sentence"] and "list of 20" in missed.text(result)
    assert result["misses"] < run("missed", trained["lightgcn"], "--part", "test", "-k", 10)["misses"]


def test_what_cannot_be_asked_is_refused(refused: Callable[..., str], trained) -> None:
    assert "--part" in refused("missed", trained["ease"], "--part", "train")
    assert "-k" in refused("missed", trained["ease"], "-k", 0)
    assert "--examples" in refused("missed", trained["ease"], "--examples", -1)
    assert "predicts ratings" in refused("missed", "demo-gcn_rating")
    refused("missed", "nothing-like-it")
