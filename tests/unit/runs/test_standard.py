"""The standard set: planned, built once, left out with a reason where it cannot be."""

from __future__ import annotations

import pytest

from gnnrec.checkpoints import find, read_library
from gnnrec.data import Dataset
from gnnrec.errors import ConfigError
from gnnrec.recommenders import names
from gnnrec.runs import build_standard_set, plan_standard_set, queue, queue_standard_set
from gnnrec.runs.standard import STANDARD, time_words

HERE = [name for name in STANDARD if name in names()]


def test_it_is_planned_before_anything_is_trained(small: Dataset, home) -> None:
    plan = plan_standard_set(small)
    assert [one.recommender for one in plan] == HERE
    assert {one.state for one in plan} == {"waiting"}
    assert all(one.estimate.seconds > 0 for one in plan)
    assert time_words(plan).startswith(("about", "under"))
    assert not home.exists()


def test_it_is_built_once(small: Dataset) -> None:
    told: list[tuple[str, str]] = []
    made = build_standard_set(small, lambda one: told.append((one.recommender, one.state)), device="cpu")
    assert {one.state for one in made} == {"built"}, [one.reason for one in made]
    assert [find(one.checkpoint).slug for one in made] == [f"small-{name}" for name in HERE]
    for name in HERE:
        mine = [state for recommender, state in told if recommender == name]
        assert mine[:2] == ["waiting", "training"]
        assert mine[-1] == "built"
    again = build_standard_set(small)
    assert {one.state for one in again} == {"there"}
    assert [one.checkpoint for one in again] == [one.checkpoint for one in made]
    assert len(read_library().of("small")) == len(HERE)


def test_another_split_gets_models_and_names_of_its_own(small: Dataset, monkeypatch) -> None:
    monkeypatch.setattr("gnnrec.runs.standard.STANDARD", ("popularity",))
    build_standard_set(small)
    second = build_standard_set(small, split="random:seed=2")
    assert second[0].state == "built"
    assert find(second[0].checkpoint).slug == "small-popularity-2"


def test_what_does_not_fit_is_left_out_with_the_reason(small: Dataset, monkeypatch) -> None:
    monkeypatch.setattr("gnnrec.runs.standard.STANDARD", ("popularity", "ease"))
    plan = plan_standard_set(small)
    enough = plan[0].estimate.memory_mib
    monkeypatch.setattr(
        "gnnrec.runs.estimates.memory_mib", lambda spec: enough if spec.recommender == "popularity" else 10**9
    )
    made = build_standard_set(small)
    assert [(one.recommender, one.state) for one in made] == [("popularity", "built"), ("ease", "left out")]
    assert "free memory" in made[1].reason


def test_a_model_that_fails_does_not_stop_the_others(small: Dataset, monkeypatch) -> None:
    from gnnrec.errors import RunError
    from gnnrec.runs import standard

    whole = standard.fit

    def fit(recommender, *args, **options):
        if recommender.name == "item_knn":
            raise RunError(where="training", found="not enough memory")
        return whole(recommender, *args, **options)

    monkeypatch.setattr(standard, "fit", fit)
    monkeypatch.setattr(standard, "STANDARD", ("popularity", "item_knn", "ease"))
    made = build_standard_set(small)
    assert [one.state for one in made] == ["built", "left out", "built"]
    assert "not enough memory" in made[1].reason


def test_it_can_be_queued_as_runs(small: Dataset, monkeypatch) -> None:
    from gnnrec.runs import runs
    from gnnrec.store import runs as table

    monkeypatch.setattr(queue, "launch", lambda folder, lock: 0)
    queued = queue_standard_set(small)
    assert [one.run for one in queued] == [f"r{number + 1}" for number in range(len(HERE))]
    assert {one.state for one in queued} == {"queued"}
    assert [row.spec["slug"] for row in table.listed()][::-1] == [f"small-{name}" for name in HERE]
    # Nobody trains them here, so a look marks the first as lost and starts the second, and so on.
    for _ in HERE:
        runs()
    assert {one.state for one in runs()} == {"lost"}


def test_a_public_demo_builds_nothing(small: Dataset, monkeypatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    with pytest.raises(ConfigError, match="public demo"):
        build_standard_set(small)
    with pytest.raises(ConfigError, match="public demo"):
        queue_standard_set(small)
