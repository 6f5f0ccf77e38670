"""Ciao: pairs that come twice, pairs in two parts, and reviewers known by trust alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec.data import default_protocol, split
from gnnrec.data.friends import friends_of
from gnnrec.datasets import ciao, duplicates_left_out, open_dataset
from gnnrec.errors import DataError


def files(
    folder: Path, train: str, valid: str = "1\t3\n", test: str = "1\t4\n", trust: str = "1\t9\n9\t1\n"
) -> Path:
    for name, content in (("train", train), ("valid", valid), ("test", test), ("trust", trust)):
        (folder / f"{name}.tsv").write_text(content, encoding="ascii")
    return folder


def test_a_pair_counts_once_and_in_the_first_part_it_is_in(tmp_path: Path) -> None:
    dataset = ciao.SOURCE.read(
        files(tmp_path, "1\t1\n2\t1\n1\t1\n", valid="1\t3\n2\t1\n", test="1\t4\n1\t3\n2\t1\n1\t4\n")
    )
    rows = dataset.interactions
    pairs = list(zip(dataset.users.ids[rows.user], dataset.items.ids[rows.item], strict=True))
    assert pairs == [("1", "1"), ("2", "1"), ("1", "3"), ("1", "4")]
    assert dataset.published["published"].tolist() == [0, 0, 1, 2]
    assert default_protocol(dataset) == "published:fold=published"
    assert not split(dataset).refits
    assert dataset.provides == {"social"}


def test_repeated_trust_joins_once_and_is_counted(tmp_path: Path) -> None:
    dataset = ciao.SOURCE.read(files(tmp_path, "1\t1\n2\t1\n", trust="1\t9\n9\t1\n1\t9\n2\t2\n"))
    friends = friends_of(dataset)
    assert (friends.rows, friends.repeated, friends.with_self) == (4, 1, 1)
    assert (friends.pairs, friends.one_way, friends.only_friends) == (1, 0, 1)


@pytest.mark.parametrize("line", ["1", "1\tx", "1 2", "", "1\t2\t3", "-1\t2"])
def test_a_line_that_holds_no_pair_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"train\.tsv, line 2") as raised:
        ciao.SOURCE.read(files(tmp_path, f"1\t1\n{line}\n"))
    assert all(raised.value.parts.values())


@pytest.mark.realdata
def test_counts_are_the_published_ones() -> None:
    dataset = open_dataset("ciao")
    cut = split(dataset)
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions)) == (7291 + 63, 17_867, 139_669)
    assert len(dataset.interactions) + duplicates_left_out("ciao") == 98_439 + 14_063 + 28_126
    assert len(cut.rows("train")) == 97_958
    assert not cut.refits
    friends = friends_of(dataset)
    assert (friends.rows, friends.repeated, friends.with_self) == (223_358, 223_358 - 170_256, 0)
    assert (friends.pairs, friends.one_way, friends.only_friends) == (85_128, 0, 63)
