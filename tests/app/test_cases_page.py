"""Cases: noted from any page, found, edited by two at once, held against another model, handed on and taken back."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from gnnrec import places
from gnnrec.checkpoints import read_library
from gnnrec.datasets import open_dataset
from gnnrec.store import cases, database, verdicts
from gnnrec.store.case import Draft, Standing
from gnnrec.store.case_files import to_jsonl
from tests.app.opening import address, fine, links, open_page, words

NASTY = "=HYPERLINK(1) <script>alert(1)</script>\n**bold** $x$ :material/delete: [x](javascript:y) \u202e"
WHO = "<b>Ann</b>"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store; the shipped models stay at hand."""
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def shipped(recommender: str = "ease") -> str:
    found = (one for one in read_library().of("demo") if one.config["recommender"] == recommender)
    return next(found).address


def noted(n: int = 1, **more) -> list[cases.Case]:
    """Cases about the first people, whose items were all in a list."""
    given = {"verdict": "irrelevant", "item": "f001", "model": shipped(), "note": NASTY, "who": WHO}
    given |= {"standing": Standing(3, 10, True, "train")} | more
    return cases.add_many([Draft("demo", f"m{number:04d}", **given) for number in range(1, n + 1)])


def field(app, kind: str, key: str):
    """An element whose key begins so."""
    return next(one for one in app.get(kind) if str(one.key).startswith(key))


def save(app, key: str):
    return fine(field(app, "button", key).click().run())


def table(app):
    return next(one.value for one in app.dataframe if "rank then" in one.value.columns)


# Noting


@pytest.mark.parametrize("page", ["recommend", "graph", "models"])
def test_a_case_is_noted_from_any_page(page: str) -> None:
    app = open_page(page, u="m0042", i="f003", a=shipped(), k=5)
    app.session_state["note"] = True
    fine(app.run())
    field(app, "selectbox", "note_bar_verdict").set_value("too-popular")
    field(app, "text_area", "note_bar_note").set_value(NASTY)
    field(app, "text_input", "note_bar_who").set_value(WHO)
    save(app, "note_bar_save")
    (case,) = cases.listed()
    assert (case.person, case.item, case.model) == ("m0042", "f003", shipped())
    assert (case.verdict, case.note, case.who) == ("too-popular", NASTY, WHO)
    assert case.standing.k == 5 and case.standing.rank and case.standing.hidden == "train"
    assert "u=m0042" in case.view and "i=f003" in case.view and "://" not in case.view
    assert "Noted: open it on Cases" in links(app)
    # The next case starts with an empty note, and the same name.
    assert field(app, "text_area", "note_bar_note").value == ""
    assert field(app, "text_input", "note_bar_who").value == WHO


def test_a_case_about_the_person_alone() -> None:
    app = open_page("recommend", u="m0042", i="f003")
    app.session_state["note"] = True
    fine(app.run())
    field(app, "radio", "note_bar_about").set_value("person")
    field(app, "selectbox", "note_bar_verdict").set_value("unclear")
    save(app, "note_bar_save")
    (case,) = cases.listed()
    assert case.item is None and case.standing == Standing()


def test_an_item_in_focus_has_a_button_of_its_own() -> None:
    for page, key in (("recommend", "r_note"), ("why", "w_note")):
        app = open_page(page, u="m0042", a=shipped())
        fine(app.button(key=key).click().run())
        # A dialog runs by itself in the browser, where it is filled in too.
        assert field(app, "selectbox", "note_item_verdict").value is None
        assert "Jasper Rudgely" in words(app)


def test_what_cannot_be_kept_is_said_and_nothing_is_cut() -> None:
    app = open_page("recommend", u="m0042")
    app.session_state["note"] = True
    fine(app.run())
    save(app, "note_bar_save")
    assert "no verdict" in words(app)
    field(app, "selectbox", "note_bar_verdict").set_value("good")
    field(app, "text_area", "note_bar_note").set_value("x" * 100_000)
    save(app, "note_bar_save")
    said = words(app)
    assert "100,000 characters" in said and "What to do" in said and cases.count() == 0
    assert len(field(app, "text_area", "note_bar_note").value) == 100_000


