"""Propagation: the product, and its gradient, of a symmetric matrix."""

from __future__ import annotations

import numpy as np
import torch
from scipy import sparse

from gnnrec.recommenders.parts.propagation import SymmetricPropagation, propagate
from gnnrec.recommenders.parts.trainable import torch_csr


def symmetric(n: int = 7, seed: int = 0) -> sparse.csr_matrix:
    half = sparse.random(n, n, density=0.4, random_state=np.random.default_rng(seed), format="csr")
    return (half + half.T).astype(np.float32).tocsr()


def values(n: int = 7, size: int = 3) -> torch.Tensor:
    return torch.randn(n, size, generator=torch.Generator().manual_seed(1), requires_grad=True)


def test_the_gradient_is_that_of_the_dense_product() -> None:
    matrix, weight = symmetric(), values().detach() ** 2
    gradients = []
    for product in (
        lambda x: torch.from_numpy(matrix.toarray()) @ x,
        lambda x: SymmetricPropagation.apply(torch_csr(matrix, torch.device("cpu")), x),
    ):
        x = values()
        (product(x).tanh() * weight).sum().backward()
        gradients.append(x.grad)
    assert gradients[0].abs().max() > 1e-2
    torch.testing.assert_close(gradients[1], gradients[0])


def test_layers_are_powers_of_the_matrix() -> None:
    matrix, x = symmetric(), values().detach()
    dense = matrix.toarray()
    layers = propagate(torch_csr(matrix, torch.device("cpu")), x, 3)
    assert len(layers) == 4
    for power, layer in enumerate(layers):
        expected = np.linalg.matrix_power(dense, power) @ x.numpy()
        np.testing.assert_allclose(layer.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_no_layers_leave_the_values_alone() -> None:
    x = values()
    assert propagate(torch_csr(symmetric(), torch.device("cpu")), x, 0) == [x]
