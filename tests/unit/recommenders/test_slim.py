"""SLIM: the solution is the one where no single weight can be moved to advantage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import nnls

from gnnrec.data import TrainingData
from gnnrec.recommenders import create, slim
from tests import worlds


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return worlds.published(worlds.scattered()).training()


def weights(data: TrainingData, **settings: float) -> np.ndarray:
    exact = {"l1": 0.4, "l2": 2.0, "sweeps": 500, "tolerance": 1e-6}
    return create("slim", exact | settings).fit(data).weights.toarray().astype(np.float64)


def test_slopes_vanish_at_weights_above_zero_and_push_the_others_down(data: TrainingData) -> None:
    found = weights(data)
    had = data.matrix.toarray().astype(np.float64)
    slope = had.T @ (had @ found - had) + 2.0 * found + 0.4
    free = ~np.eye(data.n_items, dtype=bool)
    assert (found >= 0).all()
    assert (np.diag(found) == 0).all()
    assert (found[free] > 0).any()
    np.testing.assert_allclose(slope[free & (found > 0)], 0, atol=1e-3)
    assert (slope[free & (found == 0)] >= -1e-3).all()


def test_without_l1_it_is_ridge_regression_above_zero(data: TrainingData) -> None:
    found = weights(data, l1=0.0)
    had = data.matrix.toarray().astype(np.float64)
    for item in (0, 7, 30):
        others = np.delete(np.arange(data.n_items), item)
        tall = np.vstack([had[:, others], np.sqrt(2.0) * np.eye(len(others))])
        expected, _ = nnls(tall, np.concatenate([had[:, item], np.zeros(len(others))]))
        np.testing.assert_allclose(found[others, item], expected, atol=1e-4)


def test_a_larger_l1_keeps_fewer_weights(data: TrainingData) -> None:
    few, many = weights(data, l1=1.0), weights(data, l1=0.1)
    assert 0 < (few > 0).sum() < (many > 0).sum()


def test_a_loose_tolerance_stops_early(data: TrainingData) -> None:
    once = weights(data, sweeps=1)
    np.testing.assert_array_equal(weights(data, tolerance=1.0), once)
    assert np.abs(weights(data) - once).max() > 1e-3


def test_blocks_of_rows_change_nothing(data: TrainingData, monkeypatch) -> None:
    whole = weights(data, sweeps=3)
    monkeypatch.setattr(slim, "_ROWS_AT_ONCE", 4)
    np.testing.assert_allclose(weights(data, sweeps=3), whole, atol=1e-5)
