"""FilmTrust: ratings of films by halves, and who trusts whose taste."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gnnrec.data import FILMS, Dataset, Licence
from gnnrec.datasets.source import Member, Source
from gnnrec.errors import DataError

_MEMBERS = {
    "ratings.txt": Member(411_942, "75a95a82e1a532df8719b7f48667cfba8f6471513657ed4b6c405f85352a1930"),
    "trust.txt": Member(21_464, "8e2013750bb0fe3f4fd9810185420423a744f8b20f7888b73e10cab3b3479fde"),
}
_LICENCE = Licence(
    name="none stated",
    url="https://guoguibing.github.io/librec/datasets.html",
    redistributable=False,
    note="No terms were published with the data: for research, not to be passed on. Publications cite the paper.",
)
_CITATION = (
    "Guibing Guo, Jie Zhang and Neil Yorke-Smith. A Novel Bayesian Similarity Measure for Recommender Systems. "
    "IJCAI 2013."
)


def _read(folder: Path) -> Dataset:
    """Three pairs are rated twice: the later row counts. People known only by trust are kept, without ratings.

    Trust is one-way and every edge has the value 1; the rows stay as they are written.
    """
    ratings = _lines(folder / "ratings.txt", ["user_id", "item_id", "rating"])
    trust = _lines(folder / "trust.txt", ["user_id", "friend_id", "value"])
    return Dataset.from_frame(
        ratings,
        name="filmtrust",
        title="FilmTrust",
        social=trust[["user_id", "friend_id"]],
        duplicates="last",
        licence=_LICENCE,
        citation=_CITATION,
        words=FILMS,
    )


def _lines(path: Path, columns: list[str]) -> pd.DataFrame:
    """Cells with blanks between: two ids and a number."""
    rows = []
    # Lines end in CRLF, which reading as text undoes.
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            cells = line.split()
            if len(cells) != 3 or not (cells[0].isdigit() and cells[1].isdigit() and _is_number(cells[2])):
                raise DataError(
                    where=f"filmtrust, file {path.name}, line {number}",
                    found=repr(line.strip()[:40]),
                    expected="two ids and a number, with blanks between",
                    todo="Put the publisher's file in its place.",
                )
            rows.append(cells)
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _is_number(text: str) -> bool:
    whole, _, fraction = text.partition(".")
    return (whole + fraction).isdigit()


SOURCE = Source(
    name="filmtrust",
    title="FilmTrust",
    folder="filmtrust",
    summary="35,494 ratings from 0.5 to 4 of 2,071 films without titles by 1,508 people, and 1,853 edges of trust; "
    "134 more people are known by trust alone.",
    publisher=_LICENCE.url,
    licence=_LICENCE,
    citation=_CITATION,
    words=FILMS,
    read=_read,
    members=_MEMBERS,
    repeated=3,
)