def test_a_public_demo_notes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    (case, *_) = noted(2)
    monkeypatch.setenv("GNNREC_MODE", "demo")
    app = open_page("why", u="m0042")
    assert not [one for one in app.button if one.label.startswith("Note ")]
    app = open_page("cases", n_case=case.uid, list="m0042|m0007")
    assert "Read-only here" in words(app) and NASTY.split("\n")[0] in words(app)
    labels = {one.label for kind in ("button", "expander") for one in app.get(kind)}
    assert not {"Save", "Delete", "Note 2 cases", "Import cases", "Add"} & labels
    cases_elsewhere = open_page("cases", n_case="0" * 32)
    assert "There is no such case" in words(cases_elsewhere)


# The page


def test_before_the_first_case_there_is_one_sentence_and_one_way_on() -> None:
    app = open_page("cases")
    assert "No case is noted on this data yet" in words(app)
    assert links(app) == ["Look at a person and note the first one"]
    assert not app.dataframe


def test_cases_are_counted_listed_filtered_and_sorted() -> None:
    noted(3)
    noted(2, verdict="good", note="About Über", model=None, item="f002", standing=Standing())
    cases.add(Draft("other", "somebody", "good"))
    app = open_page("cases")
    assert len(table(app)) == 5 and "5 cases. Pick a row" in words(app)
    assert "1 more on other data" in words(app)
    for query, n in (
        ({"n_verdicts": "good"}, 2),
        ({"n_verdicts": "nonsense"}, 5),
        ({"n_text": "über"}, 2),
        ({"n_model": shipped()}, 3),
        ({"n_person": "m0002"}, 2),
        ({"n_person": "m0003", "n_verdicts": "irrelevant"}, 1),
    ):
        assert len(table(open_page("cases", **query))) == n, query
    people = list(table(open_page("cases", n_sort="person", n_up="1"))["person"])
    assert len(people) == 5 and people[0] == people[1] != people[2]
    assert "No case fits" in "".join(one.value for one in open_page("cases", n_text="nowhere").info)


def test_many_cases_come_in_pages() -> None:
    noted(120)
    app = open_page("cases", n_sort="person", n_up="1")
    assert len(table(app)) == 50
    assert len(table(open_page("cases", n_sort="person", n_up="1", n_page=3))) == 20
    assert len(table(open_page("cases", n_page=99))) == 20
    assert len(table(open_page("cases", n_page="x"))) == 50


def test_a_case_is_opened_edited_and_leads_to_its_views() -> None:
    (case,) = noted(view="/why?u=m0001&w_how=paths&bad%20key=1")
    app = open_page("cases", n_case=case.uid)
    assert links(app) == ["The lists", "Why", "The graph", "As it was written"]
    assert "rank 3, in the list of 10" in words(app)
    assert field(app, "text_area", "n_note").value == NASTY
    field(app, "text_area", "n_note").set_value("Better")
    field(app, "selectbox", "n_verdict_").set_value("good")
    save(app, "n_save")
    kept = cases.get(case.uid)
    assert (kept.note, kept.verdict, kept.version, kept.who) == ("Better", "good", 2, WHO)
    field(app, "text_area", "n_note").set_value("Better still")
    save(app, "n_save")
    assert cases.get(case.uid).version == 3


@pytest.mark.parametrize("keep", ["n_mine", "n_theirs"])
def test_two_tabs_edit_one_note_and_the_second_is_told(keep: str) -> None:
    (case,) = noted()
    first, second = open_page("cases", n_case=case.uid), open_page("cases", n_case=case.uid)
    field(second, "text_area", "n_note").set_value("of the other")
    save(second, "n_save")
    assert "changed elsewhere since you opened it" in "".join(one.value for one in fine(first.run()).info)
    field(first, "text_area", "n_note").set_value("of mine")
    save(first, "n_save")
    said = words(first)
    assert "edited elsewhere meanwhile" in said and "of mine" in said and "of the other" in said
    assert cases.get(case.uid).note == "of the other"
    save(first, keep)
    assert cases.get(case.uid).note == ("of mine" if keep == "n_mine" else "of the other")
    assert "edited elsewhere" not in words(first)


