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
from gnnrec.recommenders.parts.averaged import Averaged, average
from gnnrec.recommenders.parts.edge_softmax import edge_softmax
from gnnrec.recommenders.parts.hears_friends import HearsFriends
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.rated_graph import RatedGraphModel, target_share
from gnnrec.recommenders.parts.rating import NEEDS, Rated

# Between how many points of the scale an opinion is read; ratings in between are read from the two nearest.
_OPINIONS = 5
_LARGEST_BLOCK = 2**22


class GraphRec(HearsFriends, Averaged, RatedGraphModel):
    """A person is what they think of what they rated, and who their friends are; an item is who thinks what of it.

    **Source**: Fan et al., "Graph Neural Networks for Social Recommendation", WWW 2019. Equations 2–8: what item a
    says of person i is x_ia = g([q_a, e_r]), and h_i^I = σ(W Σ_a α_ia x_ia + b) with attention
    α*_ia = w₂ᵀ σ(W₁ [x_ia, p_i] + b₁) + b₂, softmax over their items. Equations 9–13: h_i^S the same over the
    friends' h_o^I. Equation 14: h_i = σ(W [h_i^I, h_i^S] + b). Equations 15–19: items likewise from the people who
    rated them. Equations 20–23: a perceptron reads both, squared error. Ours differs: each perceptron has one
    layer; an opinion e_r is read between five points of the scale, so that any scale will do; the mean rating, an
    offset per person and item and the product (p_i + W h_i)·(q_j + W z_j) are added, and every vector and offset
    is pulled to zero once, as in our `svdpp`; trust in one direction joins both people; each step hides the ratings
    that it predicts; and a moving average of the parameters answers. A perceptron of one layer hardly learns that
    one thing fits another, so without the product (`product: no`, as in the paper) little but the offsets is left.
    With `use_friends: no` h^S is left out, and so it is for who has no friends.

    Attention is learned with the rest and no share of a score: friends are not named.

    **Shapes**: E ratings, F edges between people (both directions): x [E, D], α [E], β [F], h [U, D], z [I, D].
    """

    name = "graphrec"
    title = "GraphRec"
    paper = "Fan et al., WWW 2019"
    needs = NEEDS | {"social"}
    search_space: ClassVar[dict[str, tuple | list]] = {
        "target_share": [0.25, 0.5],
        "learning_rate": (0.005, 0.05, "log"),
        "dropout": (0.2, 0.8),
        "reg": (5.0, 40.0, "log"),
        "reg_offsets": (1.5, 8.0, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of GraphRec."""

        use_friends: bool = setting(
            True, "Friends are heard; without them the same model knows ratings alone"
        )
        product: bool = setting(
            True, "The product of two vectors is added; without it a perceptron alone reads both"
        )
        embedding_size: int = shared_setting("embedding_size", 32)
        target_share: float = target_share(0.5)
        dropout: float = shared_setting("dropout", 0.6)
        reg: float = setting(
            15.0,
            "Pull of every vector to zero, against this many ratings' worth of error",
            low=0.0,
            high=10_000.0,
        )
        reg_offsets: float = setting(
            3.0, "The same for the offsets of people and items", low=0.0, high=10_000.0
        )
        average: float = average(0.95)
        learning_rate: float = shared_setting("learning_rate", 0.02)
        epochs: int = shared_setting("epochs", 200)
        patience: int = shared_setting("patience", 30)
        evaluate_every: int = shared_setting("evaluate_every", 1)

    @property
    def _hears_friends(self) -> bool:
        return self.config.use_friends

    # Parameters and graph

    def _weights(self) -> nn.Module:
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
        if self.config.product:
            net.fits_person, net.fits_item = (nn.Linear(size, size, bias=False) for _ in range(2))
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
        net, (users, items) = self._now, self._ends
        people, things = (self._dropped(one, self.config.dropout) for one in (net.user, net.item))
        said_by_items = net.of_items.said(things, items, self._read)
        said_by_people = net.of_people.said(people, users, self._read)
        heard = net.of_items(people, said_by_items, users, kept)
        joined = net.person(heard)
        if self.config.use_friends:
            person, friend = self._befriended
            joined = joined + net.social(net.of_friends(people, _rows(heard, friend), person))
        return functional.relu(joined), net.of_people(things, said_by_people, items, kept)

    def _factors(self, encoded: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """What is multiplied: own vectors, and what is made of those that were heard. **Shapes**: [U, D], [I, D]."""
        net, (people, things) = self._now, encoded
        return net.user + net.fits_person(people), net.item + net.fits_item(things)

    def _predicted(self, encoded: tuple[Tensor, Tensor], users: Tensor, items: Tensor) -> Tensor:
        net, (people, things) = self._now, encoded
        both = _rows(net.reads_person(people), users) + _rows(net.reads_item(things), items)
        match = net.out(self._dropped(functional.relu(both), self.config.dropout)).squeeze(-1)
        if self.config.product:
            mine, theirs = self._factors(encoded)
            match = match + (_rows(mine, users) * _rows(theirs, items)).sum(-1)
        return self.mean + net.bias[users] + net.bias[self.data.n_users + items] + match

    def _penalty(self, batch: Rated) -> Tensor:
        net = self._now
        vectors = net.user.square().sum() + net.item.square().sum()
        own = self.config.reg * vectors + self.config.reg_offsets * net.bias.square().sum()
        # The loss is a mean over ratings, so what the whole sum is weighed against is divided likewise.
        return own / len(self._rated.rating)

    def _of_everything(self, encoded: tuple[Tensor, Tensor], users: Tensor) -> Tensor:
        net = self._now
        people, things = net.reads_person(encoded[0][users]), net.reads_item(encoded[1])
        own, theirs = net.bias.split([self.data.n_users, self.data.n_items])
        at_once = max(1, _LARGEST_BLOCK // max(things.numel(), 1))
        match = torch.cat(
            [net.out(functional.relu(some[:, None] + things)).squeeze(-1) for some in people.split(at_once)]
        )
        if self.config.product:
            of_people, of_items = self._factors(encoded)
            match = match + of_people[users] @ of_items.T
        return self.mean + own[users][:, None] + theirs + match

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
        score = self.score(functional.relu(self.sender(sent) + _rows(self.target(own), targets))).squeeze(-1)
        weights = edge_softmax(score, targets, len(own), kept)
        reached = torch.zeros_like(own[:, 0]).index_add(0, targets, weights) > 0
        arrived = torch.zeros_like(own).index_add(0, targets, weights[:, None] * sent)
        return functional.relu(self.out(arrived)) * reached[:, None]


class _Opinions(_Attention):
    """Attention over ratings: what is sent is the other end of the edge together with the opinion of it."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.reads = nn.Linear(size, size)
        self.opinion = nn.Parameter(nn.init.normal_(torch.empty(_OPINIONS, size), std=0.1))

    def said(self, vectors: Tensor, senders: Tensor, read: Tensor) -> Tensor:
        """**Shapes**: vectors of the senders [n, D], [E], how near to each point of the scale [E, P] → [E, D]."""
        return functional.relu(_rows(self.reads(vectors), senders) + read @ self.opinion)


def _rows(values: Tensor, at: Tensor) -> Tensor:
    """values[at], whose gradient takes half as long. **Shapes**: [n, D], [m] → [m, D]."""
    return values.index_select(0, at)
