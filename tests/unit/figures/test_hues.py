"""Genres keep their colours, and frequent ones cannot be taken for each other."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.figures.hues import Tone, first_genres, genre_colour, item_colour, item_tone, oklch, tone
from gnnrec.figures.tokens import DARK, LIGHT
from tests.unit.figures.test_tokens import contrast


@pytest.mark.parametrize(("one", "other"), list(combinations(["Drama", "Comedy", "Thriller", "Romance"], 2)))
def test_frequent_genres_are_far_apart(one: str, other: str) -> None:
    apart = abs(tone(one).hue - tone(other).hue)
    assert min(apart, 360 - apart) >= 70


def test_known_colours_of_the_oklch_space() -> None:
    assert oklch(1.0, 0.0, Tone(0)) == "#FFFFFF"
    assert oklch(0.0, 0.0, Tone(0)) == "#000000"
    assert oklch(0.627955, 0.257683, Tone(29.2339)) == "#FF0000"


def test_colours_outside_the_screen_are_made_less_colourful() -> None:
    assert oklch(0.5, 0.4, Tone(200)) == oklch(0.5, 0.4, Tone(200))
    assert oklch(0.5, 0.4, Tone(200)) != oklch(0.5, 0.0, Tone(200))


def test_names_of_a_genre_are_one_genre() -> None:
    assert tone("Children's") == tone("children") == tone(" CHILDREN ")


@given(st.text(min_size=1))
def test_unknown_genre_has_one_colour_that_stands_out(genre: str) -> None:
    assert tone(genre) == tone(genre)
    assert contrast(genre_colour(genre, "light"), LIGHT.background) >= 3
    assert contrast(genre_colour(genre, "dark"), DARK.background) >= 3


def test_unknown_genres_do_not_share_one_colour() -> None:
    assert len({genre_colour(f"genre {n}", "light") for n in range(40)}) > 25


def test_genres_from_text_list_or_nothing() -> None:
    assert first_genres("Drama|Comedy") == ("Drama", "Comedy")
    assert first_genres(["Drama", ""]) == ("Drama",)
    assert first_genres("(no genres listed)") == ()
    assert first_genres(None) == first_genres(float("nan")) == first_genres("") == ()


def test_item_takes_its_first_genre_else_a_quiet_colour_of_its_own() -> None:
    assert item_tone("7", "Comedy|Drama") == tone("Comedy")
    assert item_tone("7", None) == item_tone("7", "")
    assert item_tone("7", None) != item_tone("8", None)
    assert item_tone("7", None).colourfulness < 0.5
    assert item_colour("7", "Comedy", "dark") == genre_colour("Comedy", "dark")
