"""Graph for models that are asked with clicks: the session with its order, switched off, earlier ones, and none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gnnrec.checkpoints import find
from gnnrec.data import Dataset, split
from gnnrec.datasets import open_dataset
from gnnrec.recommenders import Query
from tests.app.opening import address, components, fine, open_page, words

MODEL, OTHER, PLAIN, USER, BUSY, NOBODY = (
    "demo-sr_gnn",
    "demo-session_knn",
    "demo-time_lightgcn",
    "m0005",
    "m0408",
    "m0026",
)


@pytest.fixture(scope="module")
def demo():
    data = open_dataset("demo")
    return data, split(data, "global-time")


def opened(slug: str = MODEL, **more: object):
    asked = {"d": "demo", "a": slug, "g_model": find(slug).address, "u": USER}
    return open_page("graph", **asked | more)


def drawing(app) -> dict:
    (found,) = [one["drawing"] for one in components(app) if "drawing" in one]
    return found


def steps(app) -> list[tuple[int, int]]:
    return [(one["from"], one["to"]) for one in drawing(app)["edges"] if one.get("step")]


def items(app, data) -> set[int]:
    return {node["id"] - data.n_users for node in drawing(app)["nodes"] if node["kind"] == "item"}


def learned(demo, person: str) -> np.ndarray:
    """Sessions of a person in train, oldest first."""
    data, cut = demo
    mine = cut.session_numbers("train")
    mine = mine[data.clicks.user[mine] == data.users.number(person)]
    return mine[np.argsort(data.clicks.time[mine], kind="stable")]


def entry(app) -> dict:
    (found,) = [one for one in drawing(app)["legend"] if one["text"] == "next clicks"]
    return found


def test_it_opens_on_the_session_the_model_is_asked_with_numbered_and_with_arrows(demo) -> None:
    data, cut = demo
    app = open_page("graph", d="demo", a=MODEL, u=USER)
    assert app.selectbox(key="pick_g_model").value == find(MODEL).address
    clicks = find(MODEL).load(data, cut).last_session(data.users.number(USER)).tolist()
    assert set(steps(app)) == {(data.n_users + one, data.n_users + other) for one, other in pairwise(clicks)}
    assert all(one["arrows"] == "to" for one in drawing(app)["edges"] if one.get("step"))
    names = {node["name"] for node in drawing(app)["nodes"] if node["kind"] == "item"}
    assert names == {f"{place} · {data.item_title(item)}" for place, item in enumerate(clicks, 1)}
    assert entry(app)["switch"] == "next_click" and entry(app)["count"] == len(clicks) - 1
    assert f"{len(clicks)} clicks on {len(set(clicks))} films" in words(app)
    assert "each click hears the mean of those right before it" in words(app)
    assert not [box for box in app.selectbox if box.key in ("pick_g_hops", "pick_g_weight")]


def test_no_click_that_is_held_out_is_drawn(demo) -> None:
    data, cut = demo
    clicks = data.clicks
    shown = {person: set() for person in range(data.n_users)}
    for number in cut.session_numbers("train"):
        shown[int(clicks.user[number])].update(clicks.clicks(number).tolist())
    held = next(
        int(one)
        for part in ("valid", "test")
        for one in cut.session_numbers(part)
        if 2 < len(shown[int(clicks.user[one])]) < 100
        and set(clicks.clicks(one).tolist()) - shown[int(clicks.user[one])]
    )
    user = int(clicks.user[held])
    app = opened(u=data.users.id(user), g_sess="all", g_budget=300)
    assert items(app, data) == shown[user]
    # Named in the address it is passed over.
    app = opened(u=data.users.id(user), g_sess=held)
    assert items(app, data) == set(clicks.clicks(learned(demo, data.users.id(user))[-1]).tolist())
    assert str(held) not in app.selectbox(key="pick_g_sess").options


def test_switched_off_the_clicks_stay_and_the_list_is_ranked_without_the_steps(demo) -> None:
    data, cut = demo
    usual, app = opened(), opened(g_off="next_click")
    assert steps(usual) and not steps(app) and not entry(app)["on"]
    assert [(one["id"], one["x"], one["y"]) for one in drawing(app)["nodes"]] == [
        (one["id"], one["x"], one["y"]) for one in drawing(usual)["nodes"]
    ]
    model, user = find(MODEL).load(data, cut), data.users.number(USER)
    before, after = (
        set(one.recommend([user], k=10, exclude=cut.matrix("train")).items[0].tolist())
        for one in (model, model.without({"next_click"}))
    )
    gone = len(before - after)
    said = words(app)
    assert (f"Without next clicks: {gone} of 10" if gone else "the same 10 films") in said
    assert "no click hears another" in said and "Nothing is learned again" in said
    app = fine(app.button(key="graph_all_on").click().run())
    assert "g_off" not in address(app) and steps(app) == steps(usual)


def test_an_earlier_session_is_drawn_and_the_list_follows_it(demo) -> None:
    data, cut = demo
    number = int(next(one for one in learned(demo, USER)[-10:-1] if data.clicks.lengths[one] > 2))
    clicks = tuple(data.clicks.clicks(number).tolist())
    app = opened(g_sess=number, g_off="next_click")
    assert items(app, data) == set(clicks) and "An earlier of " in words(app)
    model = find(MODEL).load(data, cut).without({"next_click"})
    asked = [Query(user=data.users.number(USER), session=clicks)]
    best = int(model.recommend(asked, k=1, exclude=cut.matrix("train")).items[0, 0])
    (sent,) = [str(one.proto.spec) for one in app.get("plotly_chart")]
    assert data.item_title(best)[:15] in sent


def test_all_sessions_stay_within_the_number_of_nodes_and_keep_the_last_one_whole(demo) -> None:
    data, _ = demo
    app = opened(u=BUSY, g_sess="all", g_budget=30)
    assert len(drawing(app)["nodes"]) == 30 and "of the films are not drawn" in words(app)
    mine = learned(demo, BUSY)
    assert f"All {len(mine)} sessions" in words(app) and "its list follows the last one" in words(app)
    assert set(data.clicks.clicks(mine[-1]).tolist()) <= items(app, data)
    every = {pair for one in mine for pair in pairwise(data.clicks.clicks(one).tolist())}
    assert {(one - data.n_users, other - data.n_users) for one, other in steps(app)} <= every
    assert not any(" · " in node["name"] for node in drawing(app)["nodes"])


def test_who_has_no_session_is_told_so_in_a_sentence(demo) -> None:
    assert not len(learned(demo, NOBODY))
    app = opened(u=NOBODY)
    assert "has no session in train" in words(app) and len(drawing(app)["nodes"]) == 1
    assert not [box for box in app.selectbox if box.key == "pick_g_sess"]


def test_where_each_session_stands_for_a_person_one_that_was_learned_from_is_a_click_away(
    demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dataset, "people_are_sessions", property(lambda dataset: True))
    app = opened(u=NOBODY)
    assert "is held out: no model learned from it, and none of its clicks is drawn" in words(app)
    app = fine(app.button(key="graph_learned").click().run())
    assert address(app)["u"] != NOBODY and steps(app)


def test_a_model_that_passes_no_messages_has_nothing_to_switch_off() -> None:
    app = opened(OTHER, g_off="next_click")
    assert steps(app) and "switch" not in entry(app)
    assert "to switch off" in words(app) and "passes no messages along these steps" in words(app)
    plain = opened(PLAIN)
    assert not steps(plain) and not [box for box in plain.selectbox if box.key == "pick_g_sess"]


def test_a_click_and_a_step_say_where_they_are_and_a_row_picks_the_step(demo) -> None:
    data, _ = demo
    clicks = data.clicks.clicks(learned(demo, USER)[-1]).tolist()
    first, second = (f"item:{data.items.id(one)}" for one in clicks[:2])
    app = opened(g_edge=f"{first}|{second}")
    assert "Clicked on next, once: click 1 to 2." in words(app)
    app = opened(g_node=second)
    assert f"click 2 of {len(clicks)}" in words(app)
    table = next(one for one in app.dataframe if "came" in one.value.columns)
    assert table.value["came"].tolist() == ["before", "after"]
    assert table.value["film"].tolist() == [data.item_title(clicks[0]), data.item_title(clicks[2])]
    key = f"graph_steps_{data.n_users + clicks[1]}_2_{learned(demo, USER)[-1]}"
    app.session_state[key] = {"selection": {"rows": [1], "columns": [], "cells": []}}
    app = fine(app.run())
    assert "Clicked on next, once: click 2 to 3." in words(app)


def test_an_item_in_focus_lights_no_way_and_says_why(demo) -> None:
    data, _ = demo
    app = opened(i=data.items.id(0))
    assert "this picture holds the clicks alone" in words(app)
    assert not [one for one in app.button if one.key in ("clear_paths", "light")]
