"""Names of relations as words of a sentence."""

from __future__ import annotations

import pytest

from gnnrec.data.relation_names import listed, plural, spoken


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("friend", "friends"),
        ("age_band", "age bands"),
        ("city", "cities"),
        ("day", "days"),
        ("series", "series"),
        ("minutes", "minutes"),
        ("film.film.genre", "film.film.genre"),
        ("", ""),
    ],
)
def test_several_of_a_name(name: str, several: str) -> None:
    assert plural(name) == several
    assert plural(name, 1) == spoken(name)


def test_names_in_a_sentence() -> None:
    assert listed([]) == ""
    assert listed(["friends"]) == "friends"
    assert listed(["friends", "directors", "genres"]) == "friends, directors and genres"
    assert listed(["a", "b"], "or") == "a or b"
