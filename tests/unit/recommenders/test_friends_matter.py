"""Where friends decide what people choose, a model that hears them gains; with friends dealt out anew it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.social import dealt_anew
from gnnrec.data import Dataset, Split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 30, "embedding_size": 16, "evaluate_every": 5, "patience": 30, "dropout": 0.0}


def circles(
    n_circles: int = 25, size: int = 6, n_favourites: int = 7, n_items: int = 60, seed: int = 3
) -> Dataset:
    """Each circle of friends has its favourites; a person is known by two of them and two items of nobody's."""
    rng = np.random.default_rng(seed)
    pairs, parts, ends = [], [], []
    for circle in range(n_circles):
        favourites = rng.choice(n_items, n_favourites, replace=False)
        people = circle * size + np.arange(size)
        ends += [(one, other) for one in people for other in people if one != other]
        for person in people:
            mine = rng.permutation(favourites)[:4]
            others = rng.choice(np.setdiff1d(np.arange(n_items), favourites), 2, replace=False)
            pairs += [(int(person), int(item)) for item in (*mine, *others)]
            parts += [TRAIN, TRAIN, VALID, TEST, TRAIN, TRAIN]
    dataset = worlds.of_pairs(pairs, n_circles * size, n_items, parts, "circles")
    return replace(dataset, social=pd.DataFrame(ends, columns=["user", "friend"]))


def found(name: str, split: Split, weight: float) -> float:
    made = fit(name, split.dataset, split, seed=0, device="cpu", settings=SMALL | {"social_weight": weight})
    return made.test.means["ndcg@10"]


@pytest.mark.parametrize("name", ["social_lightgcn", "diffnet"])
def test_dealing_friends_out_anew_removes_the_gain(name: str) -> None:
    true = worlds.published(circles())
    anew = worlds.published(dealt_anew(true.dataset, seed=1))
    without, friends, strangers = found(name, true, 0.0), found(name, true, 0.5), found(name, anew, 0.5)
    assert friends > 1.2 * without
    assert strangers < without + 0.2 * (friends - without)


def test_friends_dealt_anew_keep_the_shape_of_the_graph() -> None:
    dataset = circles()
    anew = dealt_anew(dataset, seed=1)
    for one in ("user", "friend"):
        before, after = (np.sort(np.bincount(data.social[one])) for data in (dataset, anew))
        np.testing.assert_array_equal(before, after)
    assert (anew.social != dataset.social).to_numpy().mean() > 0.9
