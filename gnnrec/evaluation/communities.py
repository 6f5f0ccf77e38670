"""Communities of items: which ones the same people have, for data sets that have no genres."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.cluster.vq import kmeans2
from scipy.sparse.linalg import svds

_MOST = 20


def item_communities(train: sparse.csr_matrix, most: int = _MOST, seed: int = 0) -> sparse.csr_matrix:
    """The community of each item, by who has it in train; items that nobody has are in none.

    Args:
        train: 1 where a person has the item.
        most: How many communities at most; fewer where the data are small.
        seed: Of the start of the clustering: the same data always give the same communities.

    **Shapes**: [U, I] → [I, C] CSR, one 1 per row or none.
    **Source**: Dhillon, "Co-clustering documents and words using bipartite spectral graph partitioning",
    KDD 2001, on the items' side alone: k-means of the items in the leading singular vectors of the
    symmetrically normalised matrix.
    """
    people, items = (np.asarray(train.sum(axis)).ravel() for axis in (1, 0))
    there = np.flatnonzero(items)
    count = min(most, int(np.sqrt(len(there))), min(train.shape) - 1)
    if count < 2:
        code, count = np.zeros(len(there), dtype=np.int64), 1
    else:
        scale = [1 / np.sqrt(np.maximum(one, 1)) for one in (people, items)]
        normal = (sparse.diags(scale[0]) @ train @ sparse.diags(scale[1])).astype(np.float64)
        start = np.full(min(normal.shape), 1 / np.sqrt(min(normal.shape)))
        _, _, right = svds(normal, k=count, v0=start)
        places = (right * scale[1]).T[there]
        places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-12)
        _, code = kmeans2(places, count, iter=25, minit="++", rng=np.random.default_rng(seed), missing="warn")
    return sparse.csr_matrix((np.ones(len(there)), (there, code)), shape=(train.shape[1], count))
