"""Lists side by side: overlap, rank-biased overlap, moves, percentiles and genres."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.evaluation.lists import (
    Move,
    changed,
    genre_shares,
    overlap,
    popularity_percentiles,
    rank_moves,
    rbo,
)

LISTS = st.lists(st.integers(0, 30), unique=True, max_size=15)


def plain_rbo(a: list[int], b: list[int], p: float) -> float:
    """The extrapolated sum, depth by depth, with sets cut anew at each depth."""
    short, long = sorted((a, b), key=len)
    s, n = len(short), len(long)
    common = [len(set(short[:d]) & set(long[:d])) for d in range(n + 1)]
    total = sum(common[d] / d * p**d for d in range(1, n + 1))
    total += sum(common[s] * (d - s) / (s * d) * p**d for d in range(s + 1, n + 1))
    return (1 - p) / p * total + ((common[n] - common[s]) / n + common[s] / s) * p**n


@given(LISTS, LISTS, st.sampled_from([0.5, 0.9, 0.98]))
@settings(deadline=None)
def test_rbo_equals_the_plain_sum(a, b, p) -> None:
    if a and b:
        assert rbo(a, b, p) == pytest.approx(plain_rbo(a, b, p))
    assert 0 <= rbo(a, b, p) <= 1 + 1e-12
    assert rbo(a, b, p) == pytest.approx(rbo(b, a, p))
    assert rbo(a, a, p) == pytest.approx(1)


def test_rbo_looks_at_the_top_first() -> None:
    best = list(range(10))
    top_swapped, bottom_swapped = [1, 0, *best[2:]], [*best[:8], 9, 8]
    assert rbo(best, bottom_swapped) > rbo(best, top_swapped)
    assert rbo(best, [20, 21, 22]) == 0
    assert rbo([], []) == 1
    assert rbo([], [1]) == 0


def test_overlap_and_changed_ignore_order_and_empty_places() -> None:
    assert overlap([1, 2, 3, 4], [4, 3, 9, 8]) == 0.5
    assert overlap([1, 2, -1, -1], [2, 1]) == 1
    assert overlap([1], [1, 2, 3, 4]) == 0.25
    assert overlap([], [-1]) == 1
    assert changed([1, 2, 3], [3, 4, 5]) == 2


def test_moves_say_what_came_went_rose_and_fell() -> None:
    moves = rank_moves([10, 11, 12, 13], [12, 11, 14, 13])
    assert moves == [Move(12, 3, 1), Move(11, 2, 2), Move(14, None, 3), Move(13, 4, 4), Move(10, 1, None)]
    assert [move.kind for move in moves] == ["up", "same", "new", "same", "gone"]
    assert [move.places for move in moves] == [2, 0, None, 0, None]
    assert rank_moves([1, 2], [2, 1])[1].kind == "down"


@given(LISTS, LISTS)
def test_every_item_moves_once(a, b) -> None:
    moves = rank_moves(a, b)
    assert sorted(move.item for move in moves) == sorted(set(a) | set(b))
    assert [move.item for move in moves[: len(b)]] == b
    assert len([move for move in moves if move.kind == "new"]) == changed(a, b)


def test_percentiles_run_from_the_rarest_to_the_most_popular() -> None:
    assert popularity_percentiles([3, 0, 9, 5]).tolist() == pytest.approx([100 / 3, 0, 100, 200 / 3])
    assert popularity_percentiles([2, 2, 2]).tolist() == [50, 50, 50]
    assert popularity_percentiles([7]).tolist() == [50]
    assert popularity_percentiles([]).tolist() == []


@given(st.lists(st.integers(0, 9), min_size=2, max_size=30))
def test_percentiles_average_to_the_middle(counts) -> None:
    percentiles = popularity_percentiles(counts)
    assert percentiles.mean() == pytest.approx(50)
    for one, count in zip(percentiles, counts, strict=True):
        assert all(one > other for other, fewer in zip(percentiles, counts, strict=True) if fewer < count)


def test_genres_are_split_evenly_within_an_item() -> None:
    table = pd.DataFrame({"genres": ["Drama|Comedy", "Drama", None, "", "Crime|Drama|Comedy|War"]})
    shares = genre_shares(table, [0, 1, 2, 3, -1])
    assert shares == pytest.approx({"Drama": 0.75, "Comedy": 0.25})
    assert list(shares) == ["Drama", "Comedy"]
    assert sum(genre_shares(table, [0, 4]).values()) == pytest.approx(1)
    assert genre_shares(table, [2, 3]) == {}
    assert genre_shares(None, [0]) == {}
    assert genre_shares(table.rename(columns={"genres": "kinds"}), [0]) == {}
