"""Tables of the user's own: what is read, what is refused and in which words, and what is safe on disk."""

from __future__ import annotations

import errno
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec import places
from gnnrec.data import Words, split
from gnnrec.datasets import available, imports, open_dataset, tables
from gnnrec.datasets.table_columns import guess, parse_columns
from gnnrec.datasets.table_files import TableFile, read_table
from gnnrec.errors import ConfigError, DataError, GnnrecError

GOOD = "user_id,item_id,rating,timestamp\n1,10,4,100\n1,11,5,200\n2,10,3,300\n2,12,2,400\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GNNREC_MODE", raising=False)
    monkeypatch.delenv("GNNREC_IMPORT_LIMIT_MB", raising=False)
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path):
    def written(name: str, content: str | bytes | pd.DataFrame) -> Path:
        path = tmp_path / name
        if isinstance(content, pd.DataFrame):
            content.to_parquet(path, index=False)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def refused(kind: type[GnnrecError] = DataError, *words: str):
    """The next block raises this error, its four parts are filled, and they hold the words."""

    class Check:
        def __enter__(self):
            self.context = pytest.raises(kind)
            self.info = self.context.__enter__()

        def __exit__(self, *args):
            result = self.context.__exit__(*args)
            error = self.info.value
            assert all(error.parts.values()), error.parts
            for word in words:
                assert word in str(error), f"{word!r} not in: {error}"
            return result

    return Check()


def test_a_csv_becomes_a_data_set_that_stays(write) -> None:
    dataset, report = tables.import_tables("shop", interactions=write("ratings.csv", GOOD), title="The shop")
    again = open_dataset("shop")
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions)) == (2, 3, 4)
    assert dataset.provides == {"ratings", "timestamps"}
    assert again.fingerprints == dataset.fingerprints
    assert again.title == "The shop"
    assert (report.rows_read, report.rows_kept, report.duplicates) == (4, 4, 0)
    card = next(card for card in available() if card.name == "shop")
    assert card.imported
    assert card.present
    assert not card.redistributable


def test_missing_columns_are_named_with_the_mapping_that_would_fit(write) -> None:
    path = write("ratings.csv", GOOD.replace("user_id,item_id", "userId,movieId"))
    with refused(DataError, "ratings.csv: no column 'user_id' or 'item_id'", "found: userId, movieId, rating",
                 "--columns user=userId,item=movieId"):  # fmt: skip
        tables.import_tables("shop", interactions=path)
    dataset, _ = tables.import_tables(
        "shop", interactions=path, columns=parse_columns("user=userId, item=movieId")
    )
    assert len(dataset.interactions) == 4


def test_a_file_without_a_header_is_mapped_by_position(write) -> None:
    path = write("u.csv", "1;10;4\n1;11;5\n2;10;3\n")
    with refused(DataError, "looks like data", "user=1,item=2"):
        tables.import_tables("shop", interactions=path)
    dataset, _ = tables.import_tables(
        "shop", interactions=path, columns={"user": "1", "item": "2", "rating": "3"}
    )
    assert len(dataset.interactions) == 3
    assert dataset.provides == {"ratings"}


def test_text_in_a_number_column_names_its_rows(write) -> None:
    rows = ["user_id,item_id,rating"] + [f"{n},{n},{'five' if n in (3, 17) else 4}" for n in range(1, 21)]
    path = write("ratings.csv", "\n".join(rows))
    with refused(DataError, "ratings.csv, column rating", "'five'", "rows 3 and 17", "--skip-bad-rows"):
        tables.import_tables("shop", interactions=path)
    dataset, report = tables.import_tables("shop", interactions=path, skip_bad_rows=True)
    assert len(dataset.interactions) == 18
    assert "rows 3 and 17" in report.skipped[0]
    assert (report.rows_read, report.rows_kept) == (20, 18)


