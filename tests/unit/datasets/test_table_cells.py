"""Cells as ids, numbers, times and titles; what cannot be read is named with its row."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from gnnrec.datasets import tables
from gnnrec.errors import DataError
from tests.unit.datasets.written import GOOD, refused

pytestmark = pytest.mark.usefixtures("home")


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
