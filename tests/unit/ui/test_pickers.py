"""Numbers of an address: only those that are offered count."""

from __future__ import annotations

import pytest

from gnnrec.ui.pickers import number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30", 30),
        ("60", 60),
        ("31", 60),
        ("-30", 60),
        ("3e1", 60),
        ("²", 60),
        ("٣٠", 60),
        ("", 60),
        (None, 60),
    ],
)
def test_a_number_that_is_not_offered_is_the_default(text: str | None, number: int) -> None:
    assert number_of(text, (30, 60, 100), 60) == number
