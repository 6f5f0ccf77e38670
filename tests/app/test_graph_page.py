"""Graph: opens on attention, every control, lit paths, the clicked node, and the same as tables."""

from __future__ import annotations

import pytest

from gnnrec.checkpoints import find
from gnnrec.ui import loaders, view
from tests.app.opening import address, components, fine, links, open_page, words
from tests.hostile import HOSTILE

PERSON = "p|3"


def drawing(app) -> dict:
    (found,) = [one["drawing"] for one in components(app) if "drawing" in one]
    return found


def looks(app) -> set[str]:
    return {node["look"] for node in drawing(app)["nodes"]}


def key(node: dict) -> str:
    """A node as the address has it."""
    data = loaders.dataset(HOSTILE)
    number = node["id"] - (data.n_users if node["kind"] == "item" else 0)
    ids = data.items if node["kind"] == "item" else data.users
    return view.joined([f"{node['kind']}:{ids.id(number)}"])


def caption(app) -> str:
    return next(one.value for one in app.caption if "nodes within" in one.value)


def test_it_opens_filled_on_the_demo_with_attention() -> None:
    app = open_page("graph")
    assert app.selectbox(key="pick_g_model").value.startswith("demo-gat@")
    assert app.selectbox(key="pick_g_weight").value == "attention"
    assert 30 < len(drawing(app)["nodes"]) <= 60
    assert "60 of " in caption(app) and "within 2 hops" in caption(app)
    assert "sum to 100 %" in caption(app)


def test_it_says_what_is_missing_where_no_model_is_trained(bare: str) -> None:
    app = open_page("graph", d=bare)
    assert "No model knows this data yet" in words(app)
    assert not components(app)


def test_a_person_stands_in_the_middle_and_paths_to_a_suggestion_are_lit(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON)
    middle = [node for node in drawing(app)["nodes"] if node["hop"] == 0]
    assert len(middle) == 1 and "lit" not in looks(app)
    suggested = open_page("recommend", d=hostile, u=PERSON)
    item = next(
        one["cards"][0]["item_id"]
        for one in components(suggested)
        if one.get("label", "").startswith("List A")
    )
    app = open_page("graph", d=hostile, u=PERSON, i=item)
    assert "lit" in looks(app)
    assert "Lit: " in words(app)
    assert "within 3 hops" in caption(app)
    fine(app.button(key="clear_paths").click().run())
    assert "i" not in address(app) and "lit" not in looks(app)


@pytest.mark.parametrize(
    ("picker", "value", "said"),
    [
        ("g_hops", 1, "within 1 hop "),
        ("g_hops", 3, "within 3 hops"),
        ("g_budget", 30, "30 of "),
        ("g_layer", "1", "of the chosen layer or head"),
        ("g_head", "1", "of the chosen layer or head"),
        ("g_weight", "norm", "normalised weight"),
    ],
)
def test_each_control_changes_the_picture_and_stays_in_the_address(
    hostile: str, picker: str, value: object, said: str
) -> None:
    app = open_page("graph", d=hostile, u=PERSON)
    fine(app.selectbox(key=f"pick_{picker}").set_value(value).run())
    assert said in caption(app)
    assert address(app)[picker] == str(value)
    again = open_page("graph", d=hostile, u=PERSON, **{picker: value})
    assert drawing(again) == drawing(app)


def test_a_model_without_attention_says_that_it_has_none(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON, g_model=find(f"{HOSTILE}-lightgcn").address)
    assert "This model has no attention" in caption(app)
    assert not [box for box in app.selectbox if box.key in ("pick_g_layer", "pick_g_head")]


def test_the_clicked_node_is_told_about_and_can_be_put_in_the_middle(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON)
    nodes = drawing(app)["nodes"]
    person = next(node for node in nodes if node["hop"] == 2 and node["id"] < 24)
    app = open_page("graph", d=hostile, u=PERSON, g_node=key(person))
    assert {node["id"] for node in drawing(app)["nodes"] if node["look"] == "selected"} == {person["id"]}
    fine(app.button(key="centre").click().run())
    assert address(app)["u"] != PERSON and "g_node" not in address(app)
    film = next(node for node in nodes if node["id"] >= 24)
    app = open_page("graph", d=hostile, u=PERSON, g_node=key(film))
    fine(app.button(key="light").click().run())
    assert address(app)["i"].startswith("i|") and "lit" in looks(app)
    fine(app.button(key="deselect").click().run())
    assert "g_node" not in address(app)


def test_the_tables_have_the_same_nodes_and_edges(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON)
    tables = [one.value for one in app.dataframe]
    nodes = next(one for one in tables if "kind" in one.columns)
    edges = next(one for one in tables if "from" in one.columns)
    assert len(nodes) == len(drawing(app)["nodes"])
    assert len(edges) == len(drawing(app)["edges"])
    assert "Back to the lists" in links(app)


def test_a_model_that_is_not_there_falls_back_with_a_notice(hostile: str) -> None:
    app = open_page("graph", d=hostile, u=PERSON, g_model=f"{HOSTILE}-gone@000000000000")
    assert "There is no model" in words(app) and components(app)
