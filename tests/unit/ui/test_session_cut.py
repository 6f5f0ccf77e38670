"""What the Graph page draws of sessions with clicks that come again: numbers, order round the ring, the last clicks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gnnrec.graph import NEXT_CLICK
from gnnrec.ui import loaders
from gnnrec.ui.graph.nodes import Cut, session_cut
from tests import worlds

WORLD = "clicks-that-come-again"
FIRST, SECOND = [4, 2, 2, 4, 7, 4, 2], [7, 1]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        (name, 3, place, item, start + place)
        for name, items, start in (("first", FIRST, 0), ("second", SECOND, 100))
        for place, item in enumerate(items)
    ]
    table = pd.DataFrame(rows, columns=["session", "user", "position", "item", "timestamp"])
    dataset = replace(worlds.scattered(), name=WORLD, sessions=table)
    monkeypatch.setattr(loaders, "dataset", lambda name: dataset)
    monkeypatch.setattr(loaders, "split", lambda name, protocol: worlds.published(dataset))


def cut(sessions: tuple[int, ...], most: int = 50, budget: int = 60, off: tuple[str, ...] = ()) -> Cut:
    return session_cut(WORLD, "published:fold=parts", 3, sessions, most, budget, (), (), (), off)


def numbers(found: Cut) -> dict[int, str]:
    nodes = found.subgraph.nodes
    items = nodes.kind == "item"
    faces = [face for face, is_item in zip(found.faces, items, strict=True) if is_item]
    return {int(one): face.places for one, face in zip(nodes.number[items], faces, strict=True)}


def steps(found: Cut) -> set[tuple[int, int]]:
    edges, n_users = found.subgraph.edges, worlds.scattered().n_users
    kept = edges.relation == NEXT_CLICK
    return set(
        zip((edges.source[kept] - n_users).tolist(), (edges.target[kept] - n_users).tolist(), strict=True)
    )


def test_a_click_that_comes_again_has_all_its_numbers_and_steps_there_and_back() -> None:
    found = cut((0,))
    assert numbers(found) == {4: "1, 4, 6", 2: "2, 3, 7", 7: "5"}
    assert steps(found) == {(4, 2), (2, 4), (4, 7), (7, 4)}


def test_the_ring_goes_clockwise_by_the_first_click_on_each_from_the_top() -> None:
    found = cut((0,))
    nodes, layout = found.subgraph.nodes, found.layout
    turn = np.mod(np.arctan2(layout.y, layout.x) + np.pi / 2, 2 * np.pi)
    on_ring = nodes.hop == 1
    assert nodes.number[on_ring][np.argsort(turn[on_ring].round(6))].tolist() == [4, 2, 7]


def test_only_the_last_clicks_are_read_where_there_are_too_many() -> None:
    assert numbers(cut((0,), most=3)) == {7: "1", 4: "2", 2: "3"}


def test_several_sessions_are_joined_without_a_step_between_them() -> None:
    found = cut((0, 1))
    assert set(numbers(found)) == {1, 2, 4, 7} and set(numbers(found).values()) == {""}
    assert steps(found) == {(4, 2), (2, 4), (4, 7), (7, 4), (7, 1)}
    # The last session stays where the picture is too small for all.
    assert set(numbers(cut((0, 1), budget=3))) == {1, 7}


def test_without_steps_every_click_keeps_its_place() -> None:
    usual, found = cut((0,)), cut((0,), off=(NEXT_CLICK,))
    assert not steps(found) and numbers(found) == numbers(usual)
    assert (found.layout.x == usual.layout.x).all() and (found.layout.y == usual.layout.y).all()
