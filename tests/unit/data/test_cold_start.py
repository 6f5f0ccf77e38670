"""Strict cold starts: the chosen ones are in no train row, the rest is split as usual."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.data.cold_start import seen
from gnnrec.errors import ConfigError
from tests import worlds
from tests.unit.data.test_split import shuffled

SIDES = {"cold_items": "item", "cold_people": "user"}


@pytest.mark.parametrize("name", SIDES)
def test_a_tenth_is_never_learned_from_and_held_out_by_halves(name: str) -> None:
    world = worlds.scattered(n_users=60, n_items=40, per_user=12)
    cut = split(world, f"{name}:share=10,seed=1")
    numbers = getattr(world.interactions, SIDES[name])
    cold = ~seen(cut, SIDES[name])
    assert cold.sum() == len(cold) // 10
    for one in np.flatnonzero(cold):
        counts = np.bincount(cut.part[numbers == one], minlength=3)
        assert counts[0] == 0
        assert counts[2] - counts[1] in (0, 1)


@pytest.mark.parametrize("name", SIDES)
def test_the_warm_rest_is_split_as_usual(name: str) -> None:
    world = worlds.scattered(n_users=60, n_items=40, per_user=20)
    cut = split(world, f"{name}:share=10,seed=1")
    warm = seen(cut, SIDES[name])[getattr(world.interactions, SIDES[name])]
    shares = np.bincount(cut.part[warm], minlength=3) / warm.sum()
    assert 0.79 < shares[0] < 0.92
    assert (shares[1:] > 0.03).all()


@pytest.mark.parametrize("name", SIDES)
def test_share_and_seed_decide_and_the_order_of_rows_does_not(name: str) -> None:
    world = worlds.scattered(n_users=60, n_items=40)
    cut = split(world, f"{name}:share=10,seed=1")
    order = np.random.default_rng(0).permutation(len(world.interactions)).tolist()
    assert split(shuffled(world, order), f"{name}:share=10,seed=1").hash == cut.hash
    assert np.array_equal(split(shuffled(world, order), str(cut)).part, cut.part[order])
    other = split(world, f"{name}:share=10,seed=2")
    assert other.hash != cut.hash
    assert not np.array_equal(seen(other, SIDES[name]), seen(cut, SIDES[name]))
    assert (~seen(split(world, f"{name}:share=50,seed=1"), SIDES[name])).mean() == 0.5


def test_seen_counts_what_the_finished_model_was_fitted_on() -> None:
    # A published split without validation is fitted again on both parts.
    cut = worlds.whole(worlds.two_communities())
    assert seen(cut, "item").all() and seen(cut, "user").all()


@pytest.mark.parametrize("text", ["cold_items:share=0", "cold_people:share=100", "cold_items:min_history=5"])
def test_what_would_not_be_strict_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="For example cold_"):
        split(worlds.scattered(), text)
