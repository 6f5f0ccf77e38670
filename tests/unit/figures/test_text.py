"""Text of the data: no character is ever cut, no line too wide, no control character survives."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.data.names import clean
from gnnrec.figures.text import characters, plain, right_to_left, shorten, width, wrap


@given(st.text())
def test_clean_text_has_no_controls_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned)
    assert "\u202e" not in cleaned


def test_clean_drops_what_turns_lines_around_and_keeps_joined_emoji() -> None:
    assert clean("a\u202eb\x00c\n\td") == "abc d"
    assert clean("👩\u200d👧") == "👩\u200d👧"
    assert clean("\ud800x") == "x"


@given(st.text())
def test_characters_lose_nothing(text: str) -> None:
    assert "".join(characters(text)) == text


def test_a_character_is_what_a_reader_sees() -> None:
    assert list(characters("e\u0301a")) == ["e\u0301", "a"]
    assert list(characters("👩\u200d👩\u200d👧!")) == ["👩\u200d👩\u200d👧", "!"]
    assert list(characters("🇫🇷🇩🇪")) == ["🇫🇷", "🇩🇪"]
    assert list(characters("👍🏽👍")) == ["👍🏽", "👍"]


@given(st.text(), st.floats(4, 20), st.integers(1, 5))
def test_wrapped_lines_fit_or_end_in_an_ellipsis(text: str, limit: float, lines: int) -> None:
    cleaned = clean(text)
    wrapped, whole = wrap(cleaned, limit, lines)
    assert len(wrapped) <= lines
    assert all(width(line) <= limit + 1e-9 or len(list(characters(line))) == 1 for line in wrapped)
    if whole:
        assert "".join(wrapped).replace(" ", "") == cleaned.replace(" ", "")
    else:
        assert wrapped[-1].endswith("…")


def test_wrap_breaks_between_words_and_inside_a_word_only_if_it_must() -> None:
    assert wrap("night and day", 5.0, 3) == (["night", "and day"], True)
    assert wrap("aaaaaaaaaa", 3.3, 9)[0] == ["aaaaa", "aaaaa"]
    assert wrap("one two three four", 3.0, 2)[1] is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [("שלום world", True), ("مدينة", True), ("12 שלום", True), ("Amélie", False), ("", False)],
)
def test_direction_is_that_of_the_first_letter(text: str, expected: bool) -> None:
    assert right_to_left(text) is expected


def test_shortened_text_never_ends_inside_a_character() -> None:
    assert shorten("abcdef", 6) == "abcdef"
    assert shorten("abcdefg", 6) == "abcde…"
    assert shorten("ab👩\u200d👧cd", 4) == "ab👩\u200d👧…"


def test_plain_text_is_no_markup() -> None:
    assert plain("<b>x</b> & <a href='y'>") == "&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href='y'&gt;"
