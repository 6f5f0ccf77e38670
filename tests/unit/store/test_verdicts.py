"""The taxonomy: added, renamed and retired without a case losing its verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec.errors import ConfigError, DataError
from gnnrec.store import cases
from gnnrec.store.case import Draft
from gnnrec.store.verdicts import Verdict, add_verdict, rename_verdict, retire_verdict, verdicts


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_usual_ones_are_there_before_anything_is_stored(home: Path) -> None:
    found = {one.key: one.wants for one in verdicts()}
    assert (found["good"], found["missed"], found["irrelevant"], found["unclear"]) == (
        "in",
        "in",
        "out",
        None,
    )
    assert {"too-popular", "near-duplicate", "against-taste", "out-of-date", "wrong"} <= set(found)
    assert not home.exists()


def test_a_new_one_is_offered_last() -> None:
    made = add_verdict("  Größe passt nicht! ", "out")
    assert made == Verdict("groe-passt-nicht", "Größe passt nicht!", "out")
    assert verdicts()[-1] == made
    assert add_verdict("مرحبا", None).key == "verdict"
    assert add_verdict("Groe passt nicht", "out").key == "groe-passt-nicht-2"


def test_renaming_keeps_the_cases() -> None:
    case = cases.add(Draft("demo", "p", "too-popular"))
    assert rename_verdict("too-popular", "Everybody has it").title == "Everybody has it"
    assert rename_verdict("too-popular", "everybody HAS it").title == "everybody HAS it"
    assert cases.get(case.uid) == case
    assert [one.title for one in verdicts() if one.key == case.verdict] == ["everybody HAS it"]


def test_a_retired_one_is_not_offered_and_its_cases_keep_it() -> None:
    case = cases.add(Draft("demo", "p", "out-of-date", note="old"))
    assert retire_verdict("out-of-date").retired
    assert "out-of-date" not in [one.key for one in verdicts()]
    assert "out-of-date" in [one.key for one in verdicts(retired=True)]
    with pytest.raises(DataError, match="retired"):
        cases.add(Draft("demo", "q", "out-of-date"))
    changed = cases.change(case.uid, 1, note="very old", verdict="out-of-date")
    assert (changed.note, changed.verdict) == ("very old", "out-of-date")
    retire_verdict("out-of-date", retired=False)
    cases.add(Draft("demo", "q", "out-of-date"))


@pytest.mark.parametrize("title", ["", "  \u202e ", "x" * 81, "good", "GOOD "])
def test_titles_that_cannot_be(title: str) -> None:
    before = verdicts(retired=True)
    with pytest.raises(ConfigError, match="verdict"):
        add_verdict(title, "out")
    with pytest.raises(ConfigError, match="verdict"):
        rename_verdict("missed", title)
    assert verdicts(retired=True) == before


def test_unknown_ones_are_named_with_what_there_is() -> None:
    for action in (lambda: retire_verdict("nope"), lambda: rename_verdict("nope", "Yes")):
        with pytest.raises(DataError, match="'nope', which is unknown; expected one of good, missed"):
            action()
    with pytest.raises(ConfigError, match="in, out or nothing"):
        add_verdict("Maybe", "perhaps")
