"""Cases as a regression test: each outcome, and each reason why there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gnnrec import places
from gnnrec.checkpoints import Checkpoint, delete, save
from gnnrec.data import Dataset
from gnnrec.store import cases
from gnnrec.store.case import Case, Draft, Standing
from gnnrec.store.cases_check import CANNOT_TELL, OUTCOMES, cases_check, standing_of
from gnnrec.training import fit
from tests import worlds

K = 3


@pytest.fixture(scope="module")
def world() -> Dataset:
    return worlds.checkerboard()


@pytest.fixture
def model(tmp_path: Path, world: Dataset, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """EASE on the checkerboard: items of a person's own colour come first."""
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    monkeypatch.setattr("gnnrec.datasets.open_dataset", lambda name: world)
    return save(fit("ease", world, worlds.published(world), device="cpu"), places.trained_models() / "ease")


@pytest.fixture
def ranked(model: Checkpoint, world: Dataset) -> list[str]:
    """Items of the first person's list, best first, as `recommend` gives them."""
    split = model.split(world)
    found = model.load(world, split).recommend([0], k=99, exclude=split.matrix(*split.fitted_parts)).items[0]
    return [world.items.id(int(item)) for item in found if item >= 0]


def case(item: str | None, verdict: str, in_list: bool | None, **more) -> Case:
    standing = Standing(None if in_list is None else (1 if in_list else 9), K, in_list)
    return Case(**({"dataset": "checkerboard", "person": "u000", "verdict": verdict, "item": item,
                    "standing": standing} | more))  # fmt: skip


def test_a_standing_is_the_place_in_the_list(model: Checkpoint, world: Dataset, ranked: list[str]) -> None:
    split = model.split(world)
    recommender = model.load(world, split)
    for rank, item in enumerate(ranked, 1):
        found = standing_of(recommender, split, 0, world.items.number(item), K)
        assert found == Standing(rank, K, rank <= K, ",".join(split.fitted_parts))
    (seen, *_) = np.setdiff1d(world.items.ids, ranked)
    assert standing_of(recommender, split, 0, world.items.number(seen), K).in_list is False


@pytest.mark.parametrize(
    ("verdict", "then", "place", "outcome"),
    [
        ("irrelevant", True, -1, "fixed"),
        ("irrelevant", True, 0, "still wrong"),
        ("irrelevant", False, 0, "newly broken"),
        ("irrelevant", False, -1, "still right"),
        ("good", True, -1, "newly broken"),
        ("good", True, 0, "still right"),
        ("missed", False, 0, "fixed"),
        ("missed", False, -1, "still wrong"),
    ],
)
def test_then_and_now_make_the_outcome(
    model: Checkpoint, ranked: list[str], verdict: str, then: bool, place: int, outcome: str
) -> None:
    found = cases_check(model, [case(ranked[place], verdict, then)])
    (finding,) = found.findings
    assert (finding.outcome, finding.reason) == (outcome, "")
    rank = range(1, len(ranked) + 1)[place]
    assert (finding.now.rank, finding.now.in_list) == (rank, rank <= K)
    assert found.counts == {**dict.fromkeys(OUTCOMES, 0), outcome: 1}
    assert (found.judged, found.checkpoint) == (1, model.address)


def test_what_cannot_be_told_says_why(model: Checkpoint, world: Dataset, ranked: list[str]) -> None:
    seen = np.setdiff1d(world.items.ids, ranked)[0]
    asked = {
        "the person is no longer in the data": case(ranked[0], "good", True, person="gone"),
        "the item is no longer in the data": case("gone", "good", True),
        "it names no item": case(None, "good", None),
        "data set 'films'": case(ranked[0], "good", True, dataset="films"),
        "its verdict says neither": case(ranked[0], "unclear", True),
        "no list can hold it": case(seen, "good", True),
        "it names no checkpoint": case(ranked[0], "good", None),
        "gone@000000000000 cannot be asked (no such checkpoint)": case(
            ranked[0], "good", None, model="gone@000000000000"
        ),
    }
    found = cases_check(model, asked.values())
    assert {one.outcome for one in found.findings} == {CANNOT_TELL} and found.judged == 0
    for words, one in zip(asked, found.findings, strict=True):
        assert words in one.reason
    assert cases_check(model, []).counts == dict.fromkeys(OUTCOMES, 0)


def test_one_that_cannot_be_told_leaves_the_others(model: Checkpoint, ranked: list[str]) -> None:
    told: list[tuple[int, int]] = []
    asked = [case("gone", "good", True), case(ranked[0], "good", True), case(ranked[-1], "good", True)]
    found = cases_check(model, asked, tell=lambda *done: told.append(done))
    assert [one.outcome for one in found.findings] == ["cannot tell", "still right", "newly broken"]
    assert [one.case for one in found.findings] == asked
    assert told[-1] == (2, 2)


def test_a_model_is_asked_how_the_item_stood_where_that_was_not_kept(
    model: Checkpoint, world: Dataset, ranked: list[str]
) -> None:
    old = save(fit("popularity", world, worlds.published(world)), places.trained_models() / "old")
    one = case(ranked[0], "good", None, model=old.address)
    (finding,) = cases_check(model, [one]).findings
    split = old.split(world)
    expected = standing_of(old.load(world, split), split, 0, world.items.number(ranked[0]), K)
    assert finding.then == expected
    assert finding.outcome == ("still right" if expected.in_list else "fixed")
    kept = replace(one, standing=expected)
    delete(old.address)
    assert cases_check(model, [kept]).findings[0].outcome == finding.outcome
    assert "cannot be asked" in cases_check(model, [one]).findings[0].reason


def test_the_model_that_is_judged_is_opened_once(
    model: Checkpoint, ranked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    load = Checkpoint.load
    monkeypatch.setattr(
        Checkpoint, "load", lambda one, *given: (opened.append(one.address), load(one, *given))[1]
    )
    (finding,) = cases_check(model, [case(ranked[0], "good", None, model=model.address)]).findings
    assert finding.then == finding.now and finding.outcome == "still right"
    assert opened == [model.address]


def test_another_length_of_the_list_holds_for_then_and_now(model: Checkpoint, ranked: list[str]) -> None:
    one = case(ranked[2], "good", True, standing=Standing(2, K, True))
    assert cases_check(model, [one]).findings[0].outcome == "still right"
    assert cases_check(model, [one], k=2).findings[0].outcome == "newly broken"
    assert cases_check(model, [one], k=1).findings[0].outcome == "still wrong"


def test_stored_cases_against_the_model_they_were_written_on(
    model: Checkpoint, world: Dataset, ranked: list[str]
) -> None:
    split = model.split(world)
    recommender = model.load(world, split)
    for number, item in enumerate(ranked):
        standing = standing_of(recommender, split, 0, world.items.number(item), K)
        verdict = "good" if number % 2 else "too-popular"
        cases.add(Draft("checkerboard", "u000", verdict, item, model.address, standing=standing))
    counts = cases_check(model, cases.listed()).counts
    assert counts["fixed"] == counts["newly broken"] == counts["cannot tell"] == 0
    assert counts["still right"] + counts["still wrong"] == len(ranked)
