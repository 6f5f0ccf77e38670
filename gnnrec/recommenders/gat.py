"""GAT: a graph network that decides for every edge how much it listens to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.errors import ConfigError
from gnnrec.recommenders.base import ATTENTION, EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.pairwise import PairwiseModel, loss_setting


class GAT(PairwiseModel):
    """Every person and item has a vector and takes in those of its neighbours, each weighed by learned attention.

    **Source**: Veličković et al., "Graph Attention Networks", ICLR 2018, equations 1–4 (`gat`), and Brody et al.,
    "How Attentive are Graph Attention Networks?", ICLR 2022, equation 7 (`gatv2`), as torch-geometric has them.
    Ours differs: no self loops, so that all attention of a node lies on edges one can see; no nonlinearity and
    no bias behind a layer; the final vector is the mean of all layers, the node's own vector being layer 0; the
    loss is the exact softmax over the catalogue.

    **Shapes**: table [N, D] with people first; attention [L, heads, E].
    """

    name = "gat"
    title = "Graph attention"
    paper = "Veličković et al., ICLR 2018; Brody et al., ICLR 2022"

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of graph attention."""

        variant: str = setting(
            "gatv2",
            "gatv2: every node ranks its neighbours in its own way; gat: one ranking of neighbours for all",
            choices=("gatv2", "gat"),
        )
        embedding_size: int = setting(64, "Length of each vector", low=2, high=1024)
        n_layers: int = setting(1, "How many hops messages travel", low=1, high=4, unit="hops")
        heads: int = setting(
            4, "How many attentions side by side, each with its share of the vector", low=1, high=16
        )
        dropout: float = setting(0.2, "Share of vector entries hidden while learning", low=0.0, high=0.9)
        edge_dropout: float = setting(0.0, "Share of edges hidden while learning", low=0.0, high=0.9)
        loss: str = loss_setting("loss", "softmax")
        temperature: float = loss_setting("temperature", 0.15)
        popularity_exponent: float = loss_setting("popularity_exponent", 0.0)
        score: str = loss_setting("score", "cosine")
        batch_users: int = loss_setting("batch_users", 0)
        batch_size: int = loss_setting("batch_size", 8192)
        negatives: int = loss_setting("negatives", 512)
        reg: float = loss_setting("reg", 0.0)
        learning_rate: float = setting(0.02, "Size of each learning step", low=1e-6, high=1.0)
        epochs: int = setting(120, "Most rounds through the data", low=1, high=10_000, unit="epochs")
        patience: int = setting(
            16, "Stop after this long without a better validation score", low=1, high=10_000, unit="epochs"
        )
        evaluate_every: int = setting(2, "How often validation is looked at", low=1, high=1000, unit="epochs")

        def __post_init__(self) -> None:
            super().__post_init__()
            if self.embedding_size % self.heads:
                raise ConfigError(
                    where="settings of GAT, heads",
                    found=f"{self.heads} heads for vectors of length {self.embedding_size}",
                    expected="a length that the heads can share equally",
                    todo=f"For example heads={self.heads}, embedding_size={self.heads * max(1, self.embedding_size // self.heads)}.",
                )

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {ATTENTION, FOLDS_IN, EDITS_GRAPH}

    def _network(self) -> nn.Module:
        # Imported here: torch-geometric takes seconds to load, and listing recommenders does not need it.
        from torch_geometric.nn import GATConv, GATv2Conv

        layer = {"gat": GATConv, "gatv2": GATv2Conv}[self.config.variant]
        net = nn.Module()
        size = self.config.embedding_size
        net.user = nn.Parameter(nn.init.normal_(torch.empty(self.data.n_users, size), std=0.1))
        net.item = nn.Parameter(nn.init.normal_(torch.empty(self.data.n_items, size), std=0.1))
        net.layers = nn.ModuleList(
            layer(size, size // self.config.heads, heads=self.config.heads, add_self_loops=False, bias=False)
            for _ in range(self.config.n_layers)
        )
        return net

    def _graph_placed(self) -> None:
        self._edges = torch.from_numpy(self.graph.edge_index()).to(self.device)

    def _table(self) -> Tensor:
        """Layer 0. **Shapes**: [N, D]."""
        return torch.cat([self.net.user, self.net.item])

    def _kept_edges(self) -> Tensor:
        """The edges of one learning step; an edge is hidden in both directions or in none."""
        if self.config.edge_dropout == 0:
            return self._edges
        half = self._edges.shape[1] // 2
        kept = torch.rand(half, generator=self.generator, device=self.device) >= self.config.edge_dropout
        return self._edges[:, kept.repeat(2)]

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(self._table(), self.config.dropout)
        edges = self._kept_edges()
        layers = [table]
        for layer in self.net.layers:
            layers.append(layer(layers[-1], edges))
        return *self._split(_mean(layers)), table

    def _split(self, nodes: Tensor) -> tuple[Tensor, Tensor]:
        return nodes.split([self.data.n_users, self.data.n_items])

    # Serving: everything comes from the whole graph, without dropout

    def _serve(self) -> None:
        layers, weights = [self._table()], []
        for layer in self.net.layers:
            following, (_, attention) = layer(layers[-1], self._edges, return_attention_weights=True)
            layers.append(following)
            weights.append(attention)
        users, items = self._split(_mean(layers))
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)
        self._item_layers = [self._split(layer)[1] for layer in layers]
        self._attention = torch.stack(weights).transpose(1, 2).contiguous().cpu().numpy()

    def attention(self) -> np.ndarray:
        self._require_data()
        return self._attention

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        """A newcomer has no own vector and listens to the history; the items stay as trained."""
        chosen = torch.from_numpy(history).to(self.device)
        edges = torch.stack([torch.arange(len(history), device=self.device), torch.zeros_like(chosen)])
        with torch.inference_mode():
            layers = [self._item_layers[0].new_zeros(1, self.config.embedding_size)]
            for layer, items in zip(self.net.layers, self._item_layers, strict=False):
                layers.append(layer((items[chosen], layers[-1]), edges))
            return self._item_vectors @ self._for_scoring(_mean(layers))[0]


def _mean(layers: list[Tensor]) -> Tensor:
    return sum(layers[1:], layers[0]) / len(layers)
