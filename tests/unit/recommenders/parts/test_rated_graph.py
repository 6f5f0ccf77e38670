"""Rated edges: one for each pair, hidden while they are predicted, changed by what-if."""

from __future__ import annotations

import numpy as np
import torch

from gnnrec.recommenders.parts.rated_graph import EdgeMatrix, RatedEdges, SparseProduct


def test_a_pair_rated_twice_is_one_edge_with_the_mean() -> None:
    edges = RatedEdges.of(np.array([1, 0, 1, 1]), np.array([2, 3, 0, 2]), np.array([5.0, 1.0, 3.0, 2.0]))
    assert edges.users.tolist() == [0, 1, 1]
    assert edges.items.tolist() == [3, 0, 2]
    assert edges.rating.tolist() == [1.0, 3.0, 3.5]


def test_places_of_pairs() -> None:
    edges = RatedEdges.of(np.array([1, 0, 1]), np.array([2, 3, 0]), np.ones(3))
    assert edges.places([1, 0, 0, 1, 7], [2, 3, 2, 9, 0]).tolist() == [2, 0, -1, -1, -1]


def test_no_edges_at_all() -> None:
    none = np.empty(0, dtype=np.int64)
    edges = RatedEdges.of(none, none, np.empty(0))
    assert [len(column) for column in edges] == [0, 0, 0]
    assert edges.places([0, 1], [0, 1]).tolist() == [-1, -1]


def test_a_matrix_takes_the_values_of_its_edges_wherever_they_stand() -> None:
    rows, columns, edge = np.array([2, 0, 0, 1]), np.array([0, 2, 1, 1]), np.array([1, 1, 0, 2])
    matrix = EdgeMatrix.of(rows, columns, edge, (3, 4), "cpu")
    dense = matrix.filled(torch.tensor([10.0, 20.0, 30.0])).to_dense()
    expected = torch.zeros(3, 4)
    expected[0, 1], expected[0, 2], expected[1, 1], expected[2, 0] = 10, 20, 30, 20
    assert torch.equal(dense, expected)


def test_the_gradient_of_a_sparse_product_is_that_of_the_dense_one() -> None:
    rng = np.random.default_rng(0)
    rows, columns = np.nonzero(rng.random((5, 7)) < 0.4)
    edge = np.arange(len(rows))
    values = torch.from_numpy(rng.random(len(rows))).float()
    forward = EdgeMatrix.of(rows, columns, edge, (5, 7), "cpu").filled(values)
    backward = EdgeMatrix.of(columns, rows, edge, (7, 5), "cpu").filled(values)
    given = torch.randn(7, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    again = given.detach().clone().requires_grad_()
    found, expected = SparseProduct.apply(forward, backward, given), forward.to_dense() @ again
    torch.testing.assert_close(found, expected)
    found.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(given.grad, again.grad)
