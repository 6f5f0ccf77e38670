"""EASE: the closed form against the ridge regression it solves."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.recommenders import create
from tests import worlds


@pytest.mark.parametrize("reg", [0.5, 20.0])
def test_each_column_is_a_ridge_regression_on_the_other_items(reg: float) -> None:
    data = worlds.published(worlds.scattered()).training()
    recommender = create("ease", {"reg": reg}).fit(data)
    x = data.matrix.toarray().astype(np.float64)
    n_items = data.n_items
    for item in range(n_items):
        others = np.delete(np.arange(n_items), item)
        # Least squares on the data with √λ · I below it is ridge regression.
        stacked = np.vstack([x[:, others], np.sqrt(reg) * np.eye(n_items - 1)])
        wanted = np.concatenate([x[:, item], np.zeros(n_items - 1)])
        expected = np.linalg.lstsq(stacked, wanted, rcond=None)[0]
        np.testing.assert_allclose(recommender.weights[others, item], expected, atol=1e-5)
    assert not np.diag(recommender.weights).any()


def test_a_score_is_the_history_times_the_weights() -> None:
    data = worlds.published(worlds.scattered()).training()
    recommender = create("ease").fit(data)
    np.testing.assert_allclose(
        recommender.scores(range(data.n_users)), data.matrix.toarray() @ recommender.weights, rtol=1e-5
    )


def test_a_stronger_ridge_makes_smaller_weights() -> None:
    data = worlds.published(worlds.scattered()).training()
    sizes = [np.abs(create("ease", {"reg": reg}).fit(data).weights).sum() for reg in (1.0, 10.0, 100.0)]
    assert sizes[0] > sizes[1] > sizes[2] > 0
