"""Typed edges: every relation both ways, as means, without what joins nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.errors import ConfigError
from gnnrec.recommenders.parts.typed_edges import TypedEdges, typed_edges, wished
from tests import worlds


def edges(relations: list[str] | None = None) -> dict[tuple[str, str, str], TypedEdges]:
    dataset = worlds.whole(worlds.readable()).dataset
    dataset = replace(
        dataset,
        social=pd.DataFrame({"user": [0, 0, 1], "friend": [1, 2, 0]}),
        knowledge=pd.DataFrame(
            {
                "item": [0, 2, 3, 3, 4],
                "relation": ["made by"] * 5,
                "entity": ["Mann", "Mann", "Tarkovsky", "Mann", "Cacoyannis"],
            }
        ),
    )
    found = typed_edges(worlds.whole(dataset).training(), relations)
    return {(one.relation, one.source, one.target): one for one in found.edges}


def test_every_relation_is_heard_both_ways_as_a_mean() -> None:
    found = edges(["friend", "made by"])
    assert set(found) == {
        ("friend", "user", "user"),
        ("made by", "entity", "item"),
        ("made by", "item", "entity"),
    }
    for one in found.values():
        sums = np.asarray(one.matrix.sum(1)).ravel()
        np.testing.assert_allclose(sums[sums > 0], 1, rtol=1e-6)
    friends = found["friend", "user", "user"].matrix.toarray()
    np.testing.assert_allclose(friends[:3, :3], [[0, 0.5, 0.5], [1, 0, 0], [1, 0, 0]])


def test_what_is_said_of_one_item_alone_is_left_out() -> None:
    made = edges(["made by"])
    assert made["made by", "entity", "item"].matrix.toarray().tolist() == [[1], [0], [1], [1], [0]]
    np.testing.assert_allclose(
        made["made by", "item", "entity"].matrix.toarray(), [[1 / 3, 0, 1 / 3, 1 / 3, 0]]
    )
    assert made["made by", "item", "entity"].entities.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("all", None), ("none", ()), ("a+b", ["a", "b"]), (" a , b ", ["a", "b"]), ("award won", ["award won"])],
)
def test_relations_named_in_a_setting(text: str, expected: object) -> None:
    assert wished(text) == expected


@pytest.mark.parametrize("text", ["", " + ", ",,"])
def test_a_setting_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="relations"):
        wished(text)
