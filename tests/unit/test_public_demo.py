"""A public demo changes nothing, whoever calls: every function that writes refuses, and private data stays unnamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gnnrec import datasets, runs
from gnnrec.checkpoints import delete, rename, save
from gnnrec.data import split
from gnnrec.datasets.download import download
from gnnrec.datasets.tables import import_tables
from gnnrec.errors import ConfigError, DataError, RunError
from gnnrec.runs.folder import RunFolder
from gnnrec.runs.spec import RunSpec
from gnnrec.runs.standard import build_standard_set
from gnnrec.store import cases, remember, verdicts
from gnnrec.store import runs as table
from gnnrec.store.case import Draft
from gnnrec.training import fit
from tests import worlds

PRIVATE = "clients"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a private import, a run that waits for its turn, and the mode of a public demo."""
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path))
    file = tmp_path / "clients-of-2026.csv"
    file.write_text("user_id,item_id\n" + "".join(f"u{n % 9},i{n % 7}\n" for n in range(60)))
    dataset, _ = import_tables(PRIVATE, interactions=file, title="Our best clients")
    spec = RunSpec.of(dataset, "popularity")
    row, _ = table.add(spec.identity, spec.as_dict())
    RunFolder.of(row.id).create(spec)
    monkeypatch.setenv("GNNREC_MODE", "demo")
    return tmp_path


def everything_in(folder: Path) -> dict[str, tuple[int, int]]:
    found = (path for path in folder.rglob("*") if not path.name.startswith("gnnrec.sqlite-"))
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found if path.is_file()}


def _made():
    world = worlds.checkerboard()
    return fit("popularity", world, worlds.published(world))


WRITES = {
    "import": lambda home: import_tables("mine", interactions=next(home.glob("*.csv"))),
    "download": lambda _: download(datasets.find_source("movielens-100k")),
    "train": lambda _: runs.submit(RunSpec.of(datasets.open_dataset("demo"), "popularity")),
    "stop": lambda _: runs.stop("r1"),
    "resume": lambda _: runs.resume("r1"),
    "run again": lambda _: runs.again("r1"),
    "delete a run": lambda _: runs.delete("r1"),
    "standard set": lambda _: build_standard_set(worlds.checkerboard()),
    "save": lambda home: save(_made(), home / "models" / "mine"),
    "rename": lambda _: rename("demo-lightgcn", "mine"),
    "delete": lambda _: delete("demo-lightgcn"),
    "keep a result": lambda _: remember("0" * 12, "valid at 5", {}),
    "write a case": lambda _: cases.add(Draft("demo", "m0001", "good")),
    "change a case": lambda _: cases.change("0" * 32, 1, note="x"),
    "change cases": lambda _: cases.change_many(["0" * 32], verdict="good"),
    "delete a case": lambda _: cases.delete("0" * 32),
    "delete cases": lambda _: cases.delete_many([]),
    "import cases": lambda _: cases.merge([]),
    "add a verdict": lambda _: verdicts.add_verdict("Mine", None),
    "rename a verdict": lambda _: verdicts.rename_verdict("good", "Mine"),
    "retire a verdict": lambda _: verdicts.retire_verdict("good"),
}


@pytest.mark.parametrize("action", WRITES)
def test_what_would_change_something_is_refused(action: str, home: Path) -> None:
    before = everything_in(home)
    with pytest.raises(ConfigError, match="public demo"):
        WRITES[action](home)
    assert everything_in(home) == before


def test_looking_at_runs_neither_starts_nor_changes_any(home: Path, monkeypatch) -> None:
    monkeypatch.setattr("gnnrec.runs.queue.launch", lambda *_: pytest.fail("a run was started"))
    before = everything_in(home)
    assert [one.state for one in runs.runs("demo")] == []
    assert [one.state for one in runs.runs(PRIVATE)] == ["queued"]
    assert everything_in(home) == before


def test_a_run_on_private_data_is_unknown(home: Path) -> None:
    with pytest.raises(RunError, match="no run of that id"):
        runs.run("r1")


def test_a_private_import_is_not_even_named(home: Path) -> None:
    assert PRIVATE not in {card.name for card in datasets.available()}
    assert "movielens-100k" in {card.name for card in datasets.available()}
    with pytest.raises(DataError, match="unknown name") as caught:
        datasets.open_dataset(PRIVATE)
    assert "clients" not in caught.value.expected


def test_the_demo_itself_is_open(home: Path) -> None:
    dataset = datasets.open_dataset("demo")
    assert len(split(dataset).fitted.rows)
