"""A replay sees nothing of the month it is judged on, and what keeps up is what has seen the rows since."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset
from gnnrec.errors import IncompatibleError
from gnnrec.runs.replay import FOLDED, POPULAR, RECENT, RETRAINED, STALE, WARM, as_plain, replay

N_MONTHS, PEOPLE = 10, 16


def rows(seed: int = 0) -> pd.DataFrame:
    """Each person has a few films of their half each month; from the seventh month the halves change places."""
    rng = np.random.default_rng(seed)
    found = []
    for user in range(PEOPLE):
        films = {half: rng.permutation(np.arange(half, 120, 2)).tolist() for half in (0, 1)}
        for month in range(N_MONTHS):
            half = (user + (month >= 6)) % 2
            for _ in range(4):
                # Early films are those that most have, so that there is something to learn from.
                item = films[half].pop(int(rng.integers(min(6, len(films[half])))))
                found.append((f"u{user:02d}", f"i{item % 30 + 30 * half:03d}", month))
    frame = pd.DataFrame(found, columns=["user_id", "item_id", "month"]).drop_duplicates(
        ["user_id", "item_id"]
    )
    starts = pd.to_datetime([f"2024-{month + 1:02d}-10" for month in frame["month"]])
    frame["timestamp"] = (starts - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    return frame


def dataset(frame: pd.DataFrame) -> Dataset:
    return Dataset.from_frame(frame[["user_id", "item_id", "timestamp"]], name="months")


def test_the_future_changes_nothing_that_was_judged_before_it() -> None:
    frame = rows()
    late = frame["month"] == N_MONTHS - 1
    other = frame.copy()
    other.loc[late, "item_id"] = other.loc[late, "item_id"].sample(frac=1, random_state=1).to_numpy()
    other = other.drop_duplicates(["user_id", "item_id"])
    first, second = (replay(dataset(one), "ease", 4) for one in (frame, other))
    for a, b in zip(first.months[:-1], second.months[:-1], strict=True):
        assert a.name == b.name
        for way in first.ways:
            assert (a.values[way] == b.values[way]).all(), (a.name, way)
    assert not np.array_equal(first.months[-1].values[RETRAINED], second.months[-1].values[RETRAINED])


def test_the_first_month_is_the_same_for_all_and_then_they_part() -> None:
    found = replay(dataset(rows()), "ease", 4)
    assert set(found.ways) == {STALE, FOLDED, RETRAINED, POPULAR, RECENT}
    assert (found.trained_until, found.months[0].name) == ("2024-06", "2024-07")
    first, last = found.months[0], found.months[-1]
    assert (first.values[STALE] == first.values[RETRAINED]).all()
    assert (first.values[STALE] == first.values[FOLDED]).all()
    assert not np.array_equal(last.values[STALE], last.values[FOLDED])


def test_who_is_new_gets_the_most_popular() -> None:
    frame = rows()
    late = frame[frame["month"] >= 7]
    new = late[late["user_id"] == "u03"].assign(user_id="a-new")
    last = new[new["month"] == N_MONTHS - 1]
    found = replay(dataset(pd.concat([frame, last])), "ease", 3).months[-1]
    mine = found.people.tolist().index("a-new")
    assert found.unknown == 1
    assert found.values[RETRAINED][mine] == found.values[FOLDED][mine] == found.values[POPULAR][mine]


def test_a_trained_model_has_a_warm_start_and_its_rounds_are_chosen() -> None:
    settings = {"embedding_size": 8, "epochs": 6, "evaluate_every": 2, "patience": 4}
    found = replay(dataset(rows()), "lightgcn", 2, settings=settings)
    assert set(found.ways) == {STALE, FOLDED, WARM, RETRAINED, POPULAR, RECENT}
    assert found.epochs in (2, 4, 6) and found.rounds in (1, 2, 4, 8)
    plain = as_plain(found)
    assert [one["month"] for one in plain["months"]] == ["2024-09", "2024-10"]
    assert all(
        one["low"] <= one["mean"] <= one["high"]
        for month in plain["months"]
        for one in month["ways"].values()
    )
    assert {tuple(one["pair"]) for one in plain["pairs"]} >= {(WARM, RETRAINED), (FOLDED, STALE)}


def test_without_times_or_with_too_few_months_it_says_so() -> None:
    frame = rows()
    with pytest.raises(IncompatibleError, match="no timestamps"):
        replay(Dataset.from_frame(frame[["user_id", "item_id"]], name="months"), "ease", 4)
    with pytest.raises(IncompatibleError, match="10 months"):
        replay(dataset(frame), "ease", 8)
