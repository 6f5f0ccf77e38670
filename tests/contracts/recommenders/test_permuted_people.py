"""The numbers of people are names only."""

from __future__ import annotations

import dataclasses

import numpy as np

from gnnrec.data import Dataset
from gnnrec.recommenders import create
from gnnrec.training.fit import is_trained
from tests import worlds
from tests.contracts.recommenders.contract import Variant, all_scores, fits, fitted, of, world


def renamed(dataset: Dataset, order: np.ndarray) -> Dataset:
    """The same world with other user ids: who had number order[n] now has number n."""
    rows = dataset.interactions
    place = np.argsort(order)
    moved = dataclasses.replace(rows, user=place[rows.user])
    return dataclasses.replace(dataset, interactions=moved)


def along_users(state: dict, order: np.ndarray, n_users: int, n_items: int) -> dict:
    """A state with its user rows in another order, told by their number alone."""
    sizes = {n_users: order, n_users + n_items: np.concatenate([order, n_users + np.arange(n_items)])}
    return {
        name: value[sizes[value.shape[0]]] if value.ndim and value.shape[0] in sizes else value
        for name, value in state.items()
    }


@of(where=lambda variant: fits(variant, "scattered"))
def test_permuting_the_people_permutes_the_result(variant: Variant) -> None:
    split = world("scattered")
    recommender = fitted(variant, "scattered")
    order = np.random.default_rng(3).permutation(split.dataset.n_users)
    there = worlds.published(renamed(split.dataset, order))
    permuted = create(variant[0], dict(variant[1]))
    if is_trained(permuted):
        # What is drawn at random goes by number, so the learned state moves along instead.
        state = along_users(recommender.state(), order, split.dataset.n_users, split.dataset.n_items)
        permuted.load_state(there.training(), state)
    else:
        permuted.fit(there.training())
    before, after = all_scores(recommender), all_scores(permuted)
    assert np.allclose(after, before[order], rtol=1e-4, atol=1e-5)
    if recommender.personalised:
        assert not np.allclose(before, before[order], rtol=1e-4, atol=1e-5)
