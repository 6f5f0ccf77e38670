"""Exports: a spreadsheet takes nothing in them for a formula, and everything else comes back as it was."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from gnnrec.ui.export import file_name, safe_csv


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


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("demo", "m0001", "demo-gat"), "demo-m0001-demo-gat.csv"),
        (("shop", "../../etc/passwd", "a"), "shop-etc-passwd-a.csv"),
        (("shop", 'x"; rm -rf /\r\nSet-Cookie: a=b', "a"), "shop-x-rm-rf-Set-Cookie-a-b-a.csv"),
        (("Ødegård Éva",), "degard-Eva.csv"),
        (("مرحبا", "\x00", "👩"), "gnnrec.csv"),
        (("." * 300,), "gnnrec.csv"),
    ],
)
def test_file_names_are_plain_whatever_the_ids(parts: tuple[str, ...], expected: str) -> None:
    assert file_name(*parts, ending="csv") == expected


def test_file_names_are_of_sane_length() -> None:
    assert len(file_name("x" * 5000, ending="html")) == 105
