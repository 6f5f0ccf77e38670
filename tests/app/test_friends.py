"""Recommend, for models that hear friends: who brought an item up, and the list without friends."""

from __future__ import annotations

import numpy as np

from gnnrec.data import split
from gnnrec.data.friends import friends_of
from gnnrec.datasets import open_dataset
from gnnrec.explain.friends import friends_behind
from gnnrec.ui import loaders
from tests.app.opening import address, fine, grids, links, open_page, words

SOCIAL = "demo-social_lightgcn"


def sociable(rank: int = 0) -> int:
    """Somebody with many friends."""
    return int(np.argsort(-friends_of(open_dataset("demo")).counts, kind="stable")[rank])


def opened(user: int, **query: object):
    return open_page(
        "recommend", **({"a": SOCIAL, "b": "none", "u": open_dataset("demo").users.id(user)} | query)
    )


def listed(app) -> list[str]:
    return [
        card["item_id"] for label, cards in grids(app).items() if label.startswith("List A") for card in cards
    ]


def test_it_names_the_friends_behind_the_item_in_focus_and_leads_to_them() -> None:
    data, user = open_dataset("demo"), sociable()
    app = opened(user)
    cut = split(data, "random:seed=1")
    model = loaders.library().of("demo")
    checkpoint = next(one for one in model if one.slug == SOCIAL)
    found = friends_behind(checkpoint.load(data, cut), user, data.items.number(listed(app)[0]))
    n = friends_of(data).counts[user]
    assert f"'s {n} friends account for" in words(app).replace("\\", "")
    assert len(found.top) == 3
    assert {data.user_name(one.user) for one in found.top} <= {one.replace("\\", "") for one in links(app)}
    assert "Neither model can split a score" not in words(app)


def test_another_item_in_focus_has_other_shares() -> None:
    user = sociable()
    first = opened(user)
    second = opened(user, i=listed(first)[4])
    shares = [next(one for one in words(app).split("\n") if "account" in one) for app in (first, second)]
    assert shares[0] != shares[1]


def test_without_friends_the_list_is_ranked_again_and_the_address_keeps_it() -> None:
    user = open_dataset("demo").users.number("m0042")
    app = opened(user)
    usual = listed(app)
    fine(app.toggle(key="r_off_switch").set_value(True).run())
    assert address(app)["r_off"] == "friend"
    off = listed(app)
    gone = len(set(usual) - set(off))
    assert gone
    assert f"{gone} of 10 films" in words(app)
    again = opened(user, r_off="friend")
    assert listed(again) == off
    fine(again.toggle(key="r_off_switch").set_value(False).run())
    assert "r_off" not in address(again)
    assert listed(again) == usual


def test_models_that_hear_no_friends_have_no_such_panel_and_are_never_switched() -> None:
    app = open_page("recommend", a="demo-lightgcn", b="none", r_off="friend")
    assert "Without friends" not in words(app)
    assert not [one for one in app.toggle if one.key == "r_off_switch"]
    plain = open_page("recommend", a="demo-lightgcn", b="none")
    assert grids(app) == grids(plain)


def test_beside_another_model_only_the_social_one_is_switched() -> None:
    user = sociable()
    app, off = (opened(user, a="demo-lightgcn", b=SOCIAL, **more) for more in ({}, {"r_off": "friend"}))
    lists = [
        {label[:6]: cards for label, cards in grids(one).items() if label.startswith("List")}
        for one in (app, off)
    ]
    assert lists[0]["List A"] == lists[1]["List A"]
    assert lists[0]["List B"] != lists[1]["List B"]
    assert "list B" in words(off)


def test_who_has_no_friends_is_told_so() -> None:
    data = open_dataset("demo")
    judged = split(data, "random:seed=1").matrix("valid").getnnz(1) > 0
    user = int(np.flatnonzero((friends_of(data).counts == 0) & judged)[0])
    assert "has no friends here" in words(opened(user))


def test_data_says_how_many_friends_people_have_and_how_alike_they_are() -> None:
    data, app = open_dataset("demo"), open_page("data")
    counts = friends_of(data).counts
    assert "Who knows whom" in words(app)
    assert f"{int(counts.sum()) // 2:,} friendships in all" in words(app)
    (metric,) = [one for one in app.metric if one.label == "How alike two friends are"]
    assert float(metric.value.split(" ")[0]) > 1


def test_data_without_friends_has_no_such_panel(bare: str) -> None:
    assert "Who knows whom" not in words(open_page("data", d=bare))
