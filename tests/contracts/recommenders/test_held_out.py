"""What is held out reaches no recommender: neither what it learns from nor what it answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gnnrec.data import Split
from gnnrec.data.interactions import Interactions
from gnnrec.recommenders import Recommender, create, names
from gnnrec.recommenders.popularity import Popularity
from gnnrec.training.fit import is_trained
from tests.contracts.recommenders.contract import SMALL, Variant, all_scores, fitted, home_of, world


def defaults(name: str) -> Variant:
    known = create(name).config.as_dict()
    return name, tuple((key, value) for key, value in SMALL.items() if key in known)


def with_another_future(split: Split) -> Split:
    """The same rows of train; what is held out happened to other people, at other times, with other stars."""
    rows, part = split.dataset.interactions, split.part
    held = np.flatnonzero(part > 0)
    rng = np.random.default_rng(9)
    train = set(zip(rows.user[part == 0].tolist(), rows.item[part == 0].tolist(), strict=True))
    taken, user, item = set(train), rows.user.copy(), rows.item.copy()
    for row in held:
        while True:
            pair = int(rng.integers(split.dataset.n_users)), int(rng.integers(split.dataset.n_items))
            if pair not in taken:
                break
        taken.add(pair)
        user[row], item[row] = pair
    mixed = rng.permutation(held)

    def moved(values: np.ndarray | None) -> np.ndarray | None:
        if values is None:
            return None
        values = values.copy()
        values[held] = values[mixed]
        return values

    other = Interactions(user, item, moved(rows.rating), moved(rows.timestamp), rows.context)
    there = Split(replace(split.dataset, interactions=other), split.protocol, part)
    # Which sessions train may hold follows from what they reveal; here only what is held out is another.
    there.__dict__["session_part"] = split.session_part
    return there


def heard(make: Callable[[], Recommender], split: Split, state: dict | None) -> list[np.ndarray]:
    """What the first steps of learning come to, and what a model answers: all that the data can move."""
    model = make()
    if state is None:
        model.fit(split.training())
        return [all_scores(model)]
    model.attach(split.training())
    model.reset(seed=0)
    losses = [model.loss(batch).detach().numpy() for _, batch in zip(range(2), model.batches(), strict=False)]
    model.load_state(split.training(), state)
    return [*losses, all_scores(model)]


def hears_held_out(make: Callable[[], Recommender], split: Split, state: dict | None) -> bool:
    before, after = (heard(make, one, state) for one in (split, with_another_future(split)))
    return not all(np.allclose(a, b, rtol=1e-5, atol=1e-6) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("name", names())
def test_another_future_changes_nothing(name: str) -> None:
    variant = defaults(name)
    split = world(home_of(variant))
    state = fitted(variant).state() if is_trained(name) else None
    assert not hears_held_out(lambda: create(name, dict(variant[1])), split, state)


class _CountsEverything(Popularity):
    """A planted leak: it counts the rows of the data set instead of those of train."""

    def _fit(self, data) -> None:
        rows = data.dataset.interactions
        self._counts = np.bincount(rows.item, minlength=data.n_items).astype(np.float32)


def test_a_planted_leak_is_found() -> None:
    assert hears_held_out(_CountsEverything, world("scattered"), None)


def test_a_planted_leak_in_the_graph_of_a_trained_model_is_found() -> None:
    from gnnrec.graph import Graph
    from gnnrec.recommenders.lightgcn import LightGCN

    class HearsEverything(LightGCN):
        def _attached(self) -> None:
            rows = self.data.dataset.interactions
            self.graph = Graph.bipartite(self.data.n_users, self.data.n_items, rows.user, rows.item)

    variant = defaults("lightgcn")
    state = fitted(variant).state()
    assert hears_held_out(lambda: HearsEverything(**dict(variant[1])), world("scattered"), state)
    assert not hears_held_out(lambda: create("lightgcn", dict(variant[1])), world("scattered"), state)
