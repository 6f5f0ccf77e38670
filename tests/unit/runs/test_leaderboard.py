"""Leaderboards with real processes: what is made once, what a kill leaves, and what cannot be measured."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import gnnrec.recommenders
from gnnrec import places
from gnnrec.cli import main
from gnnrec.cli.leaderboard import command
from gnnrec.runs import alive
from gnnrec.runs.cell import JobFolder
from gnnrec.runs.leaderboard import make
from gnnrec.runs.leaderboard_request import Request
from gnnrec.training import chosen_entries

LIMIT_S = 240
BROKEN = '''
"""A model whose loss is never a number."""
from gnnrec.recommenders.lightgcn import LightGCN
class Broken(LightGCN):
    """Broken."""
    name, title = "broken", "Broken"
    def loss(self, batch):
        return super().loss(batch) * float("nan")
'''
GREEDY = '''
"""A model that asks for more memory than there is."""
from gnnrec.recommenders.ease import EASE
class Greedy(EASE):
    """Greedy."""
    name, title, bytes_per_item_pair = "greedy", "Greedy", 10**9
'''
NEEDY = '''
"""A model that needs what no data set has."""
from gnnrec.recommenders.ease import EASE
class Needy(EASE):
    """Needy."""
    name, title, needs = "needy", "Needy", frozenset({"tea leaves"})
'''
SLOW = "lightgcn:embedding_size=8,epochs=25,patience=1000"


@pytest.fixture
def further(tmp_path: Path) -> Iterator[Path]:
    """A folder in which further recommenders are found, by the processes of a leaderboard too."""
    folder = tmp_path / "further"
    folder.mkdir()
    gnnrec.recommenders.__path__.append(str(folder))
    yield folder
    gnnrec.recommenders.__path__.remove(str(folder))


def folders() -> list[JobFolder]:
    return [JobFolder(path) for path in sorted((places.home() / "leaderboards" / "demo").glob("*-cell-*"))]


def finished() -> dict[str, int]:
    return {one.path.name: (one.path / "cell.json").stat().st_mtime_ns for one in folders() if one.result()}


def until(condition, what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def test_a_killed_leaderboard_goes_on_and_fits_nothing_twice(home: Path) -> None:
    words = [
        "leaderboard",
        "--dataset",
        "demo",
        "--models",
        f"popularity,{SLOW}",
        "--seeds",
        "2",
        "--jobs",
        "2",
    ]
    command = [sys.executable, "-m", "gnnrec", *words, "--json"]
    process = subprocess.Popen(command, cwd=places.app_root(), stderr=subprocess.DEVNULL)

    def at_work() -> bool:
        return bool(finished()) and any(alive.is_held(one.lock) for one in folders() if not one.result())

    until(at_work, "a finished fit and one on the way")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    # Nobody is left to work for.
    until(lambda: not any(alive.is_held(one.lock) for one in folders()), "the end of the workers")
    before = finished()
    assert 0 < len(before) < 3
    ran = subprocess.run(
        command, cwd=places.app_root(), capture_output=True, text=True, check=True, timeout=LIMIT_S
    )
    after = finished()
    assert len(after) == 3
    assert {name: after[name] for name in before} == before
    table = json.loads(ran.stdout)
    assert [len(row["cells"]) for row in table["rows"]] == [2, 1]
    assert f"{len(before)} of 3 fits are there already" in ran.stderr


def test_what_is_there_is_used_again_and_fresh_makes_it_anew(home: Path, capsys) -> None:
    words = ["leaderboard", "--dataset", "demo", "--models", "popularity,item_knn", "--jobs", "2", "--json"]
    assert main(words) == 0
    first, table = finished(), json.loads(capsys.readouterr().out)
    assert len(first) == 2
    assert main(words) == 0
    assert finished() == first
    assert json.loads(capsys.readouterr().out)["rows"] == table["rows"]
    assert main([*words, "--fresh"]) == 0
    assert all(finished()[name] > moment for name, moment in first.items())


def test_what_cannot_be_measured_is_a_row_with_its_reason(home: Path, further: Path, capsys) -> None:
    (further / "broken.py").write_text(BROKEN)
    (further / "greedy.py").write_text(GREEDY)
    (further / "needy.py").write_text(NEEDY)
    models = "popularity,broken:embedding_size=4,greedy,needy"
    out = home.parent / "leaderboard-demo.json"
    page = home.parent / "benchmarks.md"
    words = ["leaderboard", "--dataset", "demo", "--models", models, "--seeds", "1", "--memory", "4000"]
    assert main([*words, "--out", str(out), "--docs", str(page)]) == 0
    table = json.loads(out.read_text())
    assert [row["variant"] for row in table["rows"]] == ["popularity"]
    reasons = {one["variant"]: one["reason"] for one in table["left_out"]}
    assert "no finite number" in reasons["broken:embedding_size=4"]
    assert "no tea leaves" in reasons["needy"]
    assert "--memory" in reasons["greedy"] and "GiB" in reasons["greedy"]
    said = capsys.readouterr().out
    for text in (said, page.read_text()):
        assert "no finite number" in text
        assert "Greedy" in text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--dataset", "demo", "--models", "esae"], "unknown name 'esae'"),
        (["--dataset", "demo", "--models", "ease:ref=3"], "unknown setting 'ref'"),
        (["--dataset", "demo", "--models", "ease", "--trials", "0"], "--trials: 0"),
        (["--dataset", "demo", "--models", "ease", "--seeds", "0"], "--seeds: 0"),
        (["--dataset", "demo", "--models", "ease", "--memory", "-5"], "--memory: -5"),
        (["--dataset", "demo", "--models", "ease", "--jobs", "0"], "--jobs: 0"),
        (
            ["--dataset", "demo", "--models", "ease", "--split", "published:fold=u1"],
            "no published parts 'u1'",
        ),
        (["--dataset", "demo", "--models", "ease", "--split", "chance"], "unknown protocol 'chance'"),
        (["--dataset", "demo", "--models", "ease,bias"], "task rating"),
        (["--dataset", "demo", "--models", "ease", "--out", "nowhere/x.json"], "no such folder"),
        (
            ["--dataset", "demo", "--models", "ease", *["--split", "random:seed=1"] * 2],
            "random:seed=1 twice",
        ),
        (["--dataset", "demo", "--models", "ease", "--pair", "ease vs slim"], "expected two of ease"),
        (["--dataset", "demo", "--models", "ease", "--pair", "ease"], "one model"),
        (["--dataset", "demo", "--models", "ease", "--one-seed", "slim"], "expected one of ease"),
        (["--dataset", "nothing", "--models", "ease"], "nothing"),
        ([], "no --dataset"),
    ],
)
def test_mistakes_are_told_in_four_parts_before_anything_is_fitted(
    home: Path, capsys, words: list[str], says: str
) -> None:
    assert main(["leaderboard", *words]) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.err.count("\n") == 1
    assert not told.out
    assert not (home / "leaderboards").exists()


def test_rows_that_take_long_have_one_seed(home: Path) -> None:
    small = "embedding_size=4,epochs=1"
    models = f"popularity,mf:{small},lightgcn:{small}"
    wanted = Request("demo", ("random:seed=1",), models, seeds=2, one_seed=(f"lightgcn:{small}",))
    assert [len(entry.cells) for entry in make(wanted).entries] == [1, 2, 1]
    assert command(wanted, None, None).endswith(f"--seeds 2 --one-seed lightgcn:{small}")


def test_a_search_is_kept_for_later_fits_where_asked(home: Path, tmp_path: Path, monkeypatch) -> None:
    kept = tmp_path / "chosen.json"
    kept.write_text(json.dumps({"other": {"ease": {"settings": {"reg": 1.0}}}}))
    monkeypatch.setattr("gnnrec.training.chosen._TABLE", kept)
    monkeypatch.setattr("gnnrec.training.chosen._table", lambda: json.loads(kept.read_text()))
    monkeypatch.setattr("gnnrec.training.chosen._table.cache_clear", lambda: None, raising=False)
    request = Request("demo", models="ease,item_knn:shrink=5", trials=4, jobs=2, write_settings=True)
    (ease, neighbours) = make(request).entries
    assert (ease.tried, neighbours.tried) == (4, 4)
    entry = chosen_entries("demo")["ease"]
    assert (entry["tried"], entry["split"]) == (4, "random:seed=1")
    assert set(entry["settings"]) == {"reg"}
    assert chosen_entries("demo")["item_knn.shrink=5"]["settings"]["shrink"] == 5
    assert chosen_entries("other") == {"ease": {"settings": {"reg": 1.0}}}
    before = kept.read_text()
    # The same search again is the same search, not more tries.
    assert make(request).entries[0].tried == 4
    assert kept.read_text() == before
    # More tries count on from there.
    longer = Request("demo", models="ease", trials=6, jobs=2, write_settings=True)
    assert make(longer).entries[0].tried == 6
    # What was chosen earlier stays where the search finds nothing better.
    table = json.loads(kept.read_text())
    table["demo"]["ease"] |= {"settings": {"reg": 321.0}, "valid_ndcg@10": 0.9, "tried": 30, "search": ""}
    kept.write_text(json.dumps(table))
    found = make(Request("demo", models="ease", trials=4, jobs=2)).entries[0]
    assert (found.settings["reg"], found.tried) == (321.0, 34)
