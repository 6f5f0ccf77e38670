"""Predicted ratings: on the scale of the train ratings, better than their mean, blind to what is held out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gnnrec.data import Split
from gnnrec.errors import IncompatibleError
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import create, recommender_class
from tests.contracts.recommenders.contract import Variant, all_scores, fitted, fitted_on, of, world

PARTS_HELD_OUT = (("test",), ("valid", "test"))


def rates(variant: Variant) -> bool:
    return recommender_class(variant[0]).task == "rating"


def with_ratings(split: Split, rating: np.ndarray) -> Split:
    """The same rows in the same parts with other ratings."""
    rows = dataclasses.replace(split.dataset.interactions, rating=rating)
    return dataclasses.replace(split, dataset=dataclasses.replace(split.dataset, interactions=rows))


@of(where=rates)
def test_predicted_ratings_lie_on_the_scale_of_the_train_ratings(variant: Variant) -> None:
    assert recommender_class(variant[0]).score_kind == "stars"
    split = world("rated")
    for highest in (5, 3):
        given = np.minimum(split.dataset.interactions.rating, highest)
        recommender = fitted_on(variant, with_ratings(split, given))
        scores = all_scores(recommender)
        assert scores.min() >= 1
        assert scores.max() <= highest


@of(where=rates)
def test_predicted_ratings_beat_the_mean_rating(variant: Variant) -> None:
    split = world("rated")
    means = evaluate(fitted(variant, "rated"), split, "test").means
    train, test = (split.dataset.interactions.rating[split.rows(part)] for part in ("train", "test"))
    assert means["rmse"] < 0.95 * np.sqrt(np.square(test - train.mean()).mean())
    assert means["mae"] < means["rmse"]


@of(where=rates)
def test_a_held_out_rating_changes_no_prediction(variant: Variant) -> None:
    split = world("rated")
    recommender = fitted(variant, "rated")
    given = split.dataset.interactions.rating
    test, held_out = (np.isin(np.arange(len(given)), split.rows(*parts)) for parts in PARTS_HELD_OUT)
    # Validation chooses the epoch, so only test may differ while fitting.
    refitted = fitted_on(variant, with_ratings(split, np.where(test, 6 - given, given)))
    assert np.array_equal(all_scores(refitted), all_scores(recommender))
    loaded = create(variant[0], dict(variant[1]))
    other = with_ratings(split, np.where(held_out, 6 - given, given))
    loaded.load_state(other.training(), recommender.state())
    assert np.array_equal(all_scores(loaded), all_scores(recommender))


@of(where=rates)
def test_data_without_ratings_are_refused(variant: Variant) -> None:
    with pytest.raises(IncompatibleError, match="no ratings"):
        fitted_on(variant, world("checkerboard"))
