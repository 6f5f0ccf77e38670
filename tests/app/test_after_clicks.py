"""After these clicks, next: a session, its clicks taken out and added to, and what truly came."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.checkpoints import find
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import Query
from gnnrec.ui.text import escape
from tests.app.opening import address, fine, grids, open_page, words

A, B, PLAIN, USER = "demo-sr_gnn", "demo-session_knn", "demo-time_lightgcn", "m0005"
CLICKS = "Clicks of the session, oldest first"


def opened(**query: object):
    return open_page("recommend", **{"u": USER, "a": A, "b": B} | query)


def next_list(app, name: str) -> list[dict]:
    label = f"Next after these clicks, list {name}: "
    return next(cards for key, cards in grids(app).items() if key.startswith(label))


@pytest.fixture(scope="module")
def demo():
    data = open_dataset("demo")
    return data, split(data, "global-time")


def test_it_is_there_for_models_that_follow_clicks_alone() -> None:
    plain = open_page("recommend", u=USER, a=PLAIN, b="demo-recent_popularity")
    assert CLICKS not in grids(plain)
    assert CLICKS in grids(open_page("recommend", u=USER, a=PLAIN, b=A))


@pytest.mark.parametrize(("name", "slug"), [("A", A), ("B", B)])
def test_the_list_is_what_the_model_says_after_the_last_session(demo, name: str, slug: str) -> None:
    data, cut = demo
    app = opened()
    model = find(slug).load(data, cut)
    clicks = model.last_session(data.users.number(USER)).tolist()
    assert [card["item_id"] for card in grids(app)[CLICKS]] == [data.items.id(one) for one in clicks]
    expected = model.recommend([Query(session=tuple(clicks))], k=10).items[0]
    assert [card["item_id"] for card in next_list(app, name)] == [data.items.id(int(one)) for one in expected]
    assert not set(expected.tolist()) & set(clicks)


def test_other_clicks_rank_the_list_again_and_there_is_a_way_back(demo) -> None:
    data, cut = demo
    model = find(A).load(data, cut)
    clicks = [*model.last_session(data.users.number(USER)).tolist()[:1], 17]
    app = opened(r_clicks="|".join(data.items.id(one) for one in clicks))
    expected = model.recommend([Query(session=tuple(clicks))], k=10).items[0]
    cards = next_list(app, "A")
    assert [card["item_id"] for card in cards] == [data.items.id(int(one)) for one in expected]
    assert any(card["move"] is not None for card in cards)
    app = fine(app.button(key="clicks_back").click().run())
    assert "r_clicks" not in address(app)


def test_no_clicks_left_says_so_and_shows_what_comes_next_most_often() -> None:
    app = opened(r_clicks="|")
    assert "No clicks stand" in words(app)
    assert len(next_list(app, "A")) == 10


def test_a_held_out_session_keeps_its_last_click_back_and_says_where_it_stands(demo) -> None:
    data, cut = demo
    sessions = data.clicks
    held = cut.session_numbers("valid")
    number = int(next(one for one in held if sessions.lengths[one] > 2))
    user = data.users.id(int(sessions.user[number]))
    app = opened(u=user, r_sess=str(number))
    clicks = sessions.clicks(number)
    assert [card["item_id"] for card in grids(app)[CLICKS]] == [
        data.items.id(int(one)) for one in clicks[:-1]
    ]
    assert f"In truth {escape(data.item_title(int(clicks[-1])))} came next" in words(app)
    hits = [card["item_id"] for card in next_list(app, "A") if card["hit"]]
    assert set(hits) <= {data.items.id(int(clicks[-1]))}


def test_a_strange_address_falls_back(demo) -> None:
    data, _ = demo
    assert CLICKS in grids(opened(r_sess="999999999", r_clicks="nobody|%7C|" + data.items.id(3)))


def test_who_has_no_session_can_begin_one(demo) -> None:
    data, _ = demo
    nobody = int(np.setdiff1d(np.arange(data.n_users), data.clicks.user)[0])
    app = opened(u=data.users.id(nobody))
    assert "No clicks stand" in words(app)
    assert len(next_list(app, "A")) == 10
