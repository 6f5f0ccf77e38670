"""Names and titles for the screen: one line of what can be seen, nothing that turns a sentence around."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.data import Dataset
from gnnrec.data.names import MOST_LETTERS, clean


@given(st.text())
def test_cleaning_is_finished_after_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not set(once) & set("\u202e\u202d\u2066\u2067\u200f\ufeff\x00\n\t\x1b")


def test_a_data_set_shows_clean_titles_and_names() -> None:
    rows = pd.DataFrame({"user_id": ["a", "b", "c"], "item_id": ["x", "y", "z"]})
    titles = ["\u202eright to left مرحبا", "Two\nlines\x00", "\u202e\x00"]
    names = ["x" * 5000, "  Spaced   out ", None]
    made = Dataset.from_frame(
        rows,
        name="odd",
        items=pd.DataFrame({"item_id": ["x", "y", "z"], "title": titles}),
        users=pd.DataFrame({"user_id": ["a", "b", "c"], "name": names}),
    )
    assert [made.item_title(number) for number in range(3)] == ["right to left مرحبا", "Two lines", "Item z"]
    assert [made.user_name(number) for number in range(3)] == ["x" * MOST_LETTERS, "Spaced out", "Person c"]
