"""Typed edges as matrices: what one kind of node hears from another along one relation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.errors import ConfigError
from gnnrec.graph import ITEM, USER, surroundings

ENTITY = "entity"
ALL, NONE = "all", "none"
# A fact of one item alone tells that item nothing of another.
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class TypedEdges:
    """Edges of one relation in one direction.

    Attributes:
        relation: Name of the relation.
        source: Who is heard: `user`, `item` or `entity`.
        target: Who hears.
        matrix: Weight of every edge; those of one target sum to 1.
        entities: Where entities are one end, which of them: those with such an edge, ascending.

    **Shapes**: matrix [targets, sources], where entities are an end with as many as there are in `entities`.
    """

    relation: str
    source: str
    target: str
    matrix: sparse.csr_matrix
    entities: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Typed:
    """All edges beside who chose what, both ways, and how many entities they join."""

    edges: tuple[TypedEdges, ...]
    n_entities: int


def wished(text: str) -> Collection[str] | None:
    """The relations that a setting names; None for all of a data set.

    Raises:
        ConfigError: It names nothing.
    """
    names = [part.strip() for part in text.replace(",", "+").split("+") if part.strip()]
    if names == [ALL]:
        return None
    if not names:
        raise ConfigError(
            where="setting relations",
            found=repr(text),
            expected="all, none, or names of relations",
            todo="For example relations=genre+director.",
        )
    return () if names == [NONE] else names


def typed_edges(data: TrainingData, relations: Collection[str] | None) -> Typed:
    """The relations of a data set as matrices, in the order of `graph.surroundings`.

    Kinds of entities are taken together: which relation an entity is reached by says what it is. An entity that
    fewer than two people or items share is left out, and so is a relation of which nothing is left.

    Raises:
        IncompatibleError: The data set has no relation of that name.
    """
    graph = surroundings(data, relations).graph
    starts = {USER: 0, ITEM: data.n_users, ENTITY: data.n_users + data.n_items}
    sizes = {USER: data.n_users, ITEM: data.n_items, ENTITY: graph.n_nodes - starts[ENTITY]}
    first = dict(zip((kind for kind, _ in graph.kinds), _starts(graph.kinds), strict=True))
    found: dict[tuple[str, str, str], sparse.csr_matrix] = {}
    for relation in graph.relations[1:]:
        source, target = (
            kind if kind in (USER, ITEM) else ENTITY for kind in (relation.source, relation.target)
        )
        edges = relation.matrix.tocoo()
        rows = edges.row.astype(np.int64) + first[relation.source] - starts[source]
        columns = edges.col.astype(np.int64) + first[relation.target] - starts[target]
        matrix = sparse.csr_matrix((edges.data, (rows, columns)), (sizes[source], sizes[target]))
        key = (relation.name, source, target)
        found[key] = found[key] + matrix if key in found else matrix
    shared = np.zeros(sizes[ENTITY])
    for (_, _, target), matrix in found.items():
        if target == ENTITY:
            shared += np.bincount(matrix.indices, minlength=sizes[ENTITY])
    kept = np.flatnonzero(shared >= _FEWEST)
    both: list[TypedEdges] = []
    for (name, source, target), matrix in found.items():
        if source == target:
            both.append(TypedEdges(name, source, target, _averaging(matrix + matrix.T)))
            continue
        numbers = None
        if target == ENTITY:
            matrix = matrix[:, kept]
            numbers = np.flatnonzero(np.bincount(matrix.indices, minlength=len(kept)))
            matrix = matrix[:, numbers]
        both.append(TypedEdges(name, target, source, _averaging(matrix), numbers))
        both.append(TypedEdges(name, source, target, _averaging(matrix.T), numbers))
    return Typed(tuple(one for one in both if one.matrix.nnz), len(kept))


def _starts(kinds: tuple[tuple[str, int], ...]) -> np.ndarray:
    counts = np.array([count for _, count in kinds])
    return np.cumsum(counts) - counts


def _averaging(matrix: sparse.spmatrix) -> sparse.csr_matrix:
    """Each row divided by its sum; empty rows stay empty."""
    matrix = matrix.tocsr()
    sums = np.asarray(matrix.sum(1)).ravel()
    return (sparse.diags(1 / np.where(sums > 0, sums, 1)) @ matrix).tocsr().astype(np.float32)
