"""Flat pictures of a model's space: the two directions of most spread (PCA), or neighbours kept together (t-SNE)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gnnrec.evaluation.embedding_space import Space

PCA, TSNE = "pca", "tsne"
METHODS = (PCA, TSNE)
TITLES = {PCA: "PCA", TSNE: "t-SNE"}
FEWEST_POINTS = 4
_PERPLEXITY = 15
_TOGETHER, _APART = 250, 500
_EXAGGERATION = 12
_TELL_EVERY = 5
_SEED = 0
_SMALLEST = 1e-9
# Below, forces by quarters of the plane are quicker than on a grid.
_FEW = 5500
_PERCENT_OF_NEIGHBOURS = 25
# Seconds of one ordinary core: for each point by quarters of the plane, else on a grid, and for each pair looked at.
_POINT_S, _GRID_S, _GRID_POINT_S, _PAIR_S = 4e-3, 20.0, 4e-4, 6.4e-9
# A core is seldom free for this alone.
_SLOWER = 1.5

Tell = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Picture:
    """Where the points of a space lie in a flat picture.

    Attributes:
        method: `pca` or `tsne`.
        xy: Places, in the order of the space's points; the longer side of the picture is from 0 to 1.
        explained: Share of the spread that the picture's two directions hold; NaN for t-SNE, which keeps none.

    **Shapes**: xy [n, 2].
    """

    method: str
    xy: np.ndarray
    explained: float = float("nan")


def picture(space: Space, method: str, tell: Tell | None = None) -> Picture:
    """Lay a space out flat; the same space gives the same picture, also the same way up.

    Args:
        space: At least four points.
        method: `pca`, at once, or `tsne`, which takes minutes where there are many points.
        tell: Is told how many steps are done of how many.
    """
    flat, explained = _spread(space.vectors)
    if method == PCA:
        return Picture(PCA, _framed(flat), explained)
    if np.ptp(flat, axis=0).max() < _SMALLEST:
        # All in one spot: nobody is anybody's neighbour more than others are.
        return Picture(TSNE, _framed(flat))
    return Picture(TSNE, _framed(_neighbours_together(space, flat, tell or _nobody)))


def seconds(n_points: int, method: str) -> float:
    """About how long a picture takes on one core."""
    if method == PCA:
        return 0.05 + 3e-6 * n_points
    forces = _POINT_S * n_points if n_points < _FEW else _GRID_S + _GRID_POINT_S * n_points
    return 1 + _SLOWER * (forces + _PAIR_S * n_points**2)


def _spread(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """Coordinates along the two directions of most spread, and the share of the spread they hold."""
    centred = vectors - vectors.mean(axis=0)
    values, directions = np.linalg.eigh(np.asarray(centred.T @ centred, dtype=np.float64))
    chosen = directions[:, ::-1][:, :2]
    if chosen.shape[1] < 2:
        chosen = np.pad(chosen, ((0, 0), (0, 2 - chosen.shape[1])))
    # A direction and its opposite are both right; the one whose largest part is positive is taken.
    signs = np.sign(np.take_along_axis(chosen, np.abs(chosen).argmax(axis=0)[None], axis=0))
    total = float(values.clip(min=0).sum())
    explained = float(values[::-1][:2].clip(min=0).sum()) / total if total > 0 else 1.0
    return centred @ (chosen * np.where(signs == 0, 1, signs)), explained


def _neighbours_together(space: Space, start: np.ndarray, tell: Tell) -> np.ndarray:
    """t-SNE from the PCA picture, which fixes which way is up.

    **Source**: van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008; start and learning rate after
    Kobak and Berens, "The art of using t-SNE for single-cell transcriptomics", Nature Communications 2019; openTSNE.
    """
    from openTSNE import TSNE as Layout
    from openTSNE import affinity, initialization, nearest_neighbors

    perplexity = min(_PERPLEXITY, (len(space) - 1) / 3)
    found, distances = _neighbours(space, int(3 * perplexity), tell)
    alike = affinity.PerplexityBasedNN(
        perplexity=perplexity, knn_index=nearest_neighbors.PrecomputedNeighbors(found, distances), n_jobs=1
    )
    steps = _PERCENT_OF_NEIGHBOURS

    def told(*_: object) -> bool:
        # The iterations are counted afresh after the first phase, in which neighbours are pulled together.
        nonlocal steps
        steps += (100 - _PERCENT_OF_NEIGHBOURS) * _TELL_EVERY / (_TOGETHER + _APART)
        tell(min(round(steps), 100), 100)
        return False

    layout = Layout(
        early_exaggeration=_EXAGGERATION,
        early_exaggeration_iter=_TOGETHER,
        n_iter=_APART,
        # One core, so that the same picture comes out again and other visitors keep theirs.
        n_jobs=1,
        random_state=_SEED,
        negative_gradient_method="bh" if len(space) < _FEW else "fft",
        callbacks=[told],
        callbacks_every_iters=_TELL_EVERY,
    )
    # Points on one spot would stay there, and a tree that has to tell them apart would have no end.
    start = initialization.rescale(start.astype(np.float64))
    start += np.random.default_rng(_SEED).normal(scale=1e-2 * float(start.std()), size=start.shape)
    return np.asarray(layout.fit(affinities=alike, initialization=start))


def _neighbours(space: Space, k: int, tell: Tell) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest of every point, exactly, with their distances. **Shapes**: [n, k], [n, k]."""
    everybody = np.arange(len(space))
    parts = np.array_split(everybody, max(1, len(space) // 500))
    found, cosines = [], []
    for done, points in enumerate(parts):
        tell(round(_PERCENT_OF_NEIGHBOURS * done / len(parts)), 100)
        near, cosine = space.nearest_of_many(points, k, everybody)
        found.append(near)
        cosines.append(cosine)
    # Of unit vectors, which the squared distance of two is made of.
    distances = np.sqrt(np.maximum(0, 2 - 2 * np.concatenate(cosines).astype(np.float64)))
    return np.concatenate(found), distances


def _framed(places: np.ndarray) -> np.ndarray:
    """Shifted and scaled so that the longer side is from 0 to 1 and the other one centred beside it."""
    low, high = places.min(axis=0), places.max(axis=0)
    size = float((high - low).max()) or 1.0
    return ((places - (low + high) / 2) / size + 0.5).astype(np.float32)


def _nobody(done: int, of: int) -> None:
    """Nobody watches the progress."""