@pytest.mark.parametrize("cell", ["", "NaN", "inf", "-inf"])
def test_missing_and_infinite_numbers_are_refused(write, cell: str) -> None:
    with refused(DataError, "column rating", "row 2"):
        tables.import_tables(
            "shop", interactions=write("r.csv", f"user_id,item_id,rating\n1,1,4\n1,2,{cell}\n")
        )


@pytest.mark.parametrize("cell", ["", "NA", " "])
def test_rows_without_an_id_are_refused(write, cell: str) -> None:
    with refused(DataError, "column user_id", "no id in row 1"):
        tables.import_tables("shop", interactions=write("r.csv", f"user_id,item_id\n{cell},1\n2,2\n"))


def test_the_latest_of_repeated_pairs_is_kept_and_the_rest_counted(write) -> None:
    text = "user_id,item_id,rating,timestamp\n1,10,5,900\n1,10,1,100\n1,11,3,500\n1,11,4,500\n2,10,2,1\n"
    dataset, report = tables.import_tables("shop", interactions=write("r.csv", text))
    assert report.duplicates == 2
    assert sorted(dataset.interactions.rating.tolist()) == [2, 4, 5]


@pytest.mark.parametrize("content", ["", "user_id,item_id\n"])
def test_an_empty_file_is_refused(write, content: str) -> None:
    with refused(DataError, "r.csv"):
        tables.import_tables("shop", interactions=write("r.csv", content))


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.csv"
    with open(path, "wb") as file:
        file.truncate(1 << 30)  # a gigabyte of nothing, which takes no room on the disk

    def never(*_args, **_kwargs):
        raise AssertionError("the file was read")

    monkeypatch.setattr(pd, "read_csv", never)
    with refused(DataError, "1,024 MB", "at most 500 MB", "--max-size"):
        tables.import_tables("shop", interactions=path)
    monkeypatch.setenv("GNNREC_IMPORT_LIMIT_MB", "lots")
    with refused(ConfigError, "'lots'"):
        tables.import_tables("shop", interactions=path)


def test_latin_1_text_names_the_byte_and_the_way_out(write) -> None:
    path = write("r.csv", "user_id,item_id\n1,Amélie\n2,Léon\n".encode("latin-1"))
    with refused(DataError, "byte 0xe9 in line 2", "--encoding latin-1"):
        tables.import_tables("shop", interactions=path)
    dataset, _ = tables.import_tables("shop", interactions=TableFile(path, encoding="latin-1"))
    assert list(dataset.items.ids) == ["Amélie", "Léon"]
    with refused(ConfigError, "'martian'"):
        tables.import_tables("shop2", interactions=TableFile(path, encoding="martian"))


def test_a_byte_order_mark_is_no_part_of_the_first_column(write) -> None:
    dataset, _ = tables.import_tables("shop", interactions=write("r.csv", b"\xef\xbb\xbf" + GOOD.encode()))
    assert len(dataset.interactions) == 4


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("r.csv", b"PAR1....", "Parquet"),
        ("r.csv", b"PK\x03\x04 sheet", "spreadsheet"),
        ("r.csv", b"\x1f\x8b packed", "gzip"),
        ("r.csv", b"<!DOCTYPE html><html>404", "web page"),
        ("r.csv", b"u\0s\0e\0r\0", "zero bytes"),
        ("r.csv", "user_id,item_id\n1,2".encode("utf-16"), "UTF-16"),
        ("r.parquet", GOOD.encode(), "something else"),
        ("r.parquet", b"PAR1 and nothing more", "damaged"),
        ("r.tsv", GOOD.encode(), "','"),
        ("r.xlsx", b"PK\x03\x04", ".xlsx"),
        ("r", b"1,2", "(none)"),
    ],
)
def test_a_file_that_is_not_what_its_ending_says(write, name: str, content: bytes, word: str) -> None:
    with refused(DataError, word):
        tables.import_tables("shop", interactions=write(name, content))
    assert imports.names() == []


