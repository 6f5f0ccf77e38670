"""Estimates: they grow with the work, learn from this machine, and speak in round words."""

from __future__ import annotations

import dataclasses

import pytest

from gnnrec.data import Dataset
from gnnrec.recommenders import names, recommender_class
from gnnrec.runs import RunSpec, estimate
from gnnrec.runs.estimates import about_memory, about_seconds, epoch_seconds, memory_mib, memory_shortage

SIZES = {"users": 1000, "items": 2000, "train": 80_000}


@pytest.fixture
def spec(small: Dataset) -> RunSpec:
    return dataclasses.replace(RunSpec.of(small, "lightgcn", device="cpu"), sizes=SIZES)


def larger(spec: RunSpec, **sizes: int) -> RunSpec:
    return dataclasses.replace(spec, sizes={**SIZES, **sizes})


def test_more_data_takes_longer_and_needs_more(spec: RunSpec) -> None:
    for name in SIZES:
        more = larger(spec, **{name: SIZES[name] * 4})
        assert estimate(more, []).seconds > estimate(spec, []).seconds
        assert memory_mib(more) > memory_mib(spec)


@pytest.mark.parametrize("name", ["n_layers", "embedding_size"])
def test_a_larger_model_takes_longer(spec: RunSpec, name: str) -> None:
    more = dataclasses.replace(spec, settings={**spec.settings, name: spec.settings[name] * 3})
    assert epoch_seconds("lightgcn", SIZES, more.settings, "cpu") > epoch_seconds(
        "lightgcn", SIZES, spec.settings, "cpu"
    )


def test_fewer_people_per_step_need_less_memory(spec: RunSpec) -> None:
    big = larger(spec, users=100_000)
    everybody, few = (
        dataclasses.replace(big, settings={**big.settings, "loss": "softmax", "batch_users": people})
        for people in (0, 500)
    )
    assert memory_mib(few) < memory_mib(everybody) / 2


def test_pace_and_length_are_learned_from_earlier_runs(spec: RunSpec) -> None:
    thumb = epoch_seconds("lightgcn", SIZES, spec.settings, "cpu")
    earlier = {
        "recommender": "lightgcn",
        "dataset": spec.dataset,
        "sizes": SIZES,
        "settings": spec.settings,
        "device": "cpu",
        "epochs": 100,
        "seconds_train": 100 * thumb * 30,
    }
    guess, learned = estimate(spec, []), estimate(spec, [earlier])
    assert learned.seconds > 5 * guess.seconds
    assert "1 earlier run " in learned.basis
    assert estimate(spec, [earlier | {"device": "cuda"}]).basis == guess.basis
    assert estimate(spec, [earlier | {"recommender": "gat"}]) == guess
    short = estimate(spec, [earlier | {"epochs": 10, "seconds_train": 10 * thumb}])
    assert short.seconds < guess.seconds
    assert short.seconds_most == pytest.approx(guess.seconds_most)


def test_a_time_limit_bounds_it(spec: RunSpec) -> None:
    slow = larger(spec, users=50_000)
    limited = dataclasses.replace(slow, max_seconds=20.0)
    assert estimate(slow, []).seconds > 100
    assert estimate(limited, []).seconds_most < estimate(slow, []).seconds_most / 2


def test_closed_forms_grow_with_the_catalogue_alone(small: Dataset) -> None:
    ease = dataclasses.replace(RunSpec.of(small, "ease"), sizes=SIZES)
    wide = dataclasses.replace(ease, sizes=SIZES | {"items": 40_000})
    assert memory_mib(wide) > 40_000**2 * 8 / 2**20
    assert estimate(wide).seconds > 100 * estimate(ease).seconds


def test_a_trained_model_with_a_closed_form_in_it_grows_with_the_catalogue_squared(small: Dataset) -> None:
    wide = dataclasses.replace(RunSpec.of(small, "light_blend"), sizes=SIZES | {"items": 40_000})
    assert memory_mib(wide) > 40_000**2 * 8 / 2**20


def test_shortage_says_what_is_there_and_what_is_needed(spec: RunSpec, monkeypatch) -> None:
    assert memory_shortage(spec) is None
    monkeypatch.setattr("gnnrec.runs.estimates.free_memory_mib", lambda: memory_mib(spec) - 20)
    assert "free memory" in str(memory_shortage(spec))
    # A worker that is about to end gives its own memory back.
    assert memory_shortage(spec, own=True) is None


def test_a_closed_form_that_does_not_fit_is_refused_with_some_that_do(small: Dataset, monkeypatch) -> None:
    large = dataclasses.replace(RunSpec.of(small, "ease"), sizes=SIZES | {"items": 200_000})
    monkeypatch.setattr("gnnrec.runs.estimates.free_memory_mib", lambda: 64 * 1024)
    said = memory_shortage(large).parts
    assert "64 GiB" in said["found"] and "GiB" in said["expected"]
    named = [name for name in names() if f" {recommender_class(name).title}" in said["todo"]]
    assert named
    for name in named:
        other = dataclasses.replace(large, recommender=name, settings={})
        assert memory_shortage(other) is None
    monkeypatch.setattr("gnnrec.runs.estimates.free_memory_mib", lambda: 1)
    assert "larger computer" in str(memory_shortage(large))


def test_models_without_a_choice_of_loss_grow_with_the_rows_alone(small: Dataset) -> None:
    settings = {"embedding_size": 64, "epochs": 10, "batch_size": 4096}
    rated = {"users": 1_000_000, "items": 1_000_000, "train": 100_000}
    softmax = epoch_seconds("lightgcn", rated, settings | {"loss": "softmax"}, "cpu")
    assert epoch_seconds("svdpp", rated, settings, "cpu") < softmax / 1000


def test_models_of_sessions_let_all_items_compete_for_every_answer(small: Dataset) -> None:
    settings = {"embedding_size": 64, "epochs": 10, "batch_size": 256}
    few, many = ({"users": 1000, "items": n, "train": 100_000} for n in (1000, 50_000))
    assert epoch_seconds("sr_gnn", many, settings, "cpu") > 10 * epoch_seconds("sr_gnn", few, settings, "cpu")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "under 10 s"), (23, "about 25 s"), (150, "about 2 min"), (7200, "about 2 h"), (9000, "about 2.5 h")],
)
def test_times_are_round(seconds: float, words: str) -> None:
    assert about_seconds(seconds) == words


def test_memory_is_round() -> None:
    assert about_memory(530) == "about 0.5 GiB"
    assert about_memory(20_480) == "about 20 GiB"
