"""Everybody's lists: the same that evaluation judges, hits by a plain loop, and exposure by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.evaluation import METRICS, WHOLE_RANKING, evaluate
from gnnrec.evaluation.beyond import BEYOND, HELD_OUT, lists_of
from gnnrec.evaluation.everybody import by_length, everybodys_lists, hits_of, judged, lorenz
from gnnrec.training import fit
from tests import worlds


@pytest.fixture(scope="module")
def fitted():
    dataset = worlds.scattered()
    made = fit("item_knn", dataset, "random:seed=1", device="cpu")
    return made.recommender, made.split


@pytest.mark.parametrize("part", ["valid", "test"])
def test_they_are_what_evaluation_judges(fitted, part: str) -> None:
    model, split = fitted
    shown = everybodys_lists(model, split, part, 20)
    assert np.array_equal(shown.items, lists_of(model, split, part, 20).items)
    ours, theirs = judged(shown, part), evaluate(model, split, part)
    assert np.array_equal(ours.users, theirs.users)
    of_lists = [name for name in theirs.per_user if name not in WHOLE_RANKING]
    assert of_lists == list(ours.per_user)
    for name in of_lists:
        assert np.array_equal(ours.per_user[name], theirs.per_user[name]), name


def test_hits_by_a_plain_loop(fitted) -> None:
    model, split = fitted
    shown = everybodys_lists(model, split, "valid", 12)
    # An empty place must never be a hit, not even that of an item with the highest number.
    shown.items[::3, 8:] = -1
    hits, counts = hits_of(shown)
    held_out = split.matrix("valid").toarray() > 0
    for row, user in enumerate(shown.users):
        assert counts[row] == held_out[user].sum()
        for place, item in enumerate(shown.items[row]):
            assert hits[row, place] == (item >= 0 and held_out[user, item])
    assert hits.any() and not hits.all()


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_by_length_is_the_metric_at_each_length(fitted, metric: str) -> None:
    model, split = fitted
    shown = everybodys_lists(model, split, "valid", 8)
    found = by_length(shown, metric, 8)
    for k in (1, 3, 8):
        expected = evaluate(model, split, "valid", at=[k], metrics=[metric]).per_user[f"{metric}@{k}"]
        assert found[:, k - 1] == pytest.approx(expected.to_numpy())


def test_progress_is_told(fitted) -> None:
    told: list[tuple[int, int]] = []
    everybodys_lists(*fitted, "valid", 5, lambda done, of: told.append((done, of)))
    assert told and told[-1][0] == told[-1][1] > 0


def test_where_models_learned_from_a_part_nobody_is_judged_by_it() -> None:
    dataset = worlds.scattered()
    split = fit("popularity", dataset, "random:seed=1", device="cpu").split

    class Learned(type(split)):
        """A split whose finished models learned from validation too."""

        fitted_parts = ("train", "valid")

    learned = Learned(split.dataset, split.protocol, split.part)
    made = fit("popularity", dataset, split, device="cpu")
    shown = everybodys_lists(made.recommender, learned, "valid", 5)
    assert HELD_OUT not in shown.provides
    assert BEYOND["tail_recall"].needs == {HELD_OUT}
    assert np.array_equal(shown.users, np.flatnonzero(np.diff(split.matrix("test").indptr)))
    known = learned.matrix("train", "valid").toarray() > 0
    for user, items in zip(shown.users, shown.items, strict=True):
        assert not known[user, items[items >= 0]].any()


def test_lorenz_by_hand() -> None:
    x, y = lorenz(np.array([1, 0, 3, 0]))
    assert x == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert y == pytest.approx([0, 0, 0, 0.25, 1])


def test_lorenz_of_nothing_and_of_many() -> None:
    assert lorenz(np.zeros(3))[1] == pytest.approx([0, 0, 0, 0])
    x, y = lorenz(np.random.default_rng(0).integers(0, 9, 5000))
    assert len(x) <= 201 and x[0] == y[0] == 0 and x[-1] == y[-1] == 1
    assert (np.diff(y) >= 0).all() and (y <= x + 1e-9).all()
