"""Data sets by name: those that gnnrec knows, found by scanning this folder, and the imported ones."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from gnnrec import places
from gnnrec.data import Dataset, Licence
from gnnrec.datasets import imports
from gnnrec.datasets.source import Source
from gnnrec.errors import DataError

__all__ = [
    "DatasetCard",
    "Source",
    "available",
    "duplicates_left_out",
    "find_source",
    "open_dataset",
    "sources",
    "stamp",
]


@dataclass(frozen=True)
class DatasetCard:
    """What a list of data sets shows of one of them, without opening it.

    Attributes:
        name: Address of the data set.
        title: Name for the screen.
        present: Whether it can be opened here and now.
        redistributable: Whether its licence lets it be shown to the public.
        reason: Why it is absent or hidden, in words; empty where it is present.
        summary: One sentence: what is in it.
        licence: Terms of use.
        imported: Whether it was imported from a user's own tables.
    """

    name: str
    title: str
    present: bool
    redistributable: bool
    reason: str
    summary: str
    licence: Licence
    imported: bool = False


@cache
def sources() -> list[Source]:
    """Every source in this folder: modules with a `SOURCE`, the demo first, then by name."""
    found = [
        module.SOURCE
        for info in pkgutil.iter_modules(__path__, f"{__name__}.")
        if not info.ispkg and hasattr(module := import_module(info.name), "SOURCE")
    ]
    return sorted(found, key=lambda one: (one.shipped is None, one.name))


def find_source(name: str) -> Source | None:
    """The source of that name, or None."""
    return next((one for one in sources() if one.name == name), None)


def available() -> list[DatasetCard]:
    """Every data set there is or could be: sources first, then imports.

    In a public demo, published sets that may not be redistributed are listed as not present, with the reason;
    imports that may not be are nobody's business there, their names included.
    """
    cards = [_source_card(one) for one in sources()]
    own = [_import_card(name) for name in imports.names()]
    return cards + [one for one in own if not _hidden(one.redistributable)]


def open_dataset(name: str) -> Dataset:
    """Open a data set.

    Args:
        name: `demo`, `movielens-100k`, …, or the name of an import.

    Raises:
        DataError: The name is unknown, the files are absent or damaged, or its licence keeps it out of a
            public demo.
    """
    card = next((one for one in available() if one.name == name), None)
    if card is None:
        raise DataError(
            where=f"data set '{name[:60]}'",
            found="unknown name",
            expected=f"one of {', '.join(one.name for one in available())}",
            todo="Check the spelling, or import your own tables (Data page, or `gnnrec data import`).",
        )
    if _hidden(card.redistributable):
        raise DataError(
            where=f"data set {name}",
            found=card.reason,
            expected="a data set whose licence lets it be shown to the public",
            todo="Choose the demo, or run gnnrec on your own computer.",
        )
    known = find_source(name)
    return known.open() if known else imports.open_import(name)


def stamp(name: str) -> str:
    """A text that changes whenever the files of a data set do: the key for a cache of the opened data set."""
    known = find_source(name)
    return known.stamp if known else imports.stamp(name)


def duplicates_left_out(name: str) -> int:
    """Repeated pairs that were left out when a data set was imported, or of a published one when it is read."""
    known = find_source(name)
    return known.repeated if known else int(imports.about(name).report.get("duplicates", 0))


def _hidden(redistributable: bool) -> bool:
    return places.mode() == "demo" and not redistributable


def _reason_hidden(licence: Licence) -> str:
    return f"not shown in a public demo, because its licence ({licence.name}) does not allow passing it on"


def _source_card(one: Source) -> DatasetCard:
    hidden = _hidden(one.licence.redistributable)
    return DatasetCard(
        name=one.name,
        title=one.title,
        present=one.present and not hidden,
        redistributable=one.licence.redistributable,
        reason=_reason_hidden(one.licence) if hidden else one.reason_absent,
        summary=one.summary,
        licence=one.licence,
    )


def _import_card(name: str) -> DatasetCard:
    try:
        about = imports.about(name)
    except DataError as error:
        # One damaged import must not take the list of the others with it.
        return DatasetCard(name, name, False, False, error.found, "", imports.OWN, imported=True)
    hidden = _hidden(about.licence.redistributable)
    return DatasetCard(
        name=name,
        title=about.title,
        present=not hidden,
        redistributable=about.licence.redistributable,
        reason=_reason_hidden(about.licence) if hidden else "",
        summary=about.summary,
        licence=about.licence,
        imported=True,
    )
