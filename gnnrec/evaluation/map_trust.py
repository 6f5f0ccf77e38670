"""How far a flat picture can be trusted: are points that lie together in it neighbours in the space as well?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from gnnrec.evaluation.bootstrap import Interval, mean_interval
from gnnrec.evaluation.embedding_space import Space

NEIGHBOURS = 10
_SAMPLE = 1000
_CELLS_AT_ONCE = 8_000_000


@dataclass(frozen=True)
class Trust:
    """What a picture keeps of the space.

    Attributes:
        k: How many neighbours of each point were looked at.
        n: Points in the picture.
        kept: Of a point's k nearest in the picture, how many are among its k nearest in the space.
        trustworthiness: From 0 to 1: strangers among neighbours in the picture, weighed by how far they really are.
    """

    k: int
    n: int
    kept: Interval
    trustworthiness: Interval

    def by_chance(self) -> float:
        """How many of the k would be true neighbours if the picture were shuffled."""
        return self.k * self.k / (self.n - 1)


def trust(space: Space, xy: np.ndarray, k: int = NEIGHBOURS, sample: int = _SAMPLE, seed: int = 0) -> Trust:
    """Measure a picture on a sample of its points; on all of them where there are few.

    Args:
        space: What is pictured.
        xy: The places. **Shapes**: [n, 2].
        k: Neighbours of each point; at most half of what there is.
        sample: How many points are asked; the others still count as neighbours.
        seed: Of the sample.

    **Source**: Venna and Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001, as in
    scikit-learn's `trustworthiness`, which it equals where all points are asked.
    """
    n = len(space)
    k = min(k, (n - 1) // 2)
    chosen = np.arange(n) if n <= sample else np.random.default_rng(seed).choice(n, sample, replace=False)
    pictured = pictured_neighbours(xy, chosen, k)
    ranks = _ranks(space.vectors, chosen, pictured)
    kept = (ranks <= k).sum(axis=1)
    strangeness = np.maximum(0, ranks - k).sum(axis=1)
    return Trust(
        k=k,
        n=n,
        kept=mean_interval(kept),
        trustworthiness=mean_interval(1 - 2 / (k * (2 * n - 3 * k - 1)) * strangeness),
    )


def pictured_neighbours(xy: np.ndarray, points: np.ndarray, k: int) -> np.ndarray:
    """The k points nearest to some points in a picture, themselves left out; nearest first. **Shapes**: [m] → [m, k]."""
    _, found = cKDTree(xy).query(xy[points], k=k + 1)
    own = found == points[:, None]
    # Of points that lie on one spot, another may come first and push the point itself out of the list.
    own[~own.any(axis=1), -1] = True
    return found[~own].reshape(len(points), k)


def picture_rank(xy: np.ndarray, point: int, others: np.ndarray, among: slice) -> np.ndarray:
    """Which nearest some points are to a point in the picture, counted among one kind, from 1. **Shapes**: [m] → [m]."""
    far = ((xy[among].astype(np.float64) - xy[point]) ** 2).sum(axis=1)
    mine = ((xy[others].astype(np.float64) - xy[point]) ** 2).sum(axis=1)
    own = 1 if among.start <= point < among.stop else 0
    return np.searchsorted(np.sort(far), mine, side="left") + 1 - own


def _ranks(vectors: np.ndarray, points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which nearest each of some others is to its point in the space, from 1. **Shapes**: [m], [m, k] → [m, k]."""
    out = np.empty(others.shape, dtype=np.int64)
    step = max(1, _CELLS_AT_ONCE // len(vectors))
    for start in range(0, len(points), step):
        rows = slice(start, start + step)
        near = vectors[points[rows]] @ vectors.T
        mine = np.take_along_axis(near, others[rows], axis=1)
        near[np.arange(len(near)), points[rows]] = -np.inf
        ordered = np.sort(near, axis=1)
        for place in range(len(near)):
            at = start + place
            out[at] = near.shape[1] - np.searchsorted(ordered[place], mine[place], side="right") + 1
    return out
