"""SR-GNN: a gated graph layer on the graph of each session, read by soft attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.session_training import SessionTrained, item_vectors


class SRGNN(SessionTrained):
    """What was clicked is a small graph; each item in it hears what came before and after it, and the last click asks.

    Nodes are the items of the session; edges go from each click to the next, weighted by 1 / the edges out of (or
    into) a node (equation 1, with the gates of 2 to 5). Soft attention asked by the last click sums the clicks (6), the
    sum beside the last click becomes the session's vector (7), and its product with the items' vectors, through a
    softmax over all items, is what is learned (8 to 10).

    Ours differs: the clicks beyond the last 50 are not read; questions are drawn in batches of about equal length; the
    step size stays the same unless `decay_every` is set (the authors' code: a tenth after every 3 epochs, which suits
    data with thousands of steps in an epoch). With 0 layers there is no graph: clicks are their items' own vectors, and
    the rest stays the same.

    **Source**: Wu, Tang, Zhu, Wang, Xie and Tan, Session-based Recommendation with Graph Neural Networks, AAAI 2019.
    """

    name = "sr_gnn"
    title = "SR-GNN"
    paper = "Wu et al., AAAI 2019"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "learning_rate": (5e-4, 5e-3, "log"),
        "reg": (1e-6, 1e-4, "log"),
        "embedding_size": [32, 64, 100],
        "decay_every": [0, 3],
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of SR-GNN."""

        embedding_size: int = setting(64, "Numbers per item vector", low=2, high=512)
        n_layers: int = setting(
            1, "How often clicks hear their neighbours in the session; 0: no graph", low=0, high=4
        )
        learning_rate: float = setting(0.002, "Step size of Adam", low=1e-5, high=0.1)
        decay_every: int = setting(
            0, "After so many epochs the steps become smaller; 0: never", low=0, high=1000, unit="epochs"
        )
        decay: float = setting(0.1, "Factor by which they become smaller", low=0.001, high=1.0)
        batch_size: int = setting(256, "Questions per step", low=1, high=65_536)
        reg: float = setting(1e-5, "Weight of squared parameters in the loss (L2)", low=0, high=1)
        epochs: int = setting(30, "Passes over the train sessions at most", low=1, high=1000, unit="epochs")
        patience: int = setting(
            3, "Stop after so many epochs without a better one", low=1, high=1000, unit="epochs"
        )
        evaluate_every: int = setting(1, "Epochs between looks at validation", low=1, high=100, unit="epochs")

    @property
    def has_steps(self) -> bool:
        return bool(self.config.n_layers)

    @property
    def reading(self) -> str:
        asks = "all clicks count, each by what the last one asks."
        if not self.has_steps:
            return f"It was learned without a graph, so it hears none of these steps: {asks}"
        if not self._hears_steps:
            return f"No click hears another, as in a session of a single click; still {asks}"
        rounds = "" if self.config.n_layers == 1 else f", in {self.config.n_layers} rounds"
        return (
            "Each click hears the mean of those right before it and of those right after it, a repeated step once"
            f"{rounds}; then {asks}"
        )

    def _network(self) -> nn.Module:
        return _Net(self.data.n_items, self.config)


class _Net(nn.Module):
    """**Shapes**: B graphs → [B, D]."""

    def __init__(self, n_items: int, config: Any) -> None:
        super().__init__()
        size = config.embedding_size
        self.n_layers, self.hears_steps = config.n_layers, True
        self.item = item_vectors(n_items, size)
        if self.n_layers:
            self.out_of, self.into = nn.Linear(size, size), nn.Linear(size, size)
            self.heard, self.own = nn.Linear(2 * size, 3 * size), nn.Linear(size, 3 * size)
        self.ask_last, self.ask_each = nn.Linear(size, size), nn.Linear(size, size)
        self.answer = nn.Linear(size, 1, bias=False)
        self.join = nn.Linear(2 * size, size)
        bound = size**-0.5
        with torch.no_grad():
            for one in self.parameters():
                one.uniform_(-bound, bound)
            self.item.weight[-1] = 0

    def forward(self, graphs: SessionGraphs) -> Tensor:
        device = self.item.weight.device
        width = int(graphs.length.max())
        hidden = self.item(torch.from_numpy(graphs.node[:, :width].astype(np.int64)).to(device))
        if self.n_layers:
            steps = averages(graphs) if self.hears_steps else no_averages(graphs)
            forward, backward = (torch.from_numpy(one).to(device) for one in steps)
            for _ in range(self.n_layers):
                hidden = self._gated(hidden, forward, backward)
        place = torch.from_numpy(graphs.place[:, :width].astype(np.int64)).to(device)
        length = torch.from_numpy(graphs.length.astype(np.int64)).to(device)
        clicks = hidden.gather(1, place[..., None].expand(-1, -1, hidden.shape[2]))
        last = clicks[torch.arange(len(length), device=device), length - 1]
        weight = self.answer(torch.sigmoid(self.ask_last(last)[:, None] + self.ask_each(clicks)))
        there = torch.arange(width, device=device) < length[:, None]
        summed = (weight * clicks * there[..., None]).sum(1)
        return self.join(torch.cat([summed, last], dim=1))

    def _gated(self, hidden: Tensor, forward: Tensor, backward: Tensor) -> Tensor:
        heard = torch.cat([backward @ self.into(hidden), forward @ self.out_of(hidden)], dim=2)
        reset, update, new = self.heard(heard).chunk(3, 2)
        own_reset, own_update, own_new = self.own(hidden).chunk(3, 2)
        update = torch.sigmoid(update + own_update)
        fresh = torch.tanh(new + torch.sigmoid(reset + own_reset) * own_new)
        return update * hidden + (1 - update) * fresh


def averages(graphs: SessionGraphs) -> tuple[np.ndarray, np.ndarray]:
    """For each node the mean over those that come after it, and over those that came before it.

    **Shapes**: B graphs → [B, n, n], [B, n, n]; rows of nodes without such an edge are zeros.
    """
    n = int(graphs.length.max())
    graph, source, target = graphs.edges()
    linked = np.zeros((len(graphs), n, n), dtype=np.float32)
    linked[graph, source, target] = 1
    back = linked.transpose(0, 2, 1)
    after, before = (one / np.maximum(one.sum(2, keepdims=True), 1) for one in (linked, back))
    return after, np.ascontiguousarray(before)


def no_averages(graphs: SessionGraphs) -> tuple[np.ndarray, np.ndarray]:
    """The same where no click follows another: zeros, as for a session of a single click."""
    n = int(graphs.length.max())
    nothing = np.zeros((len(graphs), n, n), dtype=np.float32)
    return nothing, nothing
