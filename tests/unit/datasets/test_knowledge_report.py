"""The report on facts: what is counted, whether shared facts mean shared audiences, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gnnrec.data import Dataset
from gnnrec.datasets import open_dataset
from gnnrec.datasets.knowledge_report import knowledge_report
from gnnrec.datasets.report import findings, quality
from tests import worlds


def two_shelves(*facts: tuple[int, str | None, str]) -> Dataset:
    """People 0 to 3 have items 0 to 2, people 4 to 7 items 3 to 5; item 6 has nobody."""
    pairs = [(user, item + 3 * (user > 3)) for user in range(8) for item in range(3)]
    table = pd.DataFrame(list(facts), columns=["item", "relation", "entity"])
    return replace(worlds.of_pairs(pairs, 8, 7), knowledge=table.astype({"item": "int64"}))


def test_items_that_share_a_fact_are_measured_by_their_audiences() -> None:
    report = knowledge_report(
        two_shelves((0, "by", "Ada"), (2, "by", "Ada"), (3, "by", "Bob"), (5, "by", "Bob"), (6, "by", "Bob"),
                    (0, "in", "May"), (4, "in", "May"), (1, "at", "home"))
    )  # fmt: skip
    by, of, at = (next(one for one in report.relations if one.name == name) for name in ("by", "in", "at"))
    assert (by.facts, by.items, by.entities, by.shared) == (5, 5, 2, 2)
    assert by.alike == pytest.approx(1)
    assert of.alike == pytest.approx(0)
    assert at.alike is None
    assert 0.2 < report.alike_by_chance < 0.7


def test_what_adds_nothing_is_counted_and_said() -> None:
    dataset = two_shelves(
        (0, "by", "Ada"), (0, "by", "Ada"), (1, None, "Ada"), (1, "by", "Ada"), (2, "in", "May")
    )
    report = quality(dataset)
    known = report.knowledge
    assert (known.rows, known.facts, known.repeated, known.empty, known.lonely) == (5, 3, 1, 1, 1)
    assert (known.with_facts, known.without_facts, known.median_facts, known.most_facts) == (3, 4, 1.0, 1)
    assert report.as_dict["knowledge"]["relations"][0]["name"] == "by"
    said = " ".join(findings(report, dataset))
    for words in (
        "3 facts about 3 films, 1 in the middle.",
        "Nothing is known about 4 films",
        "Facts about something that only one film has, so that they join it to no other: 1.",
        "left out: 1 repeated, 1 without a relation or an entity.",
    ):
        assert words in said


def test_without_facts_nothing_is_said() -> None:
    assert quality(worlds.checkerboard()).knowledge is None
    dataset = two_shelves()
    assert knowledge_report(dataset).relations == ()
    assert any("Nothing is known about any film" in one for one in findings(quality(dataset), dataset))


def test_films_of_one_director_of_the_demo_have_the_same_audience() -> None:
    report = knowledge_report(open_dataset("demo"))
    assert [one.name for one in report.relations] == ["genre", "director", "studio", "series"]
    director = report.relations[1]
    assert director.alike > 1.2 * report.alike_by_chance
    assert (report.repeated, report.empty) == (0, 0)
