"""The order of clicks as a graph: steps as a plain loop counts them, drawn from the earlier click to the later one."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.errors import DataError
from gnnrec.graph import ITEM, NEXT_CLICK, USER, Graph, click_places, k_hop, pointing, session_graph

N_USERS, N_ITEMS = 4, 7
SESSIONS = st.lists(st.lists(st.integers(0, N_ITEMS - 1), min_size=1, max_size=9), max_size=5)


def built(sessions: list[list[int]], user: int = 2) -> Graph:
    return session_graph(N_USERS, N_ITEMS, user, [np.array(one, dtype=np.int32) for one in sessions])


def pairs(graph: Graph, place: int) -> dict[tuple[int, int], float]:
    matrix = graph.relations[place].matrix.tocoo()
    ends = zip(matrix.row.tolist(), matrix.col.tolist(), strict=True)
    return dict(zip(ends, matrix.data.tolist(), strict=True))


@given(SESSIONS)
def test_clicks_and_steps_are_those_of_a_plain_loop(sessions: list[list[int]]) -> None:
    graph = built(sessions)
    clicks = Counter(item for one in sessions for item in one)
    steps = Counter(pair for one in sessions for pair in pairwise(one) if pair[0] != pair[1])
    assert graph.kinds == ((USER, N_USERS), (ITEM, N_ITEMS))
    assert pairs(graph, 0) == {(2, item): count for item, count in clicks.items()}
    assert pairs(graph, 1) == dict(steps)
    assert graph.watched is graph.relations[0] and graph.relations[1].name == NEXT_CLICK
    places = click_places([np.array(one) for one in sessions])
    flat = [item for one in sessions for item in one]
    assert places == {item: tuple(at for at, one in enumerate(flat, 1) if one == item) for item in clicks}


@given(SESSIONS, st.integers(0, N_USERS - 1))
def test_every_drawn_step_points_from_the_earlier_click_to_the_later(
    sessions: list[list[int]], user: int
) -> None:
    graph = built(sessions, user)
    values = np.concatenate([one.matrix.data for one in graph.relations])
    # Forwards how often, backwards something else, so that a mix-up shows.
    weight = np.concatenate([values, -values])
    seen = pointing(graph, k_hop(graph, user, 1, None, weight))
    edges = seen.edges
    assert len(edges) == sum(one.n_edges for one in graph.relations)
    ends = graph.edge_index()[:, edges.edge]
    assert np.array_equal(ends, np.stack([edges.source, edges.target]))
    is_step = edges.relation == NEXT_CLICK
    found = {
        (int(source) - N_USERS, int(target) - N_USERS): float(how_often)
        for source, target, how_often in zip(
            edges.source[is_step], edges.target[is_step], edges.weight[is_step], strict=True
        )
    }
    assert found == pairs(graph, 1)
    assert (edges.reverse_weight[is_step] == -edges.weight[is_step]).all()
    assert (edges.target[~is_step] == user).all()
    assert set(seen.nodes.number[1:].tolist()) == {item for one in sessions for item in one}


def test_steps_switched_off_the_clicks_stay() -> None:
    graph = built([[0, 1, 0, 3], [3, 3]])
    left = graph.without([NEXT_CLICK])
    assert [one.name for one in left.relations] == ["clicked"] and left.n_nodes == graph.n_nodes
    assert len(k_hop(left, 2, 1, None).nodes) == len(k_hop(graph, 2, 1, None).nodes) == 4
    assert pointing(left, k_hop(left, 2, 1, None)).edges.relation.tolist() == ["clicked"] * 3


def test_an_item_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DataError, match="item number"):
        built([[0, N_ITEMS]])
