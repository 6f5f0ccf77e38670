"""A worklist: it fits an address, survives strange ids, and goes round."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.data import Dataset
from gnnrec.ui import worklist
from gnnrec.ui.worklist import MOST_PEOPLE, Worklist


def dataset(ids: list[str]) -> Dataset:
    return Dataset.from_frame(pd.DataFrame({"user_id": ids, "item_id": ["x"] * len(ids)}), name="small")


@given(
    st.lists(
        st.text(min_size=1, max_size=20).map(lambda one: f"u{one}"), min_size=1, max_size=20, unique=True
    )
)
def test_people_come_back_from_an_address_whatever_their_ids(ids: list[str]) -> None:
    data = dataset(ids)
    asked = list(range(data.n_users))[::-1]
    notices: list[str] = []
    back = worklist.of_address(worklist.changes("Some", asked, data), data, notices)
    assert back == Worklist("Some", tuple(asked)) and not notices


def test_it_is_cut_where_nobody_would_go_on_by_hand() -> None:
    data = dataset([f"person-{number:04}" for number in range(500)])
    there = worklist.changes("Many", range(500), data)
    assert worklist.of_address(there, data, []).users == tuple(range(MOST_PEOPLE))
    long = dataset([f"{number:03}" + "x" * 200 for number in range(200)])
    assert len(worklist.changes("Long", range(200), long)["list"]) <= 3500


def test_nobody_makes_no_worklist() -> None:
    data = dataset(["a", "b"])
    assert worklist.changes("None", [], data) == {}
    assert worklist.of_address({}, data, []) is None


def test_people_who_are_gone_are_left_out_with_a_notice() -> None:
    data, notices = dataset(["a", "b"]), []
    found = worklist.of_address({"list": "a|zoe|b|a", "listed": "Old"}, data, notices)
    assert found == Worklist("Old", (0, 1))
    assert "1 of the 3" in notices[0]
    assert worklist.of_address({"list": "zoe"}, data, notices) is None


@pytest.mark.parametrize(
    ("user", "step", "expected"), [(5, 1, 7), (7, 1, 2), (2, -1, 7), (99, 1, 2), (None, -1, 2)]
)
def test_it_goes_round_and_begins_at_the_first(user: int | None, step: int, expected: int) -> None:
    assert Worklist("Round", (2, 5, 7)).after(user, step) == expected
