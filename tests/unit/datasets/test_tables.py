"""Tables of the user's own become a data set: repeated pairs, ready-made parts, features, friends and facts."""

from __future__ import annotations

import pytest

from gnnrec.data import Words, split
from gnnrec.datasets import available, open_dataset, tables
from gnnrec.datasets.table_columns import parse_columns
from gnnrec.errors import ConfigError
from tests.unit.datasets.written import GOOD, refused

pytestmark = pytest.mark.usefixtures("home")


def test_a_csv_becomes_a_data_set_that_stays(write) -> None:
    dataset, report = tables.import_tables("shop", interactions=write("ratings.csv", GOOD), title="The shop")
    again = open_dataset("shop")
    assert (dataset.n_users, dataset.n_items, len(dataset.interactions)) == (2, 3, 4)
    assert dataset.provides == {"ratings", "timestamps"}
    assert again.fingerprints == dataset.fingerprints
    assert again.title == "The shop"
    assert (report.rows_read, report.rows_kept, report.duplicates) == (4, 4, 0)
    card = next(card for card in available() if card.name == "shop")
    assert card.imported
    assert card.present
    assert not card.redistributable


def test_the_latest_of_repeated_pairs_is_kept_and_the_rest_counted(write) -> None:
    text = "user_id,item_id,rating,timestamp\n1,10,5,900\n1,10,1,100\n1,11,3,500\n1,11,4,500\n2,10,2,1\n"
    dataset, report = tables.import_tables("shop", interactions=write("r.csv", text))
    assert report.duplicates == 2
    assert sorted(dataset.interactions.rating.tolist()) == [2, 4, 5]


def test_ready_made_parts_become_the_published_split(write) -> None:
    files = {
        "train": write("train.csv", "user_id,item_id,rating\n1,10,1\n1,11,1\n1,11,2\n2,10,1\n"),
        "valid": write("valid.csv", "user_id,item_id,rating\n1,12,1\n1,10,9\n"),
        "test": write("test.csv", "user_id,item_id\n2,12\n1,12\n"),
    }
    dataset, report = tables.import_tables("parts", **files)
    cut = split(dataset)
    assert str(cut) == "published:fold=parts"
    assert [len(cut.rows(part)) for part in ("train", "valid", "test")] == [3, 1, 1]
    assert (report.duplicates, report.in_two_parts) == (1, 2)
    assert any("rating is not in every part" in note for note in report.notes)
    assert split(open_dataset("parts")).hash == cut.hash
    with refused(ConfigError, "either one file"):
        tables.import_tables("both", interactions=files["train"], train=files["train"])
    with refused(ConfigError, "at least train"):
        tables.import_tables("notrain", test=files["test"])


def test_features_friends_and_facts(write) -> None:
    nasty = '<script>alert(1)</script> href "x" \u202eابت 🎬'
    quoted = '"' + nasty.replace('"', '""') + '"'
    films = f'movieId,name,genre,year\n10,{quoted},"Drama, Comedy",1999\n13,New,,x\n'
    dataset, report = tables.import_tables(
        "shop",
        interactions=write("r.csv", GOOD),
        items=write("items.csv", films),
        users=write("users.tsv", "user_id\tname\tage\n1\tAnn\t30\n"),
        social=write("friends.csv", "user_id,friend_id\n1,2\n1,2\n1,3\n"),
        knowledge=write("facts.csv", "item_id,relation,entity\n10,director,Ada\n99,director,Bob\n"),
        columns=parse_columns("items.item=movieId"),
        words=Words(item="gadget", items="gadgets", past="bought"),
    )  # fmt: skip
    assert dataset.n_items == 4
    assert dataset.n_users == 3
    number = dataset.items.number("10")
    # Signs that turn the direction of a sentence around are no part of a title.
    assert dataset.item_title(number) == nasty.replace("\u202e", "")
    assert dataset.item_features["genres"][number] == "Drama|Comedy"
    assert dataset.item_features["year"][number] == 1999
    assert dataset.item_title(dataset.items.number("11")) == "Gadget 11"
    assert len(dataset.social) == 2
    assert dataset.knowledge["entity"].tolist() == ["Ada"]
    assert any("title was read from the column name" in note for note in report.notes)
    assert any("1 facts about unknown items" in note for note in report.notes)
    again = open_dataset("shop")
    assert again.fingerprints == dataset.fingerprints
    assert again.words.past == "bought"
