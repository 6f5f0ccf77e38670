"""Gowalla as it was published: visits, places, and one ready-made split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.data import default_protocol, split
from gnnrec.datasets import gowalla, open_dataset
from gnnrec.errors import DataError


def written(folder: Path, train: str, test: str) -> Path:
    (folder / "train.txt").write_text(train)
    (folder / "test.txt").write_text(test)
    return folder


def test_lines_become_visits_in_their_part(tmp_path: Path) -> None:
    dataset = gowalla.SOURCE.read(written(tmp_path, "0 0 1 2\n1 2\n2\n", "0 3\n1 10 0\n"))
    rows = dataset.interactions
    pairs = list(zip(dataset.users.ids[rows.user], dataset.items.ids[rows.item], strict=True))
    assert pairs == [
        ("0", "0"), ("0", "1"), ("0", "2"), ("1", "2"), ("0", "3"), ("1", "10"), ("1", "0"),
    ]  # fmt: skip
    assert dataset.published["published"].tolist() == [0, 0, 0, 0, 2, 2, 2]
    assert default_protocol(dataset) == "published:fold=published"
    assert dataset.item_title(dataset.items.number("10")) == "Place 10"
    assert (rows.rating, rows.timestamp) == (None, None)


@pytest.mark.parametrize("line", ["0 1 x", "0 -1", "", "0 1.5"])
def test_a_line_that_holds_no_numbers_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"train\.txt, line 2"):
        gowalla.SOURCE.read(written(tmp_path, f"0 1\n{line}\n", "0 2\n"))


@pytest.mark.realdata
def test_counts_are_the_published_ones() -> None:
    dataset = open_dataset("gowalla")
    cut = split(dataset)
    assert (dataset.n_users, dataset.n_items) == (29_858, 40_981)
    assert (len(cut.rows("train", "valid")), len(cut.rows("test"))) == (810_128, 217_242)
    assert cut.refits
    visits = cut.training("train", "valid").matrix
    held = np.diff(cut.matrix("valid").indptr)
    assert (held >= 1).all()
    # A tenth of each person's visits, rounded down, at least one.
    assert np.array_equal(held, np.maximum(np.diff(visits.indptr) // 10, 1))
