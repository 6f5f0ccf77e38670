"""Softmax over the edges that arrive at each node."""

from __future__ import annotations

import torch
from torch import Tensor


def edge_softmax(score: Tensor, target: Tensor, n_nodes: int, kept: Tensor | None = None) -> Tensor:
    """The weight of each edge among those with the same target.

    Args:
        score: Of each edge.
        target: Where each edge ends.
        n_nodes: How many nodes there are.
        kept: Which edges count (1) and which do not (0); all where None.

    **Shapes**: E edges: [E], [E], scalar, [E] → [E]; the weights of a node that keeps an edge add up to 1.
    """
    # The largest is taken off so that no power overflows; what is hidden could be larger by far, and is no matter.
    largest = score.new_full((n_nodes,), -torch.inf).scatter_reduce(0, target, score.detach(), "amax")
    weights = (score - largest[target]).exp()
    weights = weights if kept is None else weights * kept
    total = score.new_zeros(n_nodes).index_add(0, target, weights)
    return weights / total.clamp(min=1e-12)[target]
