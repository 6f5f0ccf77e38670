"""GraphRec: attention over what somebody rated, over who rated an item, and over friends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.data.friends import friends_of
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.hears_friends import HearsFriends
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.rated_graph import RatedGraphModel, target_share
from gnnrec.recommenders.parts.rating import NEEDS, Rated

# Between how many points of the scale an opinion is read; ratings in between are read from the two nearest.
_OPINIONS = 5
_LARGEST_BLOCK = 2**22


class GraphRec(HearsFriends, RatedGraphModel):
    """A person is what they think of what they rated, and who their friends are; an item is who thinks what of it.

    **Source**: Fan et al., "Graph Neural Networks for Social Recommendation", WWW 2019. Equations 2–8: what item a
    says of person i is x_ia = g([q_a, e_r]), and h_i^I = σ(W Σ_a α_ia x_ia + b) with attention
    α*_ia = w₂ᵀ σ(W₁ [x_ia, p_i] + b₁) + b₂, softmax over their items. Equations 9–13: h_i^S the same over the
    friends' h_o^I. Equation 14: h_i = σ(W [h_i^I, h_i^S] + b). Equations 15–19: items likewise from the people who
    rated them. Equations 20–23: a perceptron reads both, squared error. Ours differs: each perceptron has one
    layer; an opinion e_r is read between five points of the scale, so that any scale will do; the mean rating and
    an offset per person and item are added, and every vector and offset is pulled to zero once, as in our `svdpp`;
    trust in one direction joins both people; and each step hides the ratings that it predicts. With
    `use_friends: no` h^S is left out, and so it is for who has no friends.

    Attention is learned with the rest and no share of a score: friends are not named.

    **Shapes**: E ratings, F edges between people (both directions): x [E, D], α [E], β [F], h [U, D], z [I, D].
    """

    name = "graphrec"
    title = "GraphRec"
    paper = "Fan et al., WWW 2019"
    needs = NEEDS | {"social"}
    search_space: ClassVar[dict[str, tuple | list]] = {
        "target_share": [0.25, 0.5],
        "learning_rate": (0.003, 0.02, "log"),
        "dropout": (0.2, 0.7),
        "reg": (1.0, 30.0, "log"),
        "reg_offsets": (1.5, 8.0, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of GraphRec."""

        use_friends: bool = setting(
            True, "Friends are heard; without them the same model knows ratings alone"
        )
        embedding_size: int = shared_setting("embedding_size", 32)
        target_share: float = target_share(0.5)
        dropout: float = shared_setting("dropout", 0.5)
        reg: float = setting(
            10.0,
            "Pull of every vector to zero, against this many ratings' worth of error",
            low=0.0,
            high=10_000.0,
        )
        reg_offsets: float = setting(
            3.0, "The same for the offsets of people and items", low=0.0, high=10_000.0
        )
        learning_rate: float = shared_setting("learning_rate", 0.01)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 1)

    @property
    def _hears_friends(self) -> bool:
        return self.config.use_friends

    # Parameters and graph

    def _network(self) -> nn.Module:
        size, n_users, n_items = self.config.embedding_size, self.data.n_users, self.data.n_items
        net = nn.Module()
        net.user = nn.Parameter(nn.init.normal_(torch.empty(n_users, size), std=0.1))
        net.item = nn.Parameter(nn.init.normal_(torch.empty(n_items, size), std=0.1))
        net.bias = nn.Parameter(torch.zeros(n_users + n_items))
        net.of_items, net.of_people = _Opinions(size), _Opinions(size)
        if self.config.use_friends:
            net.of_friends = _Attention(size)
            net.social = nn.Linear(size, size, bias=False)
        net.person = nn.Linear(size, size)
        net.reads_person, net.reads_item = nn.Linear(size, size), nn.Linear(size, size, bias=False)
        net.out = nn.Linear(size, 1, bias=False)
        return net

    def _graph_placed(self) -> None:
        users, items, rating = self._edges
        self._ends = tuple(torch.from_numpy(end).to(self.device) for end in (users, items))
        at = np.clip((rating - self.low) / ((self.high - self.low) or 1.0), 0, 1) * (_OPINIONS - 1)
        near = np.maximum(1 - np.abs(at[:, None] - np.arange(_OPINIONS)), 0)
        self._read = torch.from_numpy(near.astype(np.float32)).to(self.device)
        friends = friends_of(self.data.dataset).matrix.tocoo()
        self._befriended = tuple(
            torch.from_numpy(end.astype(np.int64)).to(self.device) for end in (friends.row, friends.col)
        )

    # Vectors and ratings

    def _vectors(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        net, (users, items) = self.net, self._ends
        people, things = (self._dropped(one, self.config.dropout) for one in (net.user, net.item))
        said_by_items = net.of_items.said(things, items, self._read)
        said_by_people = net.of_people.said(people, users, self._read)
        heard = net.of_items(people, said_by_items, users, kept)
        joined = net.person(heard)
        if self.config.use_friends:
            person, friend = self._befriended
            joined = joined + net.social(net.of_friends(people, heard[friend], person))
        return functional.relu(joined), net.of_people(things, said_by_people, items, kept)

    def _predicted(self, encoded: tuple[Tensor, Tensor], users: Tensor, items: Tensor) -> Tensor:
        people, things = encoded
        net = self.net
        hidden = functional.relu(net.reads_person(people)[users] + net.reads_item(things)[items])
        hidden = self._dropped(hidden, self.config.dropout)
        own = net.bias[users] + net.bias[self.data.n_users + items]
        return self.mean + own + net.out(hidden).squeeze(-1)

    def _penalty(self, batch: Rated) -> Tensor:
        net = self.net
        vectors = net.user.square().sum() + net.item.square().sum()
        own = self.config.reg * vectors + self.config.reg_offsets * net.bias.square().sum()
        # The loss is a mean over ratings, so what the whole sum is weighed against is divided likewise.
        return own / len(self._rated.rating)

    def _of_everything(self, encoded: tuple[Tensor, Tensor], users: Tensor) -> Tensor:
        net = self.net
        people, things = net.reads_person(encoded[0][users]), net.reads_item(encoded[1])
        own, theirs = net.bias.split([self.data.n_users, self.data.n_items])
        at_once = max(1, _LARGEST_BLOCK // max(things.numel(), 1))
        match = [
            net.out(functional.relu(some[:, None] + things)).squeeze(-1) for some in people.split(at_once)
        ]
        return self.mean + own[users][:, None] + theirs + torch.cat(match)

    def _alone(self) -> Self:
        alone = self._copy()
        alone.config = type(self.config)(**{**self.config.as_dict(), "use_friends": False})
        alone.serve()
        return alone


class _Attention(nn.Module):
    """The mean of what arrives at each node, weighed by what the node makes of each sender."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.sender, self.target = nn.Linear(size, size), nn.Linear(size, size, bias=False)
        self.score = nn.Linear(size, 1, bias=False)
        self.out = nn.Linear(size, size)

    def forward(self, own: Tensor, sent: Tensor, targets: Tensor, kept: Tensor | None = None) -> Tensor:
        """Zeros for who is sent nothing.

        **Shapes**: own vectors of the targets [n, D], what is sent along each edge [E, D], [E], [E] → [n, D].
        """
        score = self.score(functional.relu(self.sender(sent) + self.target(own)[targets])).squeeze(-1)
        # Softmax over the edges of each target; the largest is taken off so that no power overflows.
        largest = torch.full_like(own[:, 0], -torch.inf).scatter_reduce(0, targets, score.detach(), "amax")
        weights = (score - largest[targets]).exp()
        weights = weights if kept is None else weights * kept
        total = torch.zeros_like(own[:, 0]).index_add(0, targets, weights)
        weights = weights / total.clamp(min=1e-12)[targets]
        arrived = torch.zeros_like(own).index_add(0, targets, weights[:, None] * sent)
        return functional.relu(self.out(arrived)) * (total > 0)[:, None]


class _Opinions(_Attention):
    """Attention over ratings: what is sent is the other end of the edge together with the opinion of it."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.reads = nn.Linear(size, size)
        self.opinion = nn.Parameter(nn.init.normal_(torch.empty(_OPINIONS, size), std=0.1))

    def said(self, vectors: Tensor, senders: Tensor, read: Tensor) -> Tensor:
        """**Shapes**: vectors of the senders [n, D], [E], how near to each point of the scale [E, P] → [E, D]."""
        return functional.relu(self.reads(vectors)[senders] + read @ self.opinion)
