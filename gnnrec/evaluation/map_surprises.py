"""Where the space and the graph disagree: near each other with nothing in common, and much in common but far apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnnrec.evaluation.bootstrap import Interval, mean_interval
from gnnrec.evaluation.embedding_space import Space

# Below, that two have nothing in common says little.
FEWEST = 5
_NEAREST = 10
_IN_COMMON = 5
# Far apart: beyond this many, and beyond one in twenty of the kind.
_FEW, _TWENTIETH = 20, 20
_SAMPLE = 1000
_MOST_PAIRS = 50


@dataclass(frozen=True, eq=False)
class Surprises:
    """Pairs of people, or of items, that the space and the graph tell different things about.

    Attributes:
        near: Pairs among the nearest in the space that share nobody in train; most alike first.
        near_cosine: How alike they are in the space.
        far: Pairs that share most in train of all of their kind, but are far apart in the space; furthest first.
        far_cosine: How alike they are in the space.
        far_shared: How many they share.
        far_rank: Which nearest the second is to the first in the space.
        nothing_shared: Of the nearest ones of somebody, the share with which they have nothing in common.
        asked: How many were looked at.
        of: How many of the kind have enough connections to be looked at.
        nearest: How many of the nearest were looked at for each.

    **Shapes**: near [m, 2] and far [f, 2] are points of the space; the others [m] or [f].
    """

    near: np.ndarray
    near_cosine: np.ndarray
    far: np.ndarray
    far_cosine: np.ndarray
    far_shared: np.ndarray
    far_rank: np.ndarray
    nothing_shared: Interval
    asked: int
    of: int
    nearest: int


def surprises(
    space: Space, matrix: sparse.csr_matrix, people: bool, sample: int = _SAMPLE, seed: int = 0
) -> Surprises:
    """Look at a sample of people or items with enough connections.

    Args:
        space: The model's space.
        matrix: Who used what in train. **Shapes**: CSR [U, I].
        people: Whether pairs of people are looked for, else pairs of items.
        sample: How many are looked at; all others count as their neighbours.
        seed: Of the sample.
    """
    rows = sparse.csr_matrix(matrix if people else matrix.T, dtype=np.float32)
    rows.data[:] = 1
    kind = space.of_kind(people)
    numbers = space.nodes[kind] - (0 if people else space.n_users)
    enough = np.flatnonzero(np.diff(rows.indptr)[numbers] >= FEWEST)
    among, rows = enough + kind.start, rows[numbers[enough]]
    chosen = np.arange(len(among))
    if len(chosen) > sample:
        chosen = np.sort(np.random.default_rng(seed).choice(len(among), sample, replace=False))
    k = min(_NEAREST, len(among) - 1)
    if k < 1:
        empty = np.empty((0, 2), dtype=np.int64)
        nothing = np.empty(0)
        return Surprises(
            empty, nothing, empty, nothing, nothing, nothing, mean_interval([]), 0, len(among), 0
        )
    shared = (rows[chosen] @ rows.T).tocsr()
    shared.data[shared.indices == np.repeat(chosen, np.diff(shared.indptr))] = 0
    near, cosines = space.nearest_of_many(among[chosen], k, among)
    common = _cells(shared, np.repeat(np.arange(len(chosen)), k), np.searchsorted(among, near.ravel()))
    strangers = common.reshape(near.shape) == 0
    first, which = np.nonzero(strangers)
    pairs = np.column_stack([among[chosen[first]], near[first, which]])
    pairs, kept = _once(pairs, -cosines[first, which])
    far, far_shared, far_rank, far_cosine = _far(space, among, chosen, shared, np.diff(rows.indptr))
    return Surprises(
        near=pairs,
        near_cosine=cosines[first, which][kept],
        far=far,
        far_cosine=far_cosine,
        far_shared=far_shared,
        far_rank=far_rank,
        nothing_shared=mean_interval(strangers.mean(axis=1)),
        asked=len(chosen),
        of=len(among),
        nearest=k,
    )


def _far(
    space: Space, among: np.ndarray, chosen: np.ndarray, shared: sparse.csr_matrix, degrees: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each the one it shares most with, for its size; of these the pairs furthest apart in the space."""
    own = np.repeat(chosen, np.diff(shared.indptr))
    alike = shared.data / (degrees[own] + degrees[shared.indices] - shared.data)
    alike[shared.data < _IN_COMMON] = -1
    row, partner, common = [], [], []
    for place in range(len(chosen)):
        mine = slice(shared.indptr[place], shared.indptr[place + 1])
        if mine.start == mine.stop:
            continue
        # Of equals the first by number, whatever the order of the sparse product.
        best = np.lexsort((shared.indices[mine], -alike[mine]))[0]
        if alike[mine][best] > 0:
            row.append(place)
            partner.append(shared.indices[mine][best])
            common.append(shared.data[mine][best])
    first, second = among[chosen[np.array(row, dtype=np.int64)]], among[np.array(partner, dtype=np.int64)]
    own, place = np.searchsorted(among, first), np.searchsorted(among, second)
    cosine, rank = np.empty(len(first), dtype=np.float32), np.empty(len(first), dtype=np.int64)
    for start in range(0, len(first), 200):
        some = slice(start, start + 200)
        near = space.vectors[first[some]] @ space.vectors[among].T
        line = np.arange(len(near))
        cosine[some] = near[line, place[some]]
        near[line, own[some]] = -np.inf
        rank[some] = 1 + (near > cosine[some, None]).sum(axis=1)
    apart = rank > max(_FEW, len(among) // _TWENTIETH)
    first, second, rank, cosine = first[apart], second[apart], rank[apart], cosine[apart]
    common = np.array(common, dtype=np.int64)[apart]
    pairs, kept = _once(np.column_stack([first, second]), -rank.astype(float))
    return pairs, common[kept], rank[kept], cosine[kept]


def _once(pairs: np.ndarray, worth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each pair once, whichever way round, the least worth first, cut to what somebody reads; and where they were."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], worth)) if len(pairs) else np.empty(0, dtype=np.int64)
    ends = np.sort(pairs[order], axis=1)
    _, first = np.unique(ends, axis=0, return_index=True)
    kept = order[np.sort(first)][:_MOST_PAIRS]
    return pairs[kept], kept


def _cells(matrix: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return np.asarray(matrix[rows, columns]).ravel()
