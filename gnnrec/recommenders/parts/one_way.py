"""Propagation over a matrix that is not symmetric: its transposed copy is kept for the way back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from gnnrec.recommenders.parts.trainable import torch_csr


class _Product(torch.autograd.Function):
    """M X, with the gradient Mᵀ G. **Shapes**: M [N, P] CSR, Mᵀ [P, N] CSR, X [P, D] → [N, D]."""

    @staticmethod
    def forward(ctx: Any, matrix: Tensor, transposed: Tensor, values: Tensor) -> Tensor:
        ctx.transposed = transposed
        return _times(matrix, values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, None, Tensor]:
        return None, None, _times(ctx.transposed, gradient.contiguous())


class OneWay:
    """A constant sparse matrix that values are multiplied by while learning.

    Args:
        matrix: What to multiply by.
        device: Where.

    **Shapes**: matrix [N, P].
    """

    def __init__(self, matrix: sparse.csr_matrix, device: torch.device) -> None:
        matrix = matrix.tocsr()
        matrix.sort_indices()
        transposed = matrix.T.tocsr()
        transposed.sort_indices()
        self._matrix, self._transposed = torch_csr(matrix, device), torch_csr(transposed, device)

        self._order: Tensor | None = None
        self._places = sparse.csr_matrix((np.arange(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)

    def reweighed(self, weights: Tensor) -> OneWay:
        """The same entries with other values, in the order of the matrix. **Shapes**: [entries]."""
        if self._order is None:
            self._order = torch.from_numpy(self._places.T.tocsr().data).to(weights.device)
        other = object.__new__(OneWay)
        other.__dict__ = dict(self.__dict__)
        other._matrix = _with_values(self._matrix, weights)
        other._transposed = _with_values(self._transposed, weights[self._order])
        return other

    @property
    def n_targets(self) -> int:
        """N: how many rows the product has."""
        return self._matrix.shape[0]

    def turned(self) -> OneWay:
        """The same edges the other way, to multiply by. **Shapes**: [P, N]."""
        other = object.__new__(OneWay)
        other._matrix, other._transposed = self._transposed, self._matrix
        other._order, other._places = None, None
        return other

    def __call__(self, values: Tensor) -> Tensor:
        """**Shapes**: [P, D] → [N, D]."""
        return _Product.apply(self._matrix, self._transposed, values)


def _with_values(matrix: Tensor, values: Tensor) -> Tensor:
    return torch.sparse_csr_tensor(matrix.crow_indices(), matrix.col_indices(), values, size=matrix.shape)


def _times(matrix: Tensor, values: Tensor) -> Tensor:
    # On a processor torch spreads over all cores only the product that names how to reduce.
    return torch.sparse.mm(matrix, values, "sum") if values.device.type == "cpu" else matrix @ values
