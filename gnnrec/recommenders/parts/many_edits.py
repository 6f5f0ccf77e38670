"""Many edits of one graph at once, for linear propagation: every edit changes the layers by few columns.

An edit touches few nodes, its ends. With Â' = (I + P ρ Pᵀ) Â (I + P ρ Pᵀ) + P M Pᵀ, where the columns of P are
the ends, ρ changes their scale (r - 1 with r = √(d / d')) and M adds and takes away edges (± 1 / √(d' d')), the
changed layers are E'^(k) = E^(k) + Σ_a Â^a P Q_a^(k) with small Q_a [ends, D]:

    T^(k)       = Pᵀ E'^(k)
    Z           = Pᵀ E^(k+1) + Σ_a (Pᵀ Â^(a+1) P) Q_a^(k) + (Pᵀ Â P) ρ T^(k)
    Q_0^(k+1)   = ρ Z + M T^(k)
    Q_1^(k+1)   = Q_0^(k) + ρ T^(k),   Q_(a+1)^(k+1) = Q_a^(k) for a ≥ 1

Only the columns Â^a P meet the whole graph. They do not depend on the edit, so all edits of a batch share those
of their ends; scores need them on items only, where half of them are zero. An item's changed vector is never
written down: its product with the person's and its length follow from the few numbers in its row of Â^a P.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from gnnrec.graph import Graph
from gnnrec.recommenders.parts.edited_layers import degrees_after

_MOST_ENDS = 1024
_MOST_BYTES = 2**26


@dataclass(frozen=True, eq=False)
class Edit:
    """A person who is asked about, and the edges that come and go before the answer.

    **Shapes**: pairs of nodes [n, 2], the person first in each: `add` (none exists), `remove` (all exist).
    """

    person: int
    add: np.ndarray
    remove: np.ndarray

    @cached_property
    def ends(self) -> np.ndarray:
        """The nodes whose edges change, and the person in any case; ascending."""
        # Sets of few numbers: numpy's own takes longer to start than this takes to end.
        return np.array(sorted({self.person, *self.add.ravel().tolist(), *self.remove.ravel().tolist()}))


@dataclass(frozen=True, eq=False)
class _Columns:
    """Â^a e_c for the ends c of a batch: on all items, and among the ends.

    **Shapes**: m ends, C columns that are not zero on items: `on_items` [C, I]; `row` [L + 1, m] says where in it
    (a, c) stands, -1 for nowhere; `among` [L + 1, m, m].
    """

    on_items: np.ndarray
    row: np.ndarray
    among: np.ndarray


@dataclass(frozen=True, eq=False)
class _Ends:
    """What becomes of the ends of each edit; edits with fewer ends repeat their person without effect.

    **Shapes**: B edits, n ends: `place` [B, n] in the ends of the batch, `ratio` ρ [B, n], `edges` M [B, n, n],
    `cut_off` [B, n] (no edge is left), `count` [B], `person` [B] place of the person among the n.
    """

    place: np.ndarray
    ratio: np.ndarray
    edges: np.ndarray
    cut_off: np.ndarray
    count: np.ndarray
    person: np.ndarray


class ManyEdits:
    """Scores of one person each on many edited graphs, for the mean of e^(f..L) with e^(k+1) = Â e^(k).

    Args:
        graph: Before the edits.
        layers: 0..L of people and items.
        first_layer: f.
        cosine: Whether vectors are brought to length 1.

    **Shapes**: layers L + 1 times [N, D].
    """

    def __init__(self, graph: Graph, layers: Sequence[np.ndarray], first_layer: int, cosine: bool) -> None:
        self._graph, self._layers, self._cosine = graph, layers, cosine
        self._first_layer, self._depth = first_layer, len(layers) - 1
        self._n_users, self._n_items = graph.user_item.shape
        self._items = np.mean([layer[self._n_users :] for layer in layers[first_layer:]], axis=0)

    def fits(self, edit: Edit) -> bool:
        """Whether an edit is small enough: its columns take memory, and few columns are the point of them."""
        columns = len(edit.ends) * max(self._depth, 1)
        return len(edit.ends) <= _MOST_ENDS and 8 * columns * self._n_items <= _MOST_BYTES

    def scores(self, edits: Sequence[Edit]) -> np.ndarray:
        """What each edit's person gets. **Shapes**: [B, I]."""
        out = np.empty((len(edits), self._n_items), dtype=np.float32)
        for batch in self._batches(edits):
            out[batch] = self._answers([edits[place] for place in batch])
        return out

    def _batches(self, edits: Sequence[Edit]) -> Iterator[list[int]]:
        """Edits of similar size together, as many as memory allows."""
        batch: list[int] = []
        pool: set[int] = set()
        for place in np.argsort([len(one.ends) for one in edits], kind="stable").tolist():
            ends = edits[place].ends
            together = pool | set(ends.tolist())
            columns = self._depth * (len(together) + (len(batch) + 1) * len(ends))
            if batch and (len(together) > _MOST_ENDS or 8 * columns * self._n_items > 2 * _MOST_BYTES):
                yield batch
                batch, together = [], set(ends.tolist())
            batch.append(place)
            pool = together
        if batch:
            yield batch

    def _answers(self, edits: Sequence[Edit]) -> np.ndarray:
        nodes = np.unique(np.concatenate([one.ends for one in edits]))
        ends = self._ends_of(edits, nodes)
        columns = self._columns(nodes)
        vectors, changes = self._followed(nodes, ends, columns.among)
        people = np.take_along_axis(vectors, ends.person[:, None, None], axis=1)[:, 0]
        scores, squares = self._of_all_items(people, changes, columns, ends)
        # The ends themselves are known exactly; differences of almost equal numbers would not be.
        row, which = np.nonzero((nodes[ends.place] >= self._n_users) & _real(ends))
        item = nodes[ends.place[row, which]] - self._n_users
        scores[row, item] = (vectors[row, which] * people[row]).sum(-1)
        if self._cosine:
            squares[row, item] = np.square(vectors[row, which]).sum(-1)
            lengths = np.sqrt(np.maximum(squares, 0))
            scores /= np.maximum(lengths, 1e-12)
            scores /= np.maximum(np.linalg.norm(people, axis=1), 1e-12)[:, None]
        return scores

    def _ends_of(self, edits: Sequence[Edit], nodes: np.ndarray) -> _Ends:
        degrees = self._graph.degrees
        n = max(len(one.ends) for one in edits)
        place = np.empty((len(edits), n), dtype=np.int64)
        ratio, cut_off = np.zeros(place.shape), np.zeros(place.shape, dtype=bool)
        edges = np.zeros((len(edits), n, n))
        person = np.empty(len(edits), dtype=np.int64)
        for row, edit in enumerate(edits):
            mine, count = edit.ends, len(edit.ends)
            person[row] = np.searchsorted(mine, edit.person)
            place[row] = np.searchsorted(nodes, edit.person)
            place[row, :count] = np.searchsorted(nodes, mine)
            pairs = [np.searchsorted(mine, one) for one in (edit.add, edit.remove)]
            before = degrees[mine]
            after = degrees_after(before, *pairs)
            cut_off[row, :count] = after == 0
            # A node without edges has an empty row in Â, so any ratio does.
            ratio[row, :count] = np.sqrt(before / np.maximum(after, 1)) * (after > 0) - 1
            scale = (after > 0) / np.sqrt(np.maximum(after, 1))
            for which, sign in zip(pairs, (1, -1), strict=True):
                weight = sign * scale[which[:, 0]] * scale[which[:, 1]]
                edges[row, which[:, 0], which[:, 1]] = weight
                edges[row, which[:, 1], which[:, 0]] = weight
        count = np.array([len(one.ends) for one in edits])
        return _Ends(place, ratio, edges, cut_off, count, person)

    @cached_property
    def _blocks(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """What people get from items, and items from people. **Shapes**: [U, I], [I, U]."""
        matrix, n_users = self._graph.normalised, self._n_users
        return matrix[:n_users, n_users:].tocsr(), matrix[n_users:, :n_users].tocsr()

    def _columns(self, nodes: np.ndarray) -> _Columns:
        to_users, to_items = self._blocks
        m, depth = len(nodes), self._depth
        of_users = nodes < self._n_users
        users, items = nodes[of_users], nodes[~of_users] - self._n_users
        among = np.zeros((depth + 1, m, m))
        among[0] = np.eye(m)
        row = np.full((depth + 1, m), -1, dtype=np.int64)
        # What a person sends lies on items after an odd number of steps; what an item sends, after an even one.
        first = sent = to_users[users].T.toarray()
        back = np.empty((self._n_items, 0), dtype=np.float32)
        kept: list[np.ndarray] = []
        for power in range(1, depth + 1):
            if power % 2:
                sent = sent if power == 1 else to_items @ (to_users @ sent)
                among[power][np.ix_(~of_users, of_users)] = sent[items]
                among[power][np.ix_(of_users, ~of_users)] = sent[items].T
            else:
                back = to_items @ (to_items[items].T.toarray() if power == 2 else to_users @ back)
                among[power][np.ix_(~of_users, ~of_users)] = back[items]
                among[power][np.ix_(of_users, of_users)] = first.T @ sent
            which, found = (of_users, sent) if power % 2 else (~of_users, back)
            row[power, which] = sum(len(one) for one in kept) + np.arange(np.count_nonzero(which))
            kept.append(found.T)
        on_items = np.concatenate(kept) if kept else np.empty((0, self._n_items))
        return _Columns(np.ascontiguousarray(on_items, dtype=np.float32), row, among)

    def _followed(self, nodes: np.ndarray, ends: _Ends, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Final vectors of the ends, and the mean of Q_a over the layers that count.

        **Shapes**: [B, n, D], [L + 1, B, n, D].
        """
        usual = [layer[nodes].astype(np.float64)[ends.place] for layer in self._layers]
        near = [one[ends.place[:, :, None], ends.place[:, None, :]] for one in among]
        ratio = ends.ratio[:, :, None]
        now, sent = usual[0], np.zeros((0, *usual[0].shape))
        vectors = now.copy() if self._first_layer == 0 else np.zeros_like(now)
        total = np.zeros((self._depth + 1, *now.shape))
        for step in range(1, self._depth + 1):
            scaled = ratio * now
            arrived = usual[step] + near[1] @ scaled
            for power, one in enumerate(sent, start=1):
                arrived += near[power] @ one
            after = np.zeros((step + 1, *now.shape))
            after[1:] = 0 if step == 1 else sent
            after[0] = ratio * arrived + ends.edges @ now
            after[1] += scaled
            now = usual[step] + sum(near[power] @ one for power, one in enumerate(after))
            sent = after
            if step >= self._first_layer:
                vectors += now
                total[: step + 1] += sent
        counted = self._depth + 1 - self._first_layer
        vectors[ends.cut_off] = usual[0][ends.cut_off] if self._first_layer == 0 else 0
        return vectors / counted, total / counted

    def _of_all_items(
        self, people: np.ndarray, changes: np.ndarray, columns: _Columns, ends: _Ends
    ) -> tuple[np.ndarray, np.ndarray]:
        """Products of all items' changed vectors with the person's, and their squared lengths.

        **Shapes**: people [B, D], changes [L + 1, B, n, D] → [B, I], [B, I].
        """
        n_edits = len(people)
        row = columns.row[:, ends.place]
        used = (row >= 0) & _real(ends)
        # (power, end) of each edit side by side, those that are used first.
        used = used.transpose(1, 0, 2).reshape(n_edits, -1)
        order = np.argsort(~used, axis=1, kind="stable")[:, : int(used.sum(1).max(initial=0))]
        used = np.take_along_axis(used, order, axis=1)
        row = np.take_along_axis(row.transpose(1, 0, 2).reshape(n_edits, -1), order, axis=1) * used
        change = changes.transpose(1, 0, 2, 3).reshape(n_edits, -1, people.shape[1])
        change = np.take_along_axis(change, order[:, :, None], axis=1) * used[:, :, None]

        share = np.zeros((n_edits, len(columns.on_items)))
        np.add.at(share, (np.arange(n_edits)[:, None], row), (change @ people[:, :, None])[:, :, 0])
        vectors = self._items.T
        scores = people.astype(np.float32) @ vectors + share.astype(np.float32) @ columns.on_items
        if not self._cosine:
            return scores, scores
        squares = np.broadcast_to(self._squares, scores.shape).copy()
        change = change.astype(np.float32)
        if change.shape[1]:
            there = columns.on_items[row]
            both = (2 * change.reshape(-1, change.shape[2])) @ vectors
            both = both.reshape(there.shape) + (change @ change.transpose(0, 2, 1)) @ there
            both *= there
            squares += both.sum(1)
        return scores, squares

    @cached_property
    def _squares(self) -> np.ndarray:
        return np.square(self._items).sum(1)


def _real(ends: _Ends) -> np.ndarray:
    """Which places hold an end and not a repetition. **Shapes**: [B, n]."""
    return np.arange(ends.place.shape[1]) < ends.count[:, None]
