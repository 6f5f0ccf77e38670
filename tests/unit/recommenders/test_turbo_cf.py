"""Turbo-CF: the filter against dense algebra, and only the strongest edges stay."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import TrainingData
from gnnrec.recommenders import create, turbo_cf
from tests import worlds


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return worlds.published(worlds.scattered()).training()


def dense(data: TrainingData, alpha: float, power: float) -> np.ndarray:
    had = data.matrix.toarray().astype(np.float64)
    people, items = had.sum(1, keepdims=True), had.sum(0, keepdims=True)
    normal = had * people**-alpha * np.maximum(items, 1) ** (alpha - 1)
    return (normal.T @ normal) ** power


@pytest.mark.parametrize(("alpha", "power"), [(0.6, 0.7), (0.0, 1.0), (1.0, 1.4)])
def test_the_filter_is_the_papers(data: TrainingData, alpha: float, power: float) -> None:
    model = create("turbo_cf", {"alpha": alpha, "power": power}).fit(data)
    expected = data.matrix.toarray() @ dense(data, alpha, power)
    np.testing.assert_allclose(model.scores(range(data.n_users)), expected, rtol=1e-4, atol=1e-5)


def test_each_scored_item_keeps_its_strongest_edges(data: TrainingData) -> None:
    kept = create("turbo_cf", {"neighbours": 4}).fit(data).weights.toarray()
    whole = dense(data, 0.6, 0.7)
    for item in range(data.n_items):
        listed = np.flatnonzero(kept[:, item])
        assert len(listed) == 4
        assert kept[listed, item].min() >= np.sort(whole[:, item])[-4] - 1e-5


def test_blocks_of_rows_give_the_same_as_one(data: TrainingData, monkeypatch) -> None:
    whole = create("turbo_cf", {"neighbours": 5}).fit(data).weights
    monkeypatch.setattr(turbo_cf, "_ROWS_AT_ONCE", 4)
    parts = create("turbo_cf", {"neighbours": 5}).fit(data).weights
    assert np.abs(whole - parts).max() < 1e-6
    assert whole.nnz == parts.nnz
