"""An earlier day on the Recommend page: the slider, the history until then, the list of then."""

from __future__ import annotations

from datetime import date

import pytest

from gnnrec.checkpoints import find
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import Query
from gnnrec.ui.recommend.as_of import _end_of
from tests.app.opening import address, fine, grids, open_page, words

A, B, USER = "demo-time_lightgcn", "demo-recent_popularity", "m0005"
DAY = date(2024, 3, 1)


def opened(**query: object):
    return open_page(
        "recommend", **{"u": USER, "a": A, "b": B, "r_then": "1", "r_asof": DAY.isoformat()} | query
    )


def days(app) -> list:
    return [one for one in app.slider if one.key == "r_asof"]


@pytest.fixture(scope="module")
def demo():
    data = open_dataset("demo")
    return data, split(data, "global-time")


def test_it_is_there_for_models_that_know_time_alone() -> None:
    plain = open_page("recommend", u=USER, a="demo-lightgcn-history", b="demo-ease", r_then="1")
    assert not days(plain)
    folded = open_page("recommend", u=USER, a=A, b=B)
    assert not days(folded) and "r_then" not in address(folded)


@pytest.mark.parametrize(("name", "slug"), [("A", A), ("B", B)])
def test_the_list_is_what_the_model_says_of_that_day(demo, name: str, slug: str) -> None:
    data, cut = demo
    app = opened()
    model, user = find(slug).load(data, cut), data.users.number(USER)
    query = Query(user=user, as_of=_end_of(DAY))
    label = f"List {name} as of 2024-03-01: "
    cards = next(cards for key, cards in grids(app).items() if key.startswith(label))
    expected = model.recommend([query], k=10).items[0]
    assert [card["item_id"] for card in cards] == [data.items.id(int(one)) for one in expected]
    history = next(cards for key, cards in grids(app).items() if key == "What they had watched by 1 Mar 2024")
    mine = set(model.history(query).tolist())
    assert {data.items.number(card["item_id"]) for card in history} <= mine
    assert len(history) == min(len(mine), 30)
    later = set(model.data.history(user).tolist()) - mine
    for card in cards:
        assert (card["note"] == "Watched since") == (data.items.number(card["item_id"]) in later)
    today = model.recommend([user], k=10).items[0].tolist()
    assert [card["move"] == "new" for card in cards] == [one not in today for one in expected]
    assert (
        f"{int((cut.training().timestamp < _end_of(DAY)).sum()):,} of the {len(cut.training().rows):,}"
        in words(app)
    )


def test_moving_the_slider_ranks_again_and_the_address_keeps_the_day() -> None:
    app = opened()
    assert days(app)[0].value == DAY
    before = next(cards for key, cards in grids(app).items() if key.startswith("List A as of 2024-03-01"))
    fine(days(app)[0].set_value(date(2023, 2, 1)).run())
    assert address(app)["r_asof"] == "2023-02-01"
    after = next(cards for key, cards in grids(app).items() if key.startswith("List A as of 2023-02-01"))
    assert [card["item_id"] for card in before] != [card["item_id"] for card in after]


def test_the_last_day_is_today() -> None:
    app = opened(r_asof="2099-01-01")
    found = grids(app)
    today = next(cards for key, cards in found.items() if key.startswith("List A: "))
    then = next(cards for key, cards in found.items() if key.startswith("List A as of"))
    assert [card["item_id"] for card in today] == [card["item_id"] for card in then]
    assert "this is today's list" in words(app)


def test_a_day_before_the_person_came_says_so(demo) -> None:
    data, cut = demo
    first = cut.training().timestamp.min()
    late = next(
        user
        for user in range(data.n_users)
        if len(mine := cut.of_person(user, "train")) and mine["timestamp"].min() > first + 86_400 * 30
    )
    said = words(opened(r_asof="1999-01-01", u=data.users.id(late)))
    assert "had watched nothing that models learned from" in said
    assert "It tells nothing about that day" in said


def test_nonsense_in_the_address_is_the_last_day() -> None:
    assert "this is today's list" in words(opened(r_asof="<b>soon</b>"))