def test_a_note_on_a_case_that_was_deleted_meanwhile_is_not_lost() -> None:
    (case,) = noted()
    app = open_page("cases", n_case=case.uid)
    field(app, "text_area", "n_note").set_value("of mine")
    cases.delete(case.uid)
    save(app, "n_save")
    assert "Elsewhere it was deleted" in "".join(one.value for one in app.warning)
    save(app, "n_mine")
    (kept,) = cases.listed(text="of mine")
    assert kept.uid != case.uid and (kept.person, kept.item) == (case.person, case.item)
    assert address(app)["n_case"] == kept.uid


def test_a_case_is_deleted_once_that_is_confirmed() -> None:
    case, other = noted(2)
    app = open_page("cases", n_case=case.uid)
    assert app.button(key="n_delete").disabled
    fine(field(app, "checkbox", "n_sure").check().run())
    fine(app.button(key="n_delete").click().run())
    assert [one.uid for one in cases.listed()] == [other.uid] and "n_case" not in address(app)


def test_what_is_gone_is_said() -> None:
    (case,) = cases.add_many(
        [Draft("demo", "nobody", "good", item="nothing", model="demo-gone@000000000000", view="javascript:x")]
    )
    app = open_page("cases", n_case=case.uid)
    said = "".join(one.value for one in app.warning)
    assert "person is no longer" in said and "film is no longer" in said and "demo\\-gone@" in said
    assert not links(app) and field(app, "text_area", "n_note").value == ""


def test_the_verdicts_are_added_to_renamed_and_retired() -> None:
    noted()
    app = open_page("cases")
    app.session_state["n_taxonomy"] = True
    fine(app.run())
    field(app, "text_input", "n_new").set_value("Wrong <mood>")
    save(app, "n_do_add")
    (added,) = [one for one in verdicts.verdicts() if one.title == "Wrong <mood>"]
    assert added.wants == "out"
    fine(app.selectbox(key="n_changed").set_value(added.key).run())
    field(app, "text_input", "n_title").set_value("Mood")
    save(app, "n_rename")
    fine(app.selectbox(key="n_changed").set_value(added.key).run())
    save(app, "n_retire")
    assert added.key not in {one.key for one in verdicts.verdicts()}
    field(app, "text_input", "n_new").set_value("Good")
    save(app, "n_do_add")
    assert "which there is already" in words(app)


def test_a_worklist_gets_one_verdict() -> None:
    app = open_page("cases", list="m0042|m0007|m0100", listed="Badly *served*", a=shipped())
    save(app, "n_bulk_save")
    assert "no verdict" in words(app) and cases.count() == 0
    field(app, "selectbox", "n_bulk_verdict").set_value("against-taste")
    field(app, "text_input", "n_bulk_note").set_value("All of them")
    save(app, "n_bulk_save")
    found = cases.listed(sort="person", descending=False)
    assert [one.person for one in found] == ["m0007", "m0042", "m0100"]
    assert {(one.verdict, one.note, one.model) for one in found} == {
        ("against-taste", "All of them", shipped())
    }
    assert len(table(app)) == 3