def test_lines_that_do_not_match_the_header_are_named(write) -> None:
    with refused(DataError, "3 columns in line 3"):
        tables.import_tables("shop", interactions=write("r.csv", "user_id,item_id\n1,2\n3,4,5\n"))
    with refused(DataError, "never closed"):
        tables.import_tables("shop", interactions=write("q.csv", 'user_id,item_id\n1,2\n3,"4\n'))


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["1700000000", "1700000060"], None),
        (["1700000000000", "1700000060000"], "milliseconds"),
        (["2023-11-14T22:13:20Z", "2023-11-14T22:14:20Z"], "dates"),
        (["2023-11-14 22:13:20", "2023-11-14T23:14:20+01:00"], "dates"),
    ],
)
def test_times_become_unix_seconds(write, cells: list[str], unit: str | None) -> None:
    text = "user_id,item_id,timestamp\n" + "".join(f"1,{n},{cell}\n" for n, cell in enumerate(cells))
    dataset, report = tables.import_tables("shop", interactions=write("r.csv", text))
    assert dataset.interactions.timestamp.tolist() == [1_700_000_000, 1_700_000_060]
    assert (unit is None) == (report.notes == [])
    assert unit is None or unit in report.notes[0]


def test_a_time_that_nobody_can_read_is_named(write) -> None:
    path = write("r.csv", "user_id,item_id,date\n1,1,2024-05-31\n1,2,31.5.2024\n1,3,2024-06-01\n")
    with refused(DataError, "'31.5.2024'", "row 2", "ISO dates"):
        tables.import_tables("shop", interactions=path)
    dataset, _ = tables.import_tables("shop", interactions=path, columns={"timestamp": ""})
    assert "timestamps" not in dataset.provides


def test_ready_made_parts_become_the_published_split(write) -> None:
    files = {
        "train": write("train.csv", "user_id,item_id,rating\n1,10,1\n1,11,1\n1,11,2\n2,10,1\n"),
        "valid": write("valid.csv", "user_id,item_id,rating\n1,12,1\n1,10,9\n"),
        "test": write("test.csv", "user_id,item_id\n2,12\n1,12\n"),
    }
    dataset, report = tables.import_tables("parts", **files)
    cut = split(dataset)
    assert str(cut) == "published:fold=parts"
    assert [len(cut.rows(part)) for part in ("train", "valid", "test")] == [3, 1, 1]
    assert (report.duplicates, report.in_two_parts) == (1, 2)
    assert any("rating is not in every part" in note for note in report.notes)
    assert split(open_dataset("parts")).hash == cut.hash
    with refused(ConfigError, "either one file"):
        tables.import_tables("both", interactions=files["train"], train=files["train"])
    with refused(ConfigError, "at least train"):
        tables.import_tables("notrain", test=files["test"])


def test_parquet_keeps_ids_and_numbers(write) -> None:
    frame = pd.DataFrame(
        {
            "user_id": [1.0, 1.0, 2.0],
            "item_id": [10, 11, 10],
            "rating": [Decimal("4.5"), Decimal("1"), Decimal("2")],
            "timestamp": [datetime(2024, 5, 31, 12, tzinfo=UTC)] * 3,
            "device": ["tv", "phone", "tv"],
        }
    )
    dataset, _ = tables.import_tables("shop", interactions=write("r.parquet", frame))
    assert list(dataset.users.ids) == ["1", "2"]
    assert dataset.interactions.rating.tolist() == [4.5, 1, 2]
    assert dataset.interactions.timestamp[0] == 1_717_156_800
    assert dataset.interactions.context["device"].tolist() == ["tv", "phone", "tv"]


@pytest.mark.parametrize(
    ("column", "cells", "word"),
    [
        ("item_id", [[1], [2]], "lists"),
        ("item_id", [1.5, 2.5], "fractions"),
        ("user_id", [1.0, np.nan], "no id in row 2"),
        ("user_id", [b"a", b"b"], "bytes"),
        ("rating", ["good", "bad"], "text where a number belongs"),
        ("rating", [datetime(2024, 1, 1), datetime(2024, 1, 2)], "dates"),
    ],
)
def test_parquet_columns_of_a_wrong_type_are_named(write, column: str, cells: list, word: str) -> None:
    frame = pd.DataFrame({"user_id": [1, 2], "item_id": [1, 2], column: cells})
    with refused(DataError, f"column {column}", word):
        tables.import_tables("shop", interactions=write("r.parquet", frame))


