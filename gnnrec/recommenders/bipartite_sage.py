"""GraphSAGE on people and items: each side has weights of its own, and who has no vector is known by features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.capabilities import DIFFERENTIABLE, EDITS_GRAPH, FOLDS_IN, READS_FEATURES
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.feature_queries import FeatureQueries
from gnnrec.recommenders.parts.one_way import OneWay
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.parts.pairwise_settings import shared_setting

_SIDES = ("user", "item")


class BipartiteSAGE(FeatureQueries, PairwiseModel):
    """A person is made of their features and the mean of what they chose, an item of its features and who chose it.

    h^(0) = F T + e, features through a table of their own side and, with `ids: learned`, a vector e of each node;
    h^(k) = σ(h^(k-1) W + mean(h'^(k-1)) V + b) with weights of its own for each side and round, h' being the other
    side's vectors and σ = ReLU but in the last round. Who was not there while it learned has features, a history,
    or both, and no e. While learning, a share of the people and items lose their e, and a part of those what
    they hear too, so that the rest learns to stand in for what is missing later.

    **Source**: Hamilton, Ying and Leskovec, "Inductive Representation Learning on Large Graphs", NeurIPS 2017,
    algorithm 1 with the mean aggregator, as torch-geometric's SAGEConv computes it, which a test holds; hidden
    inputs as in Volkovs et al., "DropoutNet", NeurIPS 2017. Ours differs: all neighbours instead of a sample, a
    pair of weights for each side, and the exact softmax over the catalogue with cosine scores as the loss. An item
    that nobody has in train competes with no choice while learning.

    **Shapes**: people [U, D], items [I, D], features F [n, labels], W and V [L, D, D] for each side.
    """

    name = "bipartite_sage"
    title = "Bipartite GraphSAGE"
    paper = "Hamilton et al., NeurIPS 2017"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "n_layers": (1, 2),
        "learning_rate": (0.002, 0.03, "log"),
        "id_dropout": (0.1, 0.6),
        "dropout": (0.0, 0.4),
        "temperature": (0.12, 0.25, "log"),
        "batch_users": (200, 1000, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of bipartite GraphSAGE."""

        ids: str = setting(
            "learned",
            "learned: everybody who was there has a vector of their own beside their features; none: features and "
            "neighbours are all there is",
            choices=("learned", "none"),
        )
        id_dropout: float = setting(
            0.3, "Share of items and people whose own vector is hidden while learning", low=0.0, high=0.9
        )
        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 1, low=1, high=4)
        dropout: float = shared_setting("dropout", 0.1)
        temperature: float = shared_setting("temperature", 0.18)
        batch_users: int = shared_setting("batch_users", 400)
        learning_rate: float = shared_setting("learning_rate", 0.01)
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
        return (super().capabilities - {DIFFERENTIABLE}) | {EDITS_GRAPH, FOLDS_IN, READS_FEATURES}

    @property
    def first_read_round(self) -> int:
        """The last round's vectors alone are compared."""
        return self.config.n_layers

    # Parameters

    def _network(self) -> nn.Module:
        size, rounds = self.config.embedding_size, self.config.n_layers
        net = self._with_vectors() if self.config.ids == "learned" else nn.Module()
        for side, rows in zip(_SIDES, (self._user_rows, self._item_rows), strict=True):
            features = nn.Linear(rows.shape[1], size)
            nn.init.normal_(features.weight, std=0.1)
            nn.init.normal_(features.bias, std=0.1)
            net.add_module(f"{side}_features", features)
            net.add_module(f"{side}_own", nn.ModuleList(_passing_on(size) for _ in range(rounds)))
            net.add_module(f"{side}_heard", nn.ModuleList(_passing_on(size, False) for _ in range(rounds)))
        return net

    def _placed(self) -> None:
        super()._placed()
        counts = (np.diff(self.data.matrix.indptr), np.bincount(self.data.item, minlength=self.data.n_items))
        self._there = [
            torch.from_numpy((one > 0).astype(np.float32)).to(self.device)[:, None] for one in counts
        ]
        self._rows = [torch.from_numpy(one).to(self.device) for one in (self._user_rows, self._item_rows)]
        absent = self._there[1][:, 0] == 0
        self._log_popularity = torch.where(absent, -1e4, 0.0) if bool(absent.any()) else None

    def _graph_placed(self) -> None:
        chosen = self.graph.user_item
        self._hears = [OneWay(_averaging(one), self.device) for one in (chosen, chosen.T.tocsr())]

    # Messages

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        start = self._start()
        users, items = self._rounds_from(start)[-1]
        return users, items, torch.cat(start)

    def _start(self) -> list[Tensor]:
        """Vectors of people and items before the first round; draws who is hidden where it learns."""
        self._listening = [torch.ones_like(one) for one in self._there]
        found = []
        for place, side in enumerate(_SIDES):
            vectors = getattr(self.net, f"{side}_features")(self._rows[place])
            shown = self._there[place]
            if self.net.training and self.config.id_dropout:
                drawn = torch.rand(2, len(shown), 1, generator=self.generator, device=self.device)
                kept = (drawn >= self.config.id_dropout).float()
                shown = shown * kept[0]
                # Some of those who are hidden keep what they hear, as a newcomer with a history does.
                self._listening[place] = kept.amax(0)
            if self.config.ids == "learned":
                vectors = vectors + shown * getattr(self.net, side)
            found.append(self._dropped(vectors, self.config.dropout))
        return found

    def _rounds_from(self, start: list[Tensor]) -> list[list[Tensor]]:
        """People and items after 0..L rounds."""
        rounds = [start]
        for number in range(self.config.n_layers):
            last = rounds[-1]
            heard = [self._hears[place](last[1 - place]) * self._listening[place] for place in (0, 1)]
            rounds.append([self._joined(place, number, last[place], heard[place]) for place in (0, 1)])
        return rounds

    def _joined(self, place: int, number: int, own: Tensor, heard: Tensor) -> Tensor:
        side = _SIDES[place]
        joined = getattr(self.net, f"{side}_own")[number](own) + getattr(self.net, f"{side}_heard")[number](
            heard
        )
        return functional.relu(joined) if number + 1 < self.config.n_layers else joined

    # Answers

    def _serve(self) -> None:
        self._rounds = self._rounds_from(self._start())
        users, items = self._after(self.config.n_layers)
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        users, items = self._rounds[rounds]
        return users, items

    def _newcomer(self, history: np.ndarray, row: np.ndarray) -> np.ndarray:
        places = self._tensor(history)
        with torch.inference_mode():
            vector = self.net.user_features(torch.from_numpy(row).to(self.device))
            for number, (_, items) in enumerate(self._rounds[:-1]):
                vector = self._joined(0, number, vector, items[places].sum(0) / max(len(history), 1))
            return self._item_vectors @ self._for_scoring(vector)

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._newcomer(history, np.zeros(self._user_rows.shape[1], dtype=np.float32))


def _passing_on(size: int, bias: bool = True) -> nn.Linear:
    """A layer that starts by passing vectors on as they are: a score is then what features and neighbours share."""
    layer = nn.Linear(size, size, bias=bias)
    nn.init.eye_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def _averaging(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    counts = np.diff(matrix.indptr)
    return sparse.csr_matrix(
        ((1 / np.repeat(counts, counts)).astype(np.float32), matrix.indices, matrix.indptr), matrix.shape
    )
