"""The report on friends: what is counted, whether friends are alike, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from gnnrec.data import Dataset
from gnnrec.datasets import open_dataset
from gnnrec.datasets.report import findings, quality
from gnnrec.datasets.social_report import social_report
from tests import worlds


def two_camps(*edges: tuple[int, int]) -> Dataset:
    """People 0 to 3 share their films, people 4 to 7 theirs; person 8 has none."""
    pairs = [(user, item + 3 * (user > 3)) for user in range(8) for item in range(3)]
    dataset = worlds.of_pairs(pairs, 9, 6)
    return replace(dataset, social=pd.DataFrame(edges, columns=["user", "friend"], dtype="int64"))


def test_friends_of_one_camp_are_alike_and_people_dealt_at_random_less_so() -> None:
    report = social_report(two_camps((0, 1), (2, 3), (4, 5), (6, 7), (5, 6)))
    assert report.alike == pytest.approx(1)
    assert 0.1 < report.alike_by_chance < 0.9
    strangers = social_report(two_camps((0, 4), (1, 5)))
    assert strangers.alike == pytest.approx(0)


def test_what_adds_nothing_is_counted_and_said() -> None:
    dataset = two_camps((0, 1), (1, 0), (0, 1), (2, 2), (8, 0))
    report = quality(dataset)
    assert report.social.as_dict | {"alike": 0, "alike_by_chance": 0} == {
        "rows": 5, "pairs": 2, "with_friends": 3, "median_friends": 1.0, "most_friends": 2, "repeated": 1,
        "with_self": 1, "one_way": 1, "only_friends": 1, "alike": 0, "alike_by_chance": 0,
    }  # fmt: skip
    said = " ".join(findings(report, dataset))
    for words in (
        "3 people have friends",
        "Known by their friends alone: 1 person.",
        "1 repeated, 1 of people with themselves",
        "1 of 2 friendships are named in one direction",
    ):
        assert words in said


def test_without_friends_nothing_is_said() -> None:
    assert quality(worlds.checkerboard()).social is None
    dataset = two_camps()
    report = social_report(dataset)
    assert any("has a friend" in one for one in findings(quality(dataset), dataset))
    assert (report.pairs, report.with_friends, report.alike) == (0, 0, 0)


def test_the_demo_was_made_with_friends_who_are_alike() -> None:
    report = social_report(open_dataset("demo"))
    assert report.alike > report.alike_by_chance
    assert (report.repeated, report.with_self, report.one_way) == (0, 0, 0)
