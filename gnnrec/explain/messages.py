"""Messages in slow motion: what a model would suggest after each round of them, how alike people become, and
the formula behind the weight of one edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gnnrec.explain.attention import whole_attention
from gnnrec.graph import Graph, Subgraph
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import ATTENTION
from gnnrec.recommenders.parts.aged_graph import AgedGraph
from gnnrec.recommenders.parts.top_k import top_k

Layers = list[tuple[np.ndarray, np.ndarray]]
# Above this, e to the power of a raw score is a number nobody can read; the highest score is taken off first.
_READABLE = 20.0


def layers(recommender: Recommender) -> Layers:
    """The vectors a model would score by had messages stopped after 0, 1, … L rounds.

    Raises:
        IncompatibleError: The model does not keep its layers apart.

    **Shapes**: L + 1 times ([U, D], [I, D]).
    """
    return recommender.layers()


def smoothness(found: Layers) -> np.ndarray:
    """How alike people are after each round: the mean cosine over all pairs of them.

    It needs no sample of pairs: with vectors of length 1 the sum over all pairs is that of the squared length of
    their sum. People without a vector (nothing has reached them yet) are left out; NaN with fewer than two.

    **Shapes**: L + 1 times ([U, D], [I, D]) → [L + 1].
    """
    return np.array([_mean_cosine(users) for users, _ in found])


def lists(found: Layers, user: int, k: int, hidden: np.ndarray) -> list[np.ndarray]:
    """What a person would be suggested after each round, best first; empty where nothing has reached them.

    Args:
        found: From `layers`.
        user: User number.
        k: Length of the lists.
        hidden: Item numbers that lists leave out.

    **Shapes**: L + 1 times [at most k].
    """
    out = []
    for users, items in found:
        scores = (users[user] @ items.T)[None]
        if np.ptp(scores) == 0:
            out.append(np.empty(0, dtype=np.int64))
            continue
        scores[0, hidden] = -np.inf
        best = top_k(scores, k)[0]
        out.append(best[np.isfinite(scores[0, best])])
    return out


def reaching(subgraph: Subgraph, rounds: int, most: int = 300) -> list[tuple[int, int]]:
    """Drawn edges over which something has reached the centre after some rounds, as (source, target) nodes.

    A message moves one step in every round, so that after two rounds the centre has heard what its neighbours
    heard in the first: everything within as many steps as there were rounds.

    Args:
        subgraph: What is drawn.
        rounds: How many rounds were played.
        most: About how many edges to give where there are more: those into the centre and the strongest one
            inwards of every node always, then the strongest ones.
    """
    nodes, edges = subgraph.nodes, subgraph.edges
    hop = np.zeros(int(nodes.node.max()) + 1, dtype=np.int64)
    hop[nodes.node] = nodes.hop
    outer, inner = hop[edges.source], hop[edges.target]
    kept = np.flatnonzero((inner < outer) & (outer <= rounds))
    kept = kept[np.lexsort((kept, -np.abs(edges.weight[kept])))]
    _, first = np.unique(edges.source[kept], return_index=True)
    needed = inner[kept] == 0
    needed[first] = True
    chosen = kept[np.lexsort((np.arange(len(kept)), ~needed))][: max(most, int(needed.sum()))]
    return list(zip(edges.source[chosen].tolist(), edges.target[chosen].tolist(), strict=True))


# The formula of an edge


@dataclass(frozen=True)
class HeadWeight:
    """Attention of one edge in one layer and head.

    Attributes:
        layer: From 0.
        head: From 0.
        raw: Score before the softmax.
        shift: What was taken off all raw scores so that their powers can be read; does not change the weight.
        power: e to the raw score less the shift.
        total: The sum of that over all edges into the same node.
    """

    layer: int
    head: int
    raw: float
    shift: float
    power: float
    total: float

    @property
    def weight(self) -> float:
        """The softmax: its part of the sum."""
        return self.power / self.total


@dataclass(frozen=True)
class Formula:
    """How the weight of one directed edge comes about, with its own numbers.

    Attributes:
        source: Node the message comes from.
        target: Node it goes to.
        weight: The weight, as drawn.
        degrees: Neighbours of the source and of the target.
        heads: Each layer and head that the weight is the average of; empty for normalised weights.
        hears_itself: Whether the model counts every node among its own neighbours as well.
        by_age: The weight it has in a model whose edges weigh less with age; None in others.
    """

    source: int
    target: int
    weight: float
    degrees: tuple[int, int]
    heads: tuple[HeadWeight, ...] = ()
    hears_itself: bool = False
    by_age: float | None = None

    @property
    def even(self) -> float:
        """What each neighbour of the target would hold if all counted alike."""
        return 1 / self.degrees[1]

    @property
    def lines(self) -> tuple[str, ...]:
        """The calculation as plain text, a line for each step."""
        if not self.heads:
            return (
                f"weight = 1 / √({self.degrees[0]:,} × {self.degrees[1]:,}) = {self.weight:.3g}",
                f"{self.degrees[0]:,} and {self.degrees[1]:,} are the neighbours that the two ends have.",
                *self._itself_too(),
                *self._aged(),
            )
        told = [line for one in self.heads for line in _softmax_lines(one, self.degrees[1], len(self.heads))]
        if len(self.heads) > 1:
            told.append(f"average of the {len(self.heads)} weights = {self.weight:.3g}")
        told = [line.replace("-", "−") for line in told]
        return (*told, f"If all {self.degrees[1]:,} neighbours counted alike, it would be {self.even:.3g}.")

    def _aged(self) -> tuple[str, ...]:
        if self.by_age is None:
            return ()
        return (
            f"This model lets edges age: beside the other edges of both ends this one weighs {self.by_age:.3g}.",
        )

    def _itself_too(self) -> tuple[str, ...]:
        if not self.hears_itself:
            return ()
        more = [one + 1 for one in self.degrees]
        return (
            f"This model counts each end among its own neighbours too: 1 / √({more[0]:,} × {more[1]:,}) = "
            f"{1 / float(np.sqrt(more[0] * more[1])):.3g}.",
        )


def edge_formula(
    recommender: Recommender, graph: Graph, edge: int, layer: int | None = None, head: int | None = None
) -> Formula:
    """How the weight of a directed edge comes about: raw score, softmax and weight, or the two degrees.

    Args:
        recommender: A fitted recommender; attention is explained where it has some.
        graph: The graph it was fitted on.
        edge: Column of `Graph.edge_index()`.
        layer: Layer of attention from 0, or None for the average.
        head: Head of attention from 0, or None for the average.
    """
    plain = norm_formula(graph, edge)
    if ATTENTION not in recommender.capabilities:
        return replace(plain, hears_itself=recommender.hears_itself, by_age=_by_age(recommender, edge))
    n_layers, n_heads, _ = whole_attention(recommender, graph).shape
    _, _, into = graph.edges_into(np.array([plain.target]))
    raw = recommender.raw_attention(into).astype(np.float64)
    place = int(np.flatnonzero(into == edge)[0])
    heads = tuple(
        _head(of_layer, of_head, raw[of_layer, of_head], place)
        for of_layer in (range(n_layers) if layer is None else [layer])
        for of_head in (range(n_heads) if head is None else [head])
    )
    return replace(plain, weight=float(np.mean([one.weight for one in heads])), heads=heads)


def _by_age(recommender: Recommender, edge: int) -> float | None:
    own = getattr(recommender, "graph", None)
    return float(own.edge_norm[edge]) if isinstance(own, AgedGraph) and own.half_life else None


def norm_formula(graph: Graph, edge: int) -> Formula:
    """How the normalised weight of a directed edge comes about: 1 / √(degree of one end · degree of the other)."""
    source, target = (int(end) for end in graph.edge_index()[:, edge])
    degrees = int(graph.degrees[source]), int(graph.degrees[target])
    return Formula(source, target, 1 / float(np.sqrt(degrees[0] * degrees[1])), degrees)


def _head(layer: int, head: int, raw: np.ndarray, place: int) -> HeadWeight:
    shift = float(raw.max()) if np.abs(raw).max() > _READABLE else 0.0
    powers = np.exp(raw - shift)
    return HeadWeight(layer, head, float(raw[place]), shift, float(powers[place]), float(powers.sum()))


def _softmax_lines(one: HeadWeight, neighbours: int, several: int) -> Sequence[str]:
    where = f"layer {one.layer + 1}, head {one.head + 1}: " if several > 1 else ""
    power = f"e^({one.raw:.2f} − {one.shift:.2f})" if one.shift else f"e^{one.raw:.2f}"
    total = f"the sum over all {neighbours:,} neighbours" if neighbours > 1 else "itself, the only neighbour"
    return (
        f"{where}raw score {one.raw:.3f}",
        f"{power} = {one.power:.3g}, divided by {total}{f', {one.total:.3g}' if neighbours > 1 else ''}: "
        f"weight {one.weight:.3g}",
    )


def _mean_cosine(vectors: np.ndarray) -> float:
    lengths = np.linalg.norm(vectors, axis=1)
    known = lengths > 0
    n = int(known.sum())
    if n < 2:
        return float("nan")
    total = (vectors[known] / lengths[known, None]).sum(0, dtype=np.float64)
    return float((total @ total - n) / (n * (n - 1)))
