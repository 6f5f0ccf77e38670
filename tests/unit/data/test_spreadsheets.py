"""CSV: a spreadsheet takes nothing in it for a formula, and everything comes back as it was."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.data.spreadsheets import defused, restored, safe_csv

SIGNS = st.text(alphabet="='+-@ \t\r\n\0,\"ax\u2028") | st.text()


def back(table: pd.DataFrame) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(safe_csv(table)), keep_default_na=False)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", " =", "   @"])
def test_text_that_starts_a_formula_is_defused(start: str) -> None:
    cell = f"{start}cmd|' /C calc'!A0"
    raw = safe_csv(pd.DataFrame({"title": [cell]})).decode()
    assert f"'{cell}" in raw.replace('""', '"')


def test_numbers_stay_numbers_and_plain_text_stays() -> None:
    table = pd.DataFrame({"score": [-1.5, 2.0], "rank": [-1, 2], "title": ["Alien", 'l\'été, "vrai"']})
    pd.testing.assert_frame_equal(back(table), table)


def test_a_column_is_called_by_a_formula_too() -> None:
    assert back(pd.DataFrame({"=1+1": ["x"]})).columns[0] == "'=1+1"


def test_mixed_columns_and_missing_values() -> None:
    table = pd.DataFrame({"mixed": [-3, "=1", None]})
    assert list(back(table)["mixed"]) == ["-3", "'=1", ""]


def test_the_table_itself_is_left_alone() -> None:
    table = pd.DataFrame({"title": ["=1"]})
    safe_csv(table)
    assert list(table["title"]) == ["=1"]


@given(SIGNS)
def test_what_is_defused_is_restored(text: str) -> None:
    assert restored(defused(text)) == text
    assert not str(defused(text)).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))


@given(st.lists(st.tuples(SIGNS, SIGNS), min_size=1))
def test_no_text_becomes_a_row_or_a_cell_of_its_own(rows: list[tuple[str, str]]) -> None:
    raw = safe_csv(pd.DataFrame(rows, columns=["a", "b"], dtype=object)).decode()
    read = list(csv.reader(io.StringIO(raw, newline=""), strict=True))
    assert [tuple(map(restored, row)) for row in read[1:]] == rows


def test_a_lone_carriage_return_does_not_smuggle_a_formula_past() -> None:
    raw = safe_csv(pd.DataFrame({"title": ["x\r=1+1"]})).decode()
    assert '"x\r=1+1"' in raw
