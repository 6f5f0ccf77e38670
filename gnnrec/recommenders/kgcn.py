"""KGCN: an item is itself and what is known about it, each sort of fact weighed by the taste of who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.answers import FactShares
from gnnrec.recommenders.capabilities import NAMES_FACTS, SWITCHES
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.knowledge_settings import heard_facts, knowledge_setting, space_of_knowledge
from gnnrec.recommenders.parts.one_way import OneWay
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.trainable import Trainable
from gnnrec.recommenders.query import Query, as_queries

_PEOPLE_AT_ONCE = 256


class KGCN(Trainable):
    """A person has a taste for sorts of facts; by it they weigh what is known about an item beside the item itself.

    **Source**: Wang et al., "Knowledge Graph Convolutional Networks for Recommender Systems", WWW 2019, equations
    1–5: a person's weight of relation r is π = u · r, a softmax over an item's facts; the item becomes what the
    sum aggregator makes of its own vector and the weighted sum of its entities. Ours differs: all facts are heard,
    none are sampled; the entities of one relation are averaged first, so that a long cast does not drown the
    director; nothing stands behind the sum (no matrix, no nonlinearity), so that scores add up exactly from the
    item and its facts (`shares`) and the whole catalogue is scored by sparse products; item and facts are
    averaged with `knowledge_weight`; with `score: cosine` every vector has length 1 first; the loss is the exact
    softmax over the catalogue. With two hops an entity in turn hears its items, weighed by the same taste.

    With `use_knowledge: no` a score is the product of two vectors, as in `mf`. Nothing of the graph of who chose
    what is heard, so a change of edges shows only after training again.

    **Shapes**: people [U, D], items [I, D], entities [E, D], relations [R, D].
    """

    name = "kgcn"
    title = "Taste for facts (KGCN)"
    paper = "Wang et al., WWW 2019"
    needs = frozenset({"knowledge"})
    search_space: ClassVar[dict[str, tuple | list]] = {
        "knowledge_weight": (0.05, 0.7),
        "n_hops": [1, 2],
        "embedding_size": [64, 128],
        "batch_users": (100, 1000, "log"),
        "learning_rate": (0.005, 0.1, "log"),
        "dropout": (0.0, 0.6),
        "temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of KGCN."""

        use_knowledge: str = knowledge_setting("use_knowledge", "yes")
        knowledge_weight: float = knowledge_setting("knowledge_weight", 0.3)
        n_hops: int = setting(
            1, "1: an item hears its facts; 2: those hear their other items first", low=1, high=2, unit="hops"
        )
        least_items: int = knowledge_setting("least_items", 2)
        embedding_size: int = shared_setting("embedding_size", 64)
        dropout: float = shared_setting("dropout", 0.1)
        temperature: float = shared_setting("temperature", 0.15)
        score: str = shared_setting("score", "cosine")
        batch_users: int = shared_setting("batch_users", 400)
        learning_rate: float = shared_setting("learning_rate", 0.025)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @classmethod
    def space_under(cls, settings: Mapping[str, Any]) -> dict[str, tuple | list]:
        return space_of_knowledge(super().space_under(settings), settings)

    @property
    def score_kind(self) -> str:
        """A mean of cosines is read like a cosine."""
        return self.config.score

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({SWITCHES, NAMES_FACTS} if self._hears else set())

    @property
    def _hears(self) -> bool:
        return self.config.use_knowledge == "yes" and self.config.knowledge_weight > 0

    # Learning

    def _attached(self) -> None:
        super()._attached()
        # Which facts there are decides the shape of what is learned; which of them are heard can change later.
        self.facts = heard_facts(self.data.dataset, self.config.least_items) if self._hears else None
        self._silent: frozenset[str] = frozenset()

    def _network(self) -> nn.Module:
        net = nn.Module()
        sizes = {"user": self.data.n_users, "item": self.data.n_items}
        if self._hears:
            sizes |= {"entity": len(self.facts.entities), "relation": len(self.facts.relations)}
        for name, size in sizes.items():
            table = nn.init.normal_(torch.empty(size, self.config.embedding_size), std=0.1)
            setattr(net, name, nn.Parameter(table))
        return net

    def _placed(self) -> None:
        matrix = self.data.matrix
        self._active = torch.from_numpy(np.flatnonzero(np.diff(matrix.indptr))).to(self.device)
        self._heard_placed()

    def _heard_placed(self) -> None:
        """Who hears what, hop by hop: in the last one items hear entities, before it both hear each other."""
        self._hops: list[_Hop] = []
        if not self._hears:
            return
        facts, n_items = self.facts, self.data.n_items
        heard = ~np.isin(np.array(facts.relations, dtype=object)[facts.relation], list(self._silent))
        item, entity, relation = facts.item[heard], facts.entity[heard] + n_items, facts.relation[heard]
        n_nodes, weight = n_items + len(facts.entities), self.config.knowledge_weight
        if self.config.n_hops > 1:
            both = np.concatenate([item, entity]), np.tile(relation, 2), np.concatenate([entity, item])
            self._hops.append(_Hop(*both, n_nodes, n_nodes, weight, self.device))
        self._hops.append(_Hop(item, relation, entity, n_items, n_nodes, weight, self.device))

    def batches(self) -> Iterator[Tensor]:
        source, size = self._active, self.config.batch_users or len(self._active)
        if len(source) <= size:
            yield source
            return
        shuffled = source[torch.randperm(len(source), generator=self.generator, device=self.device)]
        yield from torch.split(shuffled, size)

    def loss(self, batch: Tensor) -> Tensor:
        chosen = self.data.matrix[batch.cpu().numpy()].tocoo()
        rows, items = (torch.from_numpy(one.astype(np.int64)).to(self.device) for one in chosen.coords)
        logits = self._points(batch) / self.config.temperature
        counts = torch.bincount(rows, minlength=len(batch))
        every = (torch.logsumexp(logits, 0) * counts).sum()
        return (every - logits[items, rows].sum()) / len(rows)

    def _vectors(self) -> tuple[Tensor, Tensor]:
        """Vectors of people, and of items with entities behind them. **Shapes**: [U, D], [I + E, D]."""
        nodes = torch.cat([self.net.item, self.net.entity]) if self._hears else self.net.item
        found = []
        for table in (self.net.user, nodes):
            dropped = self._dropped(table, self.config.dropout)
            found.append(functional.normalize(dropped) if self.config.score == "cosine" else dropped)
        return found[0], found[1]

    def _points(self, users: Tensor) -> Tensor:
        """Scores of all items for some people. **Shapes**: [B] → [I, B]."""
        people, nodes = self._vectors()
        people = people[users]
        own = points = nodes @ people.T
        if self._hears:
            weights = self._weights(people)
            for hop in self._hops:
                points = hop(own, points, weights)
        return points

    def _weights(self, people: Tensor) -> Tensor:
        """How much each person listens to each relation, up to a factor. **Shapes**: [B, D] → [R, B]."""
        liking = self.net.relation @ people.T
        # An item may lack the relation liked best: what is left must not vanish beside it.
        return torch.exp((liking - liking.max(0, keepdim=True).values.detach()).clamp(min=-30))

    # Answers

    def _serve(self) -> None:
        """Scores are computed when asked for: each person sees items of their own."""

    def _scores(self, users: np.ndarray) -> np.ndarray:
        out = np.empty((len(users), self.data.n_items), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(users), _PEOPLE_AT_ONCE):
                some = torch.from_numpy(users[start : start + _PEOPLE_AT_ONCE]).to(self.device)
                out[start : start + _PEOPLE_AT_ONCE] = self._points(some).T.cpu().numpy()
        return out

    @property
    def side_relations(self) -> tuple[str, ...]:
        if not self._hears or self.data is None:
            return ()
        return tuple(name for name in self.facts.relations if name not in self._silent)

    def _without(self, relations: frozenset[str]) -> Self:
        quiet = object.__new__(type(self))
        quiet.__dict__ = dict(self.__dict__)
        quiet._silent = self._silent | relations
        quiet._heard_placed()
        return quiet

    def tastes(self, users: Sequence[int]) -> np.ndarray:
        """How much some people listen to each of `side_relations`, for an item that has facts of all.

        **Shapes**: [B] → [B, R]; rows sum to 1.
        """
        self._require(SWITCHES, "hears no facts")
        self._check([Query(user=int(user)) for user in users], None)
        with torch.inference_mode():
            weights = self._weights(self._people_of(users)).T.cpu().numpy()
        names = np.array(self.facts.relations, dtype=object)
        weights = weights[:, ~np.isin(names, list(self._silent))]
        return weights / weights.sum(1, keepdims=True)

    def _people_of(self, users: Sequence[int]) -> Tensor:
        return self._vectors()[0][torch.as_tensor(np.asarray(users, dtype=np.int64), device=self.device)]

    def fact_shares(self, query: Query | int, items: Sequence[int]) -> FactShares:
        """Scores split exactly over each item and its facts.

        Args:
            query: A known person.
            items: Item numbers asked about.
        """
        query = as_queries([query])[0]
        self._check([query], items)
        items = np.asarray(items, dtype=np.int64)
        score = self.scores([query], items)[0]
        nothing = np.empty(0, dtype=object)
        if not self._hears:
            return FactShares(score, score, np.empty(0, np.int64), nothing, nothing, np.empty(0, np.float32))
        with torch.inference_mode():
            person, nodes = self._people_of([query.user]), self._vectors()[1]
            own = points = nodes @ person.T
            weights = self._weights(person)
            for hop in self._hops[:-1]:
                points = hop(own, points, weights)
            own, points, weights, share = (
                one[:, 0].cpu().numpy() for one in (own, points, weights, self._hops[-1].share)
            )
        facts, names = self.facts, np.array(self.facts.relations, dtype=object)
        place, at, entity, values = [], [], [], []
        for number, item in enumerate(items):
            mine = np.arange(*np.searchsorted(facts.item, [item, item + 1]))
            mine = mine[~np.isin(names[facts.relation[mine]], list(self._silent))]
            relation = facts.relation[mine]
            sizes = np.bincount(relation, minlength=len(names))
            part = weights[relation] / sizes[relation] / max(weights[sizes > 0].sum(), 1e-20)
            place.append(np.full(len(mine), number))
            at.append(relation)
            entity.append(facts.entity[mine])
            values.append(share[item] * part * points[self.data.n_items + facts.entity[mine]])
        at, entity = np.concatenate(at), np.concatenate(entity)
        return FactShares(
            score,
            (1 - share[items]) * own[items],
            np.concatenate(place),
            names[at],
            facts.entities[entity],
            np.concatenate(values),
        )


