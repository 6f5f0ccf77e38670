"""GCE-GNN: attention on the graph of the session, beside the items that other sessions put next to its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.edge_softmax import edge_softmax
from gnnrec.recommenders.parts.global_items import nearby_items
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.session_net import Clicks, SessionNet
from gnnrec.recommenders.parts.session_settings import SPACE, session_setting
from gnnrec.recommenders.parts.session_training import SessionTrained

# How one item of a session comes to hear another: it is the same, stands before it, after it, or both.
_RELATIONS = 4
_SLOPE = 0.2


class GCEGNN(SessionTrained):
    """An item of a session hears its neighbours in it, and those it had in all train sessions.

    The neighbours of an item in all sessions are the 12 that stood most often within 3 clicks of it (definition 1).
    How much each of them says depends on the session: attention reads the product of its vector with the mean of the
    session's, and how often the two met (equations 3 and 4); what they say joins the item's own vector (2 and 5).
    Within the session attention goes by kind of edge: to itself, to what was clicked after it, before it, or both (7 to
    9). The two are added (11); each click adds its place counted from the end (12), the mean of all clicks asks for
    each (13 and 14), their sum is the session's vector (15), and its product with the items' vectors, through a softmax
    over all items, is what is learned (16 and 17).

    Ours differs: how often two items met goes in as the logarithm of 1 + that; dropout stands before the sum of the two
    parts only; one round of neighbours unless `hops` says two, as the authors take on this data; and batches, step size
    and clicks beyond the last 50 are as in our `sr_gnn`. With 0 `hops` no other session is heard, and the rest stays
    the same.

    **Source**: Wang, Wei, Cong, Li, Mao and Qiu, Global Context Enhanced Graph Neural Networks for Session-based
    Recommendation, SIGIR 2020.
    """

    name = "gce_gnn"
    title = "GCE-GNN"
    paper = "Wang et al., SIGIR 2020"
    search_space: ClassVar[dict[str, tuple | list]] = SPACE | {"dropout": (0.1, 0.7)}

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of GCE-GNN."""

        embedding_size: int = session_setting("embedding_size", 64)
        hops: int = setting(
            1, "How many steps away items of other sessions are heard; 0: no other session", low=0, high=2
        )
        window: int = setting(3, "How many clicks apart items count as neighbours", low=1, high=10)
        n_neighbours: int = setting(12, "Neighbours of an item in all sessions", low=1, high=50)
        dropout: float = setting(
            0.5, "Share of what other sessions say that a step ignores", low=0, high=0.95
        )
        learning_rate: float = session_setting("learning_rate", 0.002)
        decay_every: int = session_setting("decay_every", 0)
        decay: float = session_setting("decay", 0.1)
        batch_size: int = session_setting("batch_size", 256)
        reg: float = session_setting("reg", 1e-5)
        epochs: int = session_setting("epochs", 30)
        patience: int = session_setting("patience", 3)
        evaluate_every: int = session_setting("evaluate_every", 1)

    @property
    def reading(self) -> str:
        others = "; what other sessions put next to it is added" if self.config.hops else ""
        if not self._hears_steps:
            return f"No click hears another of this session{others}; all clicks count, later ones in their own way."
        return (
            "Each click hears those right before and right after it, the more the more they agree"
            f"{others}; all clicks count, later ones in their own way."
        )

    def _network(self) -> nn.Module:
        config = self.config
        nearby = None
        if config.hops:
            nearby = nearby_items(self.data.sessions, self.data.n_items, config.window, config.n_neighbours)
        return _Net(self.data.n_items, self.most_clicks, nearby, config, self._dropped)


