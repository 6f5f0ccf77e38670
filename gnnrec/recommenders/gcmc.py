"""GC-MC: a graph network with a channel of its own for each rating level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.errors import IncompatibleError
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.averaged import Averaged, average
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.rated_graph import EdgeMatrix, RatedGraphModel, SparseProduct, target_share
from gnnrec.recommenders.parts.rating import Rated

MOST_LEVELS = 20
LARGEST_BLOCK = 2**22


class GCMC(Averaged, RatedGraphModel):
    """What a rating of five says is learned apart from what a rating of one says, then both are added up.

    **Source**: van den Berg, Kipf and Welling, "Graph Convolutional Matrix Completion", KDD Deep Learning Day
    2018. Equation 3: item j sends person i along an edge of level r the message W_r x_j / c_ij; with one-hot
    x_j, W_r is a table with a row for each item. Equations 4 and 5: the sum over neighbours is accumulated
    over levels by sum or stack, h = σ(accum), z = W h. Weight sharing of section 2.7: W_r = T_1 + … + T_r.
    Equations 6 and 7: P(r) = softmax_r(z_uᵀ Q_r z_i), Q_r a mix of a few shared bases; the prediction is the
    expected level. Loss: cross entropy of the given level. Whole nodes are dropped from the messages. Weights
    are read from an exponential moving average, as in the authors' code. Ours differs: weights are shared
    among levels under `stack` too; the dense layer and the softmax have biases, so that somebody without
    ratings gets sensible ones; and each step predicts a share of the ratings, hidden from the graph meanwhile
    (`target_share: 0` is the authors' way: all at once, none hidden).

    **Shapes**: R levels, H hidden size, D embedding size: tables [U, R, H] and [I, R, H], z [U, D], [I, D].
    """

    name = "gcmc"
    title = "GC-MC"
    paper = "van den Berg et al., KDD Deep Learning Day 2018"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "hidden_size": [100, 200],
        "accumulate": ["sum", "stack"],
        "weight_sharing": ["ordinal", "none"],
        "normalisation": ["left", "symmetric"],
        "target_share": [0.0, 0.25, 0.5],
        "node_dropout": (0.1, 0.8),
        "dropout": (0.1, 0.8),
        "learning_rate": (0.003, 0.03, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of GC-MC."""

        hidden_size: int = setting(100, "Width of what messages add up to", low=2, high=4096)
        embedding_size: int = shared_setting("embedding_size", 75)
        n_bases: int = setting(2, "How many ways of comparing two vectors the levels share", low=1, high=16)
        accumulate: str = setting(
            "sum",
            "sum: messages of all levels add up; stack: each level keeps a part of the width",
            choices=("sum", "stack"),
        )
        weight_sharing: str = setting(
            "ordinal",
            "ordinal: a level adds to the weights of the level below; none: levels share nothing",
            choices=("ordinal", "none"),
        )
        normalisation: str = setting(
            "left",
            "left: a node takes the mean of its messages; symmetric: popular senders count less",
            choices=("left", "symmetric"),
        )
        target_share: float = target_share(0.5)
        node_dropout: float = setting(
            0.3, "Share of people and items silenced while learning", low=0.0, high=0.95
        )
        dropout: float = setting(
            0.3, "Share of what arrived that is hidden while learning", low=0.0, high=0.95
        )
        average: float = average(0.995)
        learning_rate: float = shared_setting("learning_rate", 0.01)
        epochs: int = shared_setting("epochs", 600)
        patience: int = shared_setting("patience", 60)
        evaluate_every: int = shared_setting("evaluate_every", 5)

    # Parameters

    def _attached(self) -> None:
        super()._attached()
        self.levels = np.unique(self.data.rating)
        if len(self.levels) > MOST_LEVELS:
            raise IncompatibleError(
                where=f"{self.title} on {self.data.dataset.title}",
                found=f"{len(self.levels):,} different ratings",
                expected=f"at most {MOST_LEVELS}, because each has weights of its own",
                todo="Choose gcn_rating, which takes ratings as numbers, or round the ratings.",
            )

    def _weights(self) -> nn.Module:
        config, n_levels = self.config, len(self.levels)
        width = self._width
        parts = nn.Module()
        for name, count in (("people", self.data.n_users), ("items", self.data.n_items)):
            bound = (6 / (count + width)) ** 0.5
            table = torch.empty(count, n_levels, width).uniform_(-bound, bound)
            setattr(parts, name, nn.Parameter(table))
        arrived = width * (n_levels if config.accumulate == "stack" else 1)
        parts.dense_people = nn.Linear(arrived, config.embedding_size)
        parts.dense_items = nn.Linear(arrived, config.embedding_size)
        size = config.embedding_size
        parts.bases = nn.Parameter(torch.stack([_glorot(size, size) for _ in range(config.n_bases)]))
        parts.mix = nn.Parameter(_glorot(config.n_bases, n_levels))
        parts.level = nn.Parameter(torch.zeros(n_levels))
        return parts

    @property
    def _width(self) -> int:
        """Width of one message: under stack each level has its part of the whole."""
        whole = self.config.hidden_size
        return max(1, whole // len(self.levels)) if self.config.accumulate == "stack" else whole

    # Messages

    def _graph_placed(self) -> None:
        users, items, rating = self._edges
        n_users, n_items, n_levels = self.data.n_users, self.data.n_items, len(self.levels)
        level = np.abs(rating[:, None] - self.levels).argmin(1) if len(rating) else np.empty(0, dtype=int)
        edge = np.arange(len(rating))
        to_people, to_items = (users, n_users), (items, n_items)
        if self.config.accumulate == "stack":
            to_people = (users * n_levels + level, n_users * n_levels)
            to_items = (items * n_levels + level, n_items * n_levels)
        from_items = (items * n_levels + level, n_items * n_levels)
        from_people = (users * n_levels + level, n_users * n_levels)
        self._to_people, self._to_items = (
            tuple(
                EdgeMatrix.of(rows, columns, edge, (height, width), self.device)
                for (rows, height), (columns, width) in ((target, source), (source, target))
            )
            for target, source in ((to_people, from_items), (to_items, from_people))
        )
        self._ends = tuple(torch.from_numpy(end).to(self.device) for end in (users, items))
        self._levels = torch.from_numpy(self.levels.astype(np.float32)).to(self.device)

    def _vectors(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        now, config = self._now, self.config
        users, items = self._ends
        of_users = kept.new_zeros(self.data.n_users).index_add_(0, users, kept).clamp(min=1)[users]
        of_items = kept.new_zeros(self.data.n_items).index_add_(0, items, kept).clamp(min=1)[items]
        both = (of_users * of_items).sqrt()
        symmetric = config.normalisation == "symmetric"
        people = self._arrived(self._to_people, kept / (both if symmetric else of_users), now.items)
        things = self._arrived(self._to_items, kept / (both if symmetric else of_items), now.people)
        return (
            now.dense_people(people.reshape(self.data.n_users, -1)),
            now.dense_items(things.reshape(self.data.n_items, -1)),
        )

    def _arrived(self, matrices: tuple[EdgeMatrix, EdgeMatrix], weights: Tensor, table: Tensor) -> Tensor:
        """What all levels send, after the nonlinearity. **Shapes**: weights [E], table [n, R, H]."""
        forward, backward = (matrix.filled(weights) for matrix in matrices)
        if self.config.weight_sharing == "ordinal":
            table = table.cumsum(1)
        heard = self._dropped(table.new_ones(len(table), 1, 1), self.config.node_dropout)
        sent = SparseProduct.apply(forward, backward, (table * heard).flatten(0, 1))
        return self._dropped(functional.relu(sent), self.config.dropout)

    # Ratings

    def _error(self, encoded: tuple[Tensor, Tensor], rated: Rated) -> Tensor:
        given = torch.searchsorted(self._levels, rated.rating)
        return functional.cross_entropy(self._logits(encoded, rated.users, rated.items), given)

    def _logits(self, encoded: tuple[Tensor, Tensor], users: Tensor, items: Tensor) -> Tensor:
        """**Shapes**: [n], [n] → [n, R]."""
        people, things = encoded
        match = torch.stack([((people @ basis)[users] * things[items]).sum(-1) for basis in self._now.bases])
        return match.T @ self._now.mix + self._now.level

    def _predicted(self, encoded: tuple[Tensor, Tensor], users: Tensor, items: Tensor) -> Tensor:
        return self._logits(encoded, users, items).softmax(-1) @ self._levels

    def _of_everything(self, encoded: tuple[Tensor, Tensor], users: Tensor) -> Tensor:
        people, things = encoded
        # A chance for each level of each pair: taken for as many people at once as stay small.
        at_once = max(1, LARGEST_BLOCK // (len(things) * len(self.levels)))
        ratings = []
        for some in users.split(at_once):
            match = torch.stack([people[some] @ basis @ things.T for basis in self._now.bases], dim=-1)
            ratings.append((match @ self._now.mix + self._now.level).softmax(-1) @ self._levels)
        return torch.cat(ratings)


def _glorot(rows: int, columns: int) -> Tensor:
    return nn.init.xavier_uniform_(torch.empty(rows, columns))
