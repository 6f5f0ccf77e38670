"""Tables as files: which are read, what is refused before or while reading, and in which words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gnnrec.datasets import imports, tables
from gnnrec.datasets.table_files import TableFile, read_table
from gnnrec.errors import ConfigError, DataError
from tests.unit.datasets.written import GOOD, refused

pytestmark = pytest.mark.usefixtures("home")


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


def test_the_name_of_an_upload_is_only_shown(write) -> None:
    path = write("upload.csv", GOOD)
    _, report = tables.import_tables("shop", interactions=TableFile(path, name="../../etc/<b>passwd.csv"))
    assert report.files == {"../../etc/<b>passwd.csv": 4}


def test_a_look_at_the_first_rows_reads_no_more(write) -> None:
    assert len(read_table(TableFile(write("r.csv", GOOD)), rows=2)) == 2
    assert len(read_table(TableFile(write("r.parquet", pd.DataFrame({"a": range(9)}))), rows=2)) == 2
