"""What a model sees: the graph of people and items, and with it the friends, facts and circumstances that it hears."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnnrec.data import TrainingData, Vocabulary
from gnnrec.explain.edge_values import EdgeValues, edge_values
from gnnrec.graph import FRIEND, NEXT_CLICK, Graph, Surroundings, edges_of_both, relations_of, surroundings
from gnnrec.recommenders import Recommender
from gnnrec.recommenders.capabilities import ATTENTION


@dataclass(frozen=True, eq=False)
class Sight:
    """The graph that a model hears, and what of it is switched off.

    Attributes:
        few: People and items alone; attention, contributions and masks are about its edges.
        whole: The same with every further sort of edges that the model hears; `few` where there is none.
        graph: What is shown: `whole` without what is switched off.
        entities: The texts of each further kind of node.
        relations: Names of the further sorts of edges.
        off: Those that are switched off.
    """

    few: Graph
    whole: Graph
    graph: Graph
    entities: Mapping[str, Vocabulary]
    relations: tuple[str, ...] = ()
    off: tuple[str, ...] = ()

    @classmethod
    def plain(cls, few: Graph) -> Sight:
        """The sight of a model that hears nothing beside who chose what."""
        return cls(few, few, few, {})

    @classmethod
    def of(
        cls, few: Graph, found: Surroundings, relations: Sequence[str], off: Collection[str] = ()
    ) -> Sight:
        """The sight of a model that hears more.

        Args:
            few: People and items alone.
            found: The graph of these relations.
            relations: Their names.
            off: Those to leave out.
        """
        gone = tuple(one for one in relations if one in off)
        return cls(few, found.graph, found.graph.without(gone), found.entities, tuple(relations), gone)

    @classmethod
    def of_session(cls, few: Graph, clicks: Graph, off: Collection[str] = ()) -> Sight:
        """The sight of a model that is asked with the clicks of a session.

        Args:
            few: People and items alone.
            clicks: What the person clicked on, and the steps from click to click.
            off: `next_click` to leave the steps out.
        """
        gone = tuple(one for one in (NEXT_CLICK,) if one in off)
        return cls(few, clicks, clicks.without(gone), {}, (NEXT_CLICK,), gone)

    @property
    def kinds(self) -> list[str]:
        """All kinds of nodes, drawn or not."""
        return [kind for kind, _ in self.whole.kinds]

    def kind_of(self, relation: str) -> str:
        """The kind of nodes that a sort of edges leads to, by most of its edges; friends and steps are their own."""
        if relation in (FRIEND, NEXT_CLICK):
            return relation
        sizes = {one.target: one.n_edges for one in self.whole.relations if one.name == relation}
        return max(sizes, key=sizes.get, default=relation)

    def neighbours(self, node: int, relation: str) -> np.ndarray:
        """The nodes that a node is joined to by one sort of edges, ascending."""
        _, source, edge = self.graph.edges_into(np.array([int(node)]))
        named = np.array([one.name == relation for one in self.graph.relations])
        return np.unique(source[named[self.graph.edge_relation[edge]]]).astype(np.int64)

    def is_side(self, edge: int) -> bool:
        """Whether an edge of `graph` is of a further sort, so that it is none of `few`."""
        return self.graph.relations[int(self.graph.edge_relation[edge])] is not self.graph.watched

    def in_few(self, edge: int) -> int:
        """The same edge between a person and an item in `few`."""
        half, joined = self.graph.edge_index().shape[1] // 2, self.few.edge_index().shape[1] // 2
        return int(edge) if edge < half else int(edge) - half + joined

    def spread(self, values: EdgeValues) -> EdgeValues:
        """Values of edges of `few` as values of the same edges of `graph`; the others have none."""
        if self.graph is self.few:
            return values
        same = edges_of_both(self.few, self.graph)
        edges = same if values.edges is None else same[values.edges]
        return EdgeValues(values.measure, values.values, edges, values.signed, values.agreement)


def side_relations_of(recommenders: Sequence[Recommender]) -> tuple[str, ...]:
    """The further sorts of edges that some models hear together, in their order."""
    named = dict.fromkeys(name for one in recommenders for name in one.side_relations)
    if not named:
        return ()
    there = relations_of(recommenders[0].data.dataset)
    return tuple(name for name in named if name in there)


def sight_of(recommender: Recommender, few: Graph, data: TrainingData, off: Collection[str] = ()) -> Sight:
    """What one model sees.

    Args:
        recommender: A fitted recommender.
        few: The graph of people and items that it was fitted on.
        data: What it was fitted on.
        off: Sorts of edges to leave out.
    """
    relations = side_relations_of([recommender])
    if not relations:
        return Sight.plain(few)
    return Sight.of(few, surroundings(data, relations), relations, off)


def values_in(
    sight: Sight, recommender: Recommender, measure: str, user: int, item: int | None = None, **more: Any
) -> EdgeValues:
    """What edges of a sight count for a model by one measure; further arguments as in `edge_values`.

    Values come from the whole graph. Sorts of edges that a measure says nothing of have no value.
    """
    if measure == "norm":
        return EdgeValues(measure, sight.graph.edge_norm)
    n_edges = sight.graph.edge_index().shape[1]
    if measure == ATTENTION and recommender.attention().shape[-1] == n_edges:
        return edge_values(recommender, sight.graph, measure, user, item, **more)
    return sight.spread(edge_values(recommender, sight.few, measure, user, item, **more))


def times_clicked(clicks: Graph) -> EdgeValues:
    """How often an item was clicked on and each step was made; a step has no value backwards.

    Args:
        clicks: The graph of some sessions, with its steps or without.
    """
    once = np.concatenate([relation.matrix.data for relation in clicks.relations])
    one_way = np.array([relation.name == NEXT_CLICK for relation in clicks.relations])
    known = np.arange(len(once)), len(once) + np.flatnonzero(~one_way[clicks.edge_relation[: len(once)]])
    edges = np.concatenate(known)
    return EdgeValues("clicks", np.concatenate([once, once])[edges], edges)
