"""Masks: how much each message counts for one score, learned or derived on the pair's own computation graph.

torch-geometric's Explainer does the work, on exactly the edges that reach the person or the item within the
model's layers, with the degrees of the whole graph; a mask scales a message after attention has weighed it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.explain.deletion import Tell
from gnnrec.graph import ITEM, USER
from gnnrec.graph.computation import ComputationGraph, computation_graph

if TYPE_CHECKING:
    from gnnrec.explain.explainers import PairScore
    from gnnrec.explain.methods import Asked

GNN_EXPLAINER = "gnnexplainer"
INTEGRATED_GRADIENTS = "integrated_gradients"
SALIENCY = "saliency"
MASKS = (GNN_EXPLAINER, INTEGRATED_GRADIENTS, SALIENCY)

# Chosen on models of attention and of plain propagation: more epochs or smaller steps bring the order of a mask
# no closer to that of true deletion, and two seeds agree at 0.94 to 0.99. Ten steps give the order that fifty give.
_EPOCHS, _LEARNING_RATE, _ENTROPY_PRICE = 30, 0.1, 0.1
_STEPS = 20
# Values held at once for each entry of a message, forward and back; measured.
_COPIES = 4


@dataclass(frozen=True)
class _Way:
    """One way to find a mask: how many passes it takes, and whether it is learned from a drawn start or derived."""

    passes: int
    find: Callable[[PairScore, int], np.ndarray]
    learned: bool = False


@dataclass(frozen=True, eq=False)
class EdgeMask:
    """How much the message of each edge counts for one score.

    Of GNNExplainer a weight between 0 (can be left out) and 1 (keeps the score up). Of gradients the
    part of the score that a message adds (integrated) or would add if it were as strong again (saliency), in
    units of the score: above zero speaks for the item, below zero against it. Gradients follow the score as it
    is: where it is a cosine, and the person only what they receive, making all messages stronger changes nothing,
    and what speaks for the item and what speaks against it cancel out.

    Attributes:
        method: Name of the method.
        edges: Columns of `Graph.edge_index()`: all whose messages reach the pair.
        by_seed: The mask of each seed.

    **Shapes**: n edges, S seeds: `edges` [n], `by_seed` [S, n].
    """

    method: str
    edges: np.ndarray
    by_seed: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """The mean over seeds. **Shapes**: [n]."""
        return self.by_seed.mean(0)

    @property
    def agreement(self) -> np.ndarray:
        """1 where all seeds say the same, 0 where one says everything and another nothing. **Shapes**: [n]."""
        return 1 - np.clip(np.ptp(self.by_seed, axis=0), 0, 1)


def mask(asked: Asked, method: str, seed: int | Sequence[int] = 0, tell: Tell | None = None) -> EdgeMask:
    """How much the message of each edge counts for one item.

    Args:
        asked: Model, person and item; the model has the capability `differentiable`.
        method: `gnnexplainer`, `integrated_gradients` or `saliency`.
        seed: One seed or several, for `gnnexplainer`; the others do not draw and are computed once.
        tell: Told of the passes done; may raise to end the work. That of `asked` where None.

    Raises:
        ConfigError: There is no such method.
        IncompatibleError: The model is no function of its messages, the person is not as it was fitted on, or
            the messages do not fit into memory.
        DataError: A user or item number does not exist.
    """
    way = _way(method)
    seeds = [seed] if isinstance(seed, (int, np.integer)) else list(seed)
    seeds = seeds if way.learned else seeds[:1]
    part, pair = _prepared(asked, way)
    if not len(part.edges):
        return EdgeMask(method, part.edges, np.zeros((len(seeds), 0)))
    told = tell or asked.tell
    if told is not None:
        pair.after = _Counter(told, way.passes * len(seeds))
    return EdgeMask(method, part.edges, np.stack([way.find(pair, one) for one in seeds]))


def on_history(asked: Asked, found: EdgeMask) -> np.ndarray:
    """A mask as what each item of the person's history counts.

    Taking an item out takes away its message to the person and the person's message back to it. Gradients of
    both add up, so they are added; a weight between 0 and 1 cannot be, and that of the message to the person
    stands for the item.

    **Shapes**: S seeds, H items of the history → [S, H].
    """
    graph = asked.graph
    _, source, into = graph.edges_into(np.array([graph.node(USER, asked.query.user)]))
    every = np.zeros((len(found.by_seed), graph.edge_index().shape[1]))
    every[:, found.edges] = found.by_seed
    values = every[:, into]
    if not _way(found.method).learned:
        values = values + every[:, graph.reverse(into)]
    # Edges into a node come sorted by source, as a history is.
    return values[:, np.searchsorted(graph.kinds_and_numbers(source)[1], asked.history)]


def estimate(asked: Asked, method: str, n_seeds: int = 1) -> float:
    """How long a mask will take, told from a pass over some of the edges.

    Raises:
        ConfigError, IncompatibleError, DataError: As `mask`.

    **Units**: seconds.
    """
    way = _way(method)
    _, pair = _prepared(asked, way)
    # A learned mask takes one more, to set its price.
    return pair.seconds() * ((way.passes + 1) * n_seeds if way.learned else way.passes)


def _prepared(asked: Asked, way: _Way) -> tuple[ComputationGraph, PairScore]:
    if asked.query.kind != "known":
        raise IncompatibleError(
            where=f"mask for {asked.recommender.title}",
            found=f"a {'newcomer' if asked.query.user is None else 'changed history'}",
            expected="a known person with the history the model was fitted on",
            todo="Leave the changes out, or choose deletion, which answers them.",
        )
    model = asked.recommender.differentiable()
    from gnnrec.explain.explainers import PairScore

    graph = asked.graph
    ends = [graph.node(USER, asked.query.user), graph.node(ITEM, asked.item)]
    part = computation_graph(graph, ends, model.n_layers)
    _check_memory(asked, part, model.table.shape[1])
    if not way.learned:
        return part, PairScore(model, part)
    scores = asked.recommender.scores([asked.query])[0]
    return part, PairScore(model, part, float(scores[asked.item]), float(scores.std()) or 1.0)


def _check_memory(asked: Asked, part: ComputationGraph, size: int) -> None:
    from gnnrec.training.memory import free_memory_mib

    need, free = _COPIES * 4 * size * sum(part.heard) / 2**20, free_memory_mib()
    if need > free:
        raise IncompatibleError(
            where=f"mask for {asked.recommender.title}",
            found=f"{len(part.edges):,} edges that reach the pair, about {need / 1024:.1f} GiB of messages",
            expected=f"what fits into the free memory of {free / 1024:.1f} GiB",
            todo="Choose another method, such as deletion, or a model with fewer layers.",
        )


class _Counter:
    """Tells of every pass."""

    def __init__(self, tell: Tell, total: int) -> None:
        self._tell, self._total, self._done = tell, total, 0

    def __call__(self) -> None:
        self._done = min(self._done + 1, self._total)
        self._tell(self._done, self._total)


def _learned(pair: PairScore, seed: int) -> np.ndarray:
    from gnnrec.explain.explainers import learned_mask

    return learned_mask(pair, seed, _EPOCHS, _LEARNING_RATE, pair.price(), _ENTROPY_PRICE)


def _attributed(name: str, **settings: Any) -> Callable[[PairScore, int], np.ndarray]:
    def find(pair: PairScore, seed: int) -> np.ndarray:
        from gnnrec.explain.explainers import attributed

        return attributed(pair, name, **settings)

    return find


_WAYS = {
    GNN_EXPLAINER: _Way(_EPOCHS, _learned, learned=True),
    INTEGRATED_GRADIENTS: _Way(_STEPS, _attributed("IntegratedGradients", n_steps=_STEPS)),
    # Captum forgets the sign unless told.
    SALIENCY: _Way(1, _attributed("Saliency", abs=False)),
}


def _way(method: str) -> _Way:
    if method not in _WAYS:
        raise ConfigError(
            where="method of masks",
            found=f"'{method[:40]}'",
            expected=f"one of {', '.join(_WAYS)}",
            todo="Choose one of them.",
        )
    return _WAYS[method]
