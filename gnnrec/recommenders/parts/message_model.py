"""A fitted graph model written as a function of its messages: each can be scaled, and the score derived by it.

Imported when somebody asks for it, since torch-geometric takes seconds to load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.nn import MessagePassing

Update = Callable[[int, Tensor, Tensor, Tensor], Tensor]


class MessageModel(nn.Module):
    """What a model computes, layer by layer, with one weight for the message of every directed edge.

    Built of torch-geometric's message passing, so that its Explainer can lay masks on the messages; all
    parameters are frozen. A mask scales a message where it is about to be added up, and nothing else: degrees
    stay those of the whole graph, an attention was divided among all arriving edges before, and what a node
    keeps of its own (layer 0, the self loop of a graph convolution) cannot be masked. In the second layer and
    beyond, attention answers to what the masked messages brought.

    Args:
        table: Layer 0 of all nodes.
        edge_weight: Weight of every message in the whole graph, in the order of `Graph.edge_index()`: the
            normalised one, or 1 where attention weighs by itself.
        hear: For each layer, what a node takes in: called with the vectors before, the edges, their weights
            and the number of people among the nodes.
        update: What a node becomes: called with the number of the layer, what it took in, its vector before
            and the nodes.
        join: Final vectors from those of layers 0..L.
        n_users: People of the whole graph; nodes below are people.
        cosine: Whether final vectors are brought to length 1.

    **Shapes**: table [N, D], edge_weight [E].
    """

    def __init__(
        self,
        table: Tensor,
        edge_weight: Tensor,
        hear: Sequence[nn.Module],
        update: Update,
        join: Callable[[list[Tensor]], Tensor],
        n_users: int,
        cosine: bool,
    ) -> None:
        super().__init__()
        self.register_buffer("table", table.detach())
        self.register_buffer("edge_weight", edge_weight)
        self.hear = nn.ModuleList(hear)
        self._update, self._join = update, join
        self._n_users, self._cosine = n_users, cosine

    @property
    def n_layers(self) -> int:
        """How many times messages are passed."""
        return len(self.hear)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor,
        nodes: Tensor,
        pairs: Tensor,
        heard: Sequence[int] | None = None,
    ) -> Tensor:
        """Scores of some pairs from the messages of some edges: exact where every edge that reaches a pair is there.

        Args:
            x: Rows of `table` for the nodes at hand.
            edge_index: Edges as places of (source, target) in `nodes`.
            edge_weight: Entries of `edge_weight` for these edges.
            nodes: The nodes, ascending, so that people come first.
            pairs: Places in `nodes` of the person and of the item of each pair.
            heard: How many of the first edges each layer needs, where those that a later layer still needs
                stand first; all where None.

        **Shapes**: n nodes, e edges, P pairs, L layers: x [n, D], edge_index [2, e], edge_weight [e], nodes
        [n], pairs [2, P], heard [L] → [P].
        """
        n_users = int((nodes < self._n_users).sum())
        layers = [x]
        for number, hear in enumerate(self.hear):
            here = slice(None if heard is None else heard[number])
            received = hear(layers[-1], edge_index[:, here], edge_weight[here], n_users)
            layers.append(self._update(number, received, layers[-1], nodes))
        final = self._join(layers)
        people, items = final[pairs[0]], final[pairs[1]]
        if self._cosine:
            people, items = functional.normalize(people, dim=-1), functional.normalize(items, dim=-1)
        return (people * items).sum(-1)


class WeightedSum(MessagePassing):
    """The sum of what neighbours send, each times the weight of its edge."""

    def __init__(self) -> None:
        super().__init__(aggr="add")

    def forward(self, x: Tensor, edge_index: Tensor, edge_weight: Tensor, n_users: int) -> Tensor:
        """**Shapes**: x [n, D], edge_index [2, e], edge_weight [e] → [n, D]."""
        return self.propagate(edge_index, x=x, edge_weight=edge_weight)

    def message(self, x_j: Tensor, edge_weight: Tensor) -> Tensor:
        # Under a mask both weights are multiplied first: messages are large, weights are not.
        return x_j if self.explain else edge_weight[:, None] * x_j

    def explain_message(self, inputs: Tensor, edge_weight: Tensor) -> Tensor:
        """A layer that hears only the first edges has the first entries of the mask."""
        return inputs * (edge_weight * _mask_of(self)[: len(inputs)])[:, None]


class BothWays(nn.Module):
    """A convolution into items and one into people, told apart by where each edge ends.

    Args:
        to_items: Called with ((people, items), edges), as torch-geometric's convolutions are.
        to_users: The same with people and items changing places.
    """

    def __init__(self, to_items: MessagePassing, to_users: MessagePassing) -> None:
        super().__init__()
        self.to_items, self.to_users = to_items, to_users
        for conv in (to_items, to_users):
            conv.register_message_forward_hook(_weighted)
            conv.explain_message = explain_message.__get__(conv)

    def forward(self, x: Tensor, edge_index: Tensor, edge_weight: Tensor, n_users: int) -> Tensor:
        """**Shapes**: x [n, D], edge_index [2, e], edge_weight [e] → [n, D]."""
        users, items = x[:n_users], x[n_users:]
        to_items = edge_index[1] >= n_users
        up, down = to_items.nonzero().view(-1), (~to_items).nonzero().view(-1)
        self.to_items.edges_here, self.to_items.weights_here = up, edge_weight[up]
        self.to_users.edges_here, self.to_users.weights_here = down, edge_weight[down]
        into_items = edge_index[:, up] - torch.tensor([[0], [n_users]], device=x.device)
        into_users = edge_index[:, down] - torch.tensor([[n_users], [0]], device=x.device)
        return torch.cat(
            [self.to_users((items, users), into_users), self.to_items((users, items), into_items)]
        )


def _weighted(conv: MessagePassing, inputs: tuple, messages: Tensor) -> Tensor:
    """Messages after attention, times the weight of their edge."""
    return messages * _column(conv.weights_here, messages)


def explain_message(conv: MessagePassing, inputs: Tensor, dim_size: int | None) -> Tensor:
    """What torch-geometric calls by this name on a layer that is being explained."""
    return inputs * _column(_mask_of(conv)[conv.edges_here], inputs)


def _mask_of(conv: MessagePassing) -> Tensor:
    """The mask that torch-geometric laid on a layer, between 0 and 1 where it is still to be squeezed there."""
    return conv._edge_mask.sigmoid() if conv._apply_sigmoid else conv._edge_mask


def _column(values: Tensor, like: Tensor) -> Tensor:
    return values.view(-1, *[1] * (like.dim() - 1))
