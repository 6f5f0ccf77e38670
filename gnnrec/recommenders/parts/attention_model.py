"""What models of graph attention share: messages, attention that can be read, newcomers, and exact edits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from gnnrec.errors import ConfigError
from gnnrec.recommenders.capabilities import ATTENTION, EDITS_GRAPH, FOLDS_IN
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.pairwise import PairwiseModel

if TYPE_CHECKING:
    from gnnrec.recommenders.parts.message_model import MessageModel

_SETTINGS: dict[str, dict[str, Any]] = {
    "heads": {
        "help": "How many attentions side by side, each with its share of the vector",
        "low": 1,
        "high": 16,
    },
    "edge_dropout": {"help": "Share of edges hidden while learning", "low": 0.0, "high": 0.9},
}


def attention_setting(name: str, default: Any) -> Any:
    """`heads` or `edge_dropout` as a field of a Config."""
    return setting(default, **_SETTINGS[name])


class AttentionSettings(Settings):
    """Base of a Config with `heads` that share an `embedding_size`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.embedding_size % self.heads:
            raise ConfigError(
                where=f"settings of {type(self).__qualname__.split('.')[0]}, heads",
                found=f"{self.heads} heads for vectors of length {self.embedding_size}",
                expected="a length that the heads can share equally",
                todo="For example heads=4, embedding_size=64.",
            )