def test_features_friends_and_facts(write) -> None:
    nasty = '<script>alert(1)</script> href "x" \u202eابت 🎬'
    quoted = '"' + nasty.replace('"', '""') + '"'
    films = f'movieId,name,genre,year\n10,{quoted},"Drama, Comedy",1999\n13,New,,x\n'
    dataset, report = tables.import_tables(
        "shop",
        interactions=write("r.csv", GOOD),
        items=write("items.csv", films),
        users=write("users.tsv", "user_id\tname\tage\n1\tAnn\t30\n"),
        social=write("friends.csv", "user_id,friend_id\n1,2\n1,2\n1,3\n"),
        knowledge=write("facts.csv", "item_id,relation,entity\n10,director,Ada\n99,director,Bob\n"),
        columns=parse_columns("items.item=movieId"),
        words=Words(item="gadget", items="gadgets", past="bought"),
    )  # fmt: skip
    assert dataset.n_items == 4
    assert dataset.n_users == 3
    number = dataset.items.number("10")
    # Signs that turn the direction of a sentence around are no part of a title.
    assert dataset.item_title(number) == nasty.replace("\u202e", "")
    assert dataset.item_features["genres"][number] == "Drama|Comedy"
    assert dataset.item_features["year"][number] == 1999
    assert dataset.item_title(dataset.items.number("11")) == "Gadget 11"
    assert len(dataset.social) == 2
    assert dataset.knowledge["entity"].tolist() == ["Ada"]
    assert any("title was read from the column name" in note for note in report.notes)
    assert any("1 facts about unknown items" in note for note in report.notes)
    again = open_dataset("shop")
    assert again.fingerprints == dataset.fingerprints
    assert again.words.past == "bought"


@pytest.mark.parametrize(
    ("second", "title", "year"), [("Her (2013)", "Up", 2009), ("Her", "Up (2009)", None)]
)
def test_years_leave_titles_only_where_most_end_so(write, second: str, title: str, year: int | None) -> None:
    films = write("films.csv", f"item_id,title\n10,Up (2009)\n11,{second}\n12,Them! (1954)\n")
    dataset, report = tables.import_tables("films", interactions=write("r.csv", GOOD), items=films)
    assert dataset.item_title(0) == title
    assert ("year" in dataset.item_features) == (year is not None)
    assert year is None or dataset.item_features["year"][0] == year
    assert any("ends of titles" in note for note in report.notes) == (year is not None)


def test_recbole_atomic_files(write) -> None:
    inter = "user_id:token\titem_id:token\ttimestamp:float\n1\t7\t881250949\n2\t7\t881250950\n"
    head = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"
    item = f'{head}\n7\tThe "Post"\t1995\tDrama War\n'
    dataset, _ = tables.import_tables(
        "rec", interactions=write("a.inter", inter), items=write("a.item", item)
    )
    assert dataset.item_title(0) == 'The "Post"'
    assert dataset.item_features.loc[0, ["year", "genres"]].tolist() == [1995, "Drama|War"]
    assert dataset.interactions.timestamp.tolist() == [881250949, 881250950]


@pytest.mark.parametrize(
    "name", ["", "../evil", "a/b", "A", "x" * 61, "con.txt", "-x", "ä", ".hidden", "a\\b"]
)
def test_a_name_is_never_a_path(write, name: str) -> None:
    with refused(ConfigError, "name of the data set"):
        tables.import_tables(name, interactions=write("r.csv", GOOD))


def test_the_name_of_an_upload_is_only_shown(write) -> None:
    path = write("upload.csv", GOOD)
    _, report = tables.import_tables("shop", interactions=TableFile(path, name="../../etc/<b>passwd.csv"))
    assert report.files == {"../../etc/<b>passwd.csv": 4}


