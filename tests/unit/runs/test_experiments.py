"""Experiments change what they say, and before and after is read against chance."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.checkpoints import save
from gnnrec.data import Dataset, split
from gnnrec.runs.before_after import BeforeAfter, compare, seed_pair
from gnnrec.runs.experiments import base_for, experiments
from gnnrec.training import fit

SETTINGS = {"embedding_size": 4, "epochs": 2, "n_layers": 1}


@pytest.fixture
def base(small: Dataset, home):
    made = fit("lightgcn", small, "random:seed=1", settings=SETTINGS, device="cpu")
    return save(made, home / "models" / "base")


def by_key(found) -> dict:
    return {one.key: one for one in found}


def test_each_changes_one_thing_of_the_base(small: Dataset, base) -> None:
    whole = split(small, "random:seed=1")
    found = by_key(experiments(small, base))
    assert {"hops", "popularity", "forget", "seed"} <= found.keys()
    specs = {key: one.spec(small, whole, base) for key, one in found.items() if not one.missing}
    before = base.config["settings"]
    changed = {
        key: {name: spec.settings[name] for name in before if spec.settings.get(name) != before[name]}
        for key, spec in specs.items()
        if spec.recommender == "lightgcn"
    }
    assert changed == {"hops": {"n_layers": 3}, "popularity": {"popularity_exponent": 0.5}, "seed": {}}
    assert specs["seed"].seed == 1
    assert all(spec.base == base.address for spec in specs.values())
    assert found["hops"].title == "Neighbours only → three hops"


def test_a_seed_that_was_tried_is_not_tried_again(small: Dataset, base) -> None:
    assert by_key(experiments(small, base, seeds=[0, 1, 3]))["seed"].seed == 2


def test_forgetting_needs_something_to_forget(small: Dataset, base) -> None:
    assert "Untick items" in by_key(experiments(small, base))["forget"].missing
    pair = (small.users.id(0), small.items.id(split(small, "random:seed=1").training().history(0)[0]))
    one = by_key(experiments(small, base, (pair,)))["forget"]
    assert one.title == "Forget this item"
    assert one.spec(small, split(small, "random:seed=1"), base).forget == (pair,)


def test_words_are_those_of_the_data(small: Dataset, base) -> None:
    texts = " ".join(one.title + one.expected + one.missing for one in experiments(small, base))
    assert "film" not in texts
    assert "watched" not in texts


def test_without_a_model_it_starts_from_lightgcn_as_it_comes(small: Dataset) -> None:
    assert base_for([]) is None
    found = by_key(experiments(small, None))
    assert found["hops"].spec(small, split(small, "random:seed=1"), None).recommender == "lightgcn"


def test_seed_pairs_differ_in_nothing_else(small: Dataset, base, home) -> None:
    def saved(name: str, seed: int, **settings):
        made = fit("lightgcn", small, "random:seed=1", seed=seed, settings=SETTINGS | settings, device="cpu")
        return save(made, home / "models" / name)

    deeper, twin = saved("deeper", 1, n_layers=2), saved("twin", 1)
    assert seed_pair([base, deeper], base, deeper) is None
    assert seed_pair([base, deeper, twin], base, deeper) == (base, twin)
    assert seed_pair([base, twin], deeper, twin) == (twin, base)


def test_the_same_model_changes_nothing(small: Dataset) -> None:
    model = fit("popularity", small, "random:seed=1").recommender
    found = compare(model, model, (model, model), 0, 3)
    assert (found.changed, found.noise, found.mean_changed, found.moved) == (0, 0, 0.0, 0)
    assert found.sentence() == "0 of 3 changed; another seed alone changes 0."
    assert "no more than chance" in found.reading()


def test_what_changed_is_counted_on_the_shown_places_only() -> None:
    class Fixed:
        def __init__(self, *items: int) -> None:
            self.items = items
            self.data = type("Data", (), {"n_users": 4})()

        def recommend(self, users, k):
            row = np.array([*self.items, *[-1] * 300])[:k]
            return type("TopK", (), {"items": np.repeat(row[None], len(users), axis=0)})()

    found = compare(Fixed(1, 2, 3, 4), Fixed(1, 4, 2, 3), None, 0, 2)
    assert (found.before, found.after) == ([1, 2, 3, 4], [1, 4, 2, 3])
    assert (found.changed, found.noise, found.mean_changed, found.people) == (1, None, 1.0, 4)
    assert found.sentence() == "1 of 2 changed."
    noisy = compare(Fixed(1, 2, 3, 4), Fixed(1, 4, 2, 3), (Fixed(1, 2), Fixed(3, 4)), 0, 2)
    assert noisy.sentence() == "1 of 2 changed; another seed alone changes 2."


def test_moves_are_told_where_no_item_changed() -> None:
    found = BeforeAfter([1, 2, 3], [2, 1, 3], 3, 0, 1, 2.0, 0.5, 50)
    assert found.sentence() == "None of 3 changed, but 2 moved; another seed alone changes 1."
    assert "more than chance alone does (0.5)" in found.reading()
