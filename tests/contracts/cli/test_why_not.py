"""`why-not`: where an item stands, and a change that the other verbs confirm."""

from __future__ import annotations

import pytest

from gnnrec.cli import main
from gnnrec.data import Dataset, Split
from tests.contracts.cli.contract import Run


@pytest.mark.parametrize("model", ["lightgcn", "ease", "gat"])
def test_a_change_that_brings_it_in_is_confirmed_by_recommend(
    run: Run, trained, dataset: Dataset, cut: Split, model: str
) -> None:
    user = dataset.users.id(40)
    asked = run("recommend", trained[model], "--user", user, "-k", 13)["recommendations"]
    found = run("why-not", trained[model], "--user", user, "--item", asked[12]["item"])
    assert (found["rank"], found["k"], found["seen"]) == (13, 10, False)
    assert found["score"] == pytest.approx(asked[12]["score"], abs=1e-5)
    assert found["gap"] == pytest.approx(asked[9]["score"] - asked[12]["score"], abs=1e-5)
    assert found["hops"] == 3 and found["watchers"] > 0 and 0 <= found["popularity"] <= 100
    assert found["push_out"] is None and found["tried"] > 0 and found["sentence"].endswith(".")
    if model != "gat":
        behind = sum(one["contribution"] for one in found["behind"]) + found["own_behind"]
        assert behind == pytest.approx(found["gap"], abs=1e-4)
    change = found["bring_in"]
    if change is None:
        # Only where not every change is tried can one be missed.
        assert model == "gat"
        return
    assert change["rank_before"] == 13 and change["rank_after"] <= 10
    history = [dataset.items.id(int(one)) for one in cut.matrix("train")[40].indices]
    more = ",".join([*history, *(one["id"] for one in change["items"])])
    again = run("recommend", trained[model], "--user", user, "--history", more, "-k", 10)
    assert found["item"] in [one["item"] for one in again["recommendations"]]


def test_a_recommended_item_is_pushed_out(run: Run, trained, dataset: Dataset) -> None:
    user = dataset.users.id(3)
    item = run("recommend", trained["ease"], "--user", user, "-k", 9)["recommendations"][8]["item"]
    found = run("why-not", trained["ease"], "--user", user, "--item", item)
    assert found["rank"] == 9 and found["gap"] <= 0 and found["bring_in"] is None
    change = found["push_out"]
    assert change["rank_before"] == 9 and change["rank_after"] > 10


def test_what_has_no_answer_is_told(run: Run, refused, trained, dataset: Dataset, cut: Split, capsys) -> None:
    user, seen = dataset.users.id(3), dataset.items.id(int(cut.matrix("train")[3].indices[0]))
    found = run("why-not", trained["ease"], "--user", user, "--item", seen)
    assert found["seen"] and found["rank"] is None and "already" in found["sentence"]
    far = run("recommend", trained["popularity"], "--user", user, "-k", 40)["recommendations"][-1]["item"]
    found = run("why-not", trained["popularity"], "--user", user, "--item", far)
    assert found["rank"] == 40 and found["own"] is None and found["against"] == found["behind"] == []
    assert "'nobody'" in refused("why-not", trained["ease"], "--user", "nobody", "--item", seen)
    assert "'nothing'" in refused("why-not", trained["ease"], "--user", user, "--item", "nothing")
    assert "-k" in refused("why-not", trained["ease"], "--user", user, "--item", seen, "-k", 0)
    capsys.readouterr()
    assert main(["why-not", str(trained["lightgcn"]), "--user", user, "--item", far]) == 0
    shown = capsys.readouterr().out
    assert f"({far}) for {user}" in shown and "rank" in shown
