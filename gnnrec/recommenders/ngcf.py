"""NGCF: messages along the edges with weight matrices, and with how alike the two ends already are."""

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

_SLOPE = 0.2


class NGCF(PairwiseModel):
    """Neighbours send their vector and its product with the receiver's; all layers side by side are the vector.

    **Source**: Wang et al., "Neural Graph Collaborative Filtering", SIGIR 2019, equations 3–8:
    E' = LeakyReLU((L + I) E W1 + L E ⊙ E W2) with L = D^-1/2 A D^-1/2, equation 9 (layers side by side) and
    section 2.4.2 (message and node dropout). Ours differs: the default loss is the exact softmax over the
    catalogue with cosine scores (`loss: bpr`, `score: raw` is theirs); layers are brought to length 1 before
    they stand side by side, as the authors' program does and their paper does not say.

    **Shapes**: E [N, D] with people first, final vectors [N, (L + 1) · D].
    """

    name = "ngcf"
    title = "Neural graph collaborative filtering"
    paper = "Wang et al., SIGIR 2019"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "n_layers": (1, 3),
        "embedding_size": [32, 64],
        "batch_users": (100, 1000, "log"),
        "learning_rate": (0.003, 0.05, "log"),
        "message_dropout": (0.0, 0.6),
        "node_dropout": (0.0, 0.5),
        "temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of neural graph collaborative filtering."""

        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 1, low=1, high=4)
        message_dropout: float = setting(
            0.2,
            "Share of the entries of what a node received that is hidden while learning",
            low=0.0,
            high=0.9,
        )
        node_dropout: float = setting(
            0.1, "Share of nodes that send nothing during a learning step", low=0.0, high=0.9
        )
        dropout: float = shared_setting("dropout", 0.2)
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
        learning_rate: float = shared_setting("learning_rate", 0.03)
        epochs: int = shared_setting("epochs", 150)
        patience: int = shared_setting("patience", 15)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {FOLDS_IN, EDITS_GRAPH}

    def _network(self) -> nn.Module:
        net = self._with_vectors()
        size, n_layers = self.config.embedding_size, self.config.n_layers
        for name in ("sum", "product"):
            weights = (nn.init.xavier_uniform_(torch.empty(size, size)) for _ in range(n_layers))
            net.add_module(name, nn.ParameterList(weights))
        return net

    # Messages

    def _graph_placed(self) -> None:
        self._matrix = torch_csr(self.graph.normalised, self.device)

    def _layers_of(self, table: Tensor) -> list[Tensor]:
        """E at layers 0..L. **Shapes**: L + 1 times [N, D]."""
        sending = self._dropped(table.new_ones(len(table), 1), self.config.node_dropout)
        layers = [table]
        for number in range(self.config.n_layers):
            heard = SymmetricPropagation.apply(self._matrix, sending * layers[-1])
            received = self._received(number, heard, layers[-1])
            layers.append(self._dropped(received, self.config.message_dropout))
        return layers

    def _received(self, number: int, heard: Tensor, own: Tensor) -> Tensor:
        """One layer from the weighted sum over neighbours and a node's own vector. **Shapes**: [n, D]."""
        messages = (heard + own) @ self.net.sum[number] + (heard * own) @ self.net.product[number]
        return functional.leaky_relu(messages, _SLOPE)

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(torch.cat([self.net.user, self.net.item]), self.config.dropout)
        final = _side_by_side(self._layers_of(table))
        return *final.split([self.data.n_users, self.data.n_items]), table

    def _serve(self) -> None:
        self._layers = self._layers_of(torch.cat([self.net.user, self.net.item]))
        users, items = self._after(self.config.n_layers)
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        return _side_by_side(self._layers[: rounds + 1]).split([self.data.n_users, self.data.n_items])

    def _message_model(self) -> MessageModel:
        from gnnrec.recommenders.parts.message_model import MessageModel, WeightedSum

        return MessageModel(
            torch.cat([self.net.user, self.net.item]),
            self._edge_norm(),
            [WeightedSum() for _ in range(self.config.n_layers)],
            lambda number, heard, own, nodes: self._received(number, heard, own),
            _side_by_side,
            self.data.n_users,
            self.config.score == "cosine",
        )

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        """A newcomer has no own vector and listens to the history; the items stay as trained."""
        nodes = self._tensor(history + self.data.n_users)
        degrees = self.graph.degrees[history + self.data.n_users]
        weights = 1 / np.sqrt(np.maximum(degrees, 1) * max(len(history), 1))
        weights = torch.from_numpy(weights.astype(np.float32)).to(self.device)[:, None]
        with torch.inference_mode():
            own = [self.net.user.new_zeros(1, self.config.embedding_size)]
            for number, layer in enumerate(self._layers[:-1]):
                heard = (weights * layer[nodes]).sum(0, keepdim=True)
                own.append(self._received(number, heard, own[-1]))
            return self._item_vectors @ self._for_scoring(_side_by_side(own))[0]


def _side_by_side(layers: list[Tensor]) -> Tensor:
    """Layer 0 as it is and every further one at length 1, as one vector. **Shapes**: [N, (L + 1) · D]."""
    return torch.cat([layers[0], *(functional.normalize(layer) for layer in layers[1:])], 1)
