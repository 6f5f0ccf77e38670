"""Facts about the artists of Last.FM: where they come from, what they acted in, what they play.

**Source**: the knowledge files that come with MKR (Wang et al., WWW 2019), triples from Microsoft Satori. They know
3,846 of the artists. Every triple starts at an artist, so nothing is known about entities themselves. Entities
have numbers and no names: they read `entity 3847`; an artist who is one reads by name.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gnnrec.datasets.source import Member
from gnnrec.errors import DataError

_FOLDER = "hetrec2011-lastfm-2k-kg"
_TRIPLES, _LINKS = f"{_FOLDER}/kg.txt", f"{_FOLDER}/item_index2entity_id.txt"
FILES = {
    _TRIPLES: Member(582_424, "aa899f22a7a3b313e0baa22113fcd5fa040675fde44822152afed9900d33325f"),
    _LINKS: Member(38_568, "496475ddc39b0e15956c58b86d0566bce96bf51c7daaa49d66bc1b9fefaeef1a"),
}


def facts(root: Path, artists: pd.DataFrame) -> pd.DataFrame | None:
    """Facts about artists: `item_id`, `relation`, `entity`; None where their files are not there.

    Left out are triples that join an artist to the same artist. A triple that does not start at an artist of the
    data set would be about nothing here, and is refused.

    Args:
        root: The folder that holds the data sets.
        artists: `item_id` and `title`.

    Raises:
        DataError: A triple starts at no artist of the data set.
    """
    if not all((root / name).is_file() for name in FILES):
        return None
    triples = _rows(root / _TRIPLES, ["head", "relation", "tail"])
    links = _rows(root / _LINKS, ["item_id", "head"]).merge(artists[["item_id", "title"]], on="item_id")
    found = triples[triples["head"] != triples["tail"]].merge(links, on="head", how="left")
    foreign = found["item_id"].isna()
    if foreign.any():
        raise DataError(
            where="lastfm, file kg.txt",
            found=f"{int(foreign.sum()):,} facts about no artist of the data set, "
            f"first about entity {found['head'][foreign.idxmax()]}",
            expected="facts that start at an artist of item_index2entity_id.txt",
            todo="Put the publisher's files in their place.",
        )
    names = links.set_index("head")["title"]
    found["entity"] = found["tail"].map(names).fillna("entity " + found["tail"])
    found["relation"] = found["relation"].map(_spoken)
    found = found[["item_id", "relation", "entity"]].drop_duplicates()
    return found.sort_values(["item_id", "relation", "entity"], ignore_index=True)


def _rows(path: Path, columns: list[str]) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", names=columns, dtype=str, keep_default_na=False)


def _spoken(relation: str) -> str:
    """`music.artist.origin` as `artist origin`: the first part, a field of knowledge, adds nothing.

    Nor does a word said twice, as in `person_or_entity_appearing_in_film.film`.
    """
    words = " ".join(relation.split(".")[-2:]).replace("_", " ").split()
    return " ".join(word for place, word in enumerate(words) if place == 0 or word != words[place - 1])
