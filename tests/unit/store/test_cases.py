"""Cases: kept letter by letter, never overwritten unseen, found again, tagged many at once."""

from __future__ import annotations

import contextlib
import copy
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from gnnrec.errors import ConfigError, DataError, IncompatibleError, RunError
from gnnrec.store import cases, database
from gnnrec.store.case import NOTE_LETTERS, Case, Draft, Standing

HOSTILE = "=1+1 <script>alert(1)</script> '; drop table cases; -- \0 \r\n\u2028 \u202e %_"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def draft(person: str = "p1", verdict: str = "irrelevant", **more) -> Draft:
    return Draft("demo", person, verdict, **({"item": "i1", "model": "demo-gat@" + "0" * 12} | more))


def test_a_case_keeps_what_it_was_given() -> None:
    given = draft(note=HOSTILE, view="?u=p1&i=i1", who="<b>Ann</b>", standing=Standing(3, 10, True, "train"))
    case = cases.add(given)
    assert (case.version, case.created) == (1, case.changed) and case.created > 1_700_000_000
    assert all(getattr(case, name) == getattr(given, name) for name in Draft.__dataclass_fields__)
    assert cases.get(case.uid) == case
    assert cases.listed() == [case]
    assert Case.from_dict(case.as_dict()) == case


def test_a_case_may_be_about_a_person_alone() -> None:
    case = cases.add(Draft("demo", "p1", "unclear"))
    assert (case.item, case.model, case.standing) == (None, None, Standing())
    assert cases.get(case.uid) == case


def test_writing_the_same_again_makes_no_second_one() -> None:
    given = draft(note="first")
    case = cases.add(given)
    assert cases.add(given) == case
    changed = cases.change(case.uid, 1, note="later")
    assert cases.add(given) == changed, "a repeated request undid a change"
    assert cases.count() == 1
    with pytest.raises(IncompatibleError, match="another case of that uid"):
        cases.add(replace(given, person="somebody else"))


def test_another_text_under_the_same_uid_is_not_swallowed() -> None:
    given = draft(note="first")
    cases.add(given)
    with pytest.raises(IncompatibleError, match="another case of that uid"):
        cases.add(replace(given, note="second"))


def test_a_worklist_is_written_whole_or_not_at_all() -> None:
    with pytest.raises(DataError, match="'nope', which is unknown"):
        cases.add_many([draft(), draft("p2", "nope")])
    with pytest.raises(DataError, match="note: 20,001 characters"):
        cases.add_many([draft(), draft("p2", note="x" * (NOTE_LETTERS + 1))])
    assert cases.count() == 0
    made = cases.add_many([draft(f"p{number}") for number in range(300)])
    assert cases.count("demo") == 300 and cases.count("other") == 0
    changed = cases.change_many([one.uid for one in made[:200]], verdict="good", who="Ann")
    assert {(one.verdict, one.who, one.version) for one in changed} == {("good", "Ann", 2)}
    assert len(cases.listed(verdicts=["irrelevant"])) == 100
    with pytest.raises(DataError, match="none with the uid"):
        cases.change_many([made[-1].uid, "0" * 32], verdict="good")
    assert len(cases.listed(verdicts=["irrelevant"])) == 100
    assert cases.delete_many([one.uid for one in made[:200]] + ["0" * 32]) == 200


def test_of_two_tabs_that_edit_one_note_neither_loses_it() -> None:
    case = cases.add(draft(note="before"))
    cases.change(case.uid, case.version, note="first tab", who="Ann")
    with pytest.raises(cases.EditedElsewhere) as caught:
        cases.change(case.uid, case.version, note="second tab")
    assert all(caught.value.parts.values())
    assert "version 2, changed by Ann at 20" in str(caught.value)
    assert caught.value.theirs == cases.get(case.uid) and caught.value.theirs.note == "first tab"
    assert caught.value.mine == {"note": "second tab"}
    assert cases.change(case.uid, 2, note="second tab").version == 3
    # Pressing the button twice is no conflict.
    assert cases.change(case.uid, 2, note="second tab").version == 3
    with pytest.raises(cases.EditedElsewhere):
        cases.delete(case.uid, 2)
    cases.delete(case.uid, 3)
    with pytest.raises(cases.EditedElsewhere, match="deleted meanwhile") as caught:
        cases.change(case.uid, 3, note="a long text")
    assert (caught.value.theirs, caught.value.mine) == (None, {"note": "a long text"})


