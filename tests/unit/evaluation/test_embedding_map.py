"""Flat pictures: the same each time and the same way up, and honest about what they lose."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness

from gnnrec.evaluation.embedding_map import METHODS, PCA, TSNE, picture, seconds
from gnnrec.evaluation.embedding_space import Space
from gnnrec.evaluation.map_trust import picture_rank, pictured_neighbours, trust


def groups(n: int = 160, size: int = 8, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Vectors in four groups, and the group of each."""
    rng = np.random.default_rng(seed)
    which = np.arange(n) % 4
    return 4 * rng.normal(size=(4, size))[which] + rng.normal(size=(n, size)), which


@pytest.fixture(scope="module")
def space() -> Space:
    vectors, _ = groups()
    return Space.of(vectors[:100], vectors[100:])


@pytest.fixture(scope="module")
def pictures(space: Space) -> dict[str, np.ndarray]:
    return {method: picture(space, method).xy for method in METHODS}


@pytest.mark.parametrize("method", METHODS)
def test_it_is_the_same_each_time_and_fills_its_frame(space: Space, pictures, method: str) -> None:
    xy = pictures[method]
    assert np.array_equal(picture(space, method).xy, xy)
    assert xy.shape == (160, 2) and np.isfinite(xy).all()
    size = xy.max(axis=0) - xy.min(axis=0)
    assert size.max() == pytest.approx(1, abs=1e-5) and xy.min() >= -1e-6 and xy.max() <= 1 + 1e-6


def test_pca_is_that_of_the_singular_values_and_the_same_way_up_for_mirrored_sums(space: Space) -> None:
    found = picture(space, PCA)
    centred = space.vectors - space.vectors.mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    assert found.explained == pytest.approx((values[:2] ** 2).sum() / (values**2).sum(), abs=1e-5)
    wanted = centred @ directions[:2].T
    for axis in range(2):
        assert abs(np.corrcoef(found.xy[:, axis], wanted[:, axis])[0, 1]) == pytest.approx(1, abs=1e-5)
    # The same points in another order lie in the same places: no sign depends on who comes first.
    order = np.random.default_rng(0).permutation(len(space))
    shuffled = Space(space.vectors[order], space.nodes, space.n_users, space.n_items)
    assert np.allclose(picture(shuffled, PCA).xy, found.xy[order], atol=1e-5)


def test_tsne_keeps_groups_together_and_pca_says_what_it_holds(pictures) -> None:
    _, which = groups()
    near = pictured_neighbours(pictures[TSNE], np.arange(160), 5)
    assert (which[near] == which[:, None]).mean() > 0.9


def test_progress_reaches_the_end_and_stopping_ends_it(space: Space) -> None:
    told: list[tuple[int, int]] = []
    picture(space, TSNE, lambda done, of: told.append((done, of)))
    done = [one for one, _ in told]
    assert (
        done == sorted(done) and done[-1] == 100 and {of for _, of in told} == {100} and len(set(done)) > 50
    )

    class Enough(Exception):
        pass

    def stop(done: int, of: int) -> None:
        if done > 40:
            raise Enough

    with pytest.raises(Enough):
        picture(space, TSNE, stop)


def test_flat_and_tiny_spaces_have_a_picture() -> None:
    line = Space.of(np.array([[1.0], [2.0], [-1.0]]), np.array([[3.0]]))
    same = Space.of(np.ones((4, 3)), np.ones((3, 3)))
    for one in (line, same):
        for method in METHODS:
            assert np.isfinite(picture(one, method).xy).all()


def test_longer_for_more_points() -> None:
    assert seconds(70_000, PCA) < 1 < seconds(2_000, TSNE) < seconds(10_000, TSNE) < seconds(70_000, TSNE)


# How far a picture can be trusted


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("k", [3, 10])
def test_trustworthiness_is_that_of_scikit_learn(space: Space, pictures, method: str, k: int) -> None:
    found = trust(space, pictures[method], k=k)
    assert found.trustworthiness.mean == pytest.approx(
        trustworthiness(space.vectors, pictures[method], n_neighbors=k), abs=1e-6
    )


def test_neighbours_kept_are_those_counted_by_hand(space: Space, pictures) -> None:
    true, flat = cdist(space.vectors, space.vectors), cdist(pictures[PCA], pictures[PCA])
    kept = []
    for point in range(len(space)):
        others = [one for one in range(len(space)) if one != point]
        near = [
            set(sorted(others, key=lambda one, table=table: table[point, one])[:10]) for table in (true, flat)
        ]
        kept.append(len(near[0] & near[1]))
    found = trust(space, pictures[PCA])
    assert found.kept.mean == pytest.approx(np.mean(kept), abs=0.02)
    assert found.kept.low < found.kept.mean < found.kept.high and found.n == 160


def test_a_sample_says_about_the_same_and_a_shuffled_picture_nothing(space: Space, pictures) -> None:
    whole, part = trust(space, pictures[TSNE]), trust(space, pictures[TSNE], sample=60)
    assert part.kept.n == 60 and part.n == 160
    assert part.kept.low - 0.5 <= whole.kept.mean <= part.kept.high + 0.5
    chance = trust(space, np.random.default_rng(0).permutation(pictures[TSNE]))
    assert chance.kept.mean == pytest.approx(chance.by_chance(), abs=0.25)
    assert chance.trustworthiness.mean == pytest.approx(0.5, abs=0.06)


def test_the_rank_in_the_picture_is_counted_within_a_kind(pictures) -> None:
    xy = pictures[PCA]
    for among in (slice(0, 100), slice(100, 160)):
        far = np.linalg.norm(xy - xy[7], axis=1)
        others = np.array([one for one in range(among.start, among.stop) if one != 7])
        order = others[np.argsort(far[others], kind="stable")]
        assert picture_rank(xy, 7, order[:20], among).tolist() == list(range(1, 21))


def test_points_on_one_spot_do_not_break_it() -> None:
    space = Space.of(np.random.default_rng(0).normal(size=(30, 4)), np.ones((2, 4)))
    found = trust(space, np.zeros((32, 2)), k=5)
    assert 0 <= found.kept.mean <= 5
