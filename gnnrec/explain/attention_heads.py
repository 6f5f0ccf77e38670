"""Where one node looks, layer by layer and head by head: how evenly, and whether the heads agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from gnnrec.explain.attention import whole_attention
from gnnrec.graph import Graph
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import ATTENTION


@dataclass(frozen=True, eq=False)
class Looks:
    """How one node divides what it takes in among its neighbours, in every layer and head.

    Attributes:
        node: The node.
        source: Its neighbours, ascending.
        edge: The edges from them, as columns of `Graph.edge_index()`.
        shares: Part of all that flows in; over the neighbours they add up to 1.
        learned: Whether the model learned them (attention), or the graph fixes them (normalised weights, which
            are the same in all layers: one layer with one head).

    **Shapes**: n neighbours: `source` and `edge` [n], `shares` [L, heads, n].
    """

    node: int
    source: np.ndarray
    edge: np.ndarray
    shares: np.ndarray
    learned: bool

    @property
    def even(self) -> float:
        """What each neighbour would hold if all counted alike; NaN without neighbours."""
        return 1 / len(self.source) if len(self.source) else float("nan")

    @cached_property
    def mean(self) -> np.ndarray:
        """Average over layers and heads. **Shapes**: [n]."""
        return self.shares.mean((0, 1), dtype=np.float64)

    @cached_property
    def evenness(self) -> np.ndarray:
        """How evenly each layer and head looks. **Shapes**: [L, heads]."""
        return entropy_share(self.shares)

    @property
    def effective(self) -> np.ndarray:
        """How many neighbours, all counting alike, would be as even as each layer and head. **Shapes**: [L, heads]."""
        n = len(self.source)
        return np.where(np.isnan(self.evenness), n, max(n, 1) ** np.nan_to_num(self.evenness))

    @property
    def order(self) -> np.ndarray:
        """Places of the neighbours, the most looked at first; equal ones by node. **Shapes**: [n]."""
        return np.lexsort((self.source, -self.mean))


@dataclass(frozen=True, eq=False)
class HeadAgreement:
    """Whether the heads of a layer look at the same neighbours.

    Attributes:
        order: Rank correlation of each pair of heads: 1 the same order, 0 none, -1 the reverse; NaN where a head
            has no order.
        distance: Jensen-Shannon divergence of each pair: 0 the same shares, 1 nothing in common.

    **Shapes**: both [L, heads, heads].
    """

    order: np.ndarray
    distance: np.ndarray

    @property
    def mean_order(self) -> np.ndarray:
        """Mean over pairs of heads, of each layer; NaN with a single head. **Shapes**: [L]."""
        return _mean_of_pairs(self.order)

    @property
    def mean_distance(self) -> np.ndarray:
        """Mean over pairs of heads, of each layer; NaN with a single head. **Shapes**: [L]."""
        return _mean_of_pairs(self.distance)


def looks(recommender: Recommender, graph: Graph, node: int) -> Looks:
    """How a node divides what it takes in: by attention where the model has it, else by normalised weight.

    Raises:
        IncompatibleError: The graph is not the one the model was fitted on.
    """
    _, source, edge = graph.edges_into(np.array([int(node)]))
    learned = ATTENTION in recommender.capabilities
    if learned:
        shares = whole_attention(recommender, graph)[:, :, edge]
    else:
        weight = graph.edge_norm[edge].astype(np.float64)
        shares = (weight / weight.sum() if len(weight) else weight)[None, None]
    return Looks(int(node), source.astype(np.int64), edge, shares, learned)


def entropy_share(shares: np.ndarray) -> np.ndarray:
    """How even shares are: their entropy over that of equal ones; NaN for fewer than two.

    **Shapes**: [..., n] → [...].
    """
    shares = np.asarray(shares, dtype=np.float64)
    if shares.shape[-1] < 2:
        return np.full(shares.shape[:-1], np.nan)
    terms = np.multiply(shares, np.log(shares, out=np.zeros_like(shares), where=shares > 0))
    return -terms.sum(-1) / np.log(shares.shape[-1])


def head_agreement(shares: np.ndarray) -> HeadAgreement:
    """Whether heads look at the same neighbours. **Shapes**: shares [L, heads, n]."""
    from scipy.stats import rankdata

    n_layers, n_heads, n = shares.shape
    order, distance = np.full((2, n_layers, n_heads, n_heads), np.nan)
    if n < 2:
        return HeadAgreement(order, distance)
    for layer, of_heads in enumerate(np.asarray(shares, dtype=np.float64)):
        ranks = rankdata(of_heads, axis=-1)
        ranks -= ranks.mean(-1, keepdims=True)
        size = np.sqrt((ranks**2).sum(-1))
        both = size[:, None] * size
        np.divide(ranks @ ranks.T, both, out=order[layer], where=both > 0)
        for one in range(n_heads):
            distance[layer, one] = _divergence(of_heads[one], of_heads)
    return HeadAgreement(np.clip(order, -1, 1), distance)


def _divergence(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Jensen-Shannon divergence in bits. **Shapes**: [n], [heads, n] → [heads]."""
    middle = (one + others) / 2

    def towards(shares: np.ndarray) -> np.ndarray:
        ratio = np.divide(shares, middle, out=np.ones_like(middle), where=shares > 0)
        return (shares * np.log2(ratio)).sum(-1)

    return np.clip((towards(np.broadcast_to(one, others.shape)) + towards(others)) / 2, 0, 1)


def _mean_of_pairs(values: np.ndarray) -> np.ndarray:
    pairs = list(combinations(range(values.shape[-1]), 2))
    if not pairs:
        return np.full(len(values), np.nan)
    first, second = (list(side) for side in zip(*pairs, strict=True))
    return values[:, first, second].mean(-1)
