"""Diginetica and its dated extract: the samples that papers report, and files that are not the publisher's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.data import split
from gnnrec.datasets import diginetica, diginetica_sample, find_source, open_dataset
from gnnrec.datasets.session_report import session_report
from gnnrec.errors import DataError


def there(name: str):
    return pytest.mark.skipif(not find_source(name).present, reason=f"{name} is not at hand")


@there("diginetica")
def test_the_samples_are_those_that_papers_report() -> None:
    dataset = open_dataset("diginetica")
    assert (dataset.n_users, dataset.n_items, dataset.people_are_sessions) == (202_633, 43_097, True)
    cut = split(dataset)
    samples = {
        parts: len(dataset.clicks.take(cut.session_numbers(*parts)).questions()[0])
        for parts in (("train", "valid"), ("test",))
    }
    assert samples == {("train", "valid"): 719_470, ("test",): 60_858}
    assert cut.refits
    assert len(cut.session_numbers("valid")) == 186_670 // 10
    told = session_report(dataset)
    assert (told.single, told.untimed, told.people_known) == (0, None, False)


@there("diginetica-sample")
def test_the_extract_is_cut_by_time_in_whole_sessions() -> None:
    dataset = open_dataset("diginetica-sample")
    assert (len(dataset.clicks), dataset.n_items, len(dataset.clicks.item)) == (2_986, 7_139, 12_391)
    cut = split(dataset)
    assert str(cut) == "global-time"
    sessions = dataset.clicks
    ends = [sessions.time[cut.session_numbers(part)] for part in ("train", "valid", "test")]
    assert ends[0].max() <= ends[1].min() <= ends[1].max() <= ends[2].min()
    # A person is a session, so its rows and its clicks are in the same part.
    rows = dataset.interactions
    assert np.array_equal(
        cut.part[np.argsort(rows.user, kind="stable")],
        np.repeat(cut.session_part[np.argsort(sessions.user)], np.bincount(rows.user)),
    )
    assert session_report(dataset).single == 933


@pytest.mark.parametrize("line", ["12", "12 x", ""])
def test_a_session_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    for name in ("train", "test"):
        (tmp_path / f"{name}_sessions.txt").write_text(f"1 2\n{line}\n", encoding="ascii")
    with pytest.raises(DataError, match="line 2"):
        diginetica._read(tmp_path)


def test_views_go_by_day_and_time_in_the_session_and_sessions_are_not_cut_in_two(tmp_path: Path) -> None:
    rows = [
        "session_id;user_id;item_id;timeframe;eventdate",
        "7;NA;a;9000;2016-01-02",
        "7;4;b;1000;2016-01-02",
    ]
    rows += ["7;NA;a;20000;2016-01-02", "12;NA;c;5;2016-01-01"]
    (tmp_path / diginetica_sample._FILE).write_text("\n".join(rows), encoding="ascii")
    found = diginetica_sample._read(tmp_path)
    clicks = found.clicks
    assert [[found.items.id(int(i)) for i in clicks.clicks(n)] for n in range(2)] == [["b", "a", "a"], ["c"]]
    assert found.users.ids.tolist() == ["00007", "00012"]
    first = found.interactions.timestamp[found.interactions.user == 0]
    assert len(first) == 2
    assert (first == clicks.time[0]).all()
    assert clicks.time[0] % 86_400 == 20


@pytest.mark.parametrize("row", ["1;NA;a;soon;2016-01-02", "1;NA;a;5;2016-13-02"])
def test_views_without_a_moment_are_refused(tmp_path: Path, row: str) -> None:
    text = f"session_id;user_id;item_id;timeframe;eventdate\n1;NA;a;1;2016-01-01\n{row}\n"
    (tmp_path / diginetica_sample._FILE).write_text(text, encoding="ascii")
    with pytest.raises(DataError, match="line 3"):
        diginetica_sample._read(tmp_path)