class _Hop:
    """One hop: nodes hear their facts, one group for each node and relation, and keep a part of themselves.

    **Shapes**: F facts as aligned arrays of listener, relation and who is heard; G groups.
    """

    def __init__(
        self,
        node: np.ndarray,
        relation: np.ndarray,
        heard: np.ndarray,
        n_nodes: int,
        n_heard: int,
        weight: float,
        device: torch.device,
    ) -> None:
        n_relations = int(relation.max(initial=0)) + 1
        keys, group = np.unique(node * n_relations + relation, return_inverse=True)
        sizes, listener = np.bincount(group, minlength=len(keys)), keys // n_relations
        means = sparse.csr_matrix((1 / sizes[group], (group, heard)), shape=(len(keys), n_heard))
        ones, groups = np.ones(len(keys)), np.arange(len(keys))
        sums = sparse.csr_matrix((ones, (listener, groups)), shape=(n_nodes, len(keys)))
        self._means, self._sums = OneWay(means, device), OneWay(sums, device)
        self._relation = torch.from_numpy(keys % n_relations).to(device)
        share = np.where(np.bincount(listener, minlength=n_nodes) > 0, weight, 0)
        # Who has no facts is themselves alone.
        self.share = torch.from_numpy(share.astype(np.float32)).to(device)[:, None]

    def __call__(self, own: Tensor, points: Tensor, weights: Tensor) -> Tensor:
        """**Shapes**: scores of nodes before any hop [at least n, B], of those heard [n_heard, B], [R, B] → [n, B]."""
        by_group = weights[self._relation]
        heard = self._sums(by_group * self._means(points)) / self._sums(by_group).clamp(min=1e-20)
        return torch.lerp(own[: len(heard)], heard, self.share)
