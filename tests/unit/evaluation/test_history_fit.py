"""How well items fit a history: likeness by hand, the same in both ways of computing it, genres."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from gnnrec.evaluation import history_fit
from gnnrec.evaluation.history_fit import HistoryFit

ROWS = np.random.default_rng(4).random((20, 12)) < 0.3
TRAIN = sparse.csr_matrix(ROWS.astype(np.float32))


def by_hand() -> np.ndarray:
    lengths = ROWS.sum(1)
    columns = ROWS * np.divide(1, np.sqrt(lengths), out=np.zeros(20), where=lengths > 0)[:, None]
    norms = np.linalg.norm(columns, axis=0)
    alike = (columns.T @ columns) / np.maximum(np.outer(norms, norms), 1e-12)
    return ROWS @ alike


def test_it_is_the_likeness_summed_over_the_history() -> None:
    users = np.array([3, 0, 19])
    assert HistoryFit(TRAIN).by_people(users) == pytest.approx(by_hand()[users], abs=1e-5)


def test_a_large_catalogue_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_fit, "_MOST_ITEMS", 5)
    assert HistoryFit(TRAIN).by_people(np.arange(20)) == pytest.approx(by_hand(), abs=1e-5)


def test_nothing_in_common_is_exactly_nothing() -> None:
    rows = np.zeros((6, 6))
    rows[:3, :3] = rows[3:, 3:] = 1
    rows[5, 5] = 0
    found = HistoryFit(sparse.csr_matrix(rows)).by_people(np.arange(6))
    assert (found[:3, 3:] == 0).all() and (found[3:, :3] == 0).all()
    assert (found[:3, :3] > 0).all()


def test_genres_are_compared_with_those_of_the_history() -> None:
    genres = sparse.csr_matrix(np.array([[1.0, 0], [0, 1], [0.5, 0.5], [0, 0]]))
    train = sparse.csr_matrix(np.array([[1.0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]))
    found = HistoryFit(train, genres).by_genres(np.arange(3))
    root = 1 / np.sqrt(2)
    assert found[0] == pytest.approx([1, 0, root, 0])
    assert found[1] == pytest.approx([1 + root, root, root + 1, 0])
    assert (found[2] == 0).all()
    assert HistoryFit(train).by_genres(np.arange(3)) is None