class _Net(SessionNet):
    """**Shapes**: B graphs → [B, D]."""

    def __init__(
        self,
        n_items: int,
        most_clicks: int,
        nearby: tuple[np.ndarray, np.ndarray] | None,
        config: Any,
        dropped: Callable[[Tensor, float], Tensor],
    ) -> None:
        size = config.embedding_size
        super().__init__(n_items, size)
        self.dropout, self.dropped = config.dropout, dropped
        self.place = nn.Parameter(torch.empty(most_clicks, size))
        self.relation = nn.Parameter(torch.empty(_RELATIONS, size))
        self.others = nn.ModuleList([_OtherSessions(size) for _ in range(config.hops)])
        if nearby is not None:
            item, met = nearby
            # One row more for no node: no node has neighbours.
            item = np.vstack([item, np.full((1, item.shape[1]), n_items)])
            met = np.vstack([met, np.zeros((1, met.shape[1]))])
            self.register_buffer("nearby", torch.from_numpy(item.astype(np.int64)), persistent=False)
            self.register_buffer("met", torch.from_numpy(np.log1p(met).astype(np.float32)), persistent=False)
        self.with_place = nn.Linear(2 * size, size)
        self.ask_each, self.ask_mean = nn.Linear(size, size), nn.Linear(size, size, bias=False)
        self.answer = nn.Linear(size, 1, bias=False)
        self.begin()

    def forward(self, graphs: SessionGraphs) -> Tensor:
        read = self.clicks(graphs)
        own = self.item(read.item)
        heard = self._in_session(own, *kinds_of_edges(read))
        if len(self.others):
            elsewhere = self._elsewhere(read.item, read.mean(own[read.node])[read.session_of_node])
            heard = heard + self.dropped(elsewhere, self.dropout)
        clicks = heard[read.node]
        placed = torch.tanh(self.with_place(torch.cat([clicks, self.place[read.from_end]], dim=1)))
        asked = self.ask_each(placed) + self.ask_mean(read.mean(clicks))[read.session]
        return read.summed(self.answer(torch.sigmoid(asked)) * clicks)

    def _in_session(self, own: Tensor, source: Tensor, target: Tensor, kind: Tensor) -> Tensor:
        """**Shapes**: [N, D], who is heard [E], who hears [E], kind of edge [E] → [N, D]."""
        alike = (own[target] * self.relation[kind] * own[source]).sum(1)
        weight = edge_softmax(functional.leaky_relu(alike, _SLOPE), target, len(own))
        return torch.zeros_like(own).index_add(0, target, weight[:, None] * own[source])

    def _elsewhere(self, item: Tensor, session: Tensor) -> Tensor:
        """What other sessions say of each node, asked by the mean of its session. **Shapes**: [N], [N, D] → [N, D]."""
        rings = [item[:, None]]
        for _ in self.others:
            rings.append(self.nearby[rings[-1]].flatten(1))
        vectors = [self.item(ring) for ring in rings]
        for hears in self.others:
            vectors = [
                hears(own, said, self.met[ring], self.nearby[ring] < len(self.nearby) - 1, session)
                for ring, own, said in zip(rings, vectors, vectors[1:], strict=False)
            ]
        return vectors[0].squeeze(1)


class _OtherSessions(nn.Module):
    """Attention of items over their neighbours in all sessions, asked by this one (equations 2 to 5)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.reads, self.reads_met = nn.Linear(size, size, bias=False), nn.Linear(1, size, bias=False)
        self.answer = nn.Linear(size, 1, bias=False)
        self.join = nn.Linear(2 * size, size, bias=False)

    def forward(self, own: Tensor, said: Tensor, met: Tensor, there: Tensor, session: Tensor) -> Tensor:
        """Own vectors alone where an item has no neighbour.

        M neighbours each: **Shapes**: [N, m, D], [N, m · M, D], [N, m, M], [N, m, M], [N, D] → [N, m, D].
        """
        said = said.view(*met.shape, -1)
        read = self.reads(said * session[:, None, None]) + self.reads_met(met[..., None])
        weight = self.answer(functional.leaky_relu(read, _SLOPE)).squeeze(-1)
        weight = torch.softmax(weight.masked_fill(~there, torch.finfo(weight.dtype).min), dim=2) * there
        heard = (weight[:, :, None] @ said).squeeze(2)
        return functional.relu(self.join(torch.cat([own, heard], dim=2)))


def kinds_of_edges(read: Clicks) -> tuple[Tensor, Tensor, Tensor]:
    """Every node hears itself (kind 0), those that stand before it (1) or after it (2), or both (3).

    **Shapes**: who is heard [F], who hears [F], kind [F].
    """
    n = len(read.item)
    nodes = torch.arange(n, device=read.item.device)
    apart = read.source != read.target
    source, target = read.source[apart], read.target[apart]
    # Where there are steps both ways between two nodes, each pair is there twice and its kinds add up.
    keys, place = torch.unique(
        torch.cat([target * n + source, source * n + target]), return_inverse=True, sorted=True
    )
    kinds = torch.cat([torch.ones_like(source), torch.full_like(source, 2)])
    kind = torch.zeros_like(keys).index_add(0, place, kinds)
    return (
        torch.cat([nodes, keys % n]),
        torch.cat([nodes, keys // n]),
        torch.cat([torch.zeros_like(nodes), kind]),
    )
