"""What an edge of the graph counts, by one of several measures: for a picture whose layout stays while they change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gnnrec.errors import ConfigError, IncompatibleError
from gnnrec.explain import masks
from gnnrec.explain.attention import attention_view
from gnnrec.explain.deletion import Tell, deletion, estimate
from gnnrec.explain.methods import Asked
from gnnrec.graph import ITEM, USER, Graph
from gnnrec.recommenders import Query, Recommender
from gnnrec.recommenders.capabilities import ATTENTION, DECOMPOSES, DIFFERENTIABLE, EDITS_GRAPH


@dataclass(frozen=True)
class EdgeMeasure:
    """One way to weigh edges.

    Attributes:
        name: In addresses.
        title: For the screen.
        words: What the width of an edge says, in a sentence.
        needs: Capabilities a recommender must have.
        of_item: Whether it is about one item, so that none can be shown without it.
        signed: Whether it can speak against as well as for.
    """

    name: str
    title: str
    words: str
    needs: frozenset[str] = frozenset()
    of_item: bool = False
    signed: bool = False

    @property
    def mask(self) -> bool:
        """Whether it is a mask, which takes seconds and is found for several seeds."""
        return self.name in masks.MASKS


@dataclass(frozen=True, eq=False)
class EdgeValues:
    """A value for directed edges of the whole graph, as columns of `Graph.edge_index()`.

    Attributes:
        measure: Name of the measure; `difference` for one between two models.
        values: One per edge of `edges`.
        edges: The edges that have a value; all of the graph where None.
        signed: Whether values speak for and against.
        agreement: How far seeds agree on each of `edges`, from 0 to 1; None where nothing is drawn by chance.

    **Shapes**: n edges, or all E: `values`, `edges` and `agreement` [n].
    """

    measure: str
    values: np.ndarray
    edges: np.ndarray | None = None
    signed: bool = False
    agreement: np.ndarray | None = None

    def weight(self, graph: Graph) -> np.ndarray:
        """The values of all edges, 0 where there is none. **Shapes**: [E]."""
        if self.edges is None:
            return self.values
        spread = np.zeros(graph.edge_index().shape[1])
        spread[self.edges] = self.values
        return spread

    def known(self, graph: Graph) -> np.ndarray | None:
        """Which edges have a value; None for all of them. **Shapes**: [E]."""
        if self.edges is None:
            return None
        there = np.zeros(graph.edge_index().shape[1], dtype=bool)
        there[self.edges] = True
        return there

    def sureness(self, graph: Graph) -> np.ndarray | None:
        """How far seeds agree on each edge; None where nothing is drawn by chance. **Shapes**: [E]."""
        if self.agreement is None:
            return None
        spread = np.ones(graph.edge_index().shape[1])
        spread[self.edges] = self.agreement
        return spread


_ALL = (
    EdgeMeasure(
        ATTENTION,
        "Attention",
        "Edge width is attention: the shares flowing into one node sum to 100 %, counted on the whole graph.",
        frozenset({ATTENTION}),
    ),
    EdgeMeasure(
        "norm",
        "Normalised weight",
        "Edge width is the normalised weight 1 / √(degrees of both ends), fixed by the graph.",
    ),
    EdgeMeasure(
        "contribution",
        "Contribution",
        "Edge width is what each message into the person adds to the score of the item in focus; other edges have "
        "no share of their own.",
        frozenset({DECOMPOSES}),
        of_item=True,
        signed=True,
    ),
    EdgeMeasure(
        "deletion",
        "Deletion effect",
        "Edge width is what the score of the item in focus loses when this edge of the person is taken out and "
        "messages are passed again.",
        frozenset({EDITS_GRAPH}),
        of_item=True,
        signed=True,
    ),
    EdgeMeasure(
        masks.GNN_EXPLAINER,
        "Mask: GNNExplainer",
        "Edge width is how much of a message has to stay for the item in focus to stay recommended, from 0 to 1; an "
        "edge is paler where seeds disagree.",
        frozenset({DIFFERENTIABLE}),
        of_item=True,
    ),
    EdgeMeasure(
        masks.INTEGRATED_GRADIENTS,
        "Mask: integrated gradients",
        "Edge width is the part of the score of the item in focus that a message adds, by integrated gradients.",
        frozenset({DIFFERENTIABLE}),
        of_item=True,
        signed=True,
    ),
    EdgeMeasure(
        masks.SALIENCY,
        "Mask: saliency",
        "Edge width is what a message would add to the score of the item in focus if it were as strong again.",
        frozenset({DIFFERENTIABLE}),
        of_item=True,
        signed=True,
    ),
)
MEASURES: dict[str, EdgeMeasure] = {one.name: one for one in _ALL}
MASK_SEEDS = (0, 1, 2)


def measures_of(recommender: Recommender, item: int | None = None) -> list[EdgeMeasure]:
    """The measures that can weigh the edges of a model, the one to open with first.

    Args:
        recommender: A fitted recommender.
        item: Item in focus; without it only measures that are about no item.
    """
    return [
        one
        for one in MEASURES.values()
        if one.needs <= recommender.capabilities and (item is not None or not one.of_item)
    ]


def edge_values(
    recommender: Recommender,
    graph: Graph,
    measure: str,
    user: int,
    item: int | None = None,
    layer: int | None = None,
    head: int | None = None,
    tell: Tell | None = None,
) -> EdgeValues:
    """What edges count for a model by one measure, from the whole graph.

    Args:
        recommender: A fitted recommender.
        graph: The graph it was fitted on.
        measure: Name of a measure.
        user: User number; some measures are about the person's own edges.
        item: Item in focus, for measures that are about one.
        layer: Layer of attention from 0, or None for the average.
        head: Head of attention from 0, or None for the average.
        tell: Told of the progress of what takes long; may raise to end the work.

    Raises:
        ConfigError: There is no such measure for this model, or no item to measure it for.
        IncompatibleError: The recommender cannot be measured that way.
    """
    able = {one.name for one in measures_of(recommender, item)}
    if measure not in able:
        raise ConfigError(
            where=f"edge weights of {recommender.title}",
            found=f"'{measure[:40]}'" + ("" if item is not None else " without an item in focus"),
            expected=" or ".join(sorted(able)),
            todo="Choose one of these, or a model that has them.",
        )
    if measure == ATTENTION:
        return EdgeValues(measure, attention_view(recommender, graph, layer, head))
    if measure == "norm":
        return EdgeValues(measure, graph.edge_norm)
    asked = Asked(recommender, graph, Query(user=int(user)), int(item))
    if MEASURES[measure].mask:
        return _mask(asked, measure, tell)
    return _contribution(asked) if measure == "contribution" else _deletion(asked, tell)


def seconds_for(recommender: Recommender, graph: Graph, measure: str, user: int, item: int) -> float:
    """How long it will take to work out a measure about an item, told from a trial.

    **Units**: seconds.
    """
    if MEASURES[measure].mask:
        asked = Asked(recommender, graph, Query(user=int(user)), int(item))
        return masks.estimate(asked, measure, len(MASK_SEEDS))
    return estimate(recommender, user, len(recommender.history(user))) if measure == "deletion" else 0.0


def difference(graph: Graph, one: EdgeValues, other: EdgeValues) -> EdgeValues:
    """How much more an edge counts for one model than for another, in shares that can be compared.

    Attention is a share already. Other measures have units of their own in each model, so each is divided by
    the sum of its sizes over the edges that have one.

    Raises:
        IncompatibleError: The two were not measured alike, or weigh every edge alike by definition.
    """
    if one.measure != other.measure or one.measure == "norm":
        raise IncompatibleError(
            where="difference of two models",
            found=f"{one.measure} and {other.measure}",
            expected="the same measure of both, and one that depends on the model",
            todo="Choose a measure that both models have.",
        )
    if one.edges is None or other.edges is None:
        return EdgeValues("difference", _shares(one) - _shares(other), signed=True)
    edges = np.union1d(one.edges, other.edges)
    values = np.zeros(len(edges))
    values[np.searchsorted(edges, one.edges)] += _shares(one)
    values[np.searchsorted(edges, other.edges)] -= _shares(other)
    return EdgeValues("difference", values, edges, signed=True)


def _shares(one: EdgeValues) -> np.ndarray:
    if one.measure == ATTENTION:
        return one.values
    total = float(np.abs(one.values).sum())
    return one.values / total if total else one.values


def _contribution(asked: Asked) -> EdgeValues:
    split = asked.recommender.contributions(asked.query, [asked.item])
    return _on_history(asked, "contribution", split.items, split.values[0])


def _deletion(asked: Asked, tell: Tell | None) -> EdgeValues:
    found = deletion(asked.recommender, asked.query, asked.item, tell=tell)
    return _on_history(asked, "deletion", found.items, found.effect)


def _mask(asked: Asked, method: str, tell: Tell | None) -> EdgeValues:
    found = masks.mask(asked, method, MASK_SEEDS, tell)
    values = np.asarray(found.values, dtype=np.float64)
    agreement = None if MEASURES[method].signed else found.agreement
    return EdgeValues(method, values, found.edges, MEASURES[method].signed, agreement)


def _on_history(asked: Asked, measure: str, items: np.ndarray, values: np.ndarray) -> EdgeValues:
    """Values of the items of a history on the edges over which they reach the person."""
    graph = asked.graph
    _, source, edge = graph.edges_into(np.array([graph.node(USER, asked.query.user)]))
    of = dict(zip(graph.node(ITEM, items).tolist(), np.asarray(values).tolist(), strict=True))
    there = np.array([int(one) in of for one in source], dtype=bool)
    found = np.array([of[int(one)] for one in source[there]], dtype=np.float64)
    return EdgeValues(measure, found, edge[there], signed=True)
