"""A planted leak of later rows is found, whichever way it comes in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Split, split
from gnnrec.data.moments import DAY
from gnnrec.data.split_report import checks
from tests import worlds


@pytest.fixture(scope="module")
def clean() -> Split:
    return split(worlds.scattered(n_users=60, n_items=40), "global-time")


def grave(found: Split) -> set[str]:
    return {one.name for one in checks(found) if one.grave}


def test_a_split_by_global_time_is_clean(clean: Split) -> None:
    assert grave(clean) == set()
    found = next(one for one in checks(clean) if one.name == "Learned from the future")
    assert found.said.endswith("learned from anybody.")


def test_one_later_row_of_somebody_else_in_train_is_found(clean: Split) -> None:
    rows = clean.dataset.interactions
    last = int(np.argmax(rows.timestamp))
    alone = np.flatnonzero((clean.part > 0) & (rows.user != rows.user[last]))
    part = clean.part.copy()
    part[last] = 0
    leaking = Split(clean.dataset, clean.protocol, part)
    assert grave(leaking) == {"Learned from the future"}
    found = next(one for one in checks(leaking) if one.grave)
    assert found.n >= len(alone) - 1
    # By person alone nothing would be wrong with most of them.
    of_persons = Split(clean.dataset, split(clean.dataset, "leave-last-out").protocol, part)
    assert next(one for one in checks(of_persons) if one.name == found.name).n < found.n


def test_a_feature_counted_on_all_rows_is_found_and_one_counted_on_train_is_not(clean: Split) -> None:
    rows, n_items = clean.dataset.interactions, clean.dataset.n_items
    of_all = np.bincount(rows.item, minlength=n_items)
    of_train = np.bincount(rows.item[clean.rows("train")], minlength=n_items)
    noise = np.random.default_rng(1).normal(size=n_items)
    for values, expected in (
        (of_all, {"Features from later rows"}),
        (3.0 * of_all + 0.05 * noise, {"Features from later rows"}),
        (of_train, set()),
        (noise, set()),
        (np.full(n_items, 7), set()),
    ):
        features = pd.DataFrame({"title": [f"Item {one}" for one in range(n_items)], "seen": values})
        dataset = replace(clean.dataset, item_features=features)
        assert grave(Split(dataset, clean.protocol, clean.part)) == expected


def test_rows_without_a_believable_date_are_counted(clean: Split) -> None:
    rows = clean.dataset.interactions
    times = rows.timestamp.copy()
    train, held = clean.rows("train"), clean.rows("test")
    times[train[:3]], times[held[0]] = 0, 40_000_000 * DAY
    dataset = replace(clean.dataset, interactions=replace(rows, timestamp=times))
    found = next(one for one in checks(split(dataset, "global-time")) if one.name == "Dates")
    assert found.grave
    assert found.said.startswith("3 rows have no date (0 or before 1970) and 1 lie in the future.")
    assert found.n == 1
    assert not next(one for one in checks(split(dataset, "random:seed=1")) if one.name == "Dates").grave
