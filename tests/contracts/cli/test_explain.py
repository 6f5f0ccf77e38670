"""`explain`: what each method says, in one form, and how far to believe it."""

from __future__ import annotations

import pytest

from gnnrec.cli.explain import METHODS
from gnnrec.cli.opening import open_model
from gnnrec.data import Dataset, Split
from gnnrec.explain.methods import Asked, importance
from gnnrec.recommenders import Query
from tests.contracts.cli.contract import Run

AUDIT = {"deletion_area", "low", "high", "spearman", "sum_error", "verdict"}


@pytest.mark.parametrize("model", ["lightgcn", "ease"])
def test_because_adds_up_to_the_score(run: Run, trained, dataset: Dataset, cut: Split, model: str) -> None:
    for person, item in ((3, 5), (40, 811), (1100, 77)):
        user, one_id = dataset.users.id(person), dataset.items.id(item)
        result = run("explain", trained[model], "--user", user, "--item", one_id, "--method", "because")
        assert (result["user"], result["item"], result["method"]) == (user, one_id, "because")
        assert result["score_kind"] in ("raw", "cosine", "standardised", "stars")
        parts = [one["contribution"] for one in result["contributions"]]
        assert sum(parts) == pytest.approx(result["score"], abs=1e-4 * sum(map(abs, parts)))
        named = [one["id"] for one in result["contributions"] if one["kind"] == "item"]
        assert set(named) == {dataset.items.id(int(one)) for one in cut.matrix("train")[person].indices}
        assert {one["kind"] for one in result["contributions"]} <= {"own", "item", "constant"}
        assert all(set(one) == {"kind", "id", "title", "contribution"} for one in result["contributions"])
        assert set(result["audit"]) == AUDIT
        assert result["audit"]["sum_error"] < 1e-4
        assert -1 <= result["audit"]["spearman"] <= 1
        assert result["sentence"].endswith(".")
        for path in result["paths"]:
            assert path["nodes"][0] == f"user:{user}" and path["nodes"][-1] == f"item:{one_id}"
    assert bool(result["paths"]) == (model == "lightgcn")


def test_attention_is_that_of_the_persons_neighbours(run: Run, trained, dataset: Dataset, cut: Split) -> None:
    user = dataset.users.id(3)
    item = run("recommend", trained["gat"], "--user", user, "-k", 1)["recommendations"][0]
    result = run("explain", trained["gat"], "--user", user, "--item", item["item"], "--method", "attention")
    assert result["score"] == pytest.approx(item["score"], abs=1e-6)
    kept, *edges = result["contributions"]
    assert (kept["kind"], kept["id"]) == ("own", user)
    assert {one["kind"] for one in edges} == {"edge"}
    by_id = {one["id"]: one["contribution"] for one in edges}
    assert set(by_id) == {dataset.items.id(int(one)) for one in cut.matrix("train")[3].indices}
    # What is shown is what is audited.
    opened = open_model(str(trained["gat"]))
    asked = Asked(opened.recommender, opened.graph, Query(user=3), dataset.items.number(item["item"]))
    audited = importance(asked, "attention")
    named = zip(audited.items.tolist(), audited.values.tolist(), strict=True)
    assert by_id == pytest.approx({dataset.items.id(one): value for one, value in named})
    assert sum(one["contribution"] for one in result["contributions"]) == pytest.approx(1, abs=1e-4)
    assert result["paths"] and set(result["audit"]) == AUDIT
    assert result["audit"]["sum_error"] is None
    for path in result["paths"]:
        assert [key.partition(":")[0] for key in path["nodes"]] == ["user", "item", "user", "item"]
        assert path["nodes"][-1] == f"item:{item['item']}"
    weights = [path["weight"] for path in result["paths"]]
    assert weights == sorted(weights, reverse=True)
    assert run("explain", trained["gat"], "--user", user, "--item", item["item"])["method"] == "attention"


@pytest.mark.parametrize("model", ["lightgcn", "gat"])
def test_masks_count_the_items_of_the_history(
    run: Run, trained, dataset: Dataset, cut: Split, model: str
) -> None:
    user, item = dataset.users.id(40), dataset.items.id(811)
    asked = ("explain", trained[model], "--user", user, "--item", item)
    by_method = {
        method: run(*asked, "--method", method, "--seeds", 2)
        for method in ("gnnexplainer", "integrated_gradients", "saliency", "mask")
    }
    for method, result in by_method.items():
        assert result["method"] == method.replace("mask", "gnnexplainer")
        assert {one["kind"] for one in result["contributions"]} == {"item"}
        history = {dataset.items.id(int(one)) for one in cut.matrix("train")[40].indices}
        assert {one["id"] for one in result["contributions"]} == history
        values = [one["contribution"] for one in result["contributions"]]
        assert values == sorted(values, reverse=True) and len(set(values)) > 1
        assert set(result["audit"]) == AUDIT and result["audit"]["sum_error"] is None
        assert all(path["nodes"][-1] == f"item:{item}" for path in result["paths"])
    assert by_method["gnnexplainer"]["seeds"] == 2 and by_method["saliency"]["seeds"] is None
    assert by_method["mask"]["contributions"] == by_method["gnnexplainer"]["contributions"]
    weights = [one["contribution"] for one in by_method["mask"]["contributions"]]
    assert all(0 <= weight <= 1 for weight in weights)


def test_deletion_says_score_and_rank_without_each_item(run: Run, trained, dataset: Dataset) -> None:
    user, item = dataset.users.id(40), dataset.items.id(811)
    result = run("explain", trained["ease"], "--user", user, "--item", item, "--method", "deletion")
    first = result["contributions"][0]
    kept = [one["id"] for one in result["contributions"][1:]]
    again = run("recommend", trained["ease"], "--user", user, "--history", ",".join(kept), "-k", 900)
    without = next(one for one in again["recommendations"] if one["item"] == item)
    assert without["score"] == pytest.approx(result["score"] - first["contribution"], abs=1e-5)
    assert {one["rank"] is None or one["rank"] >= 1 for one in result["contributions"]} == {True}
    assert result["audit"] is None and result["rank"] >= 1


def test_every_method_of_the_library_can_be_asked(run: Run, trained, refused, dataset: Dataset) -> None:
    from gnnrec.explain.methods import METHODS as TABLE

    assert set(METHODS) == set(TABLE)
    asked = ("explain", trained["lightgcn"], "--user", dataset.users.id(3), "--item", dataset.items.id(5))
    result = run(*asked, "--method", "paths")
    assert result["paths"] and result["contributions"][0]["contribution"] > 0
    assert "differentiable" in refused("explain", trained["ease"], *asked[2:], "--method", "mask")
    assert "1 or more" in refused(*asked, "--method", "mask", "--seeds", 0)
