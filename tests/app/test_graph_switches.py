"""Graph with friends, facts and attributes: drawn, switched off in the address, and the list ranked without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec import places
from gnnrec.checkpoints import find, save
from gnnrec.data import FILMS
from gnnrec.datasets.tables import import_tables
from gnnrec.training import fit
from gnnrec.ui import loaders
from tests.app.opening import address, components, fine, links, open_page, words
from tests.hostile import TITLES

WORLD = "surrounded"
PERSON = "p03"
IDA = "Ida <b>Bell</b>, Sr."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data set with friends, directors and cities, and two models that hear them."""
    folder = tmp_path_factory.mktemp("surrounded")
    rng = np.random.default_rng(8)
    people, films = [f"p{one:02d}" for one in range(24)], [f"i{one:02d}" for one in range(30)]
    rows = [
        (one, films[film], stamp)
        for one in people
        for stamp, film in enumerate(rng.choice(30, 10, replace=False))
    ]
    tables = {
        "interactions": pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"]),
        "items": pd.DataFrame(
            {"item_id": films, "title": [TITLES[one % len(TITLES)] + f" {one}" for one in range(30)]}
        ),
        "users": pd.DataFrame({"user_id": people, "name": people, "city": ["Ulm", "*Bonn*"] * 12}),
        "social": pd.DataFrame({"user_id": [PERSON] * 4, "friend_id": ["p07", "p08", "p09", "p10"]}),
        "knowledge": pd.DataFrame(
            {"item_id": films, "relation": "director", "entity": [IDA, "Bo", "Cy", "Di", "Ed"] * 6}
        ),
    }
    paths = {name: folder / f"{name}.csv" for name in tables}
    for name, table in tables.items():
        table.to_csv(paths[name], index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNNREC_HOME", str(folder))
        dataset, _ = import_tables(WORLD, **paths, words=FILMS)
        for name in ("hetero", "social_lightgcn", "lightgcn"):
            settings = {"embedding_size": 8, "epochs": 8}
            made = fit(name, dataset, "random:seed=1", device="cpu", settings=settings)
            save(made, places.trained_models() / f"{WORLD}-{name}")
    return folder


@pytest.fixture
def world(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("GNNREC_HOME", str(home))
    return WORLD


def opened(model: str = "hetero", **more: object):
    asked = {"g_model": find(f"{WORLD}-{model}").address, "u": PERSON, "g_hops": 2, "g_budget": 60} | more
    return open_page("graph", d=WORLD, **asked)


def drawing(app) -> dict:
    (found,) = [one["drawing"] for one in components(app) if "drawing" in one]
    return found


def kinds(app) -> set[str]:
    return {node["kind"] for node in drawing(app)["nodes"]}


def legend(app) -> dict[str, dict]:
    return {one["switch"]: one for one in drawing(app)["legend"] if "switch" in one}


def places_of(app) -> dict[int, tuple[float, float]]:
    return {node["id"]: (node["x"], node["y"]) for node in drawing(app)["nodes"]}


def test_what_the_model_hears_is_drawn_with_a_switch_and_a_count_each(world: str) -> None:
    app = opened()
    assert kinds(app) == {"user", "item", "city", "director"}
    switches = legend(app)
    assert {"friend", "director", "city"} <= switches.keys()
    assert switches["friend"]["count"] == sum(node["shape"] == "ring" for node in drawing(app)["nodes"]) == 4
    assert switches["director"]["count"] == sum(node["kind"] == "director" for node in drawing(app)["nodes"])
    assert all(one["on"] for one in switches.values())
    assert {edge["sort"] for edge in drawing(app)["edges"] if "sort" in edge} >= {
        "friend",
        "director",
        "city",
    }


def test_a_sort_in_the_address_is_gone_and_the_list_is_ranked_without_it(world: str) -> None:
    usual = opened()
    app = opened(g_off="friend,director")
    assert kinds(app) == {"user", "item", "city"}
    assert "ring" not in {node["shape"] for node in drawing(app)["nodes"]}
    assert not legend(app)["friend"]["on"] and legend(app)["city"]["on"]
    # What stays keeps its place, and nothing else comes in.
    assert places_of(app).items() <= places_of(usual).items()
    said = words(app)
    assert "**Without friends and directors: " in said
    number = loaders.dataset(WORLD).users.number(PERSON)
    checkpoint = find(f"{WORLD}-hetero")
    split = loaders.split(WORLD, checkpoint.config["split"])
    hidden = split.matrix("valid")
    model = loaders.model(checkpoint.address)
    before, after = (
        set(one.recommend([number], k=10, exclude=hidden).items[0].tolist())
        for one in (model, model.without({"friend", "director"}))
    )
    gone = len(before - after)
    assert (f"{gone} of 10 films" if gone else "the same 10 films") in said
    fine(app.button(key="graph_all_on").click().run())
    assert "g_off" not in address(app) and drawing(app) == drawing(usual)
    assert "**Without " not in words(app)


def test_what_cannot_be_switched_off_is_left_out_with_a_notice(world: str) -> None:
    app = opened("social_lightgcn", g_off="director,<b>x</b>")
    assert "to switch off" in words(app) and legend(app).keys() == {"friend"}
    plain = opened("lightgcn")
    assert not legend(plain) and kinds(plain) == {"user", "item"}
    assert not [edge for edge in drawing(plain)["edges"] if "sort" in edge]


def test_an_entity_tells_what_it_joins_and_a_row_brings_it_in(world: str) -> None:
    app = opened(g_node=f"director:{IDA}".replace("|", "%7C"))
    said = words(app)
    assert "Ida \\<b\\>Bell" in said and "<b>Bell</b>" not in said
    assert "Joins 6 films. p03 watched" in said
    table = next(one.value for one in app.dataframe if "here" in one.value.columns)
    assert len(table) == 6 and (table["here"] == "watched").any()
    (selected,) = [node["id"] for node in drawing(app)["nodes"] if node["look"] == "selected"]
    app.session_state[f"graph_joined_item_{selected}_6"] = {
        "selection": {"rows": [5], "columns": [], "cells": []}
    }
    fine(app.run())
    (now,) = [node for node in drawing(app)["nodes"] if node["look"] == "selected"]
    assert now["kind"] == "item" and address(app)["g_node"].startswith("item%3A")


def test_a_friend_can_be_opened(world: str) -> None:
    app = opened(g_node="user:p07")
    assert "Friend · Watched" in words(app) and "Their lists" in links(app)
    fine(app.button(key="centre").click().run())
    assert address(app)["u"] == "p07"


def test_edges_of_other_sorts_say_what_they_are_and_that_a_measure_knows_nothing_of_them(world: str) -> None:
    data = loaders.dataset(WORLD)
    number, checkpoint = data.users.number(PERSON), find(f"{WORLD}-social_lightgcn")
    item = data.items.id(int(loaders.model(checkpoint.address).recommend([number], k=1).items[0, 0]))
    app = opened("social_lightgcn", g_edge="user:p03|user:p07", i=item, g_hops=3, g_weight="deletion")
    said = words(app)
    assert "An edge of the sort friend" in said and "there is no such value here" in said
    assert "Dashed edges are of other sorts" in said
    assert {edge["text"] for edge in drawing(app)["edges"] if "sort" in edge} == {"not measured"}
    assert "Lit: the strongest ways" in said


def test_the_tables_and_the_search_know_entities(world: str) -> None:
    app = opened()
    tables = [one.value for one in app.dataframe]
    nodes = next(one for one in tables if "kind" in one.columns)
    edges = next(one for one in tables if "from" in one.columns)
    assert set(nodes["kind"]) == kinds(app)
    assert {"watched", "friend", "director", "city"} <= set(edges["sort"])
    fine(app.text_input(key=f"graph_search_{world}").set_value("ida").run())
    assert any("director" in str(one.label) for one in app.button if str(one.key).startswith("find_"))


def test_two_models_share_the_picture_and_each_leaves_out_what_it_hears(world: str) -> None:
    a, b = (find(f"{WORLD}-{name}").address for name in ("hetero", "lightgcn"))
    data = loaders.dataset(WORLD)
    app = open_page(
        "graph",
        d=WORLD,
        u=PERSON,
        a=a,
        b=b,
        i=data.items.id(0),
        g_compare="side",
        g_weight="deletion",
        g_off="friend",
    )
    drawn = [one["drawing"] for one in components(app) if "drawing" in one]
    assert len(drawn) == 2
    assert [node["id"] for node in drawn[0]["nodes"]] == [node["id"] for node in drawn[1]["nodes"]]
    assert "does not hear what is switched off" in words(app)


def test_who_has_friends_and_no_history_is_seen_through_friends_alone(world: str) -> None:
    app = opened("social_lightgcn", u="p07", g_hops=1)
    assert legend(app)["friend"]["count"] == 1
    # On the demo somebody has friends and has watched nothing that the model was shown.
    address_of = find("demo-social_lightgcn").address
    asked = {"d": "demo", "u": "m1185", "g_model": address_of, "g_hops": 1}
    app = open_page("graph", **asked)
    assert kinds(app) == {"user"} and legend(app)["friend"]["count"] > 5
    assert "no message reaches" not in words(app)
    app = open_page("graph", **asked, g_off="friend")
    assert "no message reaches" in words(app) and len(drawing(app)["nodes"]) == 1


def test_messages_are_played_with_what_else_is_heard(world: str) -> None:
    assert "and friends" in words(opened("social_lightgcn", g_round=1))
    app = opened("social_lightgcn", g_round=1, g_off="friend")
    assert "and friends" not in words(app)


def test_why_and_attention_say_what_they_leave_out(world: str) -> None:
    hetero = find(f"{WORLD}-hetero").address
    for page in ("why", "attention"):
        app = open_page(page, d=WORLD, u=PERSON, a=hetero, t_model=hetero)
        assert "also hears" in words(app), page
        assert any("switch them off" in one for one in links(app)), page
    light = find(f"{WORLD}-lightgcn").address
    assert "also hears" not in words(open_page("attention", d=WORLD, u=PERSON, a=light, t_model=light))


def test_a_model_a_that_hears_more_is_what_the_page_opens_on(world: str) -> None:
    address = find(f"{WORLD}-hetero").address
    app = open_page("graph", d=WORLD, a=address, u=PERSON)
    assert app.selectbox(key="pick_g_model").value == address
    assert "director" in kinds(app)
