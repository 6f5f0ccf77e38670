"""What rating models share, seen on the smallest of them: one number per person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gnnrec.data import split
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.rating import RatingModel, onto_scale
from gnnrec.training import fit
from tests.worlds import published, rated


class PerPerson(RatingModel):
    """Mean + one number per person."""

    name = "per_person"
    title = "Per person"

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the toy."""

        batch_size: int = setting(0, "Rows per step", low=0, high=1000)
        learning_rate: float = setting(0.05, "Step size", low=0.0, high=100.0)
        epochs: int = setting(200, "Epochs", low=1, high=1000)
        patience: int = setting(1000, "Patience", low=1, high=1000)
        evaluate_every: int = setting(10, "Epochs between validations", low=1, high=1000)

    def _network(self) -> nn.Module:
        return nn.ParameterDict({"person": nn.Parameter(torch.zeros(self.data.n_users))})

    def _encoded(self) -> Tensor:
        return self.net["person"] + self.mean

    def _predicted(self, encoded: Tensor, users: Tensor, items: Tensor) -> Tensor:
        return encoded[users]


@pytest.fixture(scope="module")
def world():
    return published(rated())


def _attached(world, **settings) -> PerPerson:
    model = PerPerson(**settings)
    model.attach(world.training())
    model.reset(seed=0)
    return model


def test_the_scale_is_that_of_the_train_ratings(world) -> None:
    model, ratings = _attached(world), world.training().rating
    assert (model.low, model.high) == (ratings.min(), ratings.max())
    assert model.mean == pytest.approx(ratings.mean())
    assert model.score_kind == "stars"


def test_an_epoch_goes_through_every_rated_row_once(world) -> None:
    data = world.training()
    for size, steps in ((0, 1), (100, -(-len(data.rows) // 100)), (10**6, 1)):
        model = _attached(world, batch_size=min(size, 1000)) if size <= 1000 else _attached(world)
        batches = list(model.batches())
        assert len(batches) == steps
        rows = torch.cat([torch.stack([one.users, one.items, one.rating.long()], 1) for one in batches])
        expected = np.stack([data.user, data.item, data.rating], 1)
        assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, expected.astype(int).tolist()))


def test_batches_come_in_another_order_each_epoch_and_the_same_for_the_same_seed(world) -> None:
    model, again = _attached(world, batch_size=100), _attached(world, batch_size=100)
    first, second = next(model.batches()).users.tolist(), next(model.batches()).users.tolist()
    assert first != second
    assert next(again.batches()).users.tolist() == first


def test_the_loss_is_the_mean_squared_error(world) -> None:
    model = _attached(world)
    ratings = world.training().rating
    assert float(model.loss(next(model.batches())).detach()) == pytest.approx(ratings.var(), rel=1e-5)


def test_training_chooses_the_epoch_with_the_smallest_error(world) -> None:
    made = fit(PerPerson(), world.dataset, world, device="cpu")
    scores = {one.epoch: one.valid for one in made.history if one.valid is not None}
    assert scores[made.best_epoch] == min(scores.values())
    assert made.valid.means["rmse"] == pytest.approx(min(scores.values()), rel=1e-6)
    assert made.test.means["rmse"] < world.dataset.interactions.rating[world.rows("test")].std()
    data = world.training()
    own = np.bincount(data.user, data.rating) / np.bincount(data.user)
    assert made.recommender.scores([3], items=[0])[0, 0] == pytest.approx(own[3], abs=0.2)


def test_a_scale_is_kept_and_so_is_the_order() -> None:
    ratings = np.linspace(0, 6, 601, dtype=np.float32)
    kept = onto_scale(ratings, 1.0, 5.0)
    assert kept.dtype == np.float32
    assert 1 <= kept.min() < 1.01
    assert 4.99 < kept.max() <= 5
    assert (np.diff(kept) > 0).all()
    np.testing.assert_allclose(kept, np.clip(ratings, 1, 5), atol=0.0051)
    inside = (ratings > 1.01) & (ratings < 4.99)
    np.testing.assert_array_equal(kept[inside], ratings[inside])
    assert set(onto_scale(ratings, 3.0, 3.0).tolist()) == {3.0}


def test_predictions_are_kept_on_the_scale_only_when_serving(world) -> None:
    model = _attached(world)
    with torch.no_grad():
        model.net["person"][:2] = torch.tensor([9.0, -9.0])
    model.serve()
    assert model.scores([0]).ravel() == pytest.approx(5.0, abs=1e-4)
    assert model.scores([1]).ravel() == pytest.approx(1.0, abs=1e-4)
    assert float(model.loss(next(model.batches())).detach()) > 1.5


def test_where_ratings_below_a_threshold_are_left_out_the_scale_is_shorter(world) -> None:
    above = split(world.dataset, "random:seed=1,positives=rating>=3")
    assert _attached(above).low == 3
