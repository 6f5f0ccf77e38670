"""DiffNet: tastes spread among friends, and a person is what reached them beside the mean of what they chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from gnnrec.data.friends import friends_of
from gnnrec.recommenders.answers import Contributions
from gnnrec.recommenders.capabilities import EDITS_GRAPH, FOLDS_IN, LAYERS
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.hears_friends import NamesFriends
from gnnrec.recommenders.parts.one_way import OneWay
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.vectors import VectorModel
from gnnrec.recommenders.query import Query


class DiffNet(NamesFriends, VectorModel):
    """In every round each person takes over a part of the mean of their friends; what they chose is added at the end.

    **Source**: Wu et al., "A Neural Influence Diffusion Model for Social Recommendation", SIGIR 2019, equations
    5–9: h_u^(k+1) is made of h_u^(k) and the mean of the friends' h_v^(k), and a person is h_u^(K) plus the mean
    of the vectors of their items. Ours differs: instead of a layer that learns how to join the two,
    h_u^(k+1) = (1 − w) h_u^(k) + w mean_v h_v^(k); there are no features; trust in one direction joins both
    people, who has no friends keeps their own vector, and the loss is that of `mf`. While learning, a part of the
    choices is left out of the means and only those are learned from (`hidden_choices`): the mean of what somebody
    chose tells what they chose, so that a model asked for it learns to repeat it and nothing of friends.
    With `social_weight: 0` a person is their own vector plus the mean of their items, as in SVD++, and nobody's
    friends count.

    Items hear nobody, so messages do not travel along the edges between people and items. A score splits
    exactly over the history and the people whose tastes arrived (`shares`). A newcomer is their history alone.

    **Shapes**: people [U, D], items [I, D].
    """

    name = "diffnet"
    title = "DiffNet"
    paper = "Wu et al., SIGIR 2019"
    needs = frozenset({"social"})
    search_space: ClassVar[dict[str, tuple | list]] = {
        "social_weight": (0.1, 0.9),
        "n_layers": (1, 3),
        "hidden_choices": (0.2, 0.8),
        "batch_users": (200, 1000, "log"),
        "learning_rate": (0.005, 0.1, "log"),
        "dropout": (0.0, 0.6),
        "temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of DiffNet."""

        social_weight: float = setting(
            0.5,
            "How much of the friends' mean a person takes over in a round; 0 leaves the friends out",
            low=0.0,
            high=1.0,
        )
        embedding_size: int = shared_setting("embedding_size", 128)
        n_layers: int = shared_setting("n_layers", 2)
        hidden_choices: float = setting(
            0.5,
            "Share of choices left out of the means in each step, and learned from; 0 learns from all it hears",
            low=0.0,
            high=0.9,
        )
        dropout: float = shared_setting("dropout", 0.1)
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
        learning_rate: float = shared_setting("learning_rate", 0.025)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {EDITS_GRAPH, FOLDS_IN, LAYERS}

    @property
    def _hears_friends(self) -> bool:
        return self.config.social_weight > 0

    # Learning

    def _network(self) -> nn.Module:
        return self._with_vectors()

    def _attached(self) -> None:
        super()._attached()
        friends = friends_of(self.data.dataset)
        weight = np.where(friends.counts > 0, self.config.social_weight, 0)
        self._round = (sparse.diags(1 - weight) + sparse.diags(weight) @ friends.averaging).tocsr()
        self._round.eliminate_zeros()

    def _placed(self) -> None:
        super()._placed()
        self._spread = OneWay(self._round, self.device)
        lengths = np.maximum(np.diff(self.data.matrix.indptr), 1)
        self._choices = OneWay(sparse.diags(1 / lengths) @ self.data.matrix, self.device)
        self._heard = self._choices

    def _asked(self, pairs: Tensor) -> Tensor:
        if not self.config.hidden_choices:
            return pairs
        drawn = torch.rand(len(self._indices), generator=self.generator, device=self.device)
        hidden = drawn < self.config.hidden_choices
        if not hidden[pairs].any():
            hidden[pairs] = True
        heard = (~hidden).float()
        counts = heard.new_zeros(self.data.n_users).index_add_(0, self._pair_users, heard)
        self._heard = self._choices.reweighed(heard / counts.clamp(min=1)[self._pair_users])
        return pairs[hidden[pairs]]

    def _rounds_of(self, people: Tensor) -> list[Tensor]:
        rounds = [people]
        for _ in range(self.config.n_layers):
            rounds.append(self._spread(rounds[-1]))
        return rounds

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(torch.cat([self.net.user, self.net.item]), self.config.dropout)
        people, items = table.split([self.data.n_users, self.data.n_items])
        heard = self._heard if self.net.training else self._choices
        return self._rounds_of(people)[-1] + heard(items), items, table

    # Answers

    def _serve(self) -> None:
        super()._serve()
        self._people = [one.cpu().numpy() for one in self._rounds_of(self.net.user)]
        self._items = self.net.item.cpu().numpy()

    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        self._require_data()
        with torch.inference_mode():
            chosen = self._choices(self.net.item).cpu().numpy()
            return [(self._scaled(one + chosen), self._item_vectors) for one in self._people]

    def _scaled(self, vectors: np.ndarray) -> np.ndarray:
        """Brought to length 1 where angles rank. **Shapes**: [..., D] → [..., D]."""
        if self.config.score != "cosine":
            return vectors
        return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)

    def _mean_of(self, history: np.ndarray) -> np.ndarray:
        """**Shapes**: [H] → [D]."""
        return self._items[history].sum(0) / max(len(history), 1)

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        return self._scaled(self._mean_of(history)) @ self._item_vectors.T

    def _edited(self, query: Query) -> np.ndarray:
        vector = self._people[-1][query.user] + self._mean_of(self.history(query))
        return self._scaled(vector) @ self._item_vectors.T

    def _sends(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return self._items[sources] @ self._item_vectors[targets].T

    def _alone(self) -> Self:
        alone = type(self)(**{**self.config.as_dict(), "social_weight": 0.0})
        alone.load_state(self.data, self.state())
        return alone

    def _shares(self, query: Query, items: np.ndarray) -> Contributions:
        # The people whose tastes arrived are the friends and, from the second round on, their friends too.
        history = self.history(query)
        from_items = self._items[history].astype(np.float64) / max(len(history), 1)
        own, friends = np.zeros(self.config.embedding_size), np.empty(0, dtype=np.int64)
        from_friends = np.empty((0, self.config.embedding_size))
        if query.user is not None:
            arrived = sparse.csr_matrix(([1.0], ([0], [query.user])), shape=(1, self.data.n_users))
            for _ in range(self.config.n_layers):
                arrived = arrived @ self._round
            senders = arrived.indices.astype(np.int64)
            sent = arrived.data[:, None] * self._people[0][senders]
            itself = senders == query.user
            own, order = sent[itself].sum(0), np.argsort(senders[~itself])
            friends, from_friends = senders[~itself][order], sent[~itself][order]
        length = 1.0
        if self.config.score == "cosine":
            length = max(float(np.linalg.norm(own + from_items.sum(0) + from_friends.sum(0))), 1e-12)
        asked = self._item_vectors[items].astype(np.float64) / length
        return Contributions(
            self.scores([query], items)[0],
            asked @ own,
            history,
            asked @ from_items.T,
            friends,
            asked @ from_friends.T,
        )
