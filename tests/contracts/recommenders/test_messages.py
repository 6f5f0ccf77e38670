"""Recommenders that propagate send messages both ways, from people to items and back."""

from __future__ import annotations

import numpy as np

from gnnrec.data import Split, TrainingData
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import PROPAGATES
from tests.contracts.recommenders.contract import Variant, all_scores, fitted, fitted_on, home_of, of, world


def far_ends(recommender: Recommender, split: Split) -> tuple[bool, bool]:
    """Whether moving one edge moves scores at its far ends, with parameters frozen.

    Person u's edge goes from item i to item i'. All degrees but those of i and i' stay. So the score of i'
    for a person who has neither moves only if people send to items, and the score of a third item for u only
    if items send to people.
    """
    rows = split.dataset.interactions
    u = 0
    train = split.rows("train")
    gone = train[rows.user[train] == u][0]
    held = split.rows("valid", "test")
    come = held[rows.user[held] == u][0]
    i, i_new = rows.item[gone], rows.item[come]
    had = split.matrix("train").toarray() > 0
    w = int(np.flatnonzero(~had[:, i] & ~had[:, i_new] & (np.arange(len(had)) != u))[0])
    j = int(np.flatnonzero(~had[u] & (np.arange(had.shape[1]) != i_new) & (np.arange(had.shape[1]) != i))[0])
    moved = type(recommender)(recommender.config)
    data = TrainingData(split.dataset, np.sort(np.append(train[train != gone], come)))
    moved.load_state(data, recommender.state())
    before, after = all_scores(recommender), all_scores(moved)
    change = np.abs(after - before) > 1e-6 * np.abs(before).max()
    return bool(change[w, i_new]), bool(change[u, j])


@of(PROPAGATES)
def test_moving_one_edge_moves_the_scores_at_its_far_end(variant: Variant) -> None:
    recommender = fitted(variant)
    to_items, to_people = far_ends(recommender, world(home_of(variant)))
    assert to_items, "people send nothing to items"
    assert to_people, "items send nothing to people"


def test_the_far_end_test_notices_when_no_messages_flow() -> None:
    without_layers = fitted_on(("lightgcn", (("epochs", 2), ("n_layers", 0))), world("scattered"))
    assert far_ends(without_layers, world("scattered")) == (False, False)
