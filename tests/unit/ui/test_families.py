"""Families of recommenders: each in one of them, a line on what it is, and a reason where it does not fit."""

from __future__ import annotations

import pytest

from gnnrec.recommenders import names, recommender_class
from gnnrec.training import is_trained
from gnnrec.ui.families import (
    CLICKS,
    FAMILIES,
    GIVEN,
    GRAPH,
    RATINGS,
    SIMPLE,
    about,
    by_family,
    family_of,
    why_not,
)
from tests import worlds


def test_every_recommender_is_in_one_family() -> None:
    listed = [name for members in by_family().values() for name in members]
    assert sorted(listed) == names()
    assert set(by_family()) <= set(FAMILIES)


@pytest.mark.parametrize("name", names())
def test_each_says_what_it_is_in_a_line(name: str) -> None:
    assert 20 < len(about(name)) < 130 and about(name).endswith(".")


def test_families_follow_from_what_is_declared() -> None:
    for name in names():
        model, family = recommender_class(name), family_of(name)
        assert (family == RATINGS) == (model.task == "rating")
        assert (family == CLICKS) == (model.task == "next_item")
        assert (family == GIVEN) == ("truth" in model.needs)
        if family == GRAPH:
            assert is_trained(name)
        assert (family == SIMPLE) == (model.simple and model.task == "ranking")


def test_the_reason_names_what_the_data_lacks() -> None:
    without, with_ratings = worlds.checkerboard(), worlds.scattered()
    for name in by_family()[RATINGS]:
        lacking = "friends, ratings" if "social" in recommender_class(name).needs else "ratings"
        assert why_not(name, without) == f"It needs {lacking}, which this data does not have."
        assert why_not(name, worlds.rated()) == ""
    for name in by_family()[GIVEN]:
        assert "nothing to train" in why_not(name, with_ratings)
