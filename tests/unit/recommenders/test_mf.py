"""Matrix factorisation: vectors compared and nothing else; changes of edges are refused in words."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gnnrec.errors import IncompatibleError
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.capabilities import CAPABILITIES, EMBEDDINGS
from gnnrec.training import fit
from tests import worlds

USERS = np.array([[1.0, 0.5], [-2.0, 1.0]], dtype=np.float32)
ITEMS = np.array([[0.5, 3.0], [1.0, -1.0]], dtype=np.float32)


def of_two(**settings: object):
    recommender = create("mf", {"embedding_size": 2, **settings})
    recommender.load_state(worlds.whole(worlds.path_of_four()).training(), {"user": USERS, "item": ITEMS})
    return recommender


def test_a_raw_score_is_the_product_and_a_cosine_the_angle() -> None:
    np.testing.assert_allclose(of_two(score="raw").scores([0, 1]), USERS @ ITEMS.T, rtol=1e-6)
    lengths = np.linalg.norm(USERS, axis=1)[:, None] * np.linalg.norm(ITEMS, axis=1)
    np.testing.assert_allclose(of_two().scores([0, 1]), USERS @ ITEMS.T / lengths, rtol=1e-6)


def test_it_has_vectors_and_no_other_capability() -> None:
    recommender = of_two()
    assert recommender.capabilities == {EMBEDDINGS}
    assert recommender.capabilities < set(CAPABILITIES)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query(user=0, without=((0, 0),)), "without retraining"),
        (Query(user=0, history=(1,)), "without retraining"),
        (Query(history=(0,)), "a person it never saw"),
    ],
)
def test_it_says_that_a_change_of_edges_needs_training_again(query: Query, words: str) -> None:
    with pytest.raises(IncompatibleError, match=words):
        of_two().scores([query])


def test_the_graph_plays_no_part() -> None:
    """The same vectors give the same scores on other edges."""
    there = create("mf", {"embedding_size": 2})
    other = worlds.whole(worlds.of_pairs([(0, 1), (1, 0)], 2, 2)).training()
    there.load_state(other, {"user": USERS, "item": ITEMS})
    np.testing.assert_array_equal(there.scores([0, 1]), of_two().scores([0, 1]))


def test_it_is_light_graph_convolution_without_layers() -> None:
    split = worlds.published(worlds.checkerboard())
    wishes = {"embedding_size": 8, "epochs": 4, "dropout": 0.2, "learning_rate": 0.05, "batch_users": 7}
    factors, convolution = (
        fit(create(name, {**wishes, **more}), split.dataset, split, seed=2, device="cpu").recommender
        for name, more in (("mf", {}), ("lightgcn", {"n_layers": 0}))
    )
    np.testing.assert_allclose(factors.scores(range(5)), convolution.scores(range(5)), atol=1e-6)


def test_asked_after_training_there_is_no_dropout() -> None:
    split = worlds.published(worlds.checkerboard())
    recommender = fit(
        create("mf", {"embedding_size": 8, "epochs": 2, "dropout": 0.5}), split.dataset, split, device="cpu"
    ).recommender
    with torch.no_grad():
        users = recommender._vectors()[0]
    unit = torch.nn.functional.normalize
    np.testing.assert_allclose(recommender.embeddings()[0], unit(users).numpy(), atol=1e-6)
