"""RP3β: walks counted by hand, popular items held back, and only the likeliest ends kept."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.recommenders import create, rp3beta
from tests import worlds

# Item 0 has people 0, 1 and 2; item 1 has 0 and 1; item 2 has 1 and 3; nobody has item 3.
PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (3, 2)]
SETTINGS = {"neighbours": 3, "alpha": 1.0, "beta": 0.0, "normalise": False}


def weights(**settings: float) -> np.ndarray:
    data = worlds.whole(worlds.of_pairs(PAIRS, 4, 4)).training()
    return create("rp3beta", SETTINGS | settings).fit(data).weights.toarray()


def test_chances_of_a_walk_by_hand() -> None:
    expected = np.zeros((4, 4))
    # From item 0 a third each to persons 0, 1, 2, who go on to any of their two, three and one items.
    expected[0, 1] = 1 / 3 * (1 / 2 + 1 / 3)
    expected[0, 2] = 1 / 3 * 1 / 3
    expected[1, 0] = 1 / 2 * (1 / 2 + 1 / 3)
    expected[1, 2] = 1 / 2 * 1 / 3
    expected[2, 0] = expected[2, 1] = 1 / 2 * 1 / 3
    np.testing.assert_allclose(weights(), expected, rtol=1e-6)


def test_every_step_is_raised_to_alpha() -> None:
    assert weights(alpha=0.5)[0, 1] == pytest.approx(3**-0.5 * (2**-0.5 + 3**-0.5), rel=1e-6)


def test_beta_divides_by_a_power_of_popularity() -> None:
    people = np.array([3, 2, 2, 1])
    np.testing.assert_allclose(weights(beta=0.5), weights() / np.sqrt(people)[None], rtol=1e-6)


def test_normalised_rows_sum_to_one_over_what_is_kept() -> None:
    table = weights(normalise=True, neighbours=1)
    np.testing.assert_allclose(table.sum(axis=1), [1, 1, 1, 0], rtol=1e-6)
    assert (table > 0).sum() == 3
    assert table[0, 1] == 1


def test_blocks_of_rows_give_the_same_as_one(monkeypatch) -> None:
    data = worlds.published(worlds.scattered()).training()
    whole = create("rp3beta", {"neighbours": 5}).fit(data).weights
    monkeypatch.setattr(rp3beta, "_ROWS_AT_ONCE", 4)
    parts = create("rp3beta", {"neighbours": 5}).fit(data).weights
    assert np.abs(whole - parts).max() < 1e-7
    assert whole.nnz == parts.nnz == 5 * 31
