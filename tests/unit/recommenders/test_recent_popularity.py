"""Popular of late: what it counts, and on which day."""

from __future__ import annotations

import numpy as np

from gnnrec.data import TrainingData
from gnnrec.data.moments import DAY
from gnnrec.recommenders import Query, create
from tests import worlds

# Item 0 was popular long ago, item 1 is now; item 2 has one row without a date.
ROWS = [(0, 0, 10), (1, 0, 11), (2, 0, 12), (0, 1, 100), (1, 1, 101), (3, 2, 0)]


def fitted(window: int):
    dataset = worlds.of_pairs(
        [(user, item) for user, item, _ in ROWS], 5, 4, timestamp=[day * DAY for *_, day in ROWS]
    )
    model = create("recent_popularity", {"window": window})
    model.fit(TrainingData(dataset, np.arange(len(ROWS))))
    return model


def test_the_window_decides_and_all_of_train_breaks_ties() -> None:
    late = fitted(30).scores([4])[0]
    assert late.argmax() == 1
    assert (np.floor(late) == [0, 2, 0, 0]).all()
    assert late[0] > late[2] > late[3]
    assert fitted(3000).scores([4])[0].argmax() == 0


def test_on_an_earlier_day_it_counts_the_weeks_before_that_day() -> None:
    model = fitted(30)
    then, now = model.scores([Query(user=4, as_of=13 * DAY), Query(user=4, as_of=200 * DAY)])
    assert np.floor(then).tolist() == [3, 0, 0, 0]
    assert np.floor(now).tolist() == [0, 0, 0, 0]
    assert model.history(Query(user=0, as_of=50 * DAY)).tolist() == [0]
    np.testing.assert_array_equal(model.scores([Query(user=4, as_of=101 * DAY + 1)])[0], model.scores([4])[0])
