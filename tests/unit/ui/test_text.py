"""Escaping: whatever a title holds, Markdown shows it as it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.data.names import clean
from gnnrec.ui.text import escape

SIGNS = "\\`*_{}[]<>()#+-!|~$:^=&"


def shown(escaped: str) -> str:
    """What a Markdown reader makes of backslash escapes; the sign without width is not seen."""
    return re.sub(rf"\\([{re.escape(SIGNS)}])", r"\1", escaped).replace("\u2060", "")


@given(st.text())
def test_what_is_shown_is_the_cleaned_text(text: str) -> None:
    assert shown(escape(text)).strip() == clean(text).replace("\u2060", "").strip()


@given(st.text(alphabet=st.sampled_from(SIGNS + "ab ")))
def test_no_sign_of_markup_stands_alone(text: str) -> None:
    rest = re.sub(r"\\.", "", escape(text))
    assert not set(rest) & set(SIGNS)


@pytest.mark.parametrize(
    "text", ["https://example.org/x", "HTTP://example.org", "www.example.org", "someone@example.org"]
)
def test_an_address_is_broken_where_a_link_would_be_found(text: str) -> None:
    plain = re.sub(r"\\(.)", r"\1", escape(f"see {text} now"))
    assert not re.search(r"https?://|www\.|\w@\w+\.", plain, re.IGNORECASE)
    assert shown(plain) == f"see {text} now"


def test_a_model_address_can_still_be_copied() -> None:
    assert "\u2060" not in escape("demo-lightgcn@0123456789ab")


def test_the_space_at_the_edge_of_a_piece_stays() -> None:
    assert escape(" and ") == " and "
    assert escape("  ") == " "
    assert escape(7) == "7"


@pytest.mark.parametrize("text", [":material/delete:", ":tada:", ":+1:", "a:b:c", ":red[x]", ":streamlit:"])
def test_a_code_is_broken_where_an_icon_would_be_found(text: str) -> None:
    plain = re.sub(r"\\(.)", r"\1", escape(text))
    assert not re.search(r":[-+\w]+[:/]", plain)
    assert shown(plain) == text
