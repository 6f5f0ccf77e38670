"""The graph a model sees: kinds of nodes, the relations between them, and the matrices made of both.

This is the one file that knows where a person or an item lies in the joint numbering of nodes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from gnnrec.errors import DataError
from gnnrec.graph.compressed import check_range, columns, csr, from_sorted_keys, indptr, pair_keys

__all__ = ["ITEM", "USER", "Graph", "Relation"]

USER = "user"
ITEM = "item"


@dataclass(frozen=True, eq=False)
class Relation:
    """One sort of edge: which kind points to which, and under what name.

    Args:
        source: kind of the nodes the edges start from.
        name: what the edge means, such as `watched`.
        target: kind of the nodes the edges end at.
        matrix: which node of `source` is joined to which of `target`; the values are the weights (1 where
            none were given). Indices are sorted and pairs are unique.
        time: when each edge came about, aligned with `matrix.data`, or none.

    **Shapes**: matrix [sources, targets], time [edges].

    **Units**: time in seconds since 1970.
    """

    source: str
    name: str
    target: str
    matrix: sparse.csr_matrix
    time: np.ndarray | None = None

    @property
    def n_edges(self) -> int:
        """Number of edges, each counted once."""
        return int(self.matrix.nnz)


@dataclass(frozen=True, eq=False)
class Graph:
    """All nodes and edges a model learns from, taken from the training part of the data alone.

    Nodes of all kinds share one numbering: the kinds one after another in the order of `kinds`, people first,
    then items. Edges are stored once, in the direction of their relation, and walked both ways.

    Args:
        kinds: name of each node kind with the number of its nodes.
        relations: the edges. Parallel edges of different relations stay apart and count separately in
            `degrees`.

    **Shapes**: U users, I items, N nodes, E directed edges (twice the number of stored edges).
    """

    kinds: tuple[tuple[str, int], ...]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        counts = dict(self.kinds)
        for relation in self.relations:
            expected = (counts[relation.source], counts[relation.target])
            if relation.matrix.shape != expected:
                raise ValueError(
                    f"relation {relation.name}: shape {relation.matrix.shape}, expected {expected}"
                )

    @classmethod
    def bipartite(
        cls,
        n_users: int,
        n_items: int,
        user: np.ndarray,
        item: np.ndarray,
        weight: np.ndarray | None = None,
        *,
        time: np.ndarray | None = None,
        name: str = "watched",
    ) -> Graph:
        """The graph of who watched what, from two aligned arrays of numbers.

        A pair that appears more than once becomes one edge: weights add up, the latest time is kept.

        Args:
            n_users: number of people, those without any edge included.
            n_items: number of items, likewise.
            user: user numbers.
            item: item numbers, aligned with `user`.
            weight: one weight per pair; without it each edge weighs 1.
            time: one time per pair.
            name: name of the relation.

        Raises:
            DataError: a number lies outside the range, or the arrays differ in length.

        **Shapes**: user, item, weight, time [pairs].
        """
        keys = pair_keys(n_users, n_items, user, item)
        for part, values in (("weights", weight), ("times", time)):
            if values is not None and len(values) != len(keys):
                raise DataError(
                    where="graph edges",
                    found=f"{len(values)} {part} for {len(keys)} pairs",
                    expected="one for each pair",
                    todo="Pass arrays of the same length.",
                )
        unique, inverse = np.unique(keys, return_inverse=True)
        data = np.ones(len(unique), dtype=np.float32)
        if weight is not None:
            data = np.bincount(inverse, weights=np.asarray(weight, dtype=np.float64), minlength=len(unique))
        when = None
        if time is not None:
            when = np.full(len(unique), np.iinfo(np.int64).min)
            np.maximum.at(when, inverse, np.asarray(time, dtype=np.int64))
        matrix = from_sorted_keys(unique, data, (n_users, n_items))
        return cls(
            kinds=((USER, int(n_users)), (ITEM, int(n_items))),
            relations=(Relation(USER, name, ITEM, matrix, when),),
        )

    # Where nodes lie

    @cached_property
    def _starts(self) -> dict[str, int]:
        starts, start = {}, 0
        for kind, count in self.kinds:
            starts[kind] = start
            start += count
        return starts

    @cached_property
    def n_nodes(self) -> int:
        """Number of nodes of all kinds."""
        return sum(count for _, count in self.kinds)

    def count(self, kind: str) -> int:
        """Number of nodes of one kind."""
        return dict(self.kinds)[kind]

    def node(self, kind: str, number: int | np.ndarray) -> int | np.ndarray:
        """The node of a numbered person or item; arrays of numbers give arrays of nodes.

        Raises:
            DataError: the number lies outside the kind.
        """
        numbers = np.asarray(number)
        check_range(numbers, self.count(kind), f"{kind} number")
        nodes = numbers.astype(np.int64) + self._starts[kind]
        return int(nodes) if nodes.ndim == 0 else nodes

    def kind_and_number(self, node: int) -> tuple[str, int]:
        """Which kind a node is and its number within that kind.

        Raises:
            DataError: there is no such node.
        """
        kind, number = self.kinds_and_numbers(np.asarray([node]))
        return str(kind[0]), int(number[0])

    def kinds_and_numbers(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Kind (text) and number of each of several nodes, as two aligned arrays."""
        nodes = np.asarray(nodes, dtype=np.int64)
        check_range(nodes, self.n_nodes, "node")
        starts = np.fromiter(self._starts.values(), dtype=np.int64)
        place = np.searchsorted(starts, nodes, side="right") - 1
        names = np.array([kind for kind, _ in self.kinds])
        return names[place], nodes - starts[place]

    def is_kind(self, nodes: np.ndarray, kind: str) -> np.ndarray:
        """Which of several nodes are of one kind, as an array of truth values."""
        start = self._starts[kind]
        return (nodes >= start) & (nodes < start + self.count(kind))

    # Views, computed once and shared: nobody may write into them

    @cached_property
    def watched(self) -> Relation:
        """The relation between people and items."""
        return next(r for r in self.relations if (r.source, r.target) == (USER, ITEM))

    @cached_property
    def user_item(self) -> sparse.csr_matrix:
        """Who is joined to what: ones, sorted, without duplicates.

        **Shapes**: [U, I] float32.
        """
        matrix = self.watched.matrix
        ones = np.ones(matrix.nnz, dtype=np.float32)
        return sparse.csr_matrix((ones, matrix.indices, matrix.indptr), shape=matrix.shape)

    @cached_property
    def _edge_index(self) -> np.ndarray:
        forward = []
        for relation in self.relations:
            matrix = relation.matrix
            rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
            forward.append(
                np.stack(
                    [rows + self._starts[relation.source], matrix.indices + self._starts[relation.target]]
                )
            )
        one_way = np.concatenate(forward, axis=1) if forward else np.empty((2, 0), dtype=np.int64)
        return np.ascontiguousarray(np.concatenate([one_way, one_way[::-1]], axis=1), dtype=np.int64)

    def edge_index(self) -> np.ndarray:
        """Every edge in both directions, as (source, target) columns; messages flow from source to target.

        The first half holds the stored direction, relation after relation, sorted by source and then target:
        user → item. The second half holds the same edges in the same order, turned round: item → user. So the
        reverse of edge `e` is edge `(e + E/2) mod E`. Edge weights of a model are aligned with this order.

        **Shapes**: [2, E] int64.
        """
        return self._edge_index

    @cached_property
    def edge_relation(self) -> np.ndarray:
        """Place in `relations` of every directed edge. **Shapes**: [E] int64, aligned with `edge_index()`."""
        one_way = np.repeat(np.arange(len(self.relations)), [r.n_edges for r in self.relations])
        return np.concatenate([one_way, one_way])

    @cached_property
    def edge_order(self) -> np.ndarray:
        """Which directed edge each entry of `adjacency` is. **Shapes**: [E] int64.

        `weights[graph.edge_order]` brings values aligned with `edge_index()` into the order of
        `adjacency.data`.
        """
        source, target = self._edge_index
        # One sort of runs that are mostly in order is three times as fast as two sorts of columns.
        return np.argsort(source * self.n_nodes + target, kind="stable")

    @cached_property
    def adjacency(self) -> sparse.csr_matrix:
        """Which node is joined to which, both ways: row = source, column = target.

        Parallel edges of different relations are separate entries, so that entries stay aligned with
        `edge_order`.

        **Shapes**: [N, N] float32, symmetric.
        """
        source, target = self._edge_index
        ones = np.ones(len(source), dtype=np.float32)
        rows = indptr(source, self.n_nodes)
        return csr(ones, target[self.edge_order], rows, (self.n_nodes, self.n_nodes))

    @cached_property
    def degrees(self) -> np.ndarray:
        """Number of neighbours of every node. **Shapes**: [N] int64."""
        return np.diff(self.adjacency.indptr).astype(np.int64)

    @cached_property
    def edge_norm(self) -> np.ndarray:
        """Normalised weight of every directed edge, 1 / √(degree of source · degree of target).

        **Shapes**: [E] float32, aligned with `edge_index()`.
        """
        source, target = self._edge_index
        product = self.degrees[source].astype(np.float64) * self.degrees[target]
        return (1.0 / np.sqrt(product)).astype(np.float32)

    @cached_property
    def normalised(self) -> sparse.csr_matrix:
        """The adjacency matrix with every edge divided by the root of both its ends' degrees.

        Nodes without edges have empty rows, never infinities.

        **Shapes**: [N, N] float32, symmetric.

        **Source**: D^-1/2 A D^-1/2 of He et al., LightGCN, SIGIR 2020, equation 8; no self loops.
        """
        pattern = self.adjacency
        return sparse.csr_matrix(
            (self.edge_norm[self.edge_order], pattern.indices, pattern.indptr), shape=pattern.shape
        )

    def edges_into(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All directed edges that end at some nodes.

        Args:
            nodes: the nodes, each at most once.

        Returns:
            Three aligned arrays: place of the target in `nodes`, the source node, and the directed edge (its
            column in `edge_index()`); sorted by place and then source.
        """
        starts = self.adjacency.indptr[nodes].astype(np.int64)
        counts = self.degrees[nodes]
        place = np.repeat(np.arange(len(nodes)), counts)
        before = np.cumsum(counts) - counts
        position = np.arange(len(place)) + (starts - before)[place]
        return place, self.adjacency.indices[position], self._order_into[position]

    @cached_property
    def _order_into(self) -> np.ndarray:
        # Entry (row, column) of the adjacency is the edge row → column; the one into the row is its reverse.
        return self.reverse(self.edge_order)

    def reverse(self, edge: np.ndarray) -> np.ndarray:
        """The directed edges that run the other way. **Shapes**: as `edge`."""
        half = self._edge_index.shape[1] // 2
        return np.where(edge < half, edge + half, edge - half)

    # Changes

    def without(self, names: Collection[str]) -> Graph:
        """A new graph without some sorts of edges; all nodes stay, so that their numbers mean the same.

        Args:
            names: names of relations. The one between people and items always stays.
        """
        kept = tuple(one for one in self.relations if one is self.watched or one.name not in names)
        return self if len(kept) == len(self.relations) else Graph(self.kinds, kept)

    def edited(self, add: np.ndarray | list = (), remove: np.ndarray | list = ()) -> Graph:
        """A new graph with some edges between people and items added or removed; this one stays as it is.

        Added edges weigh 1 and carry the latest time in the graph. Adding an edge that exists changes
        nothing.

        Args:
            add: pairs (user number, item number).
            remove: pairs that must exist.

        Raises:
            DataError: a number lies outside the range, or an edge to remove does not exist.

        **Shapes**: add, remove [pairs, 2].
        """
        relation = self.watched
        matrix = relation.matrix
        shape = n_users, n_items = matrix.shape
        rows = np.repeat(np.arange(n_users, dtype=np.int64), np.diff(matrix.indptr))
        keys = rows * n_items + matrix.indices
        new = np.unique(pair_keys(n_users, n_items, *columns(add)))
        gone = np.unique(pair_keys(n_users, n_items, *columns(remove)))
        missing = gone[~np.isin(gone, keys, assume_unique=True)]
        if len(missing):
            pairs = ", ".join(f"({key // n_items}, {key % n_items})" for key in missing[:5])
            raise DataError(
                where="graph edit",
                found=f"{len(missing)} edges to remove that do not exist: {pairs}",
                expected="pairs (user number, item number) that are in the graph",
                todo="Remove only what the person watched in the training part.",
            )
        stays = ~np.isin(keys, gone, assume_unique=True)
        new = new[~np.isin(new, keys[stays], assume_unique=True)]
        joined = np.concatenate([keys[stays], new])
        order = np.argsort(joined, kind="stable")
        data = np.concatenate([matrix.data[stays], np.ones(len(new), dtype=matrix.data.dtype)])[order]
        time = relation.time
        if time is not None:
            latest = time.max() if len(time) else 0
            time = np.concatenate([time[stays], np.full(len(new), latest, dtype=time.dtype)])[order]
        changed = Relation(
            relation.source,
            relation.name,
            relation.target,
            from_sorted_keys(joined[order], data, shape),
            time,
        )
        return Graph(self.kinds, tuple(changed if r is relation else r for r in self.relations))
