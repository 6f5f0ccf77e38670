"""The space of a model: directions, who is in it, and neighbours as somebody would count them by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.evaluation.embedding_space import Space


@pytest.fixture
def tables() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.normal(size=(40, 6)), 3 * rng.normal(size=(25, 6))


def by_hand(users: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Cosines of everybody with everybody, one by one."""
    table = np.concatenate([users, items])
    out = np.full((len(table), len(table)), np.nan)
    for one, a in enumerate(table):
        for other, b in enumerate(table):
            out[one, other] = (a @ b) / (np.sqrt(a @ a) * np.sqrt(b @ b))
    return out


def test_lengths_do_not_count_and_who_has_none_is_left_out(tables) -> None:
    users, items = tables
    users[7], items[2], items[3] = 0, 0, np.nan
    space = Space.of(users, items)
    assert len(space) == 62 and space.n_people == 39
    assert np.allclose(np.linalg.norm(space.vectors, axis=1), 1)
    assert space.place(7) is None and space.place(42) is None and space.place(43) is None
    assert space.place(8) == 7 and space.place(44) == 41
    assert space.places(np.array([0, 7, 8])).tolist() == [0, -1, 7]
    assert np.allclose(Space.of(5 * users, items).vectors, space.vectors)


@pytest.mark.parametrize("people", [True, False])
@pytest.mark.parametrize("point", [0, 39, 40, 64])
def test_the_nearest_of_a_kind_are_those_of_brute_force(tables, people: bool, point: int) -> None:
    space, cosines = Space.of(*tables), by_hand(*tables)
    kind = range(40) if people else range(40, 65)
    wanted = sorted((one for one in kind if one != point), key=lambda one: -cosines[point, one])[:5]
    found, how_alike = space.nearest(point, 5, people)
    assert found.tolist() == wanted
    assert how_alike == pytest.approx(cosines[point, wanted], abs=1e-5)


def test_more_neighbours_than_there_are_gives_all_of_them(tables) -> None:
    space = Space.of(*tables)
    assert len(space.nearest(0, 500, True)[0]) == 39
    assert len(space.nearest(0, 500, False)[0]) == 25


def test_the_nearest_of_many_are_those_of_each(tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gnnrec.evaluation.embedding_space._CELLS_AT_ONCE", 130)
    space, cosines = Space.of(*tables), by_hand(*tables)
    among = np.array([1, 4, 5, 9, 20, 33, 41, 50, 60, 64])
    points = np.array([4, 64, 2, 63])
    found, how_alike = space.nearest_of_many(points, 3, among)
    for row, point in enumerate(points):
        wanted = sorted((one for one in among if one != point), key=lambda one: -cosines[point, one])[:3]
        assert found[row].tolist() == wanted
        assert how_alike[row] == pytest.approx(cosines[point, wanted], abs=1e-5)
