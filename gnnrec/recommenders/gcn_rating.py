"""GCN for ratings: the graph network of the tutorials, which predicts how many stars a person gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.propagation import SymmetricPropagation
from gnnrec.recommenders.parts.rated_graph import EdgeMatrix, RatedGraphModel, target_share
from gnnrec.recommenders.parts.rating import Rated


class GCNRating(RatedGraphModel):
    """A few graph convolutions over who rated what, then one predicted rating for each pair.

    **Source**: Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional Networks", ICLR
    2017, equation 2: H^(l+1) = σ(D̃^-1/2 Ã D̃^-1/2 H^(l) W^(l)) with Ã = A + I, D̃ its row sums. Ours differs:
    the graph is that of people and items, H^(0) is a learned vector per node, layers have a bias and the last
    one no nonlinearity; the loop I can be left out; with `edge_weights: ratings` an entry of A is the rating,
    stretched to 1 (lowest of train) … 5 (highest) and divided by its mean. The decoder is a dot product or a
    perceptron with one hidden layer, plus the mean rating and a bias per person and item. Each step hides the
    edges of the ratings that it predicts.

    **Shapes**: table [N, D] with people first, Ã [N, N].
    """

    name = "gcn_rating"
    title = "GCN for ratings"
    paper = "Kipf and Welling, ICLR 2017"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "embedding_size": [32, 64, 128],
        "n_layers": [2, 3],
        "decoder": ["dot", "mlp"],
        "edge_weights": ["ones", "ratings"],
        "learning_rate": (0.002, 0.03, "log"),
        "dropout": (0.0, 0.5),
        "reg": (0.0001, 0.1, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the GCN for ratings."""

        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 2, low=1)
        decoder: str = setting(
            "dot",
            "dot: product of the two vectors; mlp: a small network reads both",
            choices=("dot", "mlp"),
        )
        edge_weights: str = setting(
            "ratings",
            "ratings: high ratings send more; ones: all edges send alike",
            choices=("ratings", "ones"),
        )
        self_loops: bool = setting(True, "Every node also listens to itself")
        target_share: float = target_share(0.1)
        hide_targets: bool = setting(
            True, "Hide the edges of the ratings being predicted; without it the graph tells the answers"
        )
        dropout: float = shared_setting("dropout", 0.0)
        reg: float = setting(0.0, "Weight decay on vectors and biases of the batch", low=0.0, high=10.0)
        learning_rate: float = shared_setting("learning_rate", 0.003)
        epochs: int = shared_setting("epochs", 300)
        patience: int = shared_setting("patience", 15)
        evaluate_every: int = shared_setting("evaluate_every", 1)

    @property
    def hears_itself(self) -> bool:
        """Whether self loops are among the edges."""
        return self.config.self_loops

    # Parameters and graph

    def _network(self) -> nn.Module:
        size, n_nodes = self.config.embedding_size, self.data.n_users + self.data.n_items
        net = nn.Module()
        net.table = nn.Parameter(nn.init.normal_(torch.empty(n_nodes, size), std=0.1))
        net.layers = nn.ModuleList(nn.Linear(size, size) for _ in range(self.config.n_layers))
        net.bias = nn.Parameter(torch.zeros(n_nodes))
        if self.config.decoder == "mlp":
            net.person, net.item = nn.Linear(size, size), nn.Linear(size, size, bias=False)
            net.out = nn.Linear(size, 1, bias=False)
        return net

    def _graph_placed(self) -> None:
        users, items, rating = self._edges
        n_nodes, n_edges = self.data.n_users + self.data.n_items, len(rating)
        loops = np.arange(n_nodes) if self.config.self_loops else np.empty(0, dtype=np.int64)
        items = self.data.n_users + items
        rows, columns = np.concatenate([users, items, loops]), np.concatenate([items, users, loops])
        # The values of edges come first, those of the loops behind them.
        edge = np.concatenate([np.tile(np.arange(n_edges), 2), n_edges + loops])
        self._matrix = EdgeMatrix.of(rows, columns, edge, (n_nodes, n_nodes), self.device)
        self._ends = torch.from_numpy(np.stack([users, items])).to(self.device)
        weights = np.ones(n_edges) if self.config.edge_weights == "ones" else self._stretched(rating)
        self._weights = torch.from_numpy(weights.astype(np.float32)).to(self.device)

    def _stretched(self, rating: np.ndarray) -> np.ndarray:
        """Ratings from 1 to 5, divided by the mean, so that weights are positive on every scale."""
        span = (self.high - self.low) or 1.0
        return (1 + 4 * (rating - self.low) / span) / (1 + 4 * (self.mean - self.low) / span)

    def _normalised(self, kept: Tensor) -> Tensor:
        """D̃^-1/2 Ã D̃^-1/2 of the kept edges. **Shapes**: [E] → CSR [N, N]."""
        weights, loop = self._weights * kept, float(self.config.self_loops)
        degrees = torch.full((self._matrix.shape[0],), loop, device=self.device)
        degrees.index_add_(0, self._ends[0], weights).index_add_(0, self._ends[1], weights)
        root = degrees.clamp(min=1e-12).rsqrt() * (degrees > 0)
        by_edge = weights * root[self._ends[0]] * root[self._ends[1]]
        return self._matrix.filled(torch.cat([by_edge, root.square()]))

    # Vectors and ratings

    @property
    def _hides_targets(self) -> bool:
        return self.config.hide_targets and super()._hides_targets

    def _vectors(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        matrix = self._normalised(kept)
        values = self._dropped(self.net.table, self.config.dropout)
        for place, layer in enumerate(self.net.layers):
            values = SymmetricPropagation.apply(matrix, layer(values))
            if place + 1 < len(self.net.layers):
                values = self._dropped(functional.relu(values), self.config.dropout)
        return values.split([self.data.n_users, self.data.n_items])

    def _predicted(self, encoded: tuple[Tensor, Tensor], users: Tensor, items: Tensor) -> Tensor:
        people, things = encoded
        if self.config.decoder == "dot":
            match = (people[users] * things[items]).sum(-1)
        else:
            # One layer over both vectors side by side is the sum of one layer over each.
            hidden = functional.relu(self.net.person(people)[users] + self.net.item(things)[items])
            match = self.net.out(hidden).squeeze(-1)
        return self.mean + self.net.bias[users] + self.net.bias[self.data.n_users + items] + match

    def _penalty(self, batch: Rated) -> Tensor | float:
        if not self.config.reg:
            return 0.0
        nodes = torch.cat([batch.users, self.data.n_users + batch.items])
        own = self.net.table[nodes].square().sum() + self.net.bias[nodes].square().sum()
        return self.config.reg * own / len(batch.users)

    def _of_everything(self, encoded: tuple[Tensor, Tensor], users: Tensor) -> Tensor:
        if self.config.decoder == "mlp":
            return super()._of_everything(encoded, users)
        own, theirs = self.net.bias.split([self.data.n_users, self.data.n_items])
        return self.mean + own[users][:, None] + theirs + encoded[0][users] @ encoded[1].T
