"""Propagation over a symmetric matrix: one sparse product forward, the same one backward."""

from __future__ import annotations

import torch
from torch import Tensor


class SymmetricPropagation(torch.autograd.Function):
    """Â X for a symmetric Â. The gradient is Âᵀ G = Â G, so no transposed copy is ever made.

    **Shapes**: Â [N, N] CSR, X [N, D] → [N, D].
    """

    @staticmethod
    def forward(ctx, matrix: Tensor, values: Tensor) -> Tensor:
        ctx.matrix = matrix
        return _product(matrix, values)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[None, Tensor]:
        return None, _product(ctx.matrix, gradient.contiguous())


def _product(matrix: Tensor, values: Tensor) -> Tensor:
    # On a processor torch spreads over all cores only the product that names how to reduce.
    return torch.sparse.mm(matrix, values, "sum") if values.device.type == "cpu" else matrix @ values


def propagate(matrix: Tensor, values: Tensor, n_layers: int) -> list[Tensor]:
    """Layers 0..L of repeated propagation. **Shapes**: L + 1 times [N, D]."""
    layers = [values]
    for _ in range(n_layers):
        layers.append(SymmetricPropagation.apply(matrix, layers[-1]))
    return layers
