"""The sixty best-known films of the club, each written by hand: title, director, tagline and what it is.

words/headliners.txt has two lines a film: title, director, year, genres, mood and, in a series, its name and
number; then the tagline.
"""

from __future__ import annotations

from typing import NamedTuple

from .wording import lines


class Headliner(NamedTuple):
    """One film everybody in the club has heard of."""

    title: str
    director: str
    year: int
    genres: str
    mood: str
    tagline: str
    series: str | None = None
    number: int | None = None


def _read() -> tuple[Headliner, ...]:
    text = lines("headliners")
    films = []
    for facts, tagline in zip(text[::2], text[1::2], strict=True):
        title, director, year, genres, mood, *series = (fact.strip() for fact in facts.split(" | "))
        films.append(
            Headliner(
                title=title,
                director=director,
                year=int(year),
                genres=genres.replace(", ", "|"),
                mood=mood,
                tagline=tagline,
                series=series[0] if series else None,
                number=int(series[1]) if series else None,
            )
        )
    return tuple(films)


HEADLINERS = _read()
