"""Facts about MovieLens films from Freebase, joined by title because the published links use other ids.

**Source**: the knowledge files that RecBole publishes for MovieLens 100K (links: KB4Rec; triples:
Freebase). Their link file names films by the ids of the *later* MovieLens sets, although it comes with
the ratings of 100K: joined by its ids, film 480 (North by Northwest) would be Jurassic Park. Ours
translates each id into a title with the film list of MovieLens 1M, and the title into an id of 100K;
where that list is not there, there are no facts rather than wrong ones.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gnnrec.datasets.source import Member

_TRIPLES = "ml-100k-recbole-kg/ml-100k.kg"
_LINKS = "ml-100k-recbole-kg/ml-100k.link"
_TITLES = "ml-1m/movies.dat"
FILES = {
    _TRIPLES: Member(3_515_608, "200a0636fa07c218119a42e5bac7aa3e26e3665a6f919c1b22909bd412b14779"),
    _LINKS: Member(21_507, "524dca2c3d62619688ab99b3ec53ea2acb9b64d38eafec3e02bdd0dc6bb7d948"),
    _TITLES: Member(171_308, "0140fc2356357c1a851d0f52e893a1e4d3696df632c4141cea8d5bc3d621f0b9"),
}
_FORWARD = "film.film."


def facts(root: Path, films: pd.DataFrame) -> pd.DataFrame | None:
    """Facts about films: `item_id`, `relation`, `entity`; None where their files are not there.

    The file has most facts the other way round as well (`film.director.film`); those say nothing new and are
    left out. Films of the data set appear as entities by their title, everything else by its Freebase id.

    Args:
        root: The folder that holds the data sets.
        films: `item_id`, `raw` (the title as the publisher writes it) and `title`.
    """
    if not all((root / name).is_file() for name in FILES):
        return None
    triples = pd.read_csv(
        root / _TRIPLES, sep="\t", header=0, names=["head", "relation", "entity"], dtype=str
    )
    links = pd.read_csv(root / _LINKS, sep="\t", header=0, names=["later_id", "head"], dtype=str)
    lines = (root / _TITLES).read_text(encoding="latin-1").splitlines()
    later = pd.DataFrame([line.split("::")[:2] for line in lines], columns=["later_id", "raw"], dtype=str)
    linked = links.merge(later.assign(raw=_plain(later["raw"])), on="later_id")
    linked = linked.merge(films.assign(raw=_plain(films["raw"])), on="raw").drop_duplicates("item_id")
    triples = triples[triples["relation"].str.startswith(_FORWARD)]
    found = triples.merge(linked, on="head")[["item_id", "relation", "entity"]]
    titles = linked.drop_duplicates("head").set_index("head")["title"]
    found["entity"] = found["entity"].map(titles).fillna(found["entity"])
    found["relation"] = found["relation"].str.removeprefix(_FORWARD).str.replace("_", " ")
    return found.drop_duplicates().sort_values(["item_id", "relation", "entity"], ignore_index=True)


def _plain(titles: pd.Series) -> pd.Series:
    """Titles as far as the two sets write them alike: no case, no outer blanks, no mark of video films."""
    return titles.str.strip().str.lower().str.removesuffix(" (v)")
