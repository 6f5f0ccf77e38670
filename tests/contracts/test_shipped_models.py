"""The shipped checkpoints open, fit the shipped data, and come out again when they are rebuilt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.checkpoints import Checkpoint
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation import chosen_on, evaluate
from gnnrec.evaluation.lists import overlap
from gnnrec.places import shipped_models
from gnnrec.runs.shipped import DATASET, SHIPPED, build

# Another processor adds in another order: epochs of training then part in the last digits, lists in a few places.
TOLERANCE = 0.005
MOST_CHANGED = 0.1
REBUILT = [
    one for one in SHIPPED if one.recommender in ("popularity", "item_knn", "ease", "lightgcn", "oracle")
]


@pytest.fixture(scope="module")
def demo():
    dataset = open_dataset(DATASET)
    return dataset, {one: split(dataset, one) for one in {one.protocol for one in SHIPPED}}


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.slug)
def test_it_fits_the_shipped_data_and_its_results_are_its_own(one, demo) -> None:
    dataset, cuts = demo
    cut = cuts[one.protocol]
    checkpoint = Checkpoint.open(shipped_models() / one.slug)
    model = checkpoint.load(dataset, cut)
    for part in ("valid", "test"):
        again, stored = evaluate(model, cut, part).means, checkpoint.metrics[part]
        metric = chosen_on(model.task).metric
        assert again[metric] == pytest.approx(stored[metric], abs=1e-4)
    assert checkpoint.config["seed"] == one.seed


def test_every_folder_is_one_of_those_the_command_makes() -> None:
    there = {folder.name for folder in shipped_models().iterdir() if not folder.name.startswith(".")}
    assert there == {one.slug for one in SHIPPED}


@pytest.mark.parametrize("one", REBUILT, ids=lambda one: one.slug)
def test_rebuilding_gives_the_same_model(one, demo, tmp_path: Path) -> None:
    dataset, cuts = demo
    cut = cuts[one.protocol]
    shipped = Checkpoint.open(shipped_models() / one.slug)
    rebuilt = build(one, tmp_path)
    assert rebuilt.metrics["valid"]["ndcg@10"] == pytest.approx(
        shipped.metrics["valid"]["ndcg@10"], abs=TOLERANCE
    )
    users = np.arange(0, dataset.n_users, 7)
    hidden = cut.matrix("train")
    old = shipped.load(dataset, cut).recommend(users, k=10, exclude=hidden).items
    new = rebuilt.load(dataset, cut).recommend(users, k=10, exclude=hidden).items
    assert np.mean([overlap(a, b) for a, b in zip(old, new, strict=True)]) >= 1 - MOST_CHANGED
