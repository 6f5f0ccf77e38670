"""SR-GNN: a gated graph layer on the graph of each session, read by soft attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.session_net import SessionNet
from gnnrec.recommenders.parts.session_settings import SPACE, session_setting
from gnnrec.recommenders.parts.session_training import SessionTrained


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
    search_space: ClassVar[dict[str, tuple | list]] = SPACE

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of SR-GNN."""

        embedding_size: int = session_setting("embedding_size", 64)
        n_layers: int = setting(
            1, "How often clicks hear their neighbours in the session; 0: no graph", low=0, high=4
        )
        learning_rate: float = session_setting("learning_rate", 0.002)
        decay_every: int = session_setting("decay_every", 0)
        decay: float = session_setting("decay", 0.1)
        batch_size: int = session_setting("batch_size", 256)
        reg: float = session_setting("reg", 1e-5)
        epochs: int = session_setting("epochs", 30)
        patience: int = session_setting("patience", 3)
        evaluate_every: int = session_setting("evaluate_every", 1)

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


class _Net(SessionNet):
    """**Shapes**: B graphs → [B, D]."""

    def __init__(self, n_items: int, config: Any) -> None:
        size = config.embedding_size
        super().__init__(n_items, size)
        self.n_layers = config.n_layers
        if self.n_layers:
            self.out_of, self.into = nn.Linear(size, size), nn.Linear(size, size)
            self.heard, self.own = nn.Linear(2 * size, 3 * size), nn.Linear(size, 3 * size)
        self.ask_last, self.ask_each = nn.Linear(size, size), nn.Linear(size, size)
        self.answer = nn.Linear(size, 1, bias=False)
        self.join = nn.Linear(2 * size, size)
        self.begin()

    def forward(self, graphs: SessionGraphs) -> Tensor:
        read = self.clicks(graphs)
        hidden = self.item(read.item)
        for _ in range(self.n_layers):
            after = mean_of(self.into(hidden), read.target, read.source)
            before = mean_of(self.out_of(hidden), read.source, read.target)
            hidden = self._gated(hidden, torch.cat([before, after], dim=1))
        clicks = hidden[read.node]
        last = clicks[read.last]
        weight = self.answer(torch.sigmoid(self.ask_last(last)[read.session] + self.ask_each(clicks)))
        return self.join(torch.cat([read.summed(weight * clicks), last], dim=1))

    def _gated(self, hidden: Tensor, heard: Tensor) -> Tensor:
        reset, update, new = self.heard(heard).chunk(3, 1)
        own_reset, own_update, own_new = self.own(hidden).chunk(3, 1)
        update = torch.sigmoid(update + own_update)
        fresh = torch.tanh(new + torch.sigmoid(reset + own_reset) * own_new)
        return update * hidden + (1 - update) * fresh


def mean_of(vectors: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """For each node the mean over those that it hears; zeros where it hears none.

    **Shapes**: N nodes, E edges: [N, D], who is heard [E], who hears [E] → [N, D].
    """
    n = vectors.new_zeros(len(vectors)).index_add(0, target, vectors.new_ones(len(target)))
    return torch.zeros_like(vectors).index_add(0, target, vectors[source] / n[target, None])
