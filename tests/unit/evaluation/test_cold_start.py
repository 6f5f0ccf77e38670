"""Warm and cold are judged apart, each among its own, and nothing is gained by numbers."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.data.cold_start import seen
from gnnrec.errors import ConfigError
from gnnrec.evaluation.cold_start import by_warmth
from gnnrec.recommenders import create
from tests import worlds


@pytest.fixture(scope="module")
def cut():
    return split(worlds.scattered(n_users=60, n_items=40, per_user=16), "cold_items:share=20,seed=1")


class Told:
    """Answers with a table."""

    def __init__(self, model, table: np.ndarray) -> None:
        self.data, self.title, self.table = model.data, "told", table

    def scores(self, users: np.ndarray) -> np.ndarray:
        return self.table[users]


@pytest.fixture(scope="module")
def popularity(cut):
    return create("popularity").fit(cut.training())


def test_who_knows_everything_has_one_on_both_sides(cut, popularity) -> None:
    known = Told(popularity, cut.matrix("test").toarray())
    found = by_warmth(known, cut, "test", "item", at=(5,))
    for one in found.values():
        assert one.evaluation.means["ndcg@5"] == pytest.approx(1)
    assert sum(one.n_held_out for one in found.values()) == len(cut.rows("test"))
    assert sum(one.n_items for one in found.values()) == 40


def test_cold_items_compete_with_cold_items_only(cut, popularity) -> None:
    # Whoever puts every warm item first still has the cold ones in the right order.
    table = cut.matrix("test").toarray() + 10.0 * seen(cut, "item")
    found = by_warmth(Told(popularity, table), cut, "test", "item", at=(5,))
    assert found["cold"].evaluation.means["ndcg@5"] == pytest.approx(1)


def test_equal_scores_gain_nothing_by_their_number(cut, popularity) -> None:
    silent = Told(popularity, np.zeros((60, 40)))
    values = [
        by_warmth(silent, cut, "test", "item", at=(3,), seed=seed)["cold"].evaluation.means["recall@3"]
        for seed in range(20)
    ]
    # Three of eight, of which validation hides 1.6 on average.
    assert np.mean(values) == pytest.approx(3 / 6.4, abs=0.08)
    assert np.ptp(values) > 0


def test_people_are_parted_and_all_items_compete(popularity) -> None:
    cut = split(worlds.scattered(n_users=60, n_items=40, per_user=16), "cold_people:share=20,seed=1")
    model = create("popularity").fit(cut.training())
    found = by_warmth(model, cut, "valid", "user")
    assert np.array_equal(found["cold"].evaluation.users, np.flatnonzero(~seen(cut, "user")))
    assert found["cold"].n_items == found["warm"].n_items == 40
    assert len(found["warm"].evaluation.users) == 48


def test_other_answers_can_stand_in_for_its_own(cut, popularity) -> None:
    table = cut.matrix("valid").toarray()
    found = by_warmth(popularity, cut, "valid", "item", scores=lambda users: table[users])
    assert found["cold"].evaluation.means["ndcg@10"] == pytest.approx(1)


def test_an_unknown_part_is_refused(cut, popularity) -> None:
    with pytest.raises(ConfigError, match="valid or test"):
        by_warmth(popularity, cut, "train")
