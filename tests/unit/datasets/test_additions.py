"""New rows on a data set: counted, told about, kept beside it, and what was held out stays held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec.data import Dataset, split
from gnnrec.datasets import imports, open_dataset
from gnnrec.datasets.additions import grow, is_grown
from gnnrec.errors import DataError, IncompatibleError

NOW = 1_700_000_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture(scope="module")
def cut():
    rows = [
        (f"u{user}", f"i{item}", 4.0, 1_600_000_000 + user * 10 + item)
        for user in range(6)
        for item in range(5)
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "timestamp"])
    users = pd.DataFrame({"user_id": [f"u{user}" for user in range(7)], "city": list("abcdefg")})
    social = pd.DataFrame({"user_id": ["u0"], "friend_id": ["u1"]})
    return split(Dataset.from_frame(frame, name="club", users=users, social=social), "random:seed=1")


def file(home: Path, *rows: tuple, columns: str = "user_id,item_id,rating,timestamp") -> Path:
    path = home / "rows.csv"
    path.write_text("\n".join([columns, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


def held(cut, part: str) -> tuple[str, str]:
    row = cut.rows(part)[0]
    data = cut.dataset
    return data.users.id(data.interactions.user[row]), data.items.id(data.interactions.item[row])


def test_every_row_is_accounted_for(cut, home: Path) -> None:
    path = file(
        home,
        ("new", "i0", 5, 1_650_000_000),
        ("new", "i9", 5, 1_650_000_001),
        ("new", "i9", 3, 1_650_000_002),
        ("u6", "i1", 5, 1_650_000_003),
        (*held(cut, "train"), 1, 1_650_000_004),
        (*held(cut, "valid"), 1, 1_650_000_005),
        (*held(cut, "test"), 1, 1_650_000_006),
        ("u0", "i9", 1, NOW + 90_000),
    )
    grown, said = grow(cut, path, now=NOW)
    assert (said.read, said.added, said.repeated, said.in_future) == (8, 3, 1, 1)
    assert dict(said.already_there) == {"train": 1, "valid": 1, "test": 1, "none": 0}
    assert said.added + said.repeated + said.in_future + sum(said.already_there.values()) == said.read
    # u6 was named among the people but had no row.
    assert (said.new_people, said.new_items) == (2, 1)
    assert grown.n_users == cut.dataset.n_users + 1 and grown.n_items == cut.dataset.n_items + 1


def test_what_was_held_out_stays_held_out_and_new_rows_are_learned_from(cut, home: Path) -> None:
    grown, _ = grow(cut, file(home, ("new", "i0", 5, 1_650_000_000)), now=NOW)
    after = split(grown)
    assert not after.refits
    for part in ("train", "valid", "test"):
        pairs = [
            {
                (one.dataset.users.id(user), one.dataset.items.id(item))
                for user, item in zip(*one.matrix(part).nonzero(), strict=True)
            }
            for one in (cut, after)
        ]
        assert pairs[1] - pairs[0] == ({("new", "i0")} if part == "train" else set())
        assert not pairs[0] - pairs[1]


def test_it_opens_again_with_all_that_the_old_one_had_and_the_old_one_stays(cut, home: Path) -> None:
    before = dict(cut.dataset.fingerprints)
    made, said = grow(cut, file(home, ("new", "i0", 5, 1_650_000_000)), now=NOW)
    again = open_dataset(said.dataset)
    assert is_grown(said.dataset) and said.dataset.startswith("club-plus-")
    assert again.fingerprints == made.fingerprints
    assert again.user_features["city"][again.users.number("u3")] == "d"
    assert pd.isna(again.user_features["city"][again.users.number("new")])
    pair = again.social.iloc[0]
    assert [again.users.id(int(one)) for one in pair] == ["u0", "u1"]
    assert dict(cut.dataset.fingerprints) == before
    from_where = imports.about(said.dataset).report["grown_from"]
    assert from_where["dataset"] == "club" and from_where["split_hash"] == cut.hash
    assert not again.licence.redistributable


def test_the_same_rows_give_the_same_data_set_once(cut, home: Path) -> None:
    path = file(home, ("new", "i0", 5, 1_650_000_000))
    first, second = (grow(cut, path, now=NOW)[1].dataset for _ in range(2))
    assert first == second and imports.names() == [first]
    third = grow(cut, file(home, ("new", "i1", 5, 1_650_000_000)), now=NOW)[1].dataset
    assert third != first
    further = split(open_dataset(first))
    fourth = grow(further, file(home, ("new", "i2", 5, 1_650_000_000)), now=NOW)[1].dataset
    assert fourth.count("-plus-") == 1


def test_rows_that_cannot_be_read_are_named(cut, home: Path) -> None:
    path = file(home, ("new", "i0", "good", 1_650_000_000), ("", "i1", 4, 1), ("new", "i2", 4, 1_650_000_000))
    with pytest.raises(DataError, match="no id in row 2"):
        grow(cut, path, now=NOW)
    _, said = grow(cut, path, skip_bad_rows=True, now=NOW)
    assert said.added == 1 and len(said.skipped) == 2


def test_a_column_that_every_old_row_has_is_asked_for(cut, home: Path) -> None:
    with pytest.raises(DataError, match=r"no column rating.*--columns rating="):
        grow(cut, file(home, ("new", "i0", 1), columns="user_id,item_id,timestamp"), now=NOW)


def test_a_file_without_news_is_refused(cut, home: Path) -> None:
    with pytest.raises(DataError, match="none of them new"):
        grow(cut, file(home, (*held(cut, "test"), 1, 1_650_000_000)), now=NOW)
    assert imports.names() == []


def test_a_split_that_learns_from_validation_is_refused(home: Path) -> None:
    frame = pd.DataFrame({"user_id": list("aabb"), "item_id": list("xyxy")})
    parts = {"parts": np.array([0, 2, 0, 2])}
    refits = split(Dataset.from_frame(frame, name="club", published=parts))
    with pytest.raises(IncompatibleError, match="learn from validation"):
        grow(refits, file(home, ("c", "x"), columns="user_id,item_id"))


def test_ratings_below_the_threshold_are_no_positives(cut, home: Path) -> None:
    high = split(cut.dataset, "random:seed=1,positives=rating>=4")
    grown, _ = grow(high, file(home, ("new", "i0", 5, 1), ("new", "i1", 2, 1)), now=NOW)
    after = split(grown)
    mine = after.matrix("train")[grown.users.number("new")].indices
    assert [grown.items.id(int(one)) for one in mine] == ["i0"]
