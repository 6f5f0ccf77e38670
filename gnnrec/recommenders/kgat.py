"""KGAT: people, items and facts in one graph; every node listens to its neighbours by how well the fact fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.capabilities import EDITS_GRAPH, FOLDS_IN, LAYERS, PROPAGATES, SWITCHES
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.edited_model import EditedModel
from gnnrec.recommenders.parts.knowledge_settings import heard_facts, knowledge_setting, space_of_knowledge
from gnnrec.recommenders.parts.one_way import OneWay
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.vectors import VectorModel

_SLOPE = 0.2
# As many rows as stay in a processor's cache.
_EDGES_AT_ONCE = 16_384
# The relation between people and items, in the direction from the person and back; those of facts come after.
_CHOSE, _CHOSEN = 0, 1


class KGAT(EditedModel, VectorModel):
    """In every round a node listens to its neighbours, people, items or entities, by an attention learned from facts.

    **Source**: Wang et al., "KGAT: Knowledge Graph Attention Network for Recommendation", KDD 2019, equations 1–2
    (facts as translations, and their loss), 4–5 (attention of head h to tail t through relation r,
    π = (W_r e_t)ᵀ tanh(W_r e_h + e_r), softmax over all neighbours), 8 (bi-interaction: LeakyReLU(W1 (e_h + e_N)) +
    LeakyReLU(W2 (e_h ⊙ e_N))) and 10–11 (layers side by side). As in the authors' program no gradient passes
    through the attention: it is computed anew at the start of every epoch from what the loss of facts has taught,
    and layers are brought to length 1 before they stand side by side. Ours differs: an item hears its people and
    its facts apart, a softmax over each, averaged with `knowledge_weight` (in one softmax a few facts drown among
    hundreds of people); by default what is heard is taken as it is and layers are averaged, as in LightGCN, which
    hears facts better in the worlds of our tests than equation 8 (`aggregator: bi` is theirs); W_r is diagonal,
    one weight for each entry of the vectors; both losses are summed in one step; the loss of choices is the exact
    softmax over the catalogue with cosine scores (`loss: bpr`, `score: raw` is theirs).

    With `use_knowledge: no` the graph is that of people and items alone, everything else stays. A newcomer hears
    their history; a graph edit changes what people chose, not what is known about items.

    **Shapes**: nodes are people, items, entities [N, D]; final vectors [N, D], with `bi` [N, (L + 1) · D].
    """

    name = "kgat"
    title = "Knowledge graph attention (KGAT)"
    paper = "Wang et al., KDD 2019"
    needs = frozenset({"knowledge"})
    search_space: ClassVar[dict[str, tuple | list]] = {
        "knowledge_weight": (0.05, 0.7),
        "aggregator": ["light", "bi"],
        "n_layers": [1, 2, 3],
        "embedding_size": [64, 128],
        "facts_loss": (0.01, 1.0, "log"),
        "batch_users": (100, 1000, "log"),
        "learning_rate": (0.003, 0.05, "log"),
        "dropout": (0.0, 0.5),
        "message_dropout": (0.0, 0.5),
        "temperature": (0.1, 0.3, "log"),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of KGAT."""

        use_knowledge: str = knowledge_setting("use_knowledge", "yes")
        knowledge_weight: float = knowledge_setting("knowledge_weight", 0.3)
        least_items: int = knowledge_setting("least_items", 2)
        embedding_size: int = shared_setting("embedding_size", 64)
        n_layers: int = shared_setting("n_layers", 2, low=1, high=4)
        aggregator: str = setting(
            "light",
            "What a node makes of what it hears: light takes it as it is, and layers are averaged; bi mixes it with "
            "the node's own vector by learned matrices, sum and product, and layers stand side by side",
            choices=("light", "bi"),
        )
        facts_loss: float = setting(
            0.1,
            "Weight of learning which facts are true beside learning what people choose",
            low=0.0,
            high=10.0,
        )
        facts_per_step: int = setting(
            2048, "Edges of the graph that each step asks about", low=1, high=1_000_000, unit="edges"
        )
        message_dropout: float = setting(
            0.1, "Share of what a node received that is hidden while learning", low=0.0, high=0.9
        )
        dropout: float = shared_setting("dropout", 0.2)
        loss: str = shared_setting("loss", "softmax")
        temperature: float = shared_setting("temperature", 0.15)
        negative_power: float = shared_setting("negative_power", 0.2)
        popularity_exponent: float = shared_setting("popularity_exponent", 0.0)
        popularity_correction: float = shared_setting("popularity_correction", 0.0)
        score: str = shared_setting("score", "cosine")
        batch_users: int = shared_setting("batch_users", 400)
        batch_size: int = shared_setting("batch_size", 8192)
        negatives: int = shared_setting("negatives", 512)
        reg: float = shared_setting("reg", 0.0)
        learning_rate: float = shared_setting("learning_rate", 0.03)
        epochs: int = shared_setting("epochs", 100)
        patience: int = shared_setting("patience", 10)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @property
    def capabilities(self) -> frozenset[str]:
        heard = {SWITCHES} if self._hears else set()
        return super().capabilities | {EDITS_GRAPH, FOLDS_IN, LAYERS, PROPAGATES} | heard

    @property
    def _hears(self) -> bool:
        return self.config.use_knowledge == "yes" and self.config.knowledge_weight > 0

    @classmethod
    def space_under(cls, settings: Mapping[str, Any]) -> dict[str, tuple | list]:
        return space_of_knowledge(super().space_under(settings), settings)

    # Learning

    def _attached(self) -> None:
        super()._attached()
        self.facts = heard_facts(self.data.dataset, self.config.least_items) if self._hears else None
        self._silent: frozenset[str] = frozenset()

    @property
    def _sizes(self) -> tuple[int, int, int]:
        """People, items, entities."""
        return self.data.n_users, self.data.n_items, len(self.facts.entities) if self._hears else 0

    def _network(self) -> nn.Module:
        net = self._with_vectors()
        size, relations = (
            self.config.embedding_size,
            2 + 2 * (len(self.facts.relations) if self._hears else 0),
        )
        if self._hears:
            net.entity = nn.Parameter(nn.init.normal_(torch.empty(self._sizes[2], size), std=0.1))
        net.relation = nn.Parameter(nn.init.normal_(torch.empty(relations, size), std=0.1))
        net.stretch = nn.Parameter(torch.ones(relations, size))
        for name in ("sum", "product") if self.config.aggregator == "bi" else ():
            weights = (nn.init.xavier_uniform_(torch.empty(size, size)) for _ in range(self.config.n_layers))
            net.add_module(name, nn.ParameterList(weights))
        return net

    def _placed(self) -> None:
        super()._placed()
        self._graph_placed()

    def _graph_placed(self) -> None:
        """All edges as head, relation, tail; a head listens to its tails. The structure is fixed, weights are not."""
        source, target = self.graph.edge_index()
        half = len(source) // 2
        heads, tails = [target], [source]
        relations = [np.repeat([_CHOSEN, _CHOSE], [half, len(source) - half])]
        if self._hears:
            facts, (n_users, n_items, _) = self.facts, self._sizes
            heard = ~np.isin(np.array(facts.relations, dtype=object)[facts.relation], list(self._silent))
            item, entity = facts.item[heard] + n_users, facts.entity[heard] + n_users + n_items
            heads += [item, entity]
            tails += [entity, item]
            relations += [2 + 2 * facts.relation[heard], 3 + 2 * facts.relation[heard]]
        heads, tails, relations = (np.concatenate(one) for one in (heads, tails, relations))
        n_nodes = sum(self._sizes)
        # Each node has two parts to listen to, its choices or choosers and its facts: attention is within a part.
        part = 2 * heads + (relations > _CHOSEN)
        there = np.bincount(part, minlength=2 * n_nodes).reshape(-1, 2) > 0
        weight = self.config.knowledge_weight
        share = np.where(there.all(1, keepdims=True), [1 - weight, weight], 1.0).ravel()
        self._part = self._tensor(part)
        self._share = torch.from_numpy(share[part].astype(np.float32)).to(self.device)
        pairs, pair = np.unique(heads * n_nodes + tails, return_inverse=True)
        shape = (n_nodes, n_nodes)
        pattern = sparse.csr_matrix(
            (np.ones(len(pairs), np.float32), (pairs // n_nodes, pairs % n_nodes)), shape
        )
        self._pattern = OneWay(pattern, self.device)
        self._edges = self._tensor(np.stack([heads, relations, tails]))
        # An end is a node in a relation: far fewer than edges, and all that has to be moved by the relation.
        ends, place = np.unique(
            np.stack([heads, tails]) * len(self.net.relation) + relations, return_inverse=True
        )
        self._ends = self._tensor(np.stack(np.divmod(ends, len(self.net.relation))))
        self._places = self._tensor(place.reshape(2, -1))
        self._pair = self._tensor(pair)
        self._n_pairs = len(pairs)
        with torch.no_grad():
            self._listening = self._attended()

    def _nodes(self) -> Tensor:
        """Layer 0. **Shapes**: [N, D]."""
        return torch.cat([self.net.user, self.net.item, *([self.net.entity] if self._hears else [])])

    def _attended(self) -> OneWay:
        """The graph with every edge weighed by attention and its part; what one head hears sums to 1."""
        nodes = self._nodes()
        moved, turned = self._moved(nodes[self._ends[0]], self._ends[1])
        blocks = (ends.split(_EDGES_AT_ONCE) for ends in self._places)
        raw = torch.cat([(turned[one] * moved[other]).sum(1) for one, other in zip(*blocks, strict=True)])
        largest = raw.new_full((2 * len(nodes),), -torch.inf).scatter_reduce_(0, self._part, raw, "amax")
        raised = torch.exp(raw - largest[self._part])
        sums = raw.new_zeros(2 * len(nodes)).index_add_(0, self._part, raised)
        weights = self._share * raised / sums[self._part]
        return self._pattern.reweighed(weights.new_zeros(self._n_pairs).index_add_(0, self._pair, weights))

    def _moved(self, nodes: Tensor, relations: Tensor) -> tuple[Tensor, Tensor]:
        """W_r e as a tail, and tanh(W_r e + e_r) as a head: π is their product. **Shapes**: [n, D], [n] → [n, D]."""
        moved = self.net.stretch[relations] * nodes
        return moved, torch.tanh(moved + self.net.relation[relations])

    def batches(self) -> Iterator[Tensor]:
        with torch.no_grad():
            self._listening = self._attended()
        return super().batches()

    def loss(self, batch: Tensor) -> Tensor:
        loss = super().loss(batch)
        return loss + self.config.facts_loss * self._loss_of_facts() if self.config.facts_loss else loss

    def _loss_of_facts(self) -> Tensor:
        """How often the tail of an edge is no better than a drawn node of the same sort."""
        drawn = torch.randint(
            self._edges.shape[1], (self.config.facts_per_step,), generator=self.generator, device=self.device
        )
        heads, relations, tails = self._edges[:, drawn]
        borders = torch.tensor([0, *np.cumsum(self._sizes)], device=self.device)
        sort = torch.searchsorted(borders, tails, right=True) - 1
        share = torch.rand(len(drawn), generator=self.generator, device=self.device)
        others = borders[sort] + (share * (borders[sort + 1] - borders[sort])).long()
        nodes, stretch = self._nodes(), self.net.stretch[relations]
        moved = stretch * nodes[heads] + self.net.relation[relations]
        apart = [(moved - stretch * nodes[ends]).pow(2).sum(1) for ends in (tails, others)]
        return functional.softplus(apart[0] - apart[1]).mean()

    def _layers_of(self, table: Tensor) -> list[Tensor]:
        """**Shapes**: [N, D] → L + 1 times [N, D]."""
        layers = [table]
        for number in range(self.config.n_layers):
            received = self._received(number, self._listening(layers[-1]), layers[-1])
            layers.append(self._dropped(received, self.config.message_dropout))
        return layers

    def _received(self, number: int, heard: Tensor, own: Tensor) -> Tensor:
        """One layer: the bi-interaction, or what is heard as it is. **Shapes**: [n, D], [n, D] → [n, D]."""
        if self.config.aggregator == "light":
            return heard
        return functional.leaky_relu((own + heard) @ self.net.sum[number], _SLOPE) + functional.leaky_relu(
            (own * heard) @ self.net.product[number], _SLOPE
        )

    def _joined(self, layers: list[Tensor]) -> Tensor:
        """Layers as one vector: layer 0 and each further one at length 1 side by side, or the mean of all.

        **Shapes**: L + 1 times [n, D] → [n, (L + 1) · D] or [n, D].
        """
        if self.config.aggregator == "light":
            return torch.stack(layers).mean(0)
        return torch.cat([layers[0], *(functional.normalize(layer) for layer in layers[1:])], 1)

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(self._nodes(), self.config.dropout)
        final = self._joined(self._layers_of(table))
        n_users, n_items, _ = self._sizes
        return final[:n_users], final[n_users : n_users + n_items], table

    # Answers

    def _serve(self) -> None:
        self._listening = self._attended()
        self._layers = self._layers_of(self._nodes())
        users, items = self._after(self.config.n_layers)
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        n_users, n_items, _ = self._sizes
        final = self._joined(self._layers[: rounds + 1])
        return final[:n_users], final[n_users : n_users + n_items]

    def layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        self._require_data()
        with torch.inference_mode():
            return [
                tuple(self._for_scoring(part) for part in self._after(rounds))
                for rounds in range(self.config.n_layers + 1)
            ]

    @property
    def side_relations(self) -> tuple[str, ...]:
        if not self._hears or self.data is None:
            return ()
        return tuple(name for name in self.facts.relations if name not in self._silent)

    def _without(self, relations: frozenset[str]) -> Self:
        quiet = self._copy()
        quiet._silent = self._silent | relations
        return quiet._served_again()

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> Self:
        edited = self._copy()
        edited.graph = self.graph.edited(add=add, remove=remove)
        return edited._served_again()

    def _served_again(self) -> Self:
        self._graph_placed()
        self.serve()
        return self

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        """A newcomer has no own vector and listens to the history; the items stay as trained."""
        items = self._tensor(history + self.data.n_users)
        with torch.inference_mode():
            own = [self.net.user.new_zeros(1, self.config.embedding_size)]
            moved, _ = self._moved(self._layers[0][items], items.new_full((len(items),), _CHOSE))
            _, turned = self._moved(own[0], items.new_full((1,), _CHOSE))
            weights = torch.softmax(moved @ turned[0], 0)[:, None]
            for number, layer in enumerate(self._layers[:-1]):
                heard = (weights * layer[items]).sum(0, keepdim=True)
                own.append(self._received(number, heard, own[-1]))
            return self._item_vectors @ self._for_scoring(self._joined(own))[0]
