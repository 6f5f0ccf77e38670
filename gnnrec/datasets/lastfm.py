"""Last.FM (HetRec 2011): which artists people listened to, their names, who is friends with whom, and facts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gnnrec.data import Dataset, Licence, Words
from gnnrec.datasets.lastfm_facts import FILES, facts
from gnnrec.datasets.source import Member, Source

_MEMBERS = {
    "user_artists.dat": Member(1_296_455, "001400dc3c7d2667fca6e4ea6dc6acc31a9dd28ad5cd0f74cea988c019934d3b"),
    "artists.dat": Member(1_925_608, "4c99dc28397ec559520d5bf5341f4c952c8c416c3de918548f88269b88039806"),
    "user_friends.dat": Member(251_565, "9a3a8f7fa5f5ec832335e5b58ed69a4cf27c6f6f6afcde62134810eea46445a7"),
}
LICENCE = Licence(
    name="HetRec 2011 terms of use",
    url="https://grouplens.org/datasets/hetrec-2011/",
    redistributable=False,
    note="For non-commercial use; commercial use needs the consent of Last.fm. Publications cite Last.fm and "
    "may cite the workshop.",
)
CITATION = (
    "Last.fm website, http://www.lastfm.com. Iván Cantador, Peter Brusilovsky and Tsvi Kuflik. 2nd Workshop on "
    "Information Heterogeneity and Fusion in Recommender Systems (HetRec 2011). RecSys 2011."
)
_CITATION = (
    f"{CITATION} Facts about artists, where present (no terms stated): Wang et al., Multi-Task Feature Learning "
    "for Knowledge Graph Enhanced Recommendation. WWW 2019."
)
WORDS = Words(
    item="artist",
    items="artists",
    person="listener",
    people="listeners",
    verb="listen to",
    past="listened to",
)


def _read(folder: Path) -> Dataset:
    # The third column counts plays (1 to 352,698). It is no rating: no scale was offered, one listener's 300 is
    # another's 30,000. It is no context either: it is known only once somebody has listened, so that a model
    # which read it would be told the answer. What is left is that they listened.
    listened = _table(folder / "user_artists.dat", {"userID": "user_id", "artistID": "item_id"})
    artists = _table(folder / "artists.dat", {"id": "item_id", "name": "title"})
    return Dataset.from_frame(
        listened,
        name="lastfm",
        title="Last.FM",
        items=artists,
        social=_table(folder / "user_friends.dat", {"userID": "user_id", "friendID": "friend_id"}),
        knowledge=facts(folder.parent, artists),
        licence=LICENCE,
        citation=_CITATION,
        words=WORDS,
    )


def _table(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """Some columns of a file with a header, under our names; texts stay as they are written.

    Names hold quotes that mark nothing, and one of them might read "NA".
    """
    table = pd.read_csv(
        path, sep="\t", usecols=list(columns), dtype=str, keep_default_na=False, quoting=3, encoding="utf-8"
    )
    return table.rename(columns=columns)


SOURCE = Source(
    name="lastfm",
    title="Last.FM",
    folder="hetrec2011-lastfm-2k",
    summary="The 50 most played artists of 1,892 listeners, with names, friends and facts; plays are not ratings.",
    publisher=LICENCE.url,
    licence=LICENCE,
    citation=_CITATION,
    words=WORDS,
    read=_read,
    members=_MEMBERS,
    extras=FILES,
)
