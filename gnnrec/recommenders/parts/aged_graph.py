"""The graph of who chose what when: an edge weighs less the older it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from gnnrec.data.moments import DAY
from gnnrec.graph import Graph, Relation
from gnnrec.graph.compressed import from_sorted_keys


@dataclass(frozen=True, eq=False)
class AgedGraph(Graph):
    """A graph whose edges halve in weight with every `half_life`; its normalisation goes by weights.

    An edge of age a days weighs w = 2^(-a / half_life), a node's weighted degree is d = Σ w, and the normalised
    edge w / √(d_source d_target). From which day ages are counted makes no difference: a later one multiplies all
    weights and degrees by the same factor, which cancels. So an edge is old beside the other edges of its two ends.

    Args:
        half_life: In days; 0 for edges that do not age, which is exactly `Graph`.

    **Shapes**: N nodes, E directed edges.
    """

    half_life: float = 0.0

    @cached_property
    def edge_norm(self) -> np.ndarray:
        """Normalised weight of every directed edge. **Shapes**: [E] float32, aligned with `edge_index()`."""
        if not self.half_life:
            return Graph.edge_norm.func(self)
        source, target = self.edge_index()
        # Powers of two far below the smallest number a computer knows: only their differences are ever raised.
        exponents = self._exponents
        largest = np.full(self.n_nodes, -np.inf)
        np.maximum.at(largest, source, exponents)
        sums = np.bincount(source, np.exp2(exponents - largest[source]), minlength=self.n_nodes)
        degrees = np.full(self.n_nodes, -np.inf)
        there = sums > 0
        degrees[there] = largest[there] + np.log2(sums[there])
        return np.exp2(exponents - (degrees[source] + degrees[target]) / 2).astype(np.float32)

    @cached_property
    def _exponents(self) -> np.ndarray:
        """Base-2 logarithm of every directed edge's weight, 0 for the newest. **Shapes**: [E] float64."""
        times = self.watched.time.astype(np.float64)
        if not len(times):
            return np.empty(0)
        return np.tile((times - times.max()) / (DAY * self.half_life), 2)

    def edited(self, add: Any = (), remove: Any = ()) -> Self:
        changed = super().edited(add, remove)
        return replace(self, relations=changed.relations)

    def until(self, moment: int) -> Self:
        """The graph of what happened before a moment, in unix seconds; the nodes stay."""
        relation = self.watched
        n_users, n_items = relation.matrix.shape
        rows = np.repeat(np.arange(n_users, dtype=np.int64), np.diff(relation.matrix.indptr))
        kept = relation.time < moment
        keys = rows[kept] * n_items + relation.matrix.indices[kept]
        before = Relation(
            relation.source,
            relation.name,
            relation.target,
            from_sorted_keys(keys, relation.matrix.data[kept], relation.matrix.shape),
            relation.time[kept],
        )
        return replace(self, relations=tuple(before if one is relation else one for one in self.relations))
