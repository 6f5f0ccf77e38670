"""Lit paths: from a person through the reasons to the item."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.errors import DataError
from gnnrec.explain import lit_paths
from gnnrec.graph import Graph
from tests import worlds


def graph_of(dataset) -> Graph:
    rows = dataset.interactions
    return Graph.bipartite(dataset.n_users, dataset.n_items, rows.user, rows.item)


def test_the_only_way_through_a_path_of_four() -> None:
    graph = graph_of(worlds.path_of_four())
    [path] = lit_paths(graph, 0, 1, [0])
    assert path.nodes == (0, 2, 1, 3)
    assert path.weight == pytest.approx(1 / np.sqrt(1 * 2) / np.sqrt(2 * 2) / np.sqrt(2 * 1))


def test_every_reason_keeps_its_best_path() -> None:
    # Item 2 is reached through item 0 by four people and through item 1 by one crowded person.
    watched = [(0, 0), (0, 1), *[(u, i) for u in (1, 2, 3, 4) for i in (0, 2)]]
    watched += [(5, 1), (5, 2), *[(5, i) for i in range(3, 12)]]
    user, item = zip(*watched, strict=True)
    graph = Graph.bipartite(6, 12, user, item)
    found = lit_paths(graph, 0, 2, [0, 1], top=3)
    assert [path.nodes[1] for path in found] == [6, 6, 7]
    assert [path.weight for path in found] == sorted((path.weight for path in found), reverse=True)
    assert [path.nodes[1] for path in lit_paths(graph, 0, 2, [1], top=3)] == [7]
    assert len(lit_paths(graph, 0, 2, [0, 1, 0], top=99)) == 5


def test_a_reason_without_a_common_watcher_has_no_path() -> None:
    graph = graph_of(worlds.readable())
    assert lit_paths(graph, 0, 1, []) == []
    # Cleo (2) has Amélie (1) and Solaris (3), so Solaris leads Ana to Amélie; Heat (2) does so through Ben.
    vias = {path.nodes[1:3] for path in lit_paths(graph, 0, 1, [3, 2])}
    assert vias == {(5 + 3, 2), (5 + 2, 1)}


def test_other_weights_order_the_paths() -> None:
    graph = graph_of(worlds.readable())
    weight = np.where(graph.edge_index()[0] == 1, 9.0, 0.1)
    assert (
        lit_paths(graph, 0, 1, [3, 2], weight=weight)[0].nodes[2]
        != lit_paths(graph, 0, 1, [3, 2])[0].nodes[2]
    )


def test_unknown_numbers_are_refused() -> None:
    graph = graph_of(worlds.path_of_four())
    for user, item, reasons in ((9, 1, [0]), (0, 9, [0]), (0, 1, [9])):
        with pytest.raises(DataError):
            lit_paths(graph, user, item, reasons)
