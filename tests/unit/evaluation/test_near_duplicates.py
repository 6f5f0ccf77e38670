"""Near-duplicates: pairs with one audience are found, both ways; popular pairs and chance pairs are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from gnnrec.evaluation import near_duplicates as module
from gnnrec.evaluation.near_duplicates import LEAST_ALIKE, NEAREST, SHRINK, near_duplicates


def table(rows: np.ndarray) -> sparse.csr_matrix:
    return sparse.csr_matrix(np.asarray(rows, dtype=np.float32))


def crowd(people: int = 200, items: int = 30, share: float = 0.1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((people, items)) < share


def test_two_items_with_the_same_people_are_found() -> None:
    rows = crowd()
    rows[:, 1] = rows[:, 0]
    found = near_duplicates(table(rows))
    assert found[0].tolist() == [1, -1, -1] and found[1].tolist() == [0, -1, -1]
    assert (found[2:] == -1).all()


def test_two_very_popular_items_are_not_duplicates_for_being_popular() -> None:
    rows = crowd()
    rng = np.random.default_rng(1)
    rows[:, :2] = rng.random((200, 2)) < 0.5
    assert (near_duplicates(table(rows)) == -1).all()


def test_one_person_in_common_proves_nothing() -> None:
    rows = np.zeros((50, 12))
    rows[:, 2:] = crowd(50, 10, 0.3)
    rows[7, :2] = 1
    assert (near_duplicates(table(rows))[:2] == -1).all()


def test_who_has_everything_makes_nothing_alike() -> None:
    rows = np.zeros((60, 10))
    rows[:40, :] = 1
    rows[40:50, 0] = rows[50:, 1] = 1
    assert near_duplicates(table(rows))[0].tolist().count(1) == 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_what_a_plain_loop_finds_and_goes_both_ways(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.random((int(rng.integers(1, 40)), int(rng.integers(1, 15)))) < rng.uniform(0.1, 0.9)
    found = near_duplicates(table(rows))
    n, lengths = rows.shape[1], rows.sum(1)
    weight = np.divide(1, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    pad = SHRINK / lengths[lengths > 0].mean() if lengths.any() else 1
    alike = np.array(
        [
            [
                0
                if i == j
                else weight[rows[:, i] & rows[:, j]].sum() / (weight[rows[:, i] | rows[:, j]].sum() + pad)
                for j in range(n)
            ]
            for i in range(n)
        ]
    )
    for i in range(n):
        for j in found[i][found[i] >= 0]:
            assert i in found[j]
            assert alike[i, j] >= LEAST_ALIKE - 1e-5
            assert (alike[i] > alike[i, j] + 1e-5).sum() < NEAREST
        for j in range(n):
            clear = (
                min((alike[i] >= alike[i, j] - 1e-5).sum(), NEAREST) == (alike[i] >= alike[i, j] - 1e-5).sum()
            )
            clear &= (alike[j] >= alike[i, j] - 1e-5).sum() <= NEAREST
            if clear and alike[i, j] > LEAST_ALIKE + 1e-5:
                assert j in found[i]


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = crowd()
    rows[:, 11] = rows[:, 28]
    whole = near_duplicates(table(rows))
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 7)
    assert (near_duplicates(table(rows)) == whole).all()
    assert 28 in whole[11]


def test_nobody_and_nothing() -> None:
    assert near_duplicates(sparse.csr_matrix((3, 4), dtype=np.float32)).tolist() == [[-1] * NEAREST] * 4
    assert near_duplicates(sparse.csr_matrix((3, 0), dtype=np.float32)).shape == (0, NEAREST)


def test_genres_that_do_not_agree_part_what_the_same_people_have() -> None:
    rows = crowd()
    rows[:, 1] = rows[:, 2] = rows[:, 0]
    genres = sparse.csr_matrix(np.eye(2)[[0, 0, 1, *[0] * 27]])
    assert near_duplicates(table(rows))[0].tolist() == [1, 2, -1]
    assert near_duplicates(table(rows), genres)[0].tolist() == [1, -1, -1]
    assert (near_duplicates(table(rows), genres)[2] == -1).all()
    # Nothing is known against an item without any genre.
    unknown = sparse.csr_matrix(np.vstack([[1.0, 0], [0, 0], [0, 1], *[[1, 0]] * 27]))
    assert near_duplicates(table(rows), unknown)[0].tolist() == [1, -1, -1]
