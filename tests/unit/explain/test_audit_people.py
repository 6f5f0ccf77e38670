"""The audit over people: who is asked about what, controls at their places, intervals over people, an end on request."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gnnrec.explain.audit import CHANCE, FAITHFUL, UNKNOWN, WEAK
from gnnrec.explain.audit_people import audit_many, choose_people, methods_to_judge, summary
from gnnrec.graph import Graph
from gnnrec.recommenders import create
from tests import worlds


@pytest.fixture(scope="module")
def world():
    cut = worlds.published(worlds.scattered(n_items=60, per_user=20))
    model = create("ease").fit(cut.training())
    data = model.data
    return model, Graph.bipartite(data.n_users, data.n_items, data.user, data.item), cut


@pytest.fixture(scope="module")
def found(world) -> pd.DataFrame:
    return audit_many(*world, range(40))


def test_each_person_is_asked_about_the_first_item_of_their_list(world, found) -> None:
    model, _, cut = world
    first = model.recommend(range(40), 1, exclude=cut.matrix(*cut.fitted_parts)).items[:, 0]
    assert found.groupby("user")["item"].first().tolist() == first.tolist()
    assert found["method"].tolist() == ["because", "random", "inverted"] * 40
    assert (found["n"] == 17).all()


def test_what_is_true_scores_one_random_as_chance_and_inverted_below(found) -> None:
    table = summary(found).set_index("method")
    assert table["verdict"].to_dict() == {"because": FAITHFUL, "random": CHANCE, "inverted": CHANCE}
    assert table.loc["because", "area"] == pytest.approx(1, abs=1e-3)
    assert table.loc["random", "area_low"] < 0 < table.loc["random", "area_high"]
    assert table.loc["random", "spearman_low"] < 0 < table.loc["random", "spearman_high"]
    assert table.loc["inverted", "area_high"] < 0
    assert table.loc["inverted", "spearman"] == pytest.approx(-1)
    assert table.loc["because", "sum_error"] < 1e-5
    assert (table["people"] == 40).all()
    assert table.loc["random", "chance"] > 0.8
    assert table.loc["because", "faithful"] == 1


def test_the_same_people_give_the_same_table(world, found) -> None:
    again = audit_many(*world, range(5))
    pd.testing.assert_frame_equal(again, found.head(15))


def test_people_are_drawn_by_seed_and_the_first_of_many_are_the_few(world) -> None:
    model = world[0]
    assert choose_people(model, 10).tolist() == choose_people(model, 30)[:10].tolist()
    assert choose_people(model, 30, seed=1).tolist() != choose_people(model, 30).tolist()
    assert sorted(choose_people(model, 1000).tolist()) == list(range(40))


def test_people_whose_history_is_too_short_are_not_drawn() -> None:
    pairs = [(user, item) for user in range(6) for item in range(user)]
    model = create("ease").fit(worlds.whole(worlds.of_pairs(pairs, 6, 6)).training("train"))
    assert sorted(choose_people(model, 10).tolist()) == [4, 5]


def test_people_who_have_seen_everything_are_left_out() -> None:
    pairs = [(0, item) for item in range(8)] + [(user, item) for user in (1, 2) for item in range(5)]
    cut = worlds.whole(worlds.of_pairs(pairs, 3, 8))
    model = create("ease").fit(cut.training("train"))
    graph = Graph.bipartite(3, 8, model.data.user, model.data.item)
    assert set(audit_many(model, graph, cut, [0, 1])["user"]) == {1}


def test_progress_is_told_and_can_end_the_work(world) -> None:
    told = []
    audit_many(*world, range(3), tell=lambda *one: told.append(one))
    assert told == sorted(told)
    assert told[0] == (0, 3) and told[-1] == (3, 3)

    class Ended(Exception):
        pass

    def end(done: int, total: int) -> None:
        if done == 1:
            raise Ended

    with pytest.raises(Ended):
        audit_many(*world, range(3), tell=end)


def test_the_reference_is_not_judged_by_itself(world) -> None:
    assert methods_to_judge(world[0]) == ["because"]


def judged(n: int, area: float, agreement: float, spread: float = 0.2) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, spread, n)
    return pd.DataFrame(
        {
            "method": "one",
            "area": area + noise - noise.mean(),
            "spearman": agreement,
            **dict.fromkeys(("stability", "sparsity", "sum_error"), np.nan),
            "half": 1,
            "verdict": WEAK,
        }
    )


@pytest.mark.parametrize(
    ("n", "area", "agreement", "verdict"),
    [
        (100, 0.8, 0.7, FAITHFUL),
        (100, 0.8, 0.3, WEAK),
        (100, 0.52, 0.7, WEAK),
        (100, 0.1, 0.7, WEAK),
        (100, 0.01, 0.7, CHANCE),
        (9, 0.8, 0.7, UNKNOWN),
    ],
)
def test_the_verdict_of_many_goes_by_the_interval(
    n: int, area: float, agreement: float, verdict: str
) -> None:
    [row] = summary(judged(n, area, agreement)).to_dict("records")
    assert row["verdict"] == verdict
    assert row["weak"] == 1


def test_who_cannot_be_judged_does_not_count() -> None:
    some = judged(30, 0.8, 0.7)
    none = some.assign(verdict=UNKNOWN, area=np.nan)
    [row] = summary(pd.concat([some, none])).to_dict("records")
    assert row["people"] == 30
    assert row["area"] == pytest.approx(0.8)
