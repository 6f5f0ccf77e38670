"""The graph by hand: every change is in the address and comes back from it; measures, thresholds, two models."""

from __future__ import annotations

import pytest

from gnnrec.checkpoints import find
from gnnrec.ui import loaders, view
from tests.app.opening import address, components, fine, open_page, words
from tests.app.test_graph_page import PERSON, caption, drawing, key, looks
from tests.hostile import HOSTILE

SMALL = {"g_budget": 30, "g_hops": 2}


def opened(**more: object):
    return open_page("graph", d=HOSTILE, u=PERSON, **SMALL, **more)


def drawings(app) -> list[dict]:
    return [one["drawing"] for one in components(app) if "drawing" in one]


def places(app) -> dict[int, tuple[float, float]]:
    return {node["id"]: (node["x"], node["y"]) for node in drawing(app)["nodes"]}


def lightgcn() -> str:
    return find(f"{HOSTILE}-lightgcn").address


def suggested() -> str:
    """An item that the person has not seen."""
    data = loaders.dataset(HOSTILE)
    checkpoint = find(f"{HOSTILE}-lightgcn")
    model = loaders.model(checkpoint.address)
    return data.items.id(int(model.recommend([data.users.number(PERSON)], k=1).items[0, 0]))


def hostile_node(app, hop: int) -> dict:
    return next(node for node in drawing(app)["nodes"] if node["hop"] == hop)


def test_expanding_adds_what_was_missing_and_moves_nothing(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON, g_budget=30, g_hops=1)
    film = hostile_node(app, 1)
    app = open_page("graph", d=hostile, u=PERSON, g_budget=30, g_hops=1, g_node=key(film))
    before = places(app)
    fine(app.button(key="graph_expand").click().run())
    after = places(app)
    assert address(app)["g_expanded"] == key(film)
    assert len(after) > len(before)
    assert {node: after[node] for node in before} == before
    again = open_page("graph", d=hostile, u=PERSON, g_budget=30, g_hops=1, g_expanded=key(film))
    assert places(again) == after
    fine(app.button(key="graph_collapse").click().run())
    assert places(app) == before and "g_expanded" not in address(app)


def test_a_hidden_node_is_gone_until_all_are_shown(hostile: str) -> None:
    app = opened()
    film = hostile_node(app, 1)
    app = opened(g_node=key(film))
    before = places(app)
    fine(app.button(key="graph_hide").click().run())
    after = places(app)
    assert address(app)["g_hidden"] == key(film) and "g_node" not in address(app)
    assert film["id"] not in after and {node: before[node] for node in after} == after
    fine(app.button(key="show_hidden").click().run())
    assert places(app) == before


def test_a_pinned_node_stays_when_fewer_are_drawn(hostile: str) -> None:
    wide = open_page("graph", d=hostile, u=PERSON, g_hops=3, g_budget=60)
    far = next(node for node in reversed(drawing(wide)["nodes"]))
    app = open_page("graph", d=hostile, u=PERSON, g_hops=3, g_budget=60, g_node=key(far))
    fine(app.button(key="graph_pin").click().run())
    assert address(app)["g_pinned"] == key(far)
    fine(app.selectbox(key="pick_g_hops").set_value(1).run())
    kept = {node["id"]: node for node in drawing(app)["nodes"]}
    assert kept[far["id"]]["pinned"] and kept[far["id"]]["named"]
    fine(app.button(key="graph_unpin").click().run())
    assert far["id"] not in places(app)


def test_search_finds_what_is_drawn_and_brings_in_what_is_not(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON, g_hops=1, g_budget=30)
    fine(app.text_input(key=f"graph_search_{hostile}").set_value("Plain film").run())
    there = {node["id"] for node in drawing(app)["nodes"]}
    found = {
        int(one.key.removeprefix("find_")): one for one in app.button if str(one.key).startswith("find_")
    }
    assert found
    missing = [node for node in found if node not in there]
    fine(found[missing[0]].click().run())
    assert missing[0] in places(app)
    assert address(app)["g_node"] == address(app)["g_pinned"] != ""
    assert app.text_input(key=f"graph_search_{hostile}").value == ""
    fine(app.text_input(key=f"graph_search_{hostile}").set_value("no such thing").run())
    assert "Nothing by that name or id" in words(app)


def test_a_threshold_hides_weak_edges_in_picture_and_table(hostile: str) -> None:
    app = opened()
    every = len(drawing(app)["edges"])
    before = places(app)
    fine(app.slider(key="pick_g_threshold").set_value(60).run())
    assert address(app)["g_threshold"] == "60"
    assert len(drawing(app)["edges"]) < every and places(app) == before
    table = next(one.value for one in app.dataframe if "from" in one.value.columns)
    assert len(table) == len(drawing(app)["edges"])
    fine(app.slider(key="pick_g_threshold").set_value(0).run())
    assert "g_threshold" not in address(app)


def test_an_edge_in_the_address_shows_its_formula(hostile: str) -> None:
    app = opened()
    edge = drawing(app)["edges"][-1]
    nodes = {node["id"]: node for node in drawing(app)["nodes"]}
    ends = "|".join(key(nodes[end]) for end in (edge["from"], edge["to"]))
    app = opened(g_edge=ends)
    (chosen,) = [one for one in drawing(app)["edges"] if one["look"] == "chosen"]
    assert chosen["id"] == edge["id"]
    said = "\n".join(one.value for one in app.code)
    assert "raw score" in said and "weight" in said
    app = opened(g_edge=ends, g_weight="norm")
    assert "1 / √(" in "\n".join(one.value for one in app.code)
    fine(app.button(key="deselect").click().run())
    assert "g_edge" not in address(app)


