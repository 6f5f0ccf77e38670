"""Content: new items are found by what they are like, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset, Split, TrainingData, split
from gnnrec.data.cold_start import seen
from gnnrec.datasets import open_dataset
from gnnrec.errors import DataError, IncompatibleError
from gnnrec.evaluation.bootstrap import paired_difference
from gnnrec.evaluation.cold_start import by_warmth
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.parts.feature_queries import newcomer
from tests import worlds

FEATURED = ("content", "hybrid")
SMALL = {"embedding_size": 16, "epochs": 40, "evaluate_every": 5}


def two_tastes(noise: float = 0.0, seed: int = 0) -> Dataset:
    """Young people have songs, old people plays; which is which is told by features alone."""
    rng = np.random.default_rng(seed)
    pairs = [
        (user, item)
        for user in range(60)
        for item in range(40)
        if rng.random() < (0.5 if user % 2 == item % 2 else noise)
    ]
    dataset = worlds.of_pairs(pairs, 60, 40, name="tastes")
    return replace(
        dataset,
        item_features=pd.DataFrame({"kind": ["song" if item % 2 else "play" for item in range(40)]}),
        user_features=pd.DataFrame({"age": [70 - user % 2 * 50 for user in range(60)]}),
    )


def fitted(name: str, cut: Split, **settings: object):
    from gnnrec.training import fit

    small = SMALL if name == "hybrid" else {}
    return fit(create(name, {**small, **settings}), cut.dataset, cut, device="cpu").recommender


def cold_ndcg(name: str, dataset: Dataset, **settings: object) -> float:
    cut = split(dataset, "cold_items:share=20,seed=1")
    judged = by_warmth(fitted(name, cut, **settings), cut, "valid", "item", at=(5,))
    return judged["cold"].evaluation.means["ndcg@5"]


@pytest.mark.parametrize("space", ["together", "ease", "cosine"])
def test_new_items_are_found_by_their_features(space: str) -> None:
    cut = split(two_tastes(), "cold_items:share=20,seed=1")
    model = fitted("content", cut, space=space)
    new = np.flatnonzero(~seen(cut, "item"))
    scores = model.scores(range(60), new)
    own, others = (scores[user % 2 == 0][:, new % 2 == 0] for user in (np.arange(60), np.arange(60) + 1))
    assert own.min() > others.max()


def test_somebody_without_a_history_is_described_by_their_features() -> None:
    cut = split(two_tastes(), "cold_people:share=20,seed=1")
    model = fitted("content", cut)
    songs = np.arange(40) % 2 == 1
    for user in np.flatnonzero(~seen(cut, "user")):
        scores = model.scores([user])[0]
        assert (scores[songs].mean() > scores[~songs].mean() + 0.1) == bool(user % 2)
    young, old = model.scores([newcomer({"age": 20}), newcomer({"age": 70})])
    assert young[songs].mean() > young[~songs].mean() + 0.1
    assert old[~songs].mean() > old[songs].mean() + 0.1


def test_a_history_counts_before_features() -> None:
    model = fitted("content", split(two_tastes(), "cold_people:share=20,seed=1"))
    with_both = model.scores([newcomer({"age": 20}, history=(0, 2))])[0]
    assert np.allclose(with_both, model.scores([Query(history=(0, 2))])[0])


def test_unknown_features_are_refused_and_unseen_values_count_for_nothing() -> None:
    model = fitted("content", split(two_tastes(), "cold_people:share=20,seed=1"))
    with pytest.raises(DataError, match="unknown feature 'size'"):
        model.scores([newcomer({"size": 3})])
    nobody = model.scores([Query(history=())])[0]
    assert np.allclose(model.scores([newcomer({"age": None})])[0], nobody)


def test_data_without_features_is_refused() -> None:
    with pytest.raises(IncompatibleError, match="no item_features"):
        create("content").attach(worlds.published(worlds.scattered()).training())


@pytest.mark.parametrize("name", FEATURED)
def test_what_is_held_out_cannot_be_reached(name: str) -> None:
    """Without the held-out rows, and with a planted column that copies who had what: the same scores."""
    dataset = two_tastes(noise=0.1)
    cut = split(dataset, "cold_items:share=20,seed=1")
    rows, train = dataset.interactions, cut.rows("train")
    had = ["|".join(dataset.users.ids[rows.user[rows.item == item]]) for item in range(40)]
    planted = replace(
        dataset,
        interactions=replace(rows, user=rows.user[train], item=rows.item[train]),
        item_features=dataset.item_features.assign(viewers=had),
    )
    before = learned(name, cut.training()).scores(range(60))
    after = learned(name, TrainingData(planted, np.arange(len(train)))).scores(range(60))
    assert np.allclose(after, before, atol=1e-5)
    # The test can fail: a column that is read does change the scores.
    read = replace(planted, item_features=planted.item_features.assign(half=["a"] * 20 + ["b"] * 20))
    assert not np.allclose(
        learned(name, TrainingData(read, np.arange(len(train)))).scores(range(60)), before, atol=1e-3
    )


def learned(name: str, data: TrainingData):
    """A model after the same few steps, without validation."""
    from gnnrec.training.loop import train

    model = create(name, SMALL if name == "hybrid" else {})
    if name == "content":
        return model.fit(data)
    model.attach(data)
    train(model, None, 0, n_epochs=10)
    return model


@pytest.mark.parametrize("name", FEATURED)
def test_permuting_the_features_removes_the_gain_on_new_items(name: str) -> None:
    dataset = two_tastes(noise=0.1)
    order = np.random.default_rng(4).permutation(40)
    shuffled = replace(dataset, item_features=dataset.item_features.iloc[order].reset_index(drop=True))
    with_features, without = cold_ndcg(name, dataset), cold_ndcg(name, shuffled)
    # The items of the other held-out half are as good, so that the best to be had is well below 1.
    assert with_features > 0.55
    assert without < with_features - 0.15


@pytest.mark.parametrize(
    ("name", "settings"), [("content", {}), ("hybrid", {"epochs": 12, "embedding_size": 32})]
)
def test_on_the_demo_permuting_the_features_removes_the_gain_on_new_films(name: str, settings: dict) -> None:
    dataset = open_dataset("demo")
    order = np.random.default_rng(4).permutation(dataset.n_items)
    table = dataset.item_features.iloc[order].reset_index(drop=True)
    figures = []
    for features in (dataset.item_features, table):
        cut = split(replace(dataset, item_features=features), "cold_items:share=10,seed=1")
        judged = by_warmth(fitted(name, cut, **settings), cut, "valid", "item", at=(10,))
        figures.append(judged["cold"].evaluation.per_user["ndcg@10"])
    assert paired_difference(*figures).low > 0.05
