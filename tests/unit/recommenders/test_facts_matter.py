"""Where facts decide what people choose, a model that hears them gains; with facts dealt out anew it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.knowledge import dealt_anew
from gnnrec.data import Dataset, Split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 30, "embedding_size": 16, "evaluate_every": 5, "patience": 30, "knowledge_weight": 0.6}


def directors(n_directors: int = 40, films_each: int = 10, n_users: int = 200, seed: int = 3) -> Dataset:
    """A person loves two directors and has most of their films; too few people have any one film to tell so."""
    rng = np.random.default_rng(seed)
    pairs, parts = [], []
    for person in range(n_users):
        loved = rng.choice(n_directors, 2, replace=False)
        films = np.concatenate([one * films_each + rng.permutation(films_each)[:4] for one in loved])
        films = rng.permutation(films)
        pairs += [(person, int(film)) for film in films]
        parts += [TEST, VALID, *[TRAIN] * 6]
    n_items = n_directors * films_each
    dataset = worlds.of_pairs(pairs, n_users, n_items, parts, "directors")
    facts = pd.DataFrame(
        {
            "item": np.arange(n_items),
            "relation": "director",
            "entity": [f"director {film // films_each}" for film in range(n_items)],
        }
    )
    shelves = facts.assign(
        relation="shelf", entity=[f"shelf {one}" for one in rng.integers(20, size=n_items)]
    )
    return replace(dataset, knowledge=pd.concat([facts, shelves], ignore_index=True))


def found(name: str, split: Split, **settings: object) -> float:
    made = fit(name, split.dataset, split, seed=0, device="cpu", settings=SMALL | {"dropout": 0.3} | settings)
    return made.test.means["ndcg@10"]


@pytest.mark.parametrize("name", ["kgcn", "kgat"])
def test_dealing_facts_out_anew_removes_the_gain(name: str) -> None:
    true = worlds.published(directors())
    anew = worlds.published(dealt_anew(true.dataset, seed=1))
    without, facts, wrong = found(name, true, use_knowledge="no"), found(name, true), found(name, anew)
    assert facts > 1.15 * without
    assert wrong < without + 0.2 * (facts - without)


def test_people_learn_to_listen_to_the_relation_that_decides() -> None:
    split = worlds.published(directors())
    made = fit("kgcn", split.dataset, split, seed=0, device="cpu", settings=SMALL).recommender
    director = made.side_relations.index("director")
    assert made.tastes(range(200)).mean(0)[director] > 0.6


def test_facts_dealt_anew_keep_the_shape_of_the_graph() -> None:
    dataset = directors()
    anew = dealt_anew(dataset, seed=1)
    assert anew.knowledge["entity"].equals(dataset.knowledge["entity"])
    for table in (dataset.knowledge, anew.knowledge):
        assert (np.bincount(table["item"]) == 2).all()
    assert (anew.knowledge["item"] != dataset.knowledge["item"]).mean() > 0.9
