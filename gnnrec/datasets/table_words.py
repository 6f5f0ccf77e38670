"""The words of an imported data set, as its user gives them."""

from __future__ import annotations

import re

from gnnrec.data import Words
from gnnrec.errors import ConfigError

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[ '’-]){0,29}")


def words_from(
    item: str = "", items: str = "", person: str = "", people: str = "", verb: str = "", past: str = ""
) -> Words:
    """Words for sentences; what is left out is filled from what is given.

    Args:
        item: One item, such as `place`.
        items: Several of them; without, the singular with an s.
        person: One person.
        people: Several of them; without, the singular with an s.
        verb: What people do with items, such as `visit`.
        past: The same of the past, such as `visited`.

    Raises:
        ConfigError: A word is too long or has signs beyond letters, digits, blanks and hyphens, or only one
            form of the verb is given.
    """
    given = {name: value.strip() for name, value in locals().items() if value.strip()}
    for name, value in given.items():
        if not _WORD.fullmatch(value):
            raise ConfigError(
                where=f"the word for {name}",
                found=f"{value[:40]!r}",
                expected="a word or two of letters, at most 30 signs",
                todo="For example item=place, past=visited.",
            )
    for one, many in (("item", "items"), ("person", "people")):
        if one in given:
            given.setdefault(many, f"{given[one]}s")
    if ("past" in given) != ("verb" in given):
        raise ConfigError(
            where="the word for what people do",
            found="only one of its two forms",
            expected="verb and past",
            todo="For example verb=visit, past=visited.",
        )
    return Words(**given)
