"""SVD++: equation 15 by hand, its gradient, and what a changed history changes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import Query, create
from gnnrec.recommenders.parts.rating import onto_scale
from gnnrec.training import fit
from gnnrec.training.loop import train
from tests.worlds import published, rated

SMALL = {"embedding_size": 4, "epochs": 60, "learning_rate": 0.03, "reg": 0.5}


@pytest.fixture(scope="module")
def model():
    world = published(rated())
    return fit("svdpp", world.dataset, world, settings=SMALL, device="cpu").recommender


def _parameters(model) -> dict[str, np.ndarray]:
    return {name: value.astype(np.float64) for name, value in model.state().items()}


def _by_hand(model, person: np.ndarray, offset: float, history) -> np.ndarray:
    of = _parameters(model)
    if len(history):
        person = person + of["implicit"][list(history)].sum(0) / np.sqrt(len(history))
    ratings = model.data.rating.mean() + offset + of["item_offset"] + of["item"] @ person
    return onto_scale(ratings, model.data.rating.min(), model.data.rating.max())


def test_a_prediction_is_equation_15(model) -> None:
    of = _parameters(model)
    for user in (0, 7, 39):
        expected = _by_hand(model, of["person"][user], of["person_offset"][user], model.data.history(user))
        np.testing.assert_allclose(model.scores([user])[0], expected, rtol=1e-5)


def test_the_loss_is_the_squared_error_of_a_batch_and_its_share_of_the_pull_to_zero() -> None:
    world = published(rated())
    settings = SMALL | {"reg": 0.3, "reg_offsets": 0.1, "batch_size": 50}
    model = create("svdpp", settings)
    model.attach(world.training())
    model.reset(seed=4)
    with torch.no_grad():
        model.net.person_offset.normal_()
    batch = next(model.batches())
    users, items, ratings = (column.numpy() for column in batch)
    of, data = _parameters(model), model.data
    summed = np.array(
        [
            of["implicit"][data.history(u)].sum(0) / np.sqrt(max(len(data.history(u)), 1))
            for u in range(data.n_users)
        ]
    )
    offsets = of["person_offset"][users] + of["item_offset"][items]
    predicted = model.mean + offsets + ((of["person"] + summed)[users] * of["item"][items]).sum(1)
    expected = np.square(predicted - ratings).mean()
    vectors = sum(np.square(of[name]).sum() for name in ("person", "item", "implicit"))
    expected += (0.3 * vectors + 0.1 * np.square(of["person_offset"]).sum()) / len(data.rows)
    assert float(model.loss(batch).detach()) == pytest.approx(expected, rel=1e-5)


def test_the_gradient_reaches_the_implicit_factors_as_by_a_dense_product() -> None:
    model = create("svdpp", SMALL | {"reg": 0})
    model.attach(published(rated()).training())
    model.reset(seed=4)
    model.loss(next(model.batches())).backward()
    sparse_gradient = model.net.implicit.grad.clone()
    matrix = model.data.matrix.toarray()
    dense = torch.from_numpy(matrix / np.sqrt(np.maximum(matrix.sum(1, keepdims=True), 1)))
    model.net.zero_grad()
    encoded = model.net.person + dense @ model.net.implicit
    batch = next(model.batches())
    (model._predicted(encoded, batch.users, batch.items) - batch.rating).square().mean().backward()
    torch.testing.assert_close(sparse_gradient, model.net.implicit.grad, rtol=1e-4, atol=1e-7)


def test_a_newcomer_is_what_they_rated_and_nothing_else(model) -> None:
    for history in ((), (3,), (1, 8, 20)):
        expected = _by_hand(model, np.zeros(4), 0.0, history)
        np.testing.assert_allclose(model.scores([Query(history=history)])[0], expected, rtol=1e-5)


def test_another_history_of_a_known_person_changes_the_sum_alone(model) -> None:
    of, history = _parameters(model), model.data.history(5)
    expected = _by_hand(model, of["person"][5], of["person_offset"][5], history[2:])
    without = tuple((5, int(item)) for item in history[:2])
    np.testing.assert_allclose(model.scores([Query(user=5, without=without)])[0], expected, rtol=1e-5)
    # Edges of other people are no part of this person's prediction.
    other = ((6, int(model.data.history(6)[0])),)
    np.testing.assert_allclose(model.scores([Query(user=5, without=other)]), model.scores([5]), rtol=1e-6)


def test_the_own_part_of_a_score_is_what_the_history_does_not_say(model) -> None:
    of, history = _parameters(model), model.data.history(2)
    shares = model.contributions(2, range(model.data.n_items))
    values = of["item"] @ of["implicit"][history].T / np.sqrt(len(history))
    np.testing.assert_allclose(shares.values, values, rtol=1e-6, atol=1e-9)
    own = model.data.rating.mean() + of["person_offset"][2] + of["item_offset"] + of["item"] @ of["person"][2]
    inside = (shares.score > model.low + 0.01) & (shares.score < model.high - 0.01)
    assert inside.sum() > 10
    np.testing.assert_allclose(shares.own[inside], own[inside], rtol=1e-5)


@pytest.mark.realdata
def test_factors_predict_better_than_offsets_on_movielens() -> None:
    dataset = open_dataset("movielens-100k")
    cut = split(dataset, "published:fold=u1")
    offsets, factors = create("bias"), create("svdpp", {"embedding_size": 8, "epochs": 20})
    offsets.fit(cut.training())
    factors.attach(cut.training())
    best = train(factors, cut, seed=0).best_score
    assert best < evaluate(offsets, cut, "valid").means["rmse"] - 0.01