def test_a_taken_name_is_refused_and_replaced_only_on_purpose(write) -> None:
    path = write("r.csv", GOOD)
    first, _ = tables.import_tables("shop", interactions=path)
    other = write("s.csv", "user_id,item_id\n1,1\n")
    with refused(DataError, "an import of that name is there"):
        tables.import_tables("shop", interactions=other)
    assert open_dataset("shop").fingerprints == first.fingerprints
    tables.import_tables("shop", interactions=other, replace=True)
    assert len(open_dataset("shop").interactions) == 1
    with refused(ConfigError, "belongs to a data set that gnnrec knows"):
        tables.import_tables("movielens-100k", interactions=path)


@pytest.mark.parametrize("when", ["fsync", "rename"])
def test_a_full_disk_leaves_what_was_saved(
    write, home: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    first, _ = tables.import_tables("shop", interactions=write("r.csv", GOOD))

    def full(source, *_args):
        if when == "fsync" or ".new-" in str(source):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(source, *_args)

    real = getattr(imports.os, when)
    monkeypatch.setattr(imports.os, when, full)
    with refused(DataError, "disk is full", "Nothing that was saved before is changed"):
        tables.import_tables("shop", interactions=write("s.csv", "user_id,item_id\n1,1\n"), replace=True)
    monkeypatch.undo()
    monkeypatch.setenv("GNNREC_HOME", str(home))
    assert [path.name for path in imports.folder().iterdir()] == ["shop"]
    assert open_dataset("shop").fingerprints == first.fingerprints


def test_a_damaged_import_says_so(write) -> None:
    tables.import_tables("shop", interactions=write("r.csv", GOOD))
    (imports.folder() / "shop" / "interactions.parquet").write_bytes(b"PAR1")
    with refused(DataError, "import shop, interactions.parquet", "--replace"):
        open_dataset("shop")


def test_one_damaged_import_leaves_the_others_in_the_list(write) -> None:
    for name in ("good", "bad"):
        tables.import_tables(name, interactions=write("r.csv", GOOD))
    (imports.folder() / "bad" / "dataset.json").write_text("{", encoding="utf-8")
    cards = {card.name: card for card in available()}
    assert cards["good"].present
    assert not cards["bad"].present
    with refused(DataError, "import bad, dataset.json"):
        open_dataset("bad")


def test_a_public_demo_takes_no_tables_and_shows_none(write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("r.csv", GOOD)
    tables.import_tables("shop", interactions=path)
    monkeypatch.setenv("GNNREC_MODE", "demo")
    with refused(ConfigError, "public demo"):
        tables.import_tables("shop2", interactions=path)
    with refused(DataError, "unknown name"):
        open_dataset("shop")
    assert not places.writes_allowed()


def test_guesses_and_mappings() -> None:
    assert guess("interactions", ["userId", "movieId", "stars", "Date"]) == {
        "user": "userId", "item": "movieId", "rating": "stars", "timestamp": "Date",
    }  # fmt: skip
    assert guess("interactions", ["USER_ID", "item id"]) == {"user": "USER_ID", "item": "item id"}
    assert guess("social", ["user_id", "friend"]) == {"user": "user_id", "friend": "friend"}
    for text in ("user", "colour=x", "films.user=a"):
        with refused(ConfigError, "mapping of columns"):
            parse_columns(text)


def test_a_column_has_one_meaning(write) -> None:
    with refused(ConfigError, "two meanings"):
        tables.import_tables(
            "shop", interactions=write("r.csv", GOOD), columns={"user": "item_id", "item": "item_id"}
        )


def test_a_look_at_the_first_rows_reads_no_more(write) -> None:
    assert len(read_table(TableFile(write("r.csv", GOOD)), rows=2)) == 2
    assert len(read_table(TableFile(write("r.parquet", pd.DataFrame({"a": range(9)}))), rows=2)) == 2
