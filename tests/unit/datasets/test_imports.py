"""Imports on disk: safe names, nothing replaced by accident, and what a full disk or a damaged file does."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from gnnrec import places
from gnnrec.datasets import available, imports, open_dataset, tables
from gnnrec.errors import ConfigError, DataError
from tests.unit.datasets.written import GOOD, refused

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize(
    "name", ["", "../evil", "a/b", "A", "x" * 61, "con.txt", "-x", "ä", ".hidden", "a\\b"]
)
def test_a_name_is_never_a_path(write, name: str) -> None:
    with refused(ConfigError, "name of the data set"):
        tables.import_tables(name, interactions=write("r.csv", GOOD))


def test_a_taken_name_is_refused_and_replaced_only_on_purpose(write) -> None:
    path = write("r.csv", GOOD)
    first, _ = tables.import_tables("shop", interactions=path)
    other = write("s.csv", "user_id,item_id\n1,1\n")
    with refused(DataError, "an import of that name is there"):
        tables.import_tables("shop", interactions=other)
    assert open_dataset("shop").fingerprints == first.fingerprints
    tables.import_tables("shop", interactions=other, replace=True)
    assert len(open_dataset("shop").interactions) == 1
    with refused(ConfigError, "belongs to a data set that gnnrec knows"):
        tables.import_tables("movielens-100k", interactions=path)


@pytest.mark.parametrize("when", ["fsync", "rename"])
def test_a_full_disk_leaves_what_was_saved(
    write, home: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    first, _ = tables.import_tables("shop", interactions=write("r.csv", GOOD))

    def full(source, *_args):
        if when == "fsync" or ".new-" in str(source):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(source, *_args)

    real = getattr(imports.os, when)
    monkeypatch.setattr(imports.os, when, full)
    with refused(DataError, "disk is full", "Nothing that was saved before is changed"):
        tables.import_tables("shop", interactions=write("s.csv", "user_id,item_id\n1,1\n"), replace=True)
    monkeypatch.undo()
    monkeypatch.setenv("GNNREC_HOME", str(home))
    assert [path.name for path in imports.folder().iterdir()] == ["shop"]
    assert open_dataset("shop").fingerprints == first.fingerprints


def test_a_damaged_import_says_so(write) -> None:
    tables.import_tables("shop", interactions=write("r.csv", GOOD))
    (imports.folder() / "shop" / "interactions.parquet").write_bytes(b"PAR1")
    with refused(DataError, "import shop, interactions.parquet", "--replace"):
        open_dataset("shop")


def test_one_damaged_import_leaves_the_others_in_the_list(write) -> None:
    for name in ("good", "bad"):
        tables.import_tables(name, interactions=write("r.csv", GOOD))
    (imports.folder() / "bad" / "dataset.json").write_text("{", encoding="utf-8")
    cards = {card.name: card for card in available()}
    assert cards["good"].present
    assert not cards["bad"].present
    with refused(DataError, "import bad, dataset.json"):
        open_dataset("bad")


def test_a_public_demo_takes_no_tables_and_shows_none(write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("r.csv", GOOD)
    tables.import_tables("shop", interactions=path)
    monkeypatch.setenv("GNNREC_MODE", "demo")
    with refused(ConfigError, "public demo"):
        tables.import_tables("shop2", interactions=path)
    with refused(DataError, "unknown name"):
        open_dataset("shop")
    assert not places.writes_allowed()
