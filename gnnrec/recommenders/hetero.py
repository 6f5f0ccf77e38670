"""Typed graph: friends, facts and circumstances as edges of their own, each sort with weights of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.data import Dataset
from gnnrec.graph import ITEM, USER, relations_of
from gnnrec.recommenders.capabilities import DIFFERENTIABLE, EDITS_GRAPH, FOLDS_IN, SWITCHES
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.one_way import OneWay
from gnnrec.recommenders.parts.pairwise import PairwiseModel
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.typed_edges import ENTITY, NONE, Typed, typed_edges, wished

CHOSE = "chose"


class Hetero(PairwiseModel):
    """People, items and all that is known of them have vectors; along each sort of edge they are heard differently.

    One round is h_v^(k+1) = Σ_r Σ_j a_vj h_j^(k) W_r^(k) over all sorts of edges r that end at v, with
    a_vj = 1 / √(d_v d_j) between people and items and the mean along all other edges; final vectors are the mean of
    rounds 0..L. `layer: sage` learns a matrix W for every sort of edge, direction and round; `layer: light` a
    number, and none for who chose what, so that with `relations: none` it is LightGCN.

    **Source**: Schlichtkrull et al., "Modeling Relational Data with Graph Convolutional Networks", ESWC 2018,
    equation 2 (a matrix for each relation and direction, messages normalised per relation), as torch-geometric's
    HeteroConv of GraphConv computes it, which a test holds. Ours differs: nothing nonlinear between rounds and the
    mean of all rounds at the end, as in He et al., "LightGCN", SIGIR 2020; a node's own vector counts through
    round 0 instead of a matrix of its own. Each relation is one sparse product, so that a step needs no table of
    messages.

    A newcomer has no vector, no friends and no attributes, but a history. A graph edit changes who chose what, and
    nothing else: counts of circumstances stay.

    **Shapes**: people [U, D], items [I, D], entities [E, D], W [L, R, D, D] for R sorts of edges with direction.
    """

    name = "hetero"
    title = "Typed graph"
    paper = "Schlichtkrull et al., ESWC 2018"
    needs = frozenset({"social", "knowledge", "item_features", "user_features", "context"})
    search_space: ClassVar[dict[str, tuple | list]] = {
        "layer": ["sage", "light"],
        "side_weight": (0.1, 2.0, "log"),
        "n_layers": (1, 2),
        "learning_rate": (0.005, 0.08, "log"),
        "dropout": (0.0, 0.4),
        "temperature": (0.12, 0.25, "log"),
        "batch_users": (200, 1000, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the typed graph."""

        relations: str = setting(
            "all",
            "Which sorts of edges there are beside who chose what: all of the data set, none, or names joined "
            "by + (genre+director)",
        )
        layer: str = setting(
            "sage",
            "What is learned of a sort of edge: a matrix in each round and direction (sage), or how much it counts "
            "(light)",
            choices=("sage", "light"),
        )
        side_weight: float = setting(
            1.0,
            "How much each of these edges counts when learning starts, against 1 for who chose what; learning "
            "changes it",
            low=0.0,
            high=10.0,
        )
        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 2, low=1, high=4)
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
        learning_rate: float = shared_setting("learning_rate", 0.02)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

        def __post_init__(self) -> None:
            super().__post_init__()
            wished(self.relations)

    _typed: Typed
    _off: frozenset[str] = frozenset()

    @classmethod
    def missing_needs(cls, dataset: Dataset) -> frozenset[str]:
        """Anything beside who chose what is enough."""
        return frozenset() if relations_of(dataset) else cls.needs

    @property
    def capabilities(self) -> frozenset[str]:
        # Masks on the edges to items alone would leave out the rest of what is heard.
        found = (super().capabilities - {DIFFERENTIABLE}) | {EDITS_GRAPH, FOLDS_IN}
        return found if self.config.relations == NONE else found | {SWITCHES}

    @property
    def side_relations(self) -> tuple[str, ...]:
        if self.data is None:
            return ()
        return tuple(
            dict.fromkeys(one.relation for one in self._typed.edges if one.relation not in self._off)
        )

    # Parameters

    def _attached(self) -> None:
        super()._attached()
        self._typed = typed_edges(self.data, wished(self.config.relations))

    def _network(self) -> nn.Module:
        net = self._with_vectors()
        size, rounds, sorts = self.config.embedding_size, self.config.n_layers, len(self._typed.edges)
        net.entity = nn.Parameter(nn.init.normal_(torch.empty(self._typed.n_entities, size), std=0.1))
        if self.config.layer == "light":
            net.weights = nn.Parameter(torch.full((rounds, sorts), self.config.side_weight))
            return net
        net.weights = nn.Parameter(torch.zeros(rounds, 2 + sorts, size, size))
        # Everything starts as in LightGCN: vectors are passed on as they are.
        self._start = torch.eye(size).repeat(2 + sorts, 1, 1)
        self._start[2:] *= self.config.side_weight
        return net

    def _placed(self) -> None:
        if self.config.layer == "sage":
            self._start = self._start.to(self.device)
        self._along = [OneWay(one.matrix, self.device) for one in self._typed.edges]
        self._entities = [
            None if one.entities is None else self._tensor(one.entities) for one in self._typed.edges
        ]
        super()._placed()

    def _graph_placed(self) -> None:
        n_users = self.data.n_users
        self._to_people = OneWay(self.graph.normalised[:n_users, n_users:], self.device)
        self._to_items = self._to_people.turned()

    # Messages

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(torch.cat([self.net.user, self.net.item, self.net.entity]), self.config.dropout)
        sizes = [self.data.n_users, self.data.n_items, self._typed.n_entities]
        rounds = self._rounds_from(dict(zip((USER, ITEM, ENTITY), table.split(sizes), strict=True)))
        return _mean(rounds, USER), _mean(rounds, ITEM), table

    def _rounds_from(self, start: dict[str, Tensor]) -> list[dict[str, Tensor]]:
        """Vectors of every kind of node after 0..L rounds; entities only as long as somebody hears them."""
        rounds = [start]
        on = [place for place, one in enumerate(self._typed.edges) if one.relation not in self._off]
        for number in range(self.config.n_layers):
            last, heard = dict(rounds[-1]), {kind: [] for kind in (USER, ITEM, ENTITY)}
            heard[USER].append(self._weighed(self._to_people, last[ITEM], number, 0))
            heard[ITEM].append(self._weighed(self._to_items, last[USER], number, 1))
            sent = self._entities_sent(last[ENTITY], on)
            for place in on:
                one = self._typed.edges[place]
                if one.target != ENTITY or number + 1 < self.config.n_layers:
                    vectors = sent[place] if one.source == ENTITY else last[one.source]
                    heard[one.target].append(self._weighed(self._along[place], vectors, number, 2 + place))
            rounds.append({kind: sum(heard[kind]) for kind in (USER, ITEM)})
            rounds[-1][ENTITY] = torch.zeros_like(last[ENTITY])
            if heard[ENTITY]:
                reached = [self._entities[place] for place in on if self._typed.edges[place].target == ENTITY]
                rounds[-1][ENTITY] = rounds[-1][ENTITY].index_add(
                    0, torch.cat(reached), torch.cat(heard[ENTITY])
                )
        return rounds

    def _entities_sent(self, entities: Tensor, on: list[int]) -> dict[int, Tensor]:
        """The entities of each sort of edges that start from them: gathered at once, so that gradients are too."""
        places = [place for place in on if self._typed.edges[place].source == ENTITY]
        if not places:
            return {}
        numbers = [self._entities[place] for place in places]
        gathered = entities[torch.cat(numbers)].split([len(one) for one in numbers])
        return dict(zip(places, gathered, strict=True))

    def _weighed(self, along: OneWay, vectors: Tensor, number: int, place: int) -> Tensor:
        if self.config.layer == "light":
            heard = along(vectors)
            return heard if place < 2 else heard * self.net.weights[number, place - 2]
        matrix = self._matrix(number, place)
        # The matrix is put where fewer rows are multiplied.
        return along(vectors) @ matrix if along.n_targets < len(vectors) else along(vectors @ matrix)

    def _matrix(self, number: int, place: int) -> Tensor:
        """W of one sort of edge in one round. **Shapes**: [D, D]."""
        # One step moves every vector, and every matrix moves all of them: matrices take smaller steps.
        return self._start[place] + _STEP * self.net.weights[number, place]

    # Answers

    def _serve(self) -> None:
        self._rounds = self._rounds_from({USER: self.net.user, ITEM: self.net.item, ENTITY: self.net.entity})
        users, items = self._after(self.config.n_layers)
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        heard = self._rounds[: rounds + 1]
        return _mean(heard, USER), _mean(heard, ITEM)

    def _without(self, relations: frozenset[str]) -> Self:
        alone = self._copy()
        alone._off = self._off | relations
        alone.serve()
        return alone

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        places = self._tensor(history)
        degrees = self._tensor(
            np.maximum(self.graph.degrees[self.data.n_users + history], 1) * max(len(history), 1)
        )
        with torch.inference_mode():
            vector = self.net.item.new_zeros(self.config.embedding_size)
            for number, heard in enumerate(self._rounds[:-1]):
                message = (heard[ITEM][places] / degrees.sqrt()[:, None]).sum(0)
                vector = vector + (
                    message if self.config.layer == "light" else message @ self._matrix(number, 0)
                )
            return self._item_vectors @ self._for_scoring(vector / len(self._rounds))


_STEP = 0.1


def _mean(rounds: list[dict[str, Tensor]], kind: str) -> Tensor:
    return torch.stack([one[kind] for one in rounds]).mean(0)
