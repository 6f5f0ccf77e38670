"""The net of a model trained on sessions: a vector per item, and the clicks of a batch of graphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.recommenders.parts.session_graphs import SessionGraphs


@dataclass(frozen=True, eq=False)
class Clicks:
    """The clicks of B sessions on a device, one after another without padding: sessions of all lengths share a batch.

    N nodes, C clicks and E steps are those of all sessions together.

    Attributes:
        item: Item of each node. **Shapes**: [N].
        session_of_node: **Shapes**: [N].
        node: Node of each click. **Shapes**: [C].
        session: Session of each click. **Shapes**: [C].
        from_end: How many clicks of its session come after a click. **Shapes**: [C].
        length: Clicks of each session. **Shapes**: [B].
        source: Where each different step from a click to the next begins. **Shapes**: [E].
        target: Where it ends. **Shapes**: [E].
    """

    item: Tensor
    session_of_node: Tensor
    node: Tensor
    session: Tensor
    from_end: Tensor
    length: Tensor
    source: Tensor
    target: Tensor

    @property
    def last(self) -> Tensor:
        """The last click of each session. **Shapes**: [B]."""
        return self.length.cumsum(0) - 1

    def summed(self, vectors: Tensor) -> Tensor:
        """The sum over the clicks of each session. **Shapes**: [C, D] → [B, D]."""
        return vectors.new_zeros(len(self.length), vectors.shape[1]).index_add(0, self.session, vectors)

    def mean(self, vectors: Tensor) -> Tensor:
        """The mean over the clicks of each session. **Shapes**: [C, D] → [B, D]."""
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
        """What a forward pass reads of B graphs."""
        columns = np.arange(graphs.node.shape[1])
        clicked, there = columns < graphs.length[:, None], columns < graphs.n_nodes[:, None]
        first_node = np.cumsum(graphs.n_nodes) - graphs.n_nodes
        session = np.repeat(np.arange(len(graphs)), graphs.length)
        first_click = np.cumsum(graphs.length) - graphs.length
        steps = graphs.edges() if self.hears_steps else np.empty((3, 0), dtype=np.int64)
        found = (
            graphs.node[there],
            np.repeat(np.arange(len(graphs)), graphs.n_nodes),
            first_node[session] + graphs.place[clicked],
            session,
            (first_click + graphs.length - 1)[session] - np.arange(len(session)),
            graphs.length,
            first_node[steps[0]] + steps[1],
            first_node[steps[0]] + steps[2],
        )
        device = self.item.weight.device
        return Clicks(*(torch.from_numpy(one.astype(np.int64)).to(device) for one in found))
