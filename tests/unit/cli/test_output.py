"""What is printed: one whole line of JSON, aligned tables, errors that cannot move the cursor."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.cli.output import as_plain, error_line, print_json, print_text, table
from gnnrec.errors import DataError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_any_result_is_one_line_of_strict_json(value) -> None:
    stream = io.StringIO()
    print_json({"value": value}, stream)
    assert len(stream.getvalue().splitlines()) == 1
    stream.getvalue().encode("ascii")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(stream.getvalue(), parse_constant=refuse)


def test_numbers_of_numpy_become_plain_and_what_is_no_number_null() -> None:
    plain = as_plain(
        {
            "mean": np.float32("nan"),
            "worst": -math.inf,
            "count": np.int64(3),
            "list": np.array([1.5, np.nan]),
            "needs": frozenset({"b", "a"}),
            "path": Path("models") / "one",
            "yes": np.bool_(True),
        }
    )
    assert plain == {
        "mean": None,
        "worst": None,
        "count": 3,
        "list": [1.5, None],
        "needs": ["a", "b"],
        "path": str(Path("models") / "one"),
        "yes": True,
    }
    assert plain["yes"] is True


def test_an_error_is_one_line_whatever_is_in_it() -> None:
    error = DataError(
        where="user id", found="unknown user 'a\nb\x1b[2J\u202ec'", expected="a known one", todo="Check it."
    )
    line = error_line(error)
    assert line == "user id: unknown user 'a b[2Jc'; expected a known one. Check it."


def test_a_table_aligns_numbers_to_the_right_and_shortens_texts() -> None:
    lines = table([["one", 1, 0.5], ["x" * 80, 1000, None]], ["name", "count", "score"]).splitlines()
    assert lines[0].split() == ["name", "count", "score"]
    assert lines[2].endswith("    1  0.5000")
    assert lines[3].endswith("…  1,000       –")
    assert len({line.rindex("  ") for line in lines[2:]}) <= 2
    assert max(map(len, lines)) < 80


def test_a_table_without_rows_has_its_headers() -> None:
    assert table([], ["a", "bb"]).splitlines() == ["a  bb", "-  --"]


def test_a_title_from_the_data_cannot_reach_the_terminal() -> None:
    assert "\x1b" not in table([["\x1b[31mred\nline"]], ["title"])
    assert len(table([["\x1b[31mred\nline"]], ["title"]).splitlines()) == 3


def test_text_that_the_stream_cannot_show_is_replaced() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_text("Amélie", stream)
    stream.seek(0)
    assert stream.read() == "Am?lie\n"
