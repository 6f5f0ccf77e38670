"""Sessions are whole, in order, and wholly in one part of a split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset, split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.data.forgetting import forgetting
from gnnrec.data.sessions import Sessions
from gnnrec.data.split import default_protocol
from tests import worlds


def table(*sessions: list[int], **columns: list) -> pd.DataFrame:
    rows = [(f"s{n}", 0, item) for n, items in enumerate(sessions) for item in items]
    return pd.DataFrame(rows, columns=["session", "user", "item"]).assign(**columns)


def test_clicks_go_by_position_whatever_the_order_of_the_rows() -> None:
    rows = pd.DataFrame(
        {
            "session": ["b", "a", "b", "a", "b"],
            "user": [1, 0, 1, 0, 1],
            "position": [2, 1, 1, 2, 3],
            "item": [5, 3, 4, 3, 9],
            "timestamp": [20.0, None, 10.0, None, 30.0],
        }
    )
    found = Sessions.of(rows)
    assert [found.clicks(n).tolist() for n in range(2)] == [[4, 5, 9], [3, 3]]
    assert found.user.tolist() == [1, 0]
    assert found.time[0] == 30
    assert np.isnan(found.time[1])


def test_every_click_after_the_first_is_a_question_and_a_single_click_is_none() -> None:
    sessions = Sessions.of(table([7, 8, 9], [4], [5, 5]))
    asked, before = sessions.questions()
    assert list(zip(asked.tolist(), before.tolist(), strict=True)) == [(0, 1), (0, 2), (2, 1)]
    assert sessions.item[sessions.start[asked] + before].tolist() == [8, 9, 5]


def test_some_sessions_in_the_order_asked_for() -> None:
    some = Sessions.of(table([7, 8, 9], [4], [5, 6])).take(np.array([2, 0]))
    assert [some.clicks(n).tolist() for n in range(len(some))] == [[5, 6], [7, 8, 9]]
    assert len(Sessions.of(table()).take(np.array([], dtype=int))) == 0


def test_a_session_is_in_the_latest_part_of_what_it_reveals() -> None:
    cut = worlds.published(worlds.sessioned())
    names = {(TRAIN, TRAIN, VALID, TEST, TRAIN)}
    assert {tuple(cut.session_part[first : first + 5].tolist()) for first in range(0, 175, 5)} == names
    learned = cut.training().sessions
    held = {(int(u), int(i)) for u, i in zip(*cut.matrix("valid", "test").nonzero(), strict=True)}
    clicked = set(zip(learned.user[learned.session_of_click].tolist(), learned.item.tolist(), strict=True))
    assert not held & clicked
    assert clicked
    assert np.array_equal(learned.item, replace(cut.training(), session_numbers=None).sessions.item)


def test_rows_in_no_part_take_their_sessions_along() -> None:
    cut = worlds.published(worlds.sessioned())
    without = replace(cut, part=np.where(cut.part == TEST, np.int8(-1), cut.part))
    assert (without.session_part == np.where(cut.session_part == TEST, -1, cut.session_part)).all()


def test_by_time_sessions_are_cut_where_interactions_are() -> None:
    world = worlds.sessioned()
    timed = replace(world.interactions, timestamp=np.arange(len(world.interactions)) * 100)
    sessions = world.sessions.copy()
    sessions.loc[sessions["session"] == "s03-0", "timestamp"] = np.nan
    cut = split(replace(world, interactions=timed, sessions=sessions), "global-time")
    last_train = timed.timestamp[cut.part == TRAIN].max()
    clicks = cut.dataset.clicks
    assert (clicks.time[cut.session_part == TRAIN] <= last_train).all()
    assert (clicks.time[np.isin(cut.session_part, [VALID, TEST])] > last_train).all()
    assert cut.session_part[15] == -1
    assert set(cut.session_part.tolist()) == {-1, TRAIN, VALID, TEST}


def test_a_forgotten_item_is_in_no_session_that_is_learned_from() -> None:
    cut = worlds.published(worlds.sessioned())
    item = int(cut.training().history(0)[0])
    pair = (cut.dataset.users.id(0), cut.dataset.items.id(item))
    before, after = cut.training().sessions, forgetting(cut, [pair]).training().sessions
    assert len(after) < len(before)
    mine = after.user[after.session_of_click] == 0
    assert item not in after.item[mine]


def anonymous(n: int = 50, test: int = 10) -> Dataset:
    """Sessions without people: each is a person of its own."""
    rows = [(f"s{s:02d}", f"i{(s + place) % 7}", place) for s in range(n) for place in range(1, 4)]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "position"])
    part = np.where(frame["user_id"] >= f"s{n - test:02d}", TEST, TRAIN)
    return Dataset.from_frame(
        frame[["user_id", "item_id"]],
        sessions=frame.assign(session_id=frame["user_id"]),
        published={"published": part},
    )


def test_where_people_are_sessions_whole_ones_are_carved_out() -> None:
    dataset = anonymous()
    assert dataset.people_are_sessions
    assert not worlds.sessioned().people_are_sessions
    cut = split(dataset)
    assert cut.refits
    assert [len(cut.session_numbers(part)) for part in ("train", "valid", "test")] == [36, 4, 10]
    assert [len(cut.rows(part)) for part in ("train", "valid", "test")] == [108, 12, 30]
    other = split(dataset, "published:fold=published,seed=2")
    assert not np.array_equal(other.session_part, cut.session_part)


def test_a_share_of_the_people_can_be_learned_from() -> None:
    cut = split(anonymous(), "published:fold=published,share=50")
    assert [len(cut.session_numbers(part)) for part in ("train", "valid", "test")] == [18, 2, 10]
    assert (cut.session_part == -1).sum() == 20
    assert str(cut) == "published:fold=published,share=50"


@pytest.mark.parametrize(("times", "expected"), [(True, "global-time"), (False, "random:seed=1")])
def test_sessions_without_people_are_cut_by_time(times: bool, expected: str) -> None:
    dataset = replace(anonymous(), published={})
    if times:
        rows = replace(dataset.interactions, timestamp=np.arange(len(dataset.interactions)))
        dataset = replace(dataset, interactions=rows)
    assert default_protocol(dataset) == expected


@pytest.mark.parametrize("timed", [True, False])
def test_sessions_of_a_person_are_theirs_and_oldest_first(timed: bool) -> None:
    start, user = np.arange(6), np.array([1, 0, 1, 1, 0])
    time = np.array([30.0, 5.0, 10.0, 10.0, 7.0]) if timed else None
    sessions = Sessions(start, np.zeros(5, dtype=np.int32), user, time)
    assert sessions.of_person(1).tolist() == ([2, 3, 0] if timed else [0, 2, 3])
    assert sessions.of_person(0).tolist() == [1, 4]
    assert not len(sessions.of_person(7))
