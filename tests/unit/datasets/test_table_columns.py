"""Which column means what: mappings by name and by position, and guesses."""

from __future__ import annotations

import pytest

from gnnrec.datasets import tables
from gnnrec.datasets.table_columns import guess, parse_columns
from gnnrec.errors import ConfigError, DataError
from tests.unit.datasets.written import GOOD, refused

pytestmark = pytest.mark.usefixtures("home")


def test_missing_columns_are_named_with_the_mapping_that_would_fit(write) -> None:
    path = write("ratings.csv", GOOD.replace("user_id,item_id", "userId,movieId"))
    with refused(DataError, "ratings.csv: no column 'user_id' or 'item_id'", "found: userId, movieId, rating",
                 "--columns user=userId,item=movieId"):  # fmt: skip
        tables.import_tables("shop", interactions=path)
    dataset, _ = tables.import_tables(
        "shop", interactions=path, columns=parse_columns("user=userId, item=movieId")
    )
    assert len(dataset.interactions) == 4


def test_a_file_without_a_header_is_mapped_by_position(write) -> None:
    path = write("u.csv", "1;10;4\n1;11;5\n2;10;3\n")
    with refused(DataError, "looks like data", "user=1,item=2"):
        tables.import_tables("shop", interactions=path)
    dataset, _ = tables.import_tables(
        "shop", interactions=path, columns={"user": "1", "item": "2", "rating": "3"}
    )
    assert len(dataset.interactions) == 3
    assert dataset.provides == {"ratings"}


def test_guesses_and_mappings() -> None:
    assert guess("interactions", ["userId", "movieId", "stars", "Date"]) == {
        "user": "userId", "item": "movieId", "rating": "stars", "timestamp": "Date",
    }  # fmt: skip
    assert guess("interactions", ["USER_ID", "item id"]) == {"user": "USER_ID", "item": "item id"}
    assert guess("social", ["user_id", "friend"]) == {"user": "user_id", "friend": "friend"}
    for text in ("user", "colour=x", "films.user=a"):
        with refused(ConfigError, "mapping of columns"):
            parse_columns(text)


def test_a_column_has_one_meaning(write) -> None:
    with refused(ConfigError, "two meanings"):
        tables.import_tables(
            "shop", interactions=write("r.csv", GOOD), columns={"user": "item_id", "item": "item_id"}
        )
