"""Graph filters against the same filter written down as one dense table."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import TrainingData
from gnnrec.recommenders import Query, create
from tests import worlds


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return worlds.published(worlds.scattered()).training()


def parts(data: TrainingData, factors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Histories, P and the ideal low-pass filter, by dense algebra."""
    had = data.matrix.toarray().astype(np.float64)
    people, items = had.sum(1, keepdims=True), had.sum(0, keepdims=True)
    normal = np.divide(had, np.sqrt(people * items), out=np.zeros_like(had), where=had > 0)
    vectors = np.linalg.svd(normal)[2][:factors].T
    roots = np.sqrt(items).ravel()
    inverse = np.divide(1, roots, out=np.zeros_like(roots), where=roots > 0)
    return had, normal.T @ normal, inverse[:, None] * (vectors @ vectors.T) * roots[None]


def test_gf_cf_adds_two_filters(data: TrainingData) -> None:
    had, passed, ideal = parts(data, 6)
    found = create("gf_cf", {"factors": 6, "weight": 0.4}).fit(data).scores(range(data.n_users))
    np.testing.assert_allclose(found, had @ (passed + 0.4 * ideal), rtol=1e-4, atol=1e-5)


def test_bspm_sharpens_by_one_runge_kutta_step(data: TrainingData) -> None:
    had, passed, ideal = parts(data, 6)
    blurred = had @ (passed + 0.4 * ideal)

    def slope(y: np.ndarray) -> np.ndarray:
        return -y @ passed

    h = 1.7
    one = slope(blurred)
    two = slope(blurred + h / 2 * one)
    three = slope(blurred + h / 2 * two)
    four = slope(blurred + h * three)
    expected = blurred + h / 6 * (one + 2 * two + 2 * three + four)
    settings = {"factors": 6, "weight": 0.4, "sharpening": h}
    found = create("bspm", settings).fit(data).scores(range(data.n_users))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_bspm_without_sharpening_is_gf_cf(data: TrainingData) -> None:
    both = {"factors": 6, "weight": 0.4}
    blurred = create("bspm", both | {"sharpening": 0}).fit(data).scores([0, 5])
    np.testing.assert_allclose(blurred, create("gf_cf", both).fit(data).scores([0, 5]), rtol=1e-6)


@pytest.mark.parametrize("name", ["gf_cf", "bspm"])
def test_an_edit_changes_the_history_alone(data: TrainingData, name: str) -> None:
    model = create(name, {"factors": 6}).fit(data)
    history = model.history(3)
    kept = tuple(history[1:].tolist())
    shares = model.contributions(3, range(data.n_items))
    np.testing.assert_allclose(
        model.scores([Query(user=3, history=kept)])[0], shares.values[:, 1:].sum(axis=1), rtol=1e-4, atol=1e-5
    )


def test_more_factors_than_the_graph_has_are_left_out(data: TrainingData) -> None:
    assert create("gf_cf", {"factors": 4000}).fit(data).factors.shape == (31, 30)
