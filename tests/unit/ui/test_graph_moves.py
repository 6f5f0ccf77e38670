"""The moves of a list once sorts of edges are switched off."""

from __future__ import annotations

from gnnrec.data import FILMS
from gnnrec.ui.graph.switches import Row, leaving, moves


def test_the_list_as_it_is_now_comes_first_and_then_what_has_left_it() -> None:
    rows = moves([5, 6, 7, 8], [6, 5, 9, 8], 3)
    assert rows == [Row(6, 2, 1), Row(5, 1, 2), Row(9, None, 3), Row(7, 3, None)]
    # An item that comes in from below the list says from where.
    assert moves([1, 2, 3, 4], [1, 4, 2, 3], 2) == [Row(1, 1, 1), Row(4, 4, 2), Row(2, 2, 3)]


def test_how_many_leave_in_words() -> None:
    assert leaving(0, 10, FILMS) == "the same 10 films stay in the list"
    assert leaving(1, 10, FILMS) == "1 of 10 films leaves the list"
    assert leaving(3, 10, FILMS) == "3 of 10 films leave the list"
