from __future__ import annotations

from gnnrec.data import FILMS
from gnnrec.figures.node_kinds import (
    NODE_KINDS,
    kind_colour,
    kind_shape,
    legend_of,
    node_kind,
    relation_entry,
)
from gnnrec.figures.tokens import tokens
from gnnrec.graph import FRIEND, ITEM, USER


def test_no_two_kinds_look_alike_by_shape_and_colour():
    looks = [(one.shape, one.series) for one in NODE_KINDS.values()]
    assert len(set(looks)) == len(looks)
    assert {USER, ITEM, FRIEND} <= NODE_KINDS.keys()
    # A friend is told from other people without colours.
    assert node_kind(FRIEND).shape != node_kind(USER).shape


def test_kinds_that_nobody_has_thought_of_get_a_free_look_each_and_keep_it():
    others = [f"planet {number}" for number in range(12)]
    among = [USER, ITEM, "director", *others]
    looks = [node_kind(one, among) for one in others]
    assert len(set(looks)) == len(looks)
    assert not set(looks) & set(NODE_KINDS.values())
    assert node_kind("director", among) == node_kind("director")
    assert kind_shape("planet 3", 3, among)["size"] > 0
    assert kind_colour("planet 3", "dark", among=among) in tokens("dark").series
    assert node_kind("never heard of").shape


def test_an_entry_of_a_relation_says_its_count_and_whether_it_can_be_switched():
    entry = relation_entry("age_band", "age_band", [USER, ITEM, "age_band"], 3)
    assert (entry["text"], entry["count"], entry["on"], entry["switch"]) == ("age bands", 3, True, "age_band")
    assert "switch" not in relation_entry(FRIEND, FRIEND, [], 0, on=False, can_switch=False)
    assert relation_entry(FRIEND, FRIEND, [], 0)["shape"] == "ring"


def test_the_middle_is_larger_and_primary():
    assert kind_shape(USER, 0)["size"] > kind_shape(USER, 1)["size"]
    for mode in ("light", "dark"):
        assert kind_colour(USER, mode, centre=True) == tokens(mode).primary != kind_colour(USER, mode)


def test_the_legend_has_the_kinds_that_are_drawn_and_the_words_of_the_data():
    found = legend_of([USER, ITEM, "planet"], USER, FILMS)
    assert [one["text"] for one in found] == [
        "the person in the middle",
        "people",
        "films, coloured by first genre",
        "planet",
    ]
    assert [one["shape"] for one in found] == ["dot", "dot", "square", node_kind("planet").shape]
    assert all(set(one["fills"]) == {"light", "dark"} for one in found)
    assert len(legend_of([USER], USER, FILMS)) == 2
