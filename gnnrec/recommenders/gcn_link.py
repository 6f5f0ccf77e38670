"""A graph convolutional network for link prediction: the system of the tutorials, on people and items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.capabilities import EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.propagation import SymmetricPropagation
from gnnrec.recommenders.parts.trainable import torch_csr

if TYPE_CHECKING:
    from gnnrec.recommenders.parts.message_model import MessageModel


class GCNLink(PairwiseModel):
    """Two layers of graph convolution over who watched what; a person and an item are likely joined if alike.

    **Source**: Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR
    2017, equation 2: X' = σ(D̃^-1/2 (A + I) D̃^-1/2 X W + b). As in the link prediction tutorials of DGL and PyG,
    nodes start from trained vectors (nothing else is known of them), σ is ReLU and the last layer goes without
    it, the last layer's vectors are compared, and `hidden_edges` parts the edges into those that carry messages
    and those that are asked about (drawn anew at every step, not once). Ours differs: pairs without an edge are
    not labelled 0 one by one with a cross-entropy, but compete in a ranking loss (the exact softmax, or `bpr`);
    scores are cosines unless `score: raw`.

    **Shapes**: X [N, D] with people first.
    """

    name = "gcn_link"
    title = "GCN for link prediction"
    paper = "Kipf and Welling, ICLR 2017"
    hears_itself = True
    search_space: ClassVar[dict[str, tuple | list]] = {
        "n_layers": (1, 3),
        "embedding_size": [64, 128],
        "batch_users": (100, 1000, "log"),
        "learning_rate": (0.003, 0.05, "log"),
        "dropout": (0.0, 0.6),
        "hidden_edges": (0.0, 0.6),
        "temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the graph convolutional network."""

        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 2, low=1, high=4)
        dropout: float = shared_setting("dropout", 0.1)
        hidden_edges: float = setting(
            0.0,
            "Share of edges a step asks about and hides from the messages; 0: all edges do both",
            low=0.0,
            high=0.9,
        )
        loss: str = shared_setting("loss", "softmax")
        temperature: float = shared_setting("temperature", 0.18)
        negative_power: float = shared_setting("negative_power", 0.2)
        popularity_exponent: float = shared_setting("popularity_exponent", 0.0)
        popularity_correction: float = shared_setting("popularity_correction", 0.0)
        score: str = shared_setting("score", "cosine")
        batch_users: int = shared_setting("batch_users", 400)
        batch_size: int = shared_setting("batch_size", 8192)
        negatives: int = shared_setting("negatives", 512)
        reg: float = shared_setting("reg", 0.0)
        learning_rate: float = shared_setting("learning_rate", 0.01)
        epochs: int = shared_setting("epochs", 150)
        patience: int = shared_setting("patience", 15)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {FOLDS_IN, EDITS_GRAPH}

    @property
    def first_read_round(self) -> int:
        """The last layer's vectors alone are compared."""
        return self.config.n_layers

    def _network(self) -> nn.Module:
        net, size = self._with_vectors(), self.config.embedding_size
        net.layers = nn.ModuleList(nn.Linear(size, size) for _ in range(self.config.n_layers))
        for layer in net.layers:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        return net

    # Messages

    def _graph_placed(self) -> None:
        self._whole = self._heard_by(torch_csr(self.graph.adjacency, self.device))
        self._pair_of_entry = self._tensor(self.graph.edge_order % max(self.graph.watched.n_edges, 1))
        self._heard = self._whole

    def _heard_by(self, edges: Tensor) -> tuple[Tensor, Tensor]:
        """Edges that carry messages, 0 or 1 at the places of A, and D̃^-1/2 of them. **Shapes**: [N, N], [N, 1]."""
        degrees = edges @ torch.ones(edges.shape[0], 1, device=self.device)
        return edges, (degrees + 1).rsqrt()

    def _asked(self, pairs: Tensor) -> Tensor:
        if self.config.hidden_edges == 0:
            return pairs
        drawn = torch.rand(len(self._indices), generator=self.generator, device=self.device)
        hidden = drawn < self.config.hidden_edges
        if not hidden[pairs].any():
            hidden[pairs] = True
        carries = (~hidden)[self._pair_of_entry].float()
        edges = self._whole[0]
        self._heard = self._heard_by(
            torch.sparse_csr_tensor(edges.crow_indices(), edges.col_indices(), carries, size=edges.shape)
        )
        return pairs[hidden[pairs]]

    def _spread(self, values: Tensor) -> Tensor:
        """D̃^-1/2 (A + I) D̃^-1/2 X, without building A + I. **Shapes**: [N, D] → [N, D]."""
        edges, scale = self._heard
        scaled = scale * values
        return scale * (SymmetricPropagation.apply(edges, scaled) + scaled)

    def _layers_of(self, table: Tensor) -> list[Tensor]:
        """X at layers 0..L. **Shapes**: L + 1 times [N, D]."""
        layers = [table]
        for number, layer in enumerate(self.net.layers):
            values = layers[-1] if number == 0 else self._dropped(layers[-1], self.config.dropout)
            layers.append(self._activated(layer(self._spread(values)), number))
        return layers

    def _activated(self, values: Tensor, number: int) -> Tensor:
        return functional.relu(values) if number < self.config.n_layers - 1 else values

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(torch.cat([self.net.user, self.net.item]), self.config.dropout)
        final = self._layers_of(table)[-1]
        return *final.split([self.data.n_users, self.data.n_items]), table

    def _serve(self) -> None:
        self._heard = self._whole
        self._layers = self._layers_of(torch.cat([self.net.user, self.net.item]))
        users, items = self._after(self.config.n_layers)
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        return self._layers[rounds].split([self.data.n_users, self.data.n_items])

    def _message_model(self) -> MessageModel:
        from gnnrec.recommenders.parts.message_model import MessageModel, WeightedSum

        scale, layers = self._whole[1], self.net.layers
        source, target = torch.from_numpy(self.graph.edge_index()).to(self.device)
        return MessageModel(
            torch.cat([self.net.user, self.net.item]),
            (scale[source] * scale[target])[:, 0],
            [WeightedSum() for _ in layers],
            lambda number, heard, own, nodes: self._activated(
                layers[number](heard + scale[nodes] ** 2 * own), number
            ),
            lambda vectors: vectors[-1],
            self.data.n_users,
            self.config.score == "cosine",
        )

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        """A newcomer has no own vector and listens to the history; the items stay as trained."""
        nodes = self._tensor(history + self.data.n_users)
        weight = 1 / np.sqrt(len(history) + 1)
        with torch.inference_mode():
            own = self.net.user.new_zeros(1, self.config.embedding_size)
            for number, layer in enumerate(self.net.layers):
                heard = (self._whole[1][nodes] * self._layers[number][nodes]).sum(0, keepdim=True)
                own = self._activated(layer(weight * (heard + weight * own)), number)
            return self._item_vectors @ self._for_scoring(own)[0]
