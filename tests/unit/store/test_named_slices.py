"""Slices under a name: kept, told apart by name, safe under two writers, refused where nothing may be written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from gnnrec.errors import ConfigError
from gnnrec.store import cases, database
from gnnrec.store.case import Draft
from gnnrec.store.named_slices import (
    MOST_CONDITIONS,
    MOST_SLICES,
    NamedSlice,
    delete_slice,
    named_slices,
    save_slice,
)

ROOT = Path(__file__).resolve().parents[3]
FEW = (("activity", "few films in their history"),)
MORE = (*FEW, ("person.city", "city <b>Lindmoor</b>"))
WRITER = """
import sys
from gnnrec.errors import ConfigError
from gnnrec.store.named_slices import save_slice
for number in range(40):
    try:
        save_slice("demo", f"slice {number}", [("activity", sys.argv[1])])
        print(number)
    except ConfigError:
        pass
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_was_saved_is_there_for_its_data_set_alone(home: Path) -> None:
    assert named_slices("demo") == [] and not home.exists()
    made = save_slice("demo", "  New   in <i>town</i> ", reversed(MORE))
    assert made == NamedSlice("New in <i>town</i>", MORE)
    save_slice("demo", "Älter", FEW)
    assert [one.name for one in named_slices("demo")] == ["New in <i>town</i>", "Älter"]
    assert named_slices("demo")[0] == made and named_slices("other") == []


def test_the_same_once_more_changes_nothing_and_other_conditions_need_another_name() -> None:
    made = save_slice("demo", "Newcomers", FEW)
    assert save_slice("demo", "newcomers", FEW) == made
    with pytest.raises(ConfigError, match="which other conditions have already"):
        save_slice("demo", "NEWCOMERS", MORE)
    save_slice("other", "Newcomers", MORE)
    assert named_slices("demo") == [made]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(ConfigError, match="1 to 80 letters"):
        save_slice("demo", name, FEW)


def test_too_much_is_refused() -> None:
    for count in (0, MOST_CONDITIONS + 1):
        with pytest.raises(ConfigError, match="conditions"):
            save_slice("demo", "x", [("activity", f"group {number}") for number in range(count)])
    with database.writing() as db:
        rows = [("demo", f"s{number}", "[]", 0.0) for number in range(MOST_SLICES)]
        db.executemany("insert into named_slices values (?, ?, ?, ?)", rows)
    with pytest.raises(ConfigError, match="200 already"):
        save_slice("demo", "one more", FEW)


def test_deleting_twice_is_no_error() -> None:
    save_slice("demo", "Gone", FEW)
    assert delete_slice("demo", "gone")
    assert not delete_slice("demo", "gone")
    assert named_slices("demo") == []


def test_a_public_demo_writes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    with pytest.raises(ConfigError, match="public demo"):
        save_slice("demo", "Mine", FEW)
    with pytest.raises(ConfigError, match="public demo"):
        delete_slice("demo", "Mine")
    assert not home.exists()


def test_two_writers_of_the_same_names_never_overwrite_each_other() -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, one], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for one in ("left", "right")
    ]
    done = [set(one.communicate()[0].split()) for one in writers]
    assert [one.returncode for one in writers] == [0, 0]
    assert len(done[0]) + len(done[1]) == 40 and not done[0] & done[1]
    kept = {one.name.removeprefix("slice "): one.conditions[0][1] for one in named_slices("demo")}
    assert kept == dict.fromkeys(done[0], "left") | dict.fromkeys(done[1], "right")


def test_a_store_from_before_named_slices_is_brought_up_to_date(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(database.path()) as raw:
        raw.executescript("".join(database.MIGRATIONS[:2]) + "pragma user_version = 2;")
    raw.close()
    case = cases.add(Draft("demo", "p", "good"))
    save_slice("demo", "Newcomers", FEW)
    assert cases.listed() == [case] and len(named_slices("demo")) == 1
