"""`slices`: groups of people measured, the worst searched, two models compared person by person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gnnrec.checkpoints import Checkpoint
from gnnrec.cli import slices
from tests.contracts.cli.contract import Run


def test_every_group_is_measured_against_the_others(run: Run, trained) -> None:
    result = run("slices", trained["ease"])
    assert (result["model"], result["dataset"], result["part"]) == ("ease", "demo", "valid")
    assert result["metric"] == "ndcg@10"
    stored = Checkpoint.open(trained["ease"])
    mean, people = stored.metrics["valid"]["ndcg@10"], result["people"]
    assert people + result["not_judged"] == 1200
    keys = {one["key"] for one in result["traits"]}
    assert {"activity", "breadth", "mainstream", "tenure", "person.city", "item.genres"} <= keys
    for key in keys:
        rows = [one for one in result["slices"] if one["trait"] == key]
        # The groups of a trait part the people: together they are everybody, and their mean is the mean.
        assert sum(one["n"] for one in rows) == people
        assert sum(one["n"] + one["not_judged"] for one in rows) == 1200
        whole = sum(one["n"] * one["mean"] for one in rows if one["n"])
        assert whole / people == pytest.approx(mean, abs=1e-6)
    for one in result["slices"]:
        if one["n"] >= result["fewest"]:
            assert one["low"] <= one["mean"] <= one["high"]
            assert one["difference"] == pytest.approx(one["mean"] - one["rest_mean"])
            assert one["difference_low"] <= one["difference"] <= one["difference_high"]
        else:
            assert one["said"]
            assert one["low"] is None and one["difference"] is None
    shown = slices.text(result)
    assert "very few films in their history" in shown and "too few" in shown and "nan" not in shown
    assert result == run("slices", trained["ease"])


def test_the_worst_are_searched_and_told_in_words(run: Run, trained) -> None:
    result = run("slices", trained["popularity"], "--worst", "--part", "test")
    assert result["part"] == "test"
    assert result["searched"] > 500
    assert result["said"] is None
    assert result["worst"], "popularity serves people with rare tastes worse"
    for one in result["worst"]:
        assert one["p"] <= 0.05
        assert one["difference"] < 0
        assert one["sentence"].startswith(f"the {one['n']:,} people with {one['name']}: NDCG@10 ")
    shown = slices.text(result)
    assert result["worst"][0]["sentence"] in shown and "test (final)" in shown


def test_a_second_model_makes_it_a_difference(run: Run, trained) -> None:
    result = run("slices", trained["ease"], "--against", trained["popularity"], "--metric", "recall@20")
    first, second = (
        run("slices", trained[name], "--metric", "recall@20")["slices"] for name in ("ease", "popularity")
    )
    for one, a, b in zip(result["slices"], first, second, strict=True):
        if one["n"]:
            assert one["mean"] == pytest.approx(a["mean"] - b["mean"])
    worst = run("slices", trained["ease"], "--against", trained["popularity"], "--worst")
    assert worst["against"].startswith("tiny-popularity@")
    assert worst["worst"], "EASE gains much more for some than for others"
    for one in worst["worst"]:
        assert "of tiny-ease minus tiny-popularity" in one["sentence"]


def test_a_length_that_was_not_stored_is_measured(run: Run, trained) -> None:
    at_three = run("slices", trained["popularity"], "--metric", "ndcg@3")["slices"]
    at_ten = run("slices", trained["popularity"])["slices"]
    assert [one["n"] for one in at_three] == [one["n"] for one in at_ten]
    assert [one["mean"] for one in at_three] != [one["mean"] for one in at_ten]


def test_what_cannot_be_asked_is_refused(refused: Callable[..., str], trained) -> None:
    assert "--part" in refused("slices", trained["ease"], "--part", "train")
    assert "--seed" in refused("slices", trained["ease"], "--seed", -1)
    for wrong in ("ndcg", "ndcg@0", "ndcg@x", "rmse", "nothing@10", "ndcg@²"):
        assert "--metric" in refused("slices", trained["ease"], "--metric", wrong)
    refused("slices", trained["ease"], "--against", "nothing-like-it")
    refused("slices", "nothing-like-it")
