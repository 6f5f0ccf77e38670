"""FilmTrust: pairs rated twice, trust that goes one way, people known by trust alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.data.friends import friends_of
from gnnrec.datasets import duplicates_left_out, filmtrust, open_dataset
from gnnrec.errors import DataError


def files(folder: Path, ratings: bytes, trust: bytes = b"1 3 1\r\n9 1 1\r\n") -> Path:
    (folder / "ratings.txt").write_bytes(ratings)
    (folder / "trust.txt").write_bytes(trust)
    return folder


def test_the_later_rating_of_a_pair_counts(tmp_path: Path) -> None:
    dataset = filmtrust.SOURCE.read(files(tmp_path, b"1 7 2\r\n3 7 3.5\r\n1 7 4\r\n1 8 0.5\r\n"))
    rows = dataset.interactions
    named = zip(dataset.users.ids[rows.user], dataset.items.ids[rows.item], rows.rating.tolist(), strict=True)
    assert sorted(named) == [("1", "7", 4.0), ("1", "8", 0.5), ("3", "7", 3.5)]
    assert dataset.provides == {"ratings", "social"}


def test_people_known_by_trust_alone_are_there_and_counted(tmp_path: Path) -> None:
    dataset = filmtrust.SOURCE.read(files(tmp_path, b"1 7 2\r\n3 7 3.5\r\n"))
    assert dataset.users.ids.tolist() == ["1", "3", "9"]
    friends = friends_of(dataset)
    assert (friends.pairs, friends.one_way, friends.only_friends) == (2, 2, 1)


@pytest.mark.parametrize(
    "line", [b"1 7", b"1 7 x", b"a 7 2", b"1,7,2", b"", b"1 7 2 5", b"1 7 -2", b"1 7 nan"]
)
def test_a_line_that_holds_no_rating_is_named(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(DataError, match=r"ratings\.txt, line 2") as raised:
        filmtrust.SOURCE.read(files(tmp_path, b"1 7 2\r\n" + line + b"\r\n"))
    assert all(raised.value.parts.values())


@pytest.mark.realdata
def test_counts_are_the_published_ones() -> None:
    dataset = open_dataset("filmtrust")
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions)) == (1508 + 134, 2071, 35_494)
    assert len(dataset.interactions) + duplicates_left_out("filmtrust") == 35_497
    assert np.unique(dataset.interactions.rating).tolist() == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    friends = friends_of(dataset)
    assert (friends.rows, friends.repeated, friends.with_self, friends.only_friends) == (1853, 0, 0, 134)
    assert (friends.counts > 0).sum() == 874
    # 1,088 of the rows are answered by one the other way: 544 pairs trust each other.
    assert (friends.pairs, friends.one_way) == (544 + 765, 765)
