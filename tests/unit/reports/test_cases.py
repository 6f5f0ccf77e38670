"""The report of cases: everything that was said, everything that is known, and nothing that may not be passed on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gnnrec.checkpoints import find
from gnnrec.data.words import Licence
from gnnrec.datasets import open_dataset
from gnnrec.reports import Report, page
from gnnrec.reports import cases as made
from gnnrec.reports.cases import case_report
from gnnrec.reports.cases_checked import checked_section, in_words, place_words
from gnnrec.store import cases
from gnnrec.store.case import Draft, Standing
from gnnrec.store.cases_check import CasesCheck, Finding
from tests.unit.reports.checking import checked

NOTE = "=1+1 <script>alert(1)</script>\n\u202e line two & more"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    return tmp_path


def noted(**more) -> cases.Case:
    given = {"item": "f001", "model": find("demo-ease").address, "note": NOTE, "who": "<b>Ann</b>"}
    return cases.add(Draft("demo", "m0042", "irrelevant", **(given | more)))


def said(report) -> str:
    return " ".join(checked(page(report)).itertext())


def test_a_case_is_told_with_list_graph_note_and_provenance() -> None:
    checkpoint, data = find("demo-ease"), open_dataset("demo")
    split = checkpoint.split(data)
    best = checkpoint.load(data, split).recommend([data.users.number("m0042")], k=7).items[0]
    standing = Standing(4, 7, True, "train")
    tree = checked(page(case_report([noted(item=data.items.id(int(best[3])), standing=standing)])))
    section = tree.find(".//section[@id='part-1']")
    text = " ".join(section.itertext())
    assert "rank 4, in the list of 7" in text and "Jasper Rudgely (m0042)" in text and "<b>Ann</b>" in text
    listed = section.find(".//ol[@aria-label='The list of the model']")
    titles = [one.find("span[@class='title']").text for one in listed.findall("li")]
    assert titles == [data.item_title(int(one)) for one in best]
    assert [place for place, one in enumerate(listed.findall("li")) if one.get("class") == "lit"] == [3]
    later = split.matrix("valid")[data.users.number("m0042")].indices
    ticked = [one.find("small") is not None for one in listed.findall("li")]
    assert ticked == [int(one) in later for one in best] and any(ticked) and not all(ticked)
    assert section.find(".//blockquote").text == "=1+1 <script>alert(1)</script>\nline two & more"
    assert "lit: the 2 strongest ways to it" in text and section.find(".//figure/svg") is not None
    origin = " ".join(tree.find(".//section[@id='part-2']").itertext())
    for fact in (
        checkpoint.address,
        checkpoint.config["split_hash"],
        data.fingerprint("interactions"),
        "torch",
    ):
        assert fact in origin


def test_what_is_gone_is_said_and_the_rest_told() -> None:
    model = "demo-gone@000000000000"
    gone = cases.add(Draft("demo", "nobody", "good", item="nothing", model=model, note=NOTE))
    lost = cases.add(Draft("lost", "nobody", "good", note="other data"))
    text = said(case_report([gone, lost, noted(item=None), noted(model=None)]))
    assert "person is no longer in the data" in text and "film is no longer in the data" in text
    assert "demo-gone@000000000000, is no longer there" in text
    assert "The data set 'lost' cannot be opened" in text and "The data set 'lost' is not at hand" in text
    assert text.count("The list of 10 that the model gives") == 1


def test_only_numbers_of_data_that_may_not_be_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = replace(open_dataset("demo"), licence=Licence("for research alone"))
    monkeypatch.setattr("gnnrec.datasets.open_dataset", lambda name: closed)
    monkeypatch.setattr(made, "scene", lambda *_: pytest.fail("a case was looked up"))
    text = said(case_report([noted(), noted(item="f002")]))
    assert "2 cases on" in text and "only counted" in text and "for research alone" in text
    assert "Jasper" not in text and "alert(1)" not in text and "m0042" not in text


def test_whoever_may_pass_it_on_says_so(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    closed = replace(open_dataset("demo"), licence=Licence("for research alone"))
    monkeypatch.setattr("gnnrec.datasets.open_dataset", lambda name: closed)
    text = said(case_report([noted()], confirmed=True))
    assert "Jasper Rudgely" in text and "only counted" not in text


def test_many_cases_are_counted_and_the_first_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "MOST", 2)
    told: list[tuple[int, int]] = []
    report = case_report([noted() for _ in range(5)], title="Five", tell=lambda *done: told.append(done))
    assert told == [(1, 2), (2, 2)] and len(report.sections) == 3 and report.title == "Five"
    assert "3 more cases are counted above" in said(report)


def test_no_case_at_all_is_a_report_too() -> None:
    assert "0 cases" in said(case_report([]))


def test_what_became_of_cases_is_counted_and_listed() -> None:
    right, wrong = Standing(1, 10, True, "train"), Standing(30, 10, False, "train")
    case = noted(item="f001")
    outcomes = (("newly broken", right, wrong), ("fixed", wrong, right), ("still wrong", wrong, wrong))
    found = [Finding(case, outcome, then, now) for outcome, then, now in outcomes]
    found.append(Finding(case, "cannot tell", None, None, "it names no <item>"))
    check = CasesCheck("demo-x@000000000000", tuple(found))
    tree = checked(
        page(Report("r", "", [], [checked_section("Model <X>", check, lambda _: ("Ann <b>", "A film"))]))
    )
    text = " ".join(tree.itertext())
    assert "Model <X>: of 2 that were wrong it fixes 1 and of 1 that were right it breaks 1 (n = 3" in text
    counts, listed = (
        [[cell.text for cell in row.findall("td")] for row in one.findall(".//tbody/tr")]
        for one in tree.findall(".//table")
    )
    assert counts == [
        ["Newly broken", "1"],
        ["Still wrong", "1"],
        ["Fixed", "1"],
        ["Still right", "0"],
        ["Cannot tell", "1"],
    ]
    assert [row[0] for row in listed] == ["Newly broken", "Still wrong", "Fixed", "Cannot tell"]
    assert listed[0][1:3] == ["Ann <b>", "A film"] and listed[0][4:] == ["rank 1", "rank 30, not in 10"]
    assert listed[3][5] == "it names no <item>"
    alone = " ".join(checked(page(Report("r", "", [], [checked_section("X", check, None)]))).itertext())
    assert "Ann" not in alone and "Newly broken" in alone


def test_nothing_to_tell_says_so() -> None:
    check = CasesCheck("x", (Finding(noted(), "cannot tell", None, None, "why"),))
    assert in_words("X", check) == "None of the 1 cases can be told with X."
    assert (
        place_words(None) == place_words(Standing()) == ""
        and place_words(Standing(None, 10, False)) == "hidden"
    )
