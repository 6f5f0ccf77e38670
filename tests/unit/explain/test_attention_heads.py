"""Heads of one node: shares by layer and head, how even they are, and whether they agree."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.explain.attention import evenness
from gnnrec.explain.attention_heads import Looks, entropy_share, head_agreement, looks
from gnnrec.graph import Graph
from gnnrec.recommenders import create
from gnnrec.training import fit
from tests import worlds


def test_shares_are_attention_of_the_whole_graph() -> None:
    split = worlds.published(worlds.scattered(14, 9, 5))
    settings = {"embedding_size": 8, "heads": 2, "n_layers": 2, "epochs": 2}
    model = fit("gat", split.dataset, split, device="cpu", settings=settings).recommender
    for node in (0, 5, 14, 20):
        found = looks(model, model.graph, node)
        source, target = model.graph.edge_index()
        assert found.learned and found.shares.shape == (2, 2, model.graph.degrees[node])
        assert (target[found.edge] == node).all() and (source[found.edge] == found.source).all()
        assert found.source.tolist() == sorted(found.source.tolist())
        np.testing.assert_allclose(found.shares.sum(-1), 1, atol=1e-6)
        of_one = evenness(model.graph, model.attention()[1, 0])[node]
        assert found.evenness[1, 0] == pytest.approx(of_one, abs=1e-6, nan_ok=True)
        assert (np.diff(found.mean[found.order]) <= 0).all()


def test_without_attention_the_degrees_fix_the_shares() -> None:
    # Item 0 has three people, item 1 has one; person 0 has both.
    graph = Graph.bipartite(3, 2, [0, 0, 1, 2], [0, 1, 0, 0])
    found = looks(create("lightgcn"), graph, 0)
    rare, frequent = 1 / np.sqrt(2), 1 / np.sqrt(6)
    assert not found.learned
    assert found.shares[0, 0] == pytest.approx([frequent / (rare + frequent), rare / (rare + frequent)])
    assert found.even == 0.5


def test_a_node_without_neighbours_and_one_with_a_single_one() -> None:
    graph = Graph.bipartite(2, 1, [1], [0])
    alone, one = (looks(create("lightgcn"), graph, node) for node in (0, 1))
    assert alone.shares.shape == (1, 1, 0) and np.isnan(alone.even)
    assert one.shares.tolist() == [[[1.0]]]
    assert np.isnan(alone.evenness).all() and np.isnan(one.evenness).all()


def test_entropy_runs_from_one_alone_to_all_alike() -> None:
    assert entropy_share(np.full(7, 1 / 7)) == pytest.approx(1)
    assert entropy_share(np.array([1.0, 0, 0])) == 0
    assert entropy_share(np.array([[0.9, 0.1], [0.5, 0.5]])) == pytest.approx([0.469, 1], abs=1e-3)


def test_the_effective_number_is_that_of_neighbours_that_would_count_alike() -> None:
    source = np.arange(4)
    some = Looks(9, source, source, np.array([[[0.5, 0.5, 0, 0], [0.25] * 4, [1.0, 0, 0, 0]]]), True)
    assert some.effective[0] == pytest.approx([2, 4, 1])
    assert Looks(9, source[:1], source[:1], np.ones((1, 1, 1)), True).effective.tolist() == [[1]]
    assert Looks(9, source[:0], source[:0], np.ones((1, 1, 0)), True).effective.tolist() == [[0]]


def test_heads_that_agree_and_heads_that_do_not() -> None:
    up, down = np.array([0.1, 0.2, 0.7]), np.array([0.7, 0.2, 0.1])
    found = head_agreement(np.array([[up, up, down], [up, np.full(3, 1 / 3), [0.0, 0.0, 1.0]]]))
    assert found.order[0] == pytest.approx(np.array([[1, 1, -1], [1, 1, -1], [-1, -1, 1]]))
    assert found.mean_order[0] == pytest.approx(-1 / 3)
    # All alike has no order, and its distance is still known.
    assert np.isnan(found.order[1, 1]).all() and np.isnan(found.mean_order[1])
    assert found.distance[0, 0] == pytest.approx([0, 0, found.distance[0, 2, 0]])
    middle = (up + down) / 2
    expected = ((up * np.log2(up / middle)).sum() + (down * np.log2(down / middle)).sum()) / 2
    assert found.distance[0, 0, 2] == pytest.approx(expected)


def test_shares_with_nothing_in_common_are_as_far_apart_as_can_be() -> None:
    found = head_agreement(np.array([[[1.0, 0.0], [0.0, 1.0]]]))
    assert found.distance[0, 0, 1] == 1 and found.mean_distance.tolist() == [1]


def test_one_head_or_one_neighbour_leaves_nothing_to_agree_about() -> None:
    assert np.isnan(head_agreement(np.array([[[0.4, 0.6]]])).mean_order).all()
    assert np.isnan(head_agreement(np.ones((2, 3, 1))).mean_order).all()
