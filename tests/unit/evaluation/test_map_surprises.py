"""Surprises: pairs counted by hand, near with nothing in common and far with much in common."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from gnnrec.evaluation.embedding_space import Space
from gnnrec.evaluation.map_surprises import surprises


def world(share: float = 0.12) -> tuple[Space, sparse.csr_matrix]:
    """Sixty people and eighty items at random: the space knows nothing of the graph."""
    rng = np.random.default_rng(0)
    matrix = sparse.csr_matrix((rng.random((60, 80)) < share).astype(np.float32))
    return Space.of(rng.normal(size=(60, 5)), rng.normal(size=(80, 5))), matrix


@pytest.mark.parametrize("people", [True, False])
@pytest.mark.parametrize("share", [0.12, 0.25])
def test_they_are_those_of_brute_force(people: bool, share: float) -> None:
    space, matrix = world(share)
    rows = (matrix if people else matrix.T).toarray() > 0
    vectors = space.vectors[:60] if people else space.vectors[60:]
    offset = 0 if people else 60
    enough = np.flatnonzero(rows.sum(axis=1) >= 5)
    near, far, shares = set(), {}, []
    for one in enough:
        others = [other for other in enough if other != one]
        order = sorted(others, key=lambda other, one=one: -float(vectors[one] @ vectors[other]))
        strangers = [other for other in order[:10] if not (rows[one] & rows[other]).any()]
        shares.append(len(strangers) / 10)
        near |= {frozenset((one + offset, other + offset)) for other in strangers}
        alike = {
            other: (rows[one] & rows[other]).sum() / (rows[one] | rows[other]).sum()
            for other in others
            if (rows[one] & rows[other]).sum() >= 5
        }
        if alike:
            best = min(alike, key=lambda other: (-round(alike[other], 6), other))
            rank = order.index(best) + 1
            if rank > 20:
                far.setdefault(frozenset((one + offset, best + offset)), []).append(rank)
    assert near if share < 0.2 else far
    found = surprises(space, matrix, people)
    assert found.asked == found.of == len(enough) and found.nearest == 10
    assert found.nothing_shared.mean == pytest.approx(np.mean(shares))
    assert {frozenset(map(int, pair)) for pair in found.near} <= near
    assert len(found.near) == min(50, len(near))
    assert {frozenset(map(int, pair)) for pair in found.far} == set(far)
    for pair, rank, shared in zip(found.far, found.far_rank, found.far_shared, strict=True):
        assert rank in far[frozenset(map(int, pair))]
        assert shared == (rows[pair[0] - offset] & rows[pair[1] - offset]).sum()
    assert (np.diff(found.near_cosine) <= 1e-6).all() and (np.diff(found.far_rank) <= 0).all()


def test_a_sample_looks_at_some_and_counts_everybody_as_neighbour() -> None:
    space, matrix = world(0.2)
    whole, part = surprises(space, matrix, False), surprises(space, matrix, False, sample=20)
    assert part.asked == 20 and part.of == whole.of > 20
    known, inside = ({frozenset(map(int, pair)) for pair in one.near} for one in (whole, part))
    # So few that all of them are told, none cut off.
    assert len(whole.near) < 50
    assert inside and inside < known


def test_too_few_to_compare() -> None:
    space, _ = world()
    found = surprises(space, sparse.csr_matrix((60, 80), dtype=np.float32), True)
    assert found.asked == 0 and not len(found.near) and not len(found.far) and found.nothing_shared.too_few
