"""Dates that cannot be true are counted and stand at the middle of the others."""

from __future__ import annotations

import numpy as np

from gnnrec.data.moments import DAY, moments_of


def test_dates_to_be_believed_stay_as_they_are() -> None:
    found = moments_of(np.array([5, 3, 3]), now=10)
    np.testing.assert_array_equal(found.seconds, [5, 3, 3])
    assert found.dated.all() and found.undated == 0


def test_missing_and_future_dates_are_counted_and_stand_in_the_middle() -> None:
    now = 1000 * DAY
    given = np.array([0, 10 * DAY, -5, 30 * DAY, now + 2 * DAY, 20 * DAY])
    found = moments_of(given, now)
    assert (found.missing, found.future, found.undated) == (2, 1, 3)
    np.testing.assert_array_equal(found.dated, [False, True, False, True, False, True])
    np.testing.assert_array_equal(found.seconds, np.array([20, 10, 20, 30, 20, 20]) * DAY)


def test_tomorrow_is_another_time_zone_and_not_the_future() -> None:
    assert moments_of(np.array([1000 * DAY, 1001 * DAY]), now=1000 * DAY).future == 0


def test_a_clock_before_every_date_is_wrong_itself() -> None:
    found = moments_of(np.array([0, 50 * DAY, 60 * DAY]), now=DAY)
    assert (found.missing, found.future) == (1, 0)


def test_without_any_date_nothing_is_newer_than_another() -> None:
    found = moments_of(np.zeros(3), now=DAY)
    assert found.missing == 3 and len(np.unique(found.seconds)) == 1
