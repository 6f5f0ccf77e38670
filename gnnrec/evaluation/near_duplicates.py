"""Near-duplicates: items that nearly the same people have, such as a film and its sequel."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from gnnrec.recommenders.parts.degrees import degree_power
from gnnrec.recommenders.parts.neighbours import largest_of_rows, without_own

NEAREST = 3
LEAST_ALIKE = 0.35
SAME_KIND = 0.6
SHRINK = 5
_ROWS_AT_ONCE = 2048


def near_duplicates(
    train: sparse.csr_matrix, genres: sparse.csr_matrix | None = None, nearest: int = NEAREST
) -> np.ndarray:
    """The near-duplicates of each item, by who has it in train; -1 for an empty place.

    Two items are near-duplicates if at least 0.35 of the people who have either have both, and each is among the
    three items most alike to the other by that share. A person counts less the longer their history is, so that
    having both means something; and five average people who have only one of the two are added, so that a few
    people in common prove nothing. The share alone would call any two very popular items near-duplicates; being
    nearest to one another alone would call any two rare ones so that have somebody in common.

    Items that people choose instead of one another (an original or its remaster) are not found: nobody has both.

    Args:
        train: 1 where a person has the item.
        genres: Share of each genre in each item, or None.
        nearest: How many of the most alike items of each count.

    **Shapes**: G genres: [U, I], [I, G] → [I, nearest]; the relation goes both ways.
    **Source**: Jaccard's coefficient with each person weighing 1 / length of history; mutual nearest neighbours
    after Gowda and Krishna, "Agglomerative clustering using the concept of mutual nearest neighbourhood",
    Pattern Recognition 1978.
    """
    n_items, lengths = train.shape[1], np.diff(train.indptr)
    share = degree_power(lengths, -1.0)
    by_item = train.T.tocsr()
    weighted = (sparse.diags(share) @ train).tocsr()
    whole = np.asarray(weighted.sum(0)).ravel()
    pad = SHRINK / max(float(lengths[lengths > 0].mean()), 1.0) if lengths.any() else 0.0
    kept = [sparse.csr_matrix((0, n_items))]
    for start in range(0, n_items, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        both = without_own((by_item[rows] @ weighted).tocsr(), start)
        each = np.repeat(whole[rows], np.diff(both.indptr))
        both.data = both.data / (each + whole[both.indices] - both.data + pad)
        both.data[both.data < LEAST_ALIKE] = 0
        both.eliminate_zeros()
        if genres is not None:
            both.data[~_one_kind(genres, both, start)] = 0
            both.eliminate_zeros()
        kept.append(largest_of_rows(both, nearest))
    near = sparse.vstack(kept).tocsr()
    mutual = near.multiply(near.T.astype(bool)).tocsr()
    mutual.sort_indices()
    out = np.full((n_items, nearest), -1, dtype=np.int64)
    counts = np.diff(mutual.indptr)
    row = np.repeat(np.arange(n_items), counts)
    out[row, np.arange(len(row)) - np.repeat(mutual.indptr[:-1], counts)] = mutual.indices
    return out


def _one_kind(genres: sparse.csr_matrix, pairs: sparse.csr_matrix, start: int) -> np.ndarray:
    """Whether the genres of each pair agree, or those of one are not known. **Shapes**: n pairs → [n] bool."""
    one, two = (
        genres[start + np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))],
        genres[pairs.indices],
    )
    inner, length, other = (
        np.asarray(a.multiply(b).sum(1)).ravel() for a, b in ((one, two), (one, one), (two, two))
    )
    return (inner >= SAME_KIND * np.sqrt(length * other)) | (length * other == 0)
