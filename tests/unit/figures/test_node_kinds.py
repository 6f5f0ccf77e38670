from __future__ import annotations

from gnnrec.data import FILMS
from gnnrec.figures.node_kinds import NODE_KINDS, kind_colour, kind_shape, legend_of, node_kind
from gnnrec.figures.tokens import tokens
from gnnrec.graph import ITEM, USER


def test_every_kind_has_a_shape_of_its_own():
    shapes = [one.shape for one in NODE_KINDS.values()]
    assert len(set(shapes)) == len(shapes)
    assert {USER, ITEM} <= NODE_KINDS.keys()


def test_a_kind_that_nobody_has_thought_of_is_drawn_all_the_same():
    assert node_kind("planet").shape not in {one.shape for one in NODE_KINDS.values()}
    assert kind_shape("planet", 3)["size"] > 0
    assert kind_colour("planet", "dark") in tokens("dark").series


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
    assert [one["shape"] for one in found] == ["dot", "dot", "square", "star"]
    assert all(set(one["fills"]) == {"light", "dark"} for one in found)
    assert len(legend_of([USER], USER, FILMS)) == 2