def finished(app, key: str):
    """Run until what is worked out in the background is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        fine(app.run())
        if any(str(one.key) == key for kind in ("download_button", "dataframe") for one in app.get(kind)):
            return app
        for one in app.button:
            if one.key in ("n_report_work_start", "n_work_start"):
                one.click()
        time.sleep(0.3)
    raise AssertionError(words(app))


def test_all_cases_are_held_against_another_model() -> None:
    popular = shipped("popularity")
    listed = open_dataset("demo")
    from gnnrec.checkpoints import find

    checkpoint = find(popular)
    split = checkpoint.split(listed)
    best = checkpoint.load(listed, split).recommend([41], k=10).items[0]
    first, last = (listed.items.id(int(one)) for one in (best[0], best[-1]))
    person = listed.users.id(41)
    standing = {True: Standing(2, 10, True, "train"), False: Standing(99, 10, False, "train")}
    cases.add_many(
        [
            Draft("demo", person, "good", item=first, standing=standing[True]),
            Draft("demo", person, "irrelevant", item=first, standing=standing[False]),
            Draft("demo", person, "irrelevant", item=last, standing=standing[True]),
            Draft("demo", person, "missed", item=last, standing=standing[False]),
            Draft("demo", person, "unclear", item=last),
        ]
    )
    app = finished(open_page("cases", n_check=popular.partition("@")[0]), "n_again_csv")
    assert {one.label: one.value for one in app.metric} == {
        "Newly broken": "1", "Still wrong": "1", "Fixed": "1", "Still right": "1", "Cannot tell": "1",
    }  # fmt: skip
    became = next(one.value for one in app.dataframe if "became" in one.value.columns)
    assert list(became["became"]) == ["newly broken", "still wrong", "fixed", "still right", "cannot tell"]
    assert "of 2 that were wrong it fixes 1 and of 2 that were right it breaks 1" in words(app)
    app = finished(open_page("cases", n_check=popular, n_became="fixed"), "n_again_csv")
    became = next(one.value for one in app.dataframe if "became" in one.value.columns)
    assert list(became["became"]) == ["fixed"]


def test_the_report_is_made_when_it_is_asked_for() -> None:
    noted(2)
    app = open_page("cases")
    assert not [one for one in app.get("download_button") if one.key == "n_report_file"]
    app.session_state["n_report"] = True
    finished(app, "n_report_file")
    # What became of the cases with another model goes into it too, where that was asked for.
    app = open_page("cases", n_check="demo-popularity")
    app.session_state["n_report"] = True
    finished(finished(app, "n_again_csv"), "n_report_file")


def test_a_locked_store_loses_no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = noted()
    app = open_page("cases", n_case=case.uid)
    field(app, "text_area", "n_note").set_value("of mine")
    monkeypatch.setattr(database, "_WAIT_S", 0.2)
    other = sqlite3.connect(database.path(), isolation_level=None)
    other.execute("begin immediate")
    save(app, "n_save")
    said = words(app)
    assert "another program has kept it locked" in said and "What to do" in said
    assert field(app, "text_area", "n_note").value == "of mine"
    other.rollback()
    save(app, "n_save")
    assert cases.get(case.uid).note == "of mine"


def test_cases_come_back_with_a_word_on_each() -> None:
    exported = to_jsonl(noted(3))
    cases.delete_many([cases.listed()[0].uid])
    app = open_page("cases")
    app.session_state["n_import"] = True
    fine(app.run())
    (upload,) = app.file_uploader
    fine(upload.set_value(("cases.jsonl", exported, "application/jsonl")).run())
    save(app, "n_take_in")
    assert "1 added, 0 changed, 2 were here already" in "".join(one.value for one in app.success)
    assert cases.count() == 3


def test_a_store_of_a_newer_version_ends_in_words(home: Path) -> None:
    noted()
    with sqlite3.connect(database.path()) as db:
        db.execute("pragma user_version = 99")
    app = open_page("cases")
    said = words(app)
    assert "version 99, written by a newer gnnrec" in said and "What to do" in said
    assert [one.value for one in app.title] == ["What did we learn?"]
    # Other pages stay alive, and noting says the same.
    app = open_page("recommend", u="m0042")
    app.session_state["note"] = True
    assert "version 99" in words(fine(app.run()))


def test_a_stage_deletes_and_exports_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = noted()
    monkeypatch.setenv("GNNREC_MODE", "present")
    app = open_page("cases", n_case=case.uid)
    labels = {one.label for kind in ("button", "expander", "download_button") for one in app.get(kind)}
    assert "Save" in labels and not any(
        one.startswith(("Delete", "Download", "Import", "Report")) for one in labels
    )


def test_hostile_data_stays_text(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("recommend", d=hostile)
    assert places.home().name != "home"
    app.session_state["note"] = True
    fine(app.run())
    for n, text in enumerate((NASTY, "=1+1", "'; drop table cases; --")):
        field(app, "selectbox", "note_bar_verdict").set_value("good")
        field(app, "text_area", "note_bar_note").set_value(text)
        save(app, "note_bar_save")
        assert cases.count(hostile) == n + 1
    uid = cases.listed(dataset=hostile)[0].uid
    app = open_page("cases", d=hostile, n_case=uid)
    assert len(table(app)) == 3
    assert not any("<script>" in str(one.value) for one in app.markdown)
    cases.delete_many([one.uid for one in cases.listed(dataset=hostile)])
