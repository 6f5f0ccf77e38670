"""Temporal graph network: every person and item has a memory that each event rewrites."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.capabilities import EMBEDDINGS
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.edited_layers import LastFew
from gnnrec.recommenders.parts.event_stream import EventStream
from gnnrec.recommenders.parts.pairwise_settings import shared_setting
from gnnrec.recommenders.parts.trainable import Trainable
from gnnrec.recommenders.parts.travels import Travels

# Time is seen through waves of lengths from an hour to ten years.
_SHORTEST, _LONGEST = 3600.0, 3.2e8


class TGN(Travels, Trainable):
    """Choices are read in the order of time: each rewrites the memories of its person and its item.

    A node's vector is its own learned vector, those of its last few neighbours as in LightGCN, and what a layer of
    attention hears from these neighbours: their memories, and how long ago they met. What comes next is foreseen
    before it is read.

    **Source**: Rossi et al., "Temporal graph networks for deep learning on dynamic graphs", 2020, equations 1–5,
    with torch-geometric's `TGNMemory` (messages of both memories and the time between them, the last message of a
    batch, GRU) and `TransformerConv` as the embedding (equation 8). Ours differs: nodes have learned vectors where
    the paper has features, and those of neighbours are added as they are (one round of LightGCN, He et al., SIGIR
    2020, over the last few), without which it stays near popularity; an event carries no features; what comes next
    competes with drawn items in one softmax over cosines instead of one negative at a time; the last neighbours
    come from a table made once.

    As of a day t the memories are replayed with the events before t and the attention looks back from the last of
    them; parameters stay as they are, learned from all of train, later rows included.

    **Shapes**: own vectors [N, D] with people first, memories [N, D].
    """

    name = "tgn"
    title = "Temporal graph network"
    paper = "Rossi et al., 2020"
    score_kind = "cosine"
    search_space: ClassVar[dict[str, tuple | list]] = {
        "learning_rate": (0.002, 0.05, "log"),
        "temperature": (0.08, 0.3, "log"),
        "neighbours": [5, 10, 20],
        "dropout": (0.0, 0.4),
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the temporal graph network."""

        embedding_size: int = shared_setting("embedding_size", 32)
        memory: str = setting(
            "yes",
            "Whether nodes remember what they read; without, they hear the vectors of their last neighbours alone",
            choices=("yes", "no"),
        )
        neighbours: int = setting(20, "How many of its last neighbours a node listens to", low=1, high=100)
        heads: int = setting(2, "Parts that attention is split into", low=1, high=8)
        batch_size: int = setting(
            2000,
            "Events that are foreseen together, before any of them is read",
            low=1,
            high=1_000_000,
            unit="events",
        )
        negatives: int = setting(
            500,
            "Drawn items that the next choices of a batch compete with",
            low=1,
            high=100_000,
            unit="items",
        )
        dropout: float = shared_setting("dropout", 0.1)
        temperature: float = shared_setting("temperature", 0.1)
        learning_rate: float = shared_setting("learning_rate", 0.015)
        epochs: int = shared_setting("epochs", 14)
        patience: int = shared_setting("patience", 4)
        evaluate_every: int = shared_setting("evaluate_every", 2)

    @property
    def capabilities(self) -> frozenset[str]:
        return super().capabilities | {EMBEDDINGS}

    # Learning

    def _attached(self) -> None:
        super()._attached()
        data = self.data
        self._stream = EventStream(data.user, data.item, self._moments.seconds, data.n_users, data.n_items)

    def _network(self) -> nn.Module:
        from torch_geometric.nn import TransformerConv
        from torch_geometric.nn.models.tgn import IdentityMessage, LastAggregator, TGNMemory

        size, config = self.config.embedding_size, self.config
        net = nn.Module()
        net.own = nn.Parameter(nn.init.normal_(torch.empty(self._stream.n_nodes, size), std=0.1))
        net.memory = TGNMemory(
            self._stream.n_nodes, 1, size, size, IdentityMessage(1, size, size), LastAggregator()
        )
        waves = torch.logspace(np.log10(_SHORTEST), np.log10(_LONGEST), size)
        with torch.no_grad():
            net.memory.time_enc.lin.weight.copy_((2 * torch.pi / waves)[:, None])
            net.memory.time_enc.lin.bias.zero_()
        net.hear = TransformerConv(
            size, -(-size // config.heads), heads=config.heads, concat=True, edge_dim=size
        )
        net.join = nn.Linear(config.heads * -(-size // config.heads), size)
        return net

    def batches(self) -> Iterator[tuple[int, int]]:
        """Events from … to …, in the order of time; the memories start empty."""
        self.net.memory.reset_state()
        self._counts = np.zeros(self._stream.n_nodes, dtype=np.int64)
        for start in range(0, len(self._stream), self.config.batch_size):
            end = min(start + self.config.batch_size, len(self._stream))
            yield start, end
            # Only now are these events read: they were to be foreseen.
            with torch.no_grad():
                self._read(self.net, start, end)
            self._counts += self._stream.counts(end) - self._stream.counts(start)

    def loss(self, batch: tuple[int, int]) -> Tensor:
        start, end = batch
        stream, n_users = self._stream, self.data.n_users
        people, of_person = np.unique(stream.person[start:end], return_inverse=True)
        drawn = torch.randint(
            self.data.n_items, (self.config.negatives,), generator=self.generator, device=self.device
        )
        items, of_item = np.unique(
            np.concatenate([stream.item[start:end], drawn.cpu().numpy() + n_users]), return_inverse=True
        )
        now = int(stream.time[start])
        vectors = self._embedded(self.net, np.concatenate([people, items]), self._counts, now)
        scores = vectors[: len(people)] @ vectors[len(people) :].T / self.config.temperature
        rows = torch.from_numpy(of_person).to(self.device)
        return functional.cross_entropy(
            scores[rows], torch.from_numpy(of_item[: end - start]).to(self.device)
        )

    def _read(self, net: nn.Module, start: int, end: int) -> None:
        """Rewrite memories with some events."""
        if self.config.memory == "no":
            return
        stream = self._stream
        person, item, time = (
            torch.from_numpy(one[start:end]).to(self.device)
            for one in (stream.person, stream.item, stream.time)
        )
        net.memory.update_state(person, item, time, torch.ones(end - start, 1, device=self.device))

    def _embedded(self, net: nn.Module, nodes: np.ndarray, counts: np.ndarray, now: int) -> Tensor:
        """Vectors of length 1 at a moment, in seconds of the stream. **Shapes**: [n], [N] → [n, D]."""
        stream = self._stream
        place, other, event = stream.last(nodes, counts[nodes], self.config.neighbours)
        near, where = np.unique(np.concatenate([nodes, other]), return_inverse=True)
        near = torch.from_numpy(near).to(self.device)
        where = torch.from_numpy(where).to(self.device)
        values = net.own[near]
        if self.config.memory == "yes":
            values = values + net.memory(near)[0]
        ago = torch.from_numpy((now - stream.time[event]).astype(np.float32)).to(self.device)
        edges = torch.stack([where[len(nodes) :], where[torch.from_numpy(place).to(self.device)]])
        heard = net.join(net.hear(values, edges, net.memory.time_enc(ago)))
        own = self._dropped(net.own[near], self.config.dropout)
        mine, others = where[: len(nodes)], edges[0]
        share = torch.from_numpy(
            1 / np.sqrt(np.maximum(counts[nodes], 1)[place] * np.maximum(counts[other], 1))
        )
        met = torch.zeros_like(own[mine]).index_add_(
            0, torch.from_numpy(place).to(self.device), own[others] * share.to(own)[:, None]
        )
        return functional.normalize(own[mine] + met + heard[mine], dim=-1)

    # Serving

    def serve(self) -> None:
        self._days: LastFew = LastFew(4)
        with torch.no_grad():
            super().serve()

    def _serve(self) -> None:
        self._user_vectors, self._item_vectors = self._after(len(self._stream))

    def _after(self, n_events: int) -> tuple[np.ndarray, np.ndarray]:
        """Vectors of people and items once some events were read, looking back from the last of them."""
        stream = self._stream
        net = deepcopy(self.net)
        net.train()
        net.memory.reset_state()
        for start in range(0, n_events, self.config.batch_size):
            self._read(net, start, min(start + self.config.batch_size, n_events))
        # Leaving training, the memory takes in what is still waiting.
        net.eval()
        now = int(stream.time[n_events - 1]) if n_events else 0
        vectors = self._embedded(net, np.arange(stream.n_nodes), stream.counts(n_events), now)
        users, items = np.split(vectors.cpu().numpy(), [self.data.n_users])
        return users, items

    def _scores(self, users: np.ndarray) -> np.ndarray:
        return self._user_vectors[users] @ self._item_vectors.T

    def embeddings(self) -> tuple[np.ndarray, np.ndarray]:
        self._require_data()
        return self._user_vectors, self._item_vectors

    def _at(self, moment: int, users: np.ndarray) -> np.ndarray:
        n_events = self._stream.until(moment)

        def replayed() -> tuple[np.ndarray, np.ndarray]:
            with torch.inference_mode():
                return self._after(n_events)

        people, items = self._days.get(n_events, replayed)
        return people[users] @ items.T

    # What was learned is the parameters alone: memories are read again from train

    def _state(self) -> dict[str, np.ndarray]:
        return {name: value.detach().cpu().numpy() for name, value in self.net.named_parameters()}

    def _load_state(self, state: dict[str, np.ndarray]) -> None:
        self.reset(seed=0)
        with torch.no_grad():
            for name, value in self.net.named_parameters():
                value.copy_(torch.from_numpy(np.array(state[name])))
        self.serve()