class AttentionModel(PairwiseModel):
    """A model in which every node decides for each of its edges how much it listens to it.

    People listen to items with other weights than items to people. The final vector is the mean of all
    layers, layer 0 being the node's own. A member says in `_layer` what one layer in one direction does.

    **Shapes**: people [U, D], items [I, D], attention [L, heads, E].
    """

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {ATTENTION, FOLDS_IN, EDITS_GRAPH}

    @abstractmethod
    def _layer(self) -> nn.Module:
        """A fresh convolution of one layer in one direction, as torch-geometric has them.

        Called with ((sources, targets), edges) it gives what the targets become; without hidden self loops.
        Import torch-geometric inside: it takes seconds to load, and listing recommenders does not need it.
        """

    def _network(self) -> nn.Module:
        net = self._with_vectors()
        for direction in ("to_items", "to_users"):
            layers = (self._layer() for _ in range(self.config.n_layers))
            net.add_module(direction, nn.ModuleList(layers))
        return net

    def _graph_placed(self) -> None:
        source, target = self.graph.edge_index()
        half = len(source) // 2
        self._to_items = self._tensor(np.stack([source[:half], target[:half] - self.data.n_users]))

    # Messages

    def _vectors(self) -> tuple[Tensor, Tensor, Tensor]:
        table = self._dropped(torch.cat([self.net.user, self.net.item]), self.config.dropout)
        layers = self._passed(*table.split([self.data.n_users, self.data.n_items]), self._kept_edges())
        return *_mean(layers), table

    def _kept_edges(self) -> Tensor:
        """The edges of one learning step; each is hidden in both directions or in none."""
        if self.config.edge_dropout == 0:
            return self._to_items
        drawn = torch.rand(self._to_items.shape[1], generator=self.generator, device=self.device)
        return self._to_items[:, drawn >= self.config.edge_dropout]

    def _passed(self, users: Tensor, items: Tensor, edges: Tensor) -> list[tuple[Tensor, Tensor]]:
        """People and items at layers 0..L. **Shapes**: L + 1 times ([U, D], [I, D])."""
        layers = [(users, items)]
        for to_items, to_users in zip(self.net.to_items, self.net.to_users, strict=True):
            users, items = layers[-1]
            layers.append((to_users((items, users), edges.flip(0)), to_items((users, items), edges)))
        return layers

    # Serving: everything comes from the whole graph, without dropout

    def _serve(self) -> None:
        self._layers = self._passed(self.net.user, self.net.item, self._to_items)
        users, items = self._after(self.config.n_layers)
        self._user_vectors, self._item_vectors = self._for_scoring(users), self._for_scoring(items)
        self._weights: np.ndarray | None = None

    def _after(self, rounds: int) -> tuple[Tensor, Tensor]:
        return _mean(self._layers[: rounds + 1])

    def attention(self) -> np.ndarray:
        """Weights of the edges in the order of `Graph.edge_index()`: into items first, then into people.

        **Shapes**: [L, heads, E]; read-only.
        """
        self._require_data()
        if self._weights is None:
            with torch.inference_mode():
                self._weights = torch.stack(list(self._weights_by_layer())).cpu().numpy()
            self._weights.setflags(write=False)
        return self._weights

    def raw_attention(self, edges: np.ndarray) -> np.ndarray:
        self._require_data()
        source, target = self.graph.edge_index()[:, np.asarray(edges, dtype=np.int64)]
        into_people = target < self.data.n_users
        found = np.empty((self.config.n_layers, self.config.heads, len(source)), dtype=np.float32)
        with torch.inference_mode():
            for number, layer in enumerate(self._layers[:-1]):
                nodes = torch.cat(list(layer))
                for chosen, convs in ((into_people, self.net.to_users), (~into_people, self.net.to_items)):
                    ends = (nodes[self._tensor(end[chosen])] for end in (source, target))
                    found[number][:, chosen] = self._raw(convs[number], *ends).T.cpu().numpy()
        return found

    @abstractmethod
    def _raw(self, layer: nn.Module, sources: Tensor, targets: Tensor) -> Tensor:
        """Scores before the softmax of edges with these ends. **Shapes**: [n, D], [n, D] → [n, heads]."""

    def _weights_by_layer(self) -> Iterator[Tensor]:
        edges = self._to_items
        for to_items, to_users, (users, items) in zip(
            self.net.to_items, self.net.to_users, self._layers[:-1], strict=True
        ):
            _, (_, up) = to_items((users, items), edges, return_attention_weights=True)
            _, (_, down) = to_users((items, users), edges.flip(0), return_attention_weights=True)
            yield torch.cat([up, down]).T

    def _message_model(self) -> MessageModel:
        from gnnrec.recommenders.parts.message_model import BothWays, MessageModel

        return MessageModel(
            torch.cat([self.net.user, self.net.item]),
            self.net.user.new_ones(self.graph.edge_index().shape[1]),
            [BothWays(*both) for both in zip(self.net.to_items, self.net.to_users, strict=True)],
            lambda number, heard, own, nodes: heard,
            lambda layers: torch.stack(layers).mean(0),
            self.data.n_users,
            self.config.score == "cosine",
        )

    # What if: only nodes that an edit reaches listen again

    def _on_edited_graph(self, add: np.ndarray, remove: np.ndarray) -> AttentionModel:
        to_nodes = np.array([0, self.data.n_users])
        come, gone = (np.concatenate([one, one[:, ::-1]]) for one in (add + to_nodes, remove + to_nodes))
        ends = np.unique(np.concatenate([come, gone])[:, 0])
        layers, reached = [self._layers[0]], np.empty(0, dtype=np.int64)
        with torch.inference_mode():
            for number, usual in enumerate(self._layers[1:]):
                _, around = self._edges_into(reached, come, gone)
                reached = np.unique(np.concatenate([ends, reached, around]))
                layers.append(self._heard(number, layers[-1], usual, reached, come, gone))
            final = torch.cat(_mean(layers))
        edited = self._copy()
        rows = self._for_scoring(final[self._tensor(reached)])
        of_users = reached < self.data.n_users
        edited._user_vectors, edited._item_vectors = self._user_vectors.copy(), self._item_vectors.copy()
        edited._user_vectors[reached[of_users]] = rows[of_users]
        edited._item_vectors[reached[~of_users] - self.data.n_users] = rows[~of_users]
        return edited

    def _edges_into(
        self, nodes: np.ndarray, come: np.ndarray, gone: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Edges of the edited graph that end at some nodes: place of the target in `nodes`, and the source.

        **Shapes**: nodes [n] ascending; come and gone [e, 2] as (source, target), both directions of each.
        """
        place, source, _ = self.graph.edges_into(nodes)
        size = self.graph.n_nodes
        stays = ~np.isin(nodes[place] * size + source, gone[:, 1] * size + gone[:, 0])
        new = come[np.isin(come[:, 1], nodes)]
        return (
            np.concatenate([place[stays], np.searchsorted(nodes, new[:, 1])]),
            np.concatenate([source[stays], new[:, 0]]),
        )

    def _heard(
        self,
        number: int,
        before: tuple[Tensor, Tensor],
        usual: tuple[Tensor, Tensor],
        nodes: np.ndarray,
        come: np.ndarray,
        gone: np.ndarray,
    ) -> tuple[Tensor, Tensor]:
        """A layer in which some nodes listen again, to the edited graph, and all others keep what they had."""
        users, items = (part.clone() for part in usual)
        n_users = self.data.n_users
        for out, hear, own, other, mine, start, other_start in (
            (users, self.net.to_users[number], before[0], before[1], nodes[nodes < n_users], 0, n_users),
            (items, self.net.to_items[number], before[1], before[0], nodes[nodes >= n_users], n_users, 0),
        ):
            if not len(mine):
                continue
            place, source = self._edges_into(mine, come, gone)
            heard, which = np.unique(source - other_start, return_inverse=True)
            targets = self._tensor(mine - start)
            edges = self._tensor(np.stack([which, place]))
            out[targets] = hear((other[self._tensor(heard)], own[targets]), edges)
        return users, items

    def _fold_in(self, history: np.ndarray) -> np.ndarray:
        """A newcomer has no own vector and listens to the history; the items stay as trained."""
        places = self._tensor(history)
        edges = torch.stack([torch.arange(len(history), device=self.device), torch.zeros_like(places)])
        with torch.inference_mode():
            vectors = [self.net.user.new_zeros(1, self.config.embedding_size)]
            for to_users, (_, items) in zip(self.net.to_users, self._layers[:-1], strict=True):
                vectors.append(to_users((items[places], vectors[-1]), edges))
            return self._item_vectors @ self._for_scoring(torch.stack(vectors).mean(0))[0]


def _mean(layers: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    users, items = zip(*layers, strict=True)
    return torch.stack(users).mean(0), torch.stack(items).mean(0)
