"""The words and terms of a data set: what its items and people are called, and under which licence it came."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# By sound where spelling tells: an item, an umbrella, but a user and a European.
_AN = re.compile(r"[aio]|e(?!u)|u(?![^aeiou][aeiou])", re.IGNORECASE)


def _article(word: str) -> str:
    return "an" if _AN.match(word) else "a"


def listed(texts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; nothing for none."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


@dataclass(frozen=True)
class Words:
    """How sentences about a data set speak: a data set of places never says "watched"."""

    item: str = "item"
    items: str = "items"
    person: str = "person"
    people: str = "people"
    verb: str = "use"
    past: str = "used"

    @property
    def an_item(self) -> str:
        """`a film`, `an item`."""
        return f"{_article(self.item)} {self.item}"

    @property
    def a_person(self) -> str:
        """`a person`, `an artist`."""
        return f"{_article(self.person)} {self.person}"

    def count_items(self, n: int) -> str:
        """`1 film`, `12 films`."""
        return f"{n:,} {self.item if n == 1 else self.items}"

    def count_people(self, n: int) -> str:
        """`1 person`, `12 people`."""
        return f"{n:,} {self.person if n == 1 else self.people}"


FILMS = Words(item="film", items="films", verb="watch", past="watched")


@dataclass(frozen=True)
class Licence:
    """Terms of a data set. Sets that are not redistributable are hidden in demo mode."""

    name: str = "not stated"
    url: str = ""
    redistributable: bool = False
    note: str = ""
