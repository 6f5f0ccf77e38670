"""The net of a model trained on sessions: a vector per item, and the clicks of a batch of graphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.recommenders.parts.session_graphs import SessionGraphs


@dataclass(frozen=True, eq=False)
class Clicks:
    """The clicks of B sessions on a device, L at most.

    Attributes:
        node: Items of each graph; the number of items where there is no node. **Shapes**: [B, L].
        place: Node of each click. **Shapes**: [B, L].
        length: Number of clicks. **Shapes**: [B].
        there: Whether there is a click. **Shapes**: [B, L, 1].
    """

    node: Tensor
    place: Tensor
    length: Tensor
    there: Tensor

    def of(self, nodes: Tensor) -> Tensor:
        """From vectors of nodes to those of clicks. **Shapes**: [B, L, D] → [B, L, D]."""
        return nodes.gather(1, self.place[..., None].expand(-1, -1, nodes.shape[2]))

    def summed(self, vectors: Tensor) -> Tensor:
        """The sum over the clicks there are. **Shapes**: [B, L, D] → [B, D]."""
        return (vectors * self.there).sum(1)

    def mean(self, vectors: Tensor) -> Tensor:
        """The mean over the clicks there are. **Shapes**: [B, L, D] → [B, D]."""
        return self.summed(vectors) / self.length[:, None]


class SessionNet(nn.Module):
    """What nets of sessions share. A member's forward pass turns B graphs into vectors [B, D].

    Attributes:
        item: A vector per item, and zeros for no node.
        hears_steps: False where no click hears another along the steps of the session.
    """

    def __init__(self, n_items: int, size: int) -> None:
        super().__init__()
        self.item = nn.Embedding(n_items + 1, size, padding_idx=n_items)
        self.hears_steps = True

    def begin(self) -> None:
        """Draw all parameters between ±1/√D, as the authors of these models do."""
        bound = self.item.embedding_dim**-0.5
        with torch.no_grad():
            for one in self.parameters():
                one.uniform_(-bound, bound)
            self.item.weight[-1] = 0

    def clicks(self, graphs: SessionGraphs) -> Clicks:
        """What a forward pass reads of B graphs, cut to the longest."""
        width = int(graphs.length.max())
        device = self.item.weight.device
        node, place, length = (
            torch.from_numpy(one.astype(np.int64)).to(device)
            for one in (graphs.node[:, :width], graphs.place[:, :width], graphs.length)
        )
        there = torch.arange(width, device=device) < length[:, None]
        return Clicks(node, place, length, there[..., None])
