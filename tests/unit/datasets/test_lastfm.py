"""Last.FM in its two forms: with names, and as the parts that come with LightGCN."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.data import Dataset, default_protocol, split
from gnnrec.data.knowledge import facts_of
from gnnrec.datasets import lastfm, lastfm_lightgcn, open_dataset
from gnnrec.errors import DataError


def pairs(dataset: Dataset) -> list[tuple[str, str]]:
    rows = dataset.interactions
    return list(zip(dataset.users.ids[rows.user], dataset.items.ids[rows.item], strict=True))


def friends(dataset: Dataset) -> list[tuple[str, str]]:
    table = dataset.social
    return list(zip(dataset.users.ids[table["user"]], dataset.users.ids[table["friend"]], strict=True))


def with_names(folder: Path) -> Path:
    # Line ends and encodings as the publisher has them: CRLF but for the artists, whose names are in UTF-8.
    names = {"1": "Röyksopp", "10": "NA", "5": 'The "Quoted', "7": "אביב גפן"}
    artists = "id\tname\turl\tpictureURL\n" + "".join(f"{one}\t{name}\tx\ty\n" for one, name in names.items())
    (folder / "artists.dat").write_bytes(artists.encode("utf-8"))
    (folder / "user_artists.dat").write_bytes(
        b"userID\tartistID\tweight\r\n2\t1\t13883\r\n2\t10\t1\r\n4\t5\t7\r\n"
    )
    (folder / "user_friends.dat").write_bytes(b"userID\tfriendID\r\n2\t9\r\n9\t2\r\n")
    return folder


def test_artists_have_names_and_plays_are_no_ratings(tmp_path: Path) -> None:
    dataset = lastfm.SOURCE.read(with_names(tmp_path))
    assert pairs(dataset) == [("2", "1"), ("2", "10"), ("4", "5")]
    assert [dataset.item_title(dataset.items.number(one)) for one in ("1", "5", "7", "10")] == [
        "Röyksopp", 'The "Quoted', "אביב גפן", "NA",
    ]  # fmt: skip
    assert dataset.provides == {"item_features", "social"}
    assert dataset.interactions.rating is None
    assert list(dataset.item_features.columns) == ["title"]


def test_listeners_known_only_as_friends_are_there(tmp_path: Path) -> None:
    dataset = lastfm.SOURCE.read(with_names(tmp_path))
    assert sorted(dataset.users.ids) == ["2", "4", "9"]
    assert friends(dataset) == [("2", "9"), ("9", "2")]
    assert dataset.user_name(dataset.users.number("9")) == "Listener 9"


def in_parts(folder: Path, train: bytes, test: bytes = b"1\t3\t5\r\n", trust: bytes = b"1\t4\r\n") -> Path:
    for name, content in (("data1.txt", train), ("test1.txt", test), ("trustnetwork.txt", trust)):
        (folder / name).write_bytes(content)
    return folder


def test_lines_become_pairs_in_their_part(tmp_path: Path) -> None:
    dataset = lastfm_lightgcn.SOURCE.read(in_parts(tmp_path, b"1\t1\t993\r\n2\t1\t3.2466e+05\r\n2\t2\t1\r\n"))
    assert pairs(dataset) == [("1", "1"), ("2", "1"), ("2", "2"), ("1", "3")]
    assert dataset.published["published"].tolist() == [0, 0, 0, 2]
    assert default_protocol(dataset) == "published:fold=published"
    assert friends(dataset) == [("1", "4")]
    # Person 4 has friends and no artists; the ids are the published ones, from 1.
    assert dataset.users.ids.tolist() == ["1", "2", "4"]
    assert dataset.provides == {"social"}


@pytest.mark.parametrize("line", [b"1\t2", b"1\tx\t5", b"-1\t2\t5", b"1 2 5", b"", b"1.0\t2\t5"])
def test_a_line_that_holds_no_pair_is_named(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(DataError, match=r"data1\.txt, line 2") as raised:
        lastfm_lightgcn.SOURCE.read(in_parts(tmp_path, b"1\t1\t5\r\n" + line + b"\r\n"))
    assert all(raised.value.parts.values())


def test_a_repeated_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="repeated pairs"):
        lastfm_lightgcn.SOURCE.read(in_parts(tmp_path, b"1\t3\t5\r\n"))


@pytest.mark.realdata
def test_counts_are_the_published_ones() -> None:
    dataset = open_dataset("lastfm")
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions)) == (1892, 17_632, 92_834)
    assert len(dataset.social) == 25_434
    assert dataset.item_title(dataset.items.number("707")) == "Metallica"
    assert np.bincount(dataset.interactions.user, minlength=1892).min() >= 1


@pytest.mark.realdata
def test_counts_of_the_parts_are_the_published_ones() -> None:
    dataset = open_dataset("lastfm-lightgcn")
    cut = split(dataset)
    assert (dataset.n_users, dataset.n_items) == (1892, 4489)
    assert (len(cut.rows("train", "valid")), len(cut.rows("test"))) == (42_135, 10_533)
    assert cut.refits
    alone = np.bincount(dataset.interactions.user, minlength=dataset.n_users) == 0
    assert alone.sum() == 12
    assert np.isin(np.flatnonzero(alone), dataset.social["user"]).all()


@pytest.mark.realdata
def test_the_two_forms_have_the_same_friends() -> None:
    """Person n of the parts is the n-th smallest id of the other form; the artists have no such key."""
    named, parts = open_dataset("lastfm"), open_dataset("lastfm-lightgcn")
    rank = {one: str(place) for place, one in enumerate(sorted(named.users.ids, key=int), 1)}
    assert {(rank[a], rank[b]) for a, b in friends(named)} == set(friends(parts))


def with_facts(root: Path, triples: bytes) -> Path:
    folder, facts = root / "hetrec2011-lastfm-2k", root / "hetrec2011-lastfm-2k-kg"
    folder.mkdir()
    facts.mkdir()
    (facts / "kg.txt").write_bytes(triples)
    (facts / "item_index2entity_id.txt").write_bytes(b"1\t0\n5\t1\n")
    return with_names(folder)


def test_facts_join_artists_to_entities(tmp_path: Path) -> None:
    triples = (
        b"0\tmusic.artist.origin\t7\n1\tmusic.artist.origin\t7\n0\tfilm.actor.film\t1\n1\tevent.agent.x\t1\n"
    )
    dataset = lastfm.SOURCE.read(with_facts(tmp_path, triples))
    assert "knowledge" in dataset.provides
    told = dataset.knowledge
    rows = zip(dataset.items.ids[told["item"]], told["relation"], told["entity"], strict=True)
    # The last triple joins an artist to the same artist; one that leads to another artist reads by name.
    assert list(rows) == [
        ("1", "actor film", 'The "Quoted'),
        ("1", "artist origin", "entity 7"),
        ("5", "artist origin", "entity 7"),
    ]


def test_a_fact_about_no_artist_is_refused(tmp_path: Path) -> None:
    triples = b"0\tmusic.artist.origin\t7\n8\tmusic.artist.origin\t7\n"
    with pytest.raises(DataError, match=r"1 facts about no artist of the data set, first about entity 8"):
        lastfm.SOURCE.read(with_facts(tmp_path, triples))


@pytest.mark.realdata
def test_facts_cover_the_artists_that_are_mapped() -> None:
    dataset = open_dataset("lastfm")
    if dataset.knowledge is None:
        pytest.skip("the facts are not there")
    facts = facts_of(dataset)
    assert facts.rows == 15_294
    assert (facts.per_item > 0).sum() == 3844
    assert facts.relations[:2] == ("actor film", "person or entity appearing in film")