def test_a_bulk_verdict_is_seen_by_a_tab_that_has_the_old_one_open() -> None:
    case = cases.add(draft(note="before"))
    cases.change_many([case.uid], verdict="good")
    with pytest.raises(cases.EditedElsewhere):
        cases.change(case.uid, 1, note="after")
    assert cases.get(case.uid).note == "before"


def test_of_many_tabs_at_once_exactly_one_wins() -> None:
    case = cases.add(draft())
    ready, won = threading.Barrier(4), []

    def tab(number: int) -> None:
        ready.wait()
        with contextlib.suppress(cases.EditedElsewhere):
            won.append(cases.change(case.uid, 1, note=f"tab {number}").note)

    threads = [threading.Thread(target=tab, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [cases.get(case.uid).note]
    assert cases.get(case.uid).version == 2


def test_a_copy_of_the_error_has_its_parts() -> None:
    error = cases.EditedElsewhere(where="case", found="x", expected="y", todo="z")
    assert copy.copy(error).parts == error.parts


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"note": "x" * 100_000},
            "note: 100,000 characters; expected at most 20,000. Shorten it; nothing was stored",
        ),
        ({"note": "\ud800"}, "half a character"),
        ({"person": ""}, "person: nothing"),
        ({"item": ""}, "item: nothing"),
        ({"person": "x" * 1001}, "person: 1,001 characters"),
        ({"person": 5}, "person: 5; expected text"),
        ({"uid": "../x"}, "uid"),
        ({"verdict": "Nope; drop"}, "verdict"),
        ({"standing": Standing(rank=0)}, "rank: 0"),
        ({"standing": Standing(k=2**70)}, "k: 1180591620717411303424"),
        ({"standing": Standing(in_list=1)}, "in_list: 1"),
        ({"standing": Standing(hidden="train,secret")}, "hidden"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(more: dict, words: str) -> None:
    with pytest.raises(DataError) as caught:
        cases.add(replace(draft(), **more))
    assert words in str(caught.value) and all(caught.value.parts.values())
    assert cases.count() == 0


def test_a_note_of_the_largest_size_is_kept_and_a_longer_one_changes_nothing() -> None:
    case = cases.add(draft(note="é" * NOTE_LETTERS))
    assert cases.get(case.uid).note == "é" * NOTE_LETTERS
    with pytest.raises(DataError, match="100,000 characters"):
        cases.change(case.uid, 1, note="x" * 100_000)
    assert cases.get(case.uid) == case


def test_filters_and_orders() -> None:
    one = cases.add(draft("p1", note="Straße 100%", standing=Standing(7, 10, True), who="Ann"))
    two = cases.add(draft("p2", "good", item=None, model="demo-ease@" + "1" * 12, note="100 x"))
    three = cases.add(draft("p1", "missed", item="i2", standing=Standing(31, 10, False)))
    four = cases.add(replace(draft("p1"), dataset="other", model=None))

    def uids(**wishes) -> list[str]:
        return [case.uid for case in cases.listed(**wishes, sort="created", descending=False)]

    assert uids() == [one.uid, two.uid, three.uid, four.uid]
    assert uids(dataset="demo", person="p1") == [one.uid, three.uid]
    assert uids(item="i2") == [three.uid]
    assert uids(model="demo-gat") == uids(model="demo-gat@" + "0" * 12) == [one.uid, three.uid]
    assert uids(model="demo") == uids(model="demo-gat@1") == []
    assert uids(verdicts=["good", "missed"]) == [two.uid, three.uid]
    assert uids(who="Ann") == uids(text="STRASSE") == uids(text="100%") == [one.uid]
    assert uids(uids=[two.uid, "x"]) == [two.uid]
    assert uids(uids=[]) == []
    assert uids(most=2, skip=1) == [two.uid, three.uid]
    assert uids(person=HOSTILE, text=HOSTILE) == []
    by_rank = [case.standing.rank for case in cases.listed(sort="rank")]
    assert by_rank == [31, 7, None, None], "what has no rank comes last"
    assert [case.standing.rank for case in cases.listed(sort="rank", descending=False)] == [7, 31, None, None]
    cases.change(one.uid, 1, note="new")
    assert cases.listed()[0].uid == one.uid
    with pytest.raises(ConfigError, match="order of cases"):
        cases.listed(sort="note; drop table cases")


def test_a_clock_set_back_does_not_make_a_change_older(monkeypatch: pytest.MonkeyPatch) -> None:
    case = cases.add(draft())
    monkeypatch.setattr("time.time", lambda: case.created - 3600)
    assert cases.change(case.uid, 1, note="later").changed >= case.changed


def test_unknown_cases_are_an_error_in_words() -> None:
    for action in (cases.get, cases.delete):
        with pytest.raises(DataError, match="none with the uid '<b>'"):
            action("<b>")


def test_a_locked_store_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    case = cases.add(draft())
    monkeypatch.setattr(database, "_WAIT_S", 0)
    with sqlite3.connect(database.path(), isolation_level=None) as other:
        other.execute("begin immediate")
        with pytest.raises(RunError, match="locked for 0 s") as caught:
            cases.add(draft())
        assert cases.get(case.uid) == case, "reading goes on"
        other.execute("rollback")
    assert all(caught.value.parts.values())
    assert cases.count() == 1


def test_a_store_from_before_cases_is_brought_up_to_date(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    with sqlite3.connect(database.path()) as raw:
        raw.executescript(database.MIGRATIONS[0] + "pragma user_version = 1;")
        raw.execute("insert into evaluations values ('abc', 'valid', 0, '{\"ndcg@10\": 0.5}')")
    raw.close()
    # First where nothing may be written, as in a public demo.
    monkeypatch.setattr(database, "_writable", lambda folder: False)
    before = database.path().read_bytes()
    assert cases.listed() == []
    with database.reading() as db:
        assert db.execute("select count(*) from evaluations").fetchone()[0] == 1
    assert database.path().read_bytes() == before
    monkeypatch.undo()
    monkeypatch.setenv("GNNREC_HOME", str(home))
    case = cases.add(draft())
    assert cases.listed() == [case]
    with database.reading() as db:
        assert db.execute("select count(*) from evaluations").fetchone()[0] == 1


def test_a_store_of_a_newer_version_is_left_alone() -> None:
    case = cases.add(draft())
    with sqlite3.connect(database.path()) as raw:
        raw.execute(f"pragma user_version = {database.VERSION + 1}")
    for action in (lambda: cases.add(draft()), cases.listed, lambda: cases.change(case.uid, 1, note="x")):
        with pytest.raises(RunError, match="newer gnnrec"):
            action()


def test_verdicts_are_counted_as_asked_for() -> None:
    cases.add_many([draft(), draft("p2"), draft("p2", "good", note="ÜBER", model="demo-ease@" + "1" * 12)])
    cases.add(Draft("other", "p1", "good", who="Ann"))
    assert cases.counts() == {"irrelevant": 2, "good": 2}
    assert cases.counts(dataset="demo") == {"irrelevant": 2, "good": 1}
    assert cases.counts(dataset="demo", person="p2") == {"irrelevant": 1, "good": 1}
    assert cases.counts(text="über") == cases.counts(model="demo-ease") == {"good": 1}
    assert cases.counts(verdicts=["unclear"]) == {}


def test_what_cases_name_is_listed_once() -> None:
    cases.add_many([draft("p2"), draft("p1"), draft("p2", who="Ann")])
    assert cases.named("demo", "person") == ["p1", "p2"] and cases.named("demo", "person", most=1) == ["p1"]
    assert cases.named(None, "who") == ["Ann"] and cases.named("other", "model") == []
    with pytest.raises(ValueError, match="note"):
        cases.named("demo", "note")


def test_the_stamp_changes_with_every_change() -> None:
    seen = [cases.stamp("demo")]
    first, second = cases.add(draft()), cases.add(draft("p2"))
    seen.append(cases.stamp("demo"))
    cases.change(first.uid, 1, note="other")
    seen.append(cases.stamp("demo"))
    cases.delete(second.uid)
    seen.append(cases.stamp("demo"))
    assert len(set(seen)) == 4 and cases.stamp("demo") == seen[-1]
    cases.add(Draft("elsewhere", "p1", "good"))
    assert cases.stamp("demo") == seen[-1]