@pytest.mark.parametrize("measure", ["contribution", "deletion", "saliency"])
def test_measures_about_an_item_need_one_and_move_nothing(hostile: str, measure: str) -> None:
    asked = {"g_model": lightgcn(), "i": suggested()}
    assert measure not in opened(g_model=lightgcn()).selectbox(key="pick_g_weight").options
    usual = opened(**asked)
    app = opened(**asked, g_weight=measure)
    assert app.selectbox(key="pick_g_weight").value == measure
    assert places(app) == places(usual)
    signs = {edge["sign"] for edge in drawing(app)["edges"]}
    assert signs & {1, -1} and {one["text"] for one in drawing(app)["legend"]} >= {"speaks for it"}


def test_a_mask_waits_for_its_button_or_comes_with_progress(hostile: str) -> None:
    app = opened(g_model=lightgcn(), i=suggested(), g_weight="gnnexplainer")
    # Either it was quick, or the page says that other weights are shown so long.
    waiting = "until the weights asked for are worked out" in caption(app)
    assert waiting or "from 0 to 1" in caption(app)
    assert places(app)


def test_two_models_on_the_same_nodes_side_by_side_and_as_a_difference(hostile: str) -> None:
    models = {"a": f"{HOSTILE}-lightgcn", "b": f"{HOSTILE}-ease", "i": suggested()}
    app = opened(**models)
    fine(app.selectbox(key="pick_g_compare").set_value("side").run())
    left, right = drawings(app)
    assert [node["id"] for node in left["nodes"]] == [node["id"] for node in right["nodes"]]
    assert [edge["id"] for edge in left["edges"]] and left["edges"] != right["edges"]
    assert app.selectbox(key="pick_g_model").disabled
    fine(app.selectbox(key="pick_g_compare").set_value("difference").run())
    assert address(app)["g_compare"] == "difference"
    (one,) = drawings(app)
    assert "counts more for" in "\n".join(entry["text"] for entry in one["legend"])
    assert {edge["sign"] for edge in one["edges"]} >= {1, -1}
    assert "less" in caption(app)


def test_models_without_a_common_measure_say_so(hostile: str) -> None:
    app = opened(a=f"{HOSTILE}-lightgcn", b=f"{HOSTILE}-ease", g_compare="difference")
    assert "no weights of edges in common" in words(app)
    assert len(drawings(app)) == 1


def test_paths_of_one_reason_alone(hostile: str) -> None:
    data = loaders.dataset(hostile)
    asked = {"g_model": lightgcn(), "i": suggested(), "g_hops": 3}
    history = loaders.model(lightgcn()).history(data.users.number(PERSON))
    for number in history.tolist():
        app = open_page("graph", d=hostile, u=PERSON, g_via=data.items.id(number), **asked)
        lit = {node["id"] for node in drawing(app)["nodes"] if node["look"] == "lit"}
        if lit:
            mine = {node - data.n_users for node in lit} & set(history.tolist())
            assert mine == {number}
            assert "Lit: the ways from" in words(app)
            return
    pytest.fail("no reason of this person leads to the suggestion")


def test_another_person_begins_with_a_picture_of_their_own(hostile: str) -> None:
    app = opened()
    film = hostile_node(app, 1)
    app = opened(g_hidden=key(film), g_pinned=key(film))
    fine(app.button(key="ctx_Next").click().run())
    assert not {"g_hidden", "g_pinned", "g_node"} & address(app).keys()


def test_a_person_without_a_history_and_an_item_nobody_watched_are_said_so() -> None:
    data = loaders.dataset("demo")
    split = str(loaders.models_of("demo")[0].config["split"])
    graph = loaders.graph("demo", split)
    lonely = next(number for number in range(data.n_users) if not graph.degrees[number])
    app = open_page("graph", d="demo", u=data.users.id(lonely))
    assert "nothing to draw" in words(app) and len(drawing(app)["nodes"]) == 1
    unseen = next(number for number in range(data.n_items) if not graph.degrees[data.n_users + number])
    for person in ("m0042", data.users.id(lonely)):
        app = open_page("graph", d="demo", u=person, i=data.items.id(unseen), g_weight="deletion")
        assert "lit" not in looks(app)
    app = open_page("graph", d="demo", u="m0042", i=data.items.id(unseen))
    assert "Nobody watched" in words(app)


def test_an_item_that_was_seen_has_its_own_edge(hostile: str) -> None:
    data = loaders.dataset(hostile)
    seen = int(loaders.model(lightgcn()).history(data.users.number(PERSON))[0])
    app = opened(g_model=lightgcn(), i=data.items.id(seen), g_weight="contribution")
    assert drawing(app)["nodes"] and app.selectbox(key="pick_g_weight").value == "contribution"


@pytest.mark.parametrize("name", ["g_hidden", "g_pinned", "g_expanded", "g_node", "g_edge"])
def test_nodes_that_do_not_exist_are_left_out_with_a_notice(hostile: str, name: str) -> None:
    for text in ("item:gone", "planet:3", "user:", "item:i|99|<script>"):
        app = opened(**{name: view.joined([text])})
        assert "There is no node" in words(app) and "<script>" not in words(app).replace("\\<", "")
        assert drawing(app)["nodes"]
    assert looks(opened(**{name: "%ZZ||%00"}))
