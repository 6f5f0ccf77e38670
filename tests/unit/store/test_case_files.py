"""Cases as files: nothing is lost on the way out and back, nothing doubled, nothing half taken in."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gnnrec.errors import ConfigError, DataError
from gnnrec.store import cases, database
from gnnrec.store.case import Case, Draft, Standing
from gnnrec.store.case_files import export_file, import_bytes, import_file, to_csv, to_jsonl
from gnnrec.store.verdicts import add_verdict, rename_verdict, retire_verdict, verdicts

ODD = st.text(alphabet="='+-@ \t\r\n\0,\"ax\u2028\u202e<>|{}\ufeff") | st.text()
WHOLE = st.integers(1, 2**53)
STANDINGS = st.builds(
    Standing,
    rank=st.none() | WHOLE,
    k=st.none() | WHOLE,
    in_list=st.none() | st.booleans(),
    hidden=st.sampled_from(["", "train", "train,valid"]),
)
TIMES = st.integers(0, 253_402_300_799_000).map(lambda ms: ms / 1000)
CASES = st.builds(
    Case,
    dataset=ODD.filter(bool),
    person=ODD.filter(bool),
    verdict=st.sampled_from(["good", "missed", "unclear"]),
    item=st.none() | ODD.filter(bool),
    model=st.none() | ODD.filter(bool),
    note=ODD,
    view=ODD,
    who=ODD,
    standing=STANDINGS,
    uid=st.uuids().map(lambda uid: uid.hex),
    version=WHOLE,
    created=TIMES,
    changed=TIMES,
)
WRITERS = {"jsonl": to_jsonl, "csv": to_csv}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def elsewhere(monkeypatch: pytest.MonkeyPatch, home: Path, name: str = "elsewhere") -> None:
    monkeypatch.setenv("GNNREC_HOME", str(home.with_name(name)))


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_cases=st.lists(CASES, max_size=4, unique_by=lambda case: case.uid))
def test_everything_comes_back_whatever_the_text(kind: str, given_cases: list[Case]) -> None:
    data = WRITERS[kind](given_cases)
    database.path().unlink(missing_ok=True)
    for beside in database.path().parent.glob("gnnrec.sqlite-*"):
        beside.unlink()
    assert import_bytes(data, kind)["added"] == len(given_cases)
    stored = {case.uid: case for case in cases.listed()}
    assert stored == {case.uid: case for case in given_cases}
    again = import_bytes(data, kind)
    assert (again["added"], again["unchanged"]) == (0, len(given_cases))
    assert WRITERS[kind]([stored[case.uid] for case in given_cases]) == data
    if kind == "csv":
        rows = csv.reader(io.StringIO(data.decode(), newline=""))
        assert not any(
            cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row
        )
    else:
        assert len(data.splitlines()) == data.count(b"\n") == len(given_cases)
        assert data.isascii()


@pytest.mark.parametrize("kind", WRITERS)
def test_through_files_between_two_stores(kind: str, home: Path, tmp_path: Path, monkeypatch) -> None:
    mine = add_verdict("Wrong <b>mood</b>", "out")
    retire_verdict(mine.key)
    retire_verdict(mine.key, retired=False)
    made = cases.add_many([Draft("demo", f"p{n}", mine.key, note=f"=cmd|{n}", standing=Standing(n + 1, 10, True))
                           for n in range(5)])  # fmt: skip
    file = tmp_path / f"cases.{kind}"
    export_file(file, made)
    elsewhere(monkeypatch, home)
    assert import_file(file) == {"added": 5, "updated": 0, "unchanged": 0, "kept": 0}
    assert sorted(cases.listed(), key=lambda case: case.person) == made
    assert verdicts()[-1] == mine


def test_the_later_change_stays_and_an_open_tab_notices(home: Path, monkeypatch) -> None:
    one, two = cases.add_many([Draft("demo", "p1", "good"), Draft("demo", "p2", "good")])
    data = to_jsonl([one, two])
    elsewhere(monkeypatch, home)
    import_bytes(data, "jsonl")
    monkeypatch.setattr("time.time", lambda: one.created + 100)
    theirs = cases.change(one.uid, 1, note="there")
    back = to_jsonl(cases.listed())
    monkeypatch.setenv("GNNREC_HOME", str(home))
    monkeypatch.setattr("time.time", lambda: one.created + 50)
    here_one = cases.change(one.uid, 1, note="here, before")
    here_two = cases.change(two.uid, 1, note="here only")
    assert import_bytes(back, "jsonl") == {"added": 0, "updated": 1, "unchanged": 0, "kept": 1}
    assert cases.get(two.uid) == here_two
    assert cases.get(one.uid) == replace(theirs, version=here_one.version + 1)
    with pytest.raises(cases.EditedElsewhere):
        cases.change(one.uid, here_one.version, note="a tab that was open")
    assert import_bytes(back, "jsonl") == {"added": 0, "updated": 0, "unchanged": 1, "kept": 1}


def test_verdicts_of_others_are_matched_by_key_then_by_title(home: Path, monkeypatch) -> None:
    rename_verdict("good", "Very good")
    mine = add_verdict("Mood", "out")
    data = to_jsonl(cases.add_many([Draft("demo", "p", "good"), Draft("demo", "q", mine.key)]))
    data = data.replace(b'"verdict": "mood"', b'"verdict": "mood-7"')
    elsewhere(monkeypatch, home)
    here = add_verdict("MOOD", "out")
    before = verdicts()
    import_bytes(data, "jsonl")
    assert verdicts() == before, "what there is keeps its name, and no second one of a title is made"
    assert {case.verdict for case in cases.listed()} == {"good", here.key}


def line_of(**other) -> bytes:
    values = json.loads(to_jsonl([Case("demo", "p", "good", created=1.0, changed=1.0)]))
    return json.dumps(
        {name: value for name, value in {**values, **other}.items() if value != "gone"}
    ).encode()


GOOD = line_of()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"{", "line 2: no JSON"),
        (b"[" * 100_000, "line 2: no JSON"),
        (b"[]", "line 2: no object"),
        (line_of(format=2), "line 2: format 2; expected an object of format 1"),
        (line_of(uid="gone"), "line 2, case: no 'uid'"),
        (line_of(uid="x"), "line 2, case, uid"),
        (line_of(person=7), "line 2, case, person: 7; expected text"),
        (line_of(note="x" * 100_000), "line 2, case, note: 100,000 characters"),
        (line_of(created="yesterday"), "line 2, case, time: 'yesterday'"),
        (line_of(created="0001-01-01T00:00:00"), "line 2, case, time"),
        (line_of(rank=float("nan")), "line 2, case, rank: nan"),
        (line_of(rank=1e3), "line 2, case, rank: 1000.0"),
        (line_of(k=True), "line 2, case, k: True"),
        (line_of(k=10**30), "line 2, case, k"),
        (line_of(verdict=["good"]), "line 2, case, verdict"),
        (line_of(verdict="odd", verdict_title=None), "'odd', which is unknown"),
        (line_of(verdict="odd", verdict_title=5), "line 2, verdict_title"),
        (line_of(verdict_wants="maybe"), "line 2, verdict_title"),
        (line_of(note="\ud800"), "half a character"),
        (GOOD, "line 2: the uid of line 1 again"),
        (b"\xff\xfe", "no UTF-8"),
    ],
)
def test_a_damaged_file_is_named_by_line_and_nothing_is_taken_in(bad: bytes, words: str) -> None:
    with pytest.raises((DataError, ConfigError)) as caught:
        import_bytes(GOOD + b"\n" + bad, "jsonl", "a.jsonl")
    assert words in str(caught.value)
    assert all(caught.value.parts.values())
    assert cases.count() == 0


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"", "no column 'uid'"),
        (b"uid;dataset\n", "no column 'uid' (found: uid;dataset)"),
        (b"uid,dataset,person,verdict,created\nx,y\n", "line 2: 2 cells; expected 5"),
        (b'uid,dataset,person,verdict,created\n"x', "line 2"),
        (
            b"uid,dataset,person,verdict,created,rank\n" + b"0" * 32 + b",d,p,good,2026-01-01,3.5\n",
            "rank: '3.5'",
        ),
    ],
)
def test_a_damaged_table_is_named_too(bad: bytes, words: str) -> None:
    with pytest.raises(DataError) as caught:
        import_bytes(bad, "csv", "a.csv")
    assert words in str(caught.value)
    assert cases.count() == 0


def test_a_table_of_the_needed_columns_alone_is_enough() -> None:
    data = b"\xef\xbb\xbfperson,uid,dataset,verdict,created\r\np,%s,demo,good,2026-01-01\r\n\r\n" % (
        b"a" * 32
    )
    assert import_bytes(data, "csv")["added"] == 1
    assert cases.get("a" * 32).as_dict()["created"] == "2026-01-01T00:00:00.000Z"


def test_files_that_cannot_be(tmp_path: Path) -> None:
    for name in ("cases.html", "cases", ".jsonl"):
        with pytest.raises(ConfigError, match="jsonl, which keeps everything"):
            export_file(tmp_path / name, [])
        with pytest.raises(ConfigError, match="jsonl, which keeps everything"):
            import_file(tmp_path / name)
    with pytest.raises(ConfigError, match="can be written"):
        export_file(tmp_path / "no" / "cases.jsonl", [])
    with pytest.raises(DataError, match="a file of cases"):
        import_file(tmp_path / "absent.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("old")
    monkeypatch.setattr(
        "os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(ConfigError, match="No space left"):
        export_file(file, [])
    assert file.read_text() == "old" and list(tmp_path.iterdir()) == [file]
