"""Hybrid: graph embeddings beside a tower over features that stands in for items and people never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.capabilities import FOLDS_IN, PROPAGATES, READS_FEATURES
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.feature_queries import FeatureQueries
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.propagation import propagate
from gnnrec.recommenders.parts.rated_graph import SparseProduct
from gnnrec.recommenders.parts.trainable import torch_csr
from gnnrec.recommenders.parts.vectors import VectorModel


class Hybrid(FeatureQueries, VectorModel):
    """LightGCN with a second vector made of features: known nodes are scored by both, new ones by features alone.

    g is the mean of e^(0..L), e^(k+1) = Â e^(k), and zero for who is not in the graph. c comes from a tower over
    features; for a person it is joined by the mean of what the tower says of their history. How the two become
    one vector is `fusion`. While learning, a share of the items and people lose g, and a share of the people
    their history too, so that the tower learns to stand in for what is missing later. With `tower: none` it is
    LightGCN: no features, nothing dropped.

    **Source**: Volkovs, Yu and Poutanen, "DropoutNet", NeurIPS 2017, section 4 (inputs dropped while learning);
    He et al., "LightGCN", SIGIR 2020, equations 7–10. Ours differs: embeddings and tower are learned together
    against the choices themselves, not against a finished factorisation, by the exact softmax with cosine scores.

    **Shapes**: g and c [N, D]; a final vector [N, 2 D] where fusion is `dot`, else [N, D].
    """

    name = "hybrid"
    title = "Hybrid"
    paper = "Volkovs et al., NeurIPS 2017"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "n_layers": (1, 2),
        "learning_rate": (0.005, 0.05, "log"),
        "id_dropout": (0.1, 0.6),
        "dropout": (0.0, 0.3),
        "temperature": (0.12, 0.25, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the hybrid."""

        fusion: str = setting(
            "gated",
            "How graph and features become one score: a sum of two products (dot), a learned share of each "
            "(gated), or a small network over both (mlp)",
            choices=("dot", "gated", "mlp"),
        )
        tower: str = setting(
            "features",
            "What stands in for who is not in the graph: their features, or nothing (none), which is LightGCN",
            choices=("features", "none"),
        )
        id_dropout: float = setting(
            0.3, "Share of items and people whose graph vector is hidden while learning", low=0.0, high=0.9
        )
        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 2)
        dropout: float = shared_setting("dropout", 0.1)
        temperature: float = shared_setting("temperature", 0.18)
        batch_users: int = shared_setting("batch_users", 400)
        learning_rate: float = shared_setting("learning_rate", 0.02)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

        # The one loss and the one score that it is learned and read by.
        loss: ClassVar[str] = "softmax"
        score: ClassVar[str] = "cosine"
        popularity_exponent: ClassVar[float] = 0.0
        popularity_correction: ClassVar[float] = 0.0
        reg: ClassVar[float] = 0.0

    @property
    def capabilities(self) -> frozenset[str]:
        return (
            super().capabilities
            | {FOLDS_IN}
            | ({PROPAGATES} if self.config.n_layers else set())
            | ({READS_FEATURES} if self.config.tower != "none" else set())
        )

    # Parameters

    def _network(self) -> nn.Module:
        net = self._with_vectors()
        if self.config.tower == "none":
            return net
        size = self.config.embedding_size
        net.item_tower = _tower(self._item_rows.shape[1], size)
        net.user_tower = _tower(self._user_rows.shape[1], size)
        if self.config.fusion != "dot":
            kind = _Gate if self.config.fusion == "gated" else _Mixer
            net.user_fusion, net.item_fusion = kind(size), kind(size)
        return net

    def _placed(self) -> None:
        super()._placed()
        self._matrix = torch_csr(self.graph.normalised, self.device)
        self._features = {
            "item": torch.from_numpy(self._item_rows).to(self.device),
            "user": torch.from_numpy(self._user_rows).to(self.device),
        }
        degrees = torch.from_numpy(np.asarray(self.graph.degrees, dtype=np.float32)).to(self.device)
        self._counts = degrees.split([self.data.n_users, self.data.n_items])
        mean = self.data.matrix / 1.0
        mean.data /= np.repeat(np.diff(mean.indptr), np.diff(mean.indptr))
        self._mean_of_history = torch_csr(mean, self.device)
        self._heard_from = torch_csr(mean.T.tocsr(), self.device)
        if self.config.tower != "none":
            # Nobody had the chance to choose an item that is not in train: it competes with no choice, else
            # learning would push away whatever looks like it.
            absent = self._counts[1] == 0
            self._log_popularity = torch.where(absent, -1e4, 0.0) if bool(absent.any()) else None

    # Vectors

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = torch.cat([self.net.user, self.net.item])
        layers = propagate(self._matrix, self._dropped(table, self.config.dropout), self.config.n_layers)
        users, items = torch.stack(layers).mean(0).split([self.data.n_users, self.data.n_items])
        if self.config.tower == "none":
            return users, items, table
        known_users, known_items = (self._kept(counts) for counts in self._counts)
        said = self.net.item_tower(self._features["item"])
        history = SparseProduct.apply(self._mean_of_history, self._heard_from, said)
        # Some of those who lose their graph vector keep their history, as a newcomer folded in has one.
        with_history = torch.maximum(known_users, self._kept(self._counts[0]))
        described = self.net.user_tower(self._features["user"]) + history * with_history
        return (
            self._fused("user", users * known_users, described, known_users),
            self._fused("item", items * known_items, said, known_items),
            table,
        )

    def _kept(self, counts: Tensor) -> Tensor:
        """1 for who is in the graph and not dropped, else 0. **Shapes**: [n] → [n, 1]."""
        there = (counts > 0).float()
        if self.net.training and self.config.id_dropout:
            drawn = torch.rand(counts.shape, generator=self.generator, device=self.device)
            there = there * (drawn >= self.config.id_dropout)
        return there[:, None]

    def _fused(self, kind: str, graph: Tensor, content: Tensor, known: Tensor) -> Tensor:
        if self.config.fusion == "dot":
            return torch.cat([graph, content], dim=-1)
        return getattr(self.net, f"{kind}_fusion")(graph, content, known)

    # Newcomers

    def _serve(self) -> None:
        super()._serve()
        table = torch.cat([self.net.user, self.net.item])
        layers = propagate(self._matrix, table, self.config.n_layers)
        sent = sum(layers[:-1], torch.zeros_like(table)) / len(layers)
        # What an item sends along one edge, but for the degree of who hears it.
        self._sent = sent[self.data.n_users :] / self._counts[1].clamp(min=1).sqrt()[:, None]
        if self.config.tower != "none":
            self._said = self.net.item_tower(self._features["item"])

    def _newcomer(self, history: np.ndarray, row: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            graph = self._sent[history].sum(0) / max(len(history), 1) ** 0.5
            if self.config.tower == "none":
                vector = graph
            else:
                features = torch.from_numpy(row).to(self.device)
                said = self._said[history].sum(0) / max(len(history), 1)
                known = torch.full((1,), float(len(history) > 0), device=self.device)
                vector = self._fused("user", graph, self.net.user_tower(features) + said, known)
            return self._item_vectors @ functional.normalize(vector, dim=-1).cpu().numpy()

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._newcomer(history, np.zeros(self._user_rows.shape[1], dtype=np.float32))

    def _fold_in_many(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        return np.stack([self._fold_in(history) for history in histories])


class _Gate(nn.Module):
    """A learned share of the graph for each entry, the rest from features; features alone where it is unknown."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.share = nn.Linear(2 * size, size)

    def forward(self, graph: Tensor, content: Tensor, known: Tensor) -> Tensor:
        share = torch.sigmoid(self.share(torch.cat([graph, content], dim=-1))) * known
        return share * graph + (1 - share) * content


class _Mixer(nn.Module):
    """One hidden layer over graph and features, added to their sum so that it starts from something sensible."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Linear(2 * size + 1, 2 * size), nn.ReLU(), nn.Linear(2 * size, size))

    def forward(self, graph: Tensor, content: Tensor, known: Tensor) -> Tensor:
        return graph + content + self.mix(torch.cat([graph, content, known], dim=-1))


def _tower(n_labels: int, size: int) -> nn.Module:
    """Features to a vector; who has none gets the vector of the average one. **Shapes**: [.., F] → [.., D]."""
    tower = nn.Linear(n_labels, size)
    nn.init.normal_(tower.weight, std=0.1)
    nn.init.normal_(tower.bias, std=0.1)
    return tower
