"""The SQLite file: whole transactions, one active run per identity, no surprise from another version."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from gnnrec.errors import RunError
from gnnrec.store import database, evaluations, runs

SPEC = {"dataset": "world", "recommender": "lightgcn"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_reading_an_absent_store_finds_nothing_and_leaves_nothing(home: Path) -> None:
    assert runs.listed() == []
    assert evaluations.recall("abc", "valid") is None
    assert not home.exists()


def test_a_run_keeps_what_it_was_given() -> None:
    row, new = runs.add("one", SPEC)
    assert (row.id, row.state, row.spec, new) == ("r1", "queued", SPEC, True)
    assert runs.get("r1") == row


def test_two_tabs_that_start_the_same_job_get_one_run() -> None:
    got: list[tuple[str, bool]] = []
    ready = threading.Barrier(4)

    def tab() -> None:
        ready.wait()
        row, new = runs.add("same", SPEC)
        got.append((row.id, new))

    threads = [threading.Thread(target=tab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run_id for run_id, _ in got} == {"r1"}
    assert sorted(new for _, new in got) == [False, False, False, True]


class Busy:
    """A connection to a store that others open for the first time as well: SQLite refuses instead of waiting."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.asked = refusals, 0

    def execute(self, statement: str) -> None:
        self.asked += 1
        if self.asked <= self.refusals:
            raise sqlite3.OperationalError("database is locked")


def test_who_opens_a_new_store_at_the_same_moment_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy(3)
    database._write_ahead(busy)
    assert busy.asked == 4
    monkeypatch.setattr(database, "_WAIT_S", 0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        database._write_ahead(Busy(1_000_000))


def test_the_file_itself_refuses_a_second_active_run_of_one_identity() -> None:
    runs.add("same", SPEC)
    with pytest.raises(sqlite3.IntegrityError), database.writing() as db:
        db.execute(
            "insert into runs (identity, state, dataset, recommender, spec, created, queued) "
            "values ('same', 'running', 'world', 'lightgcn', '{}', 0, 0)"
        )


def test_a_finished_run_can_be_run_again_and_ids_are_never_used_twice() -> None:
    runs.add("same", SPEC)
    assert runs.claim("r1", 1)
    assert runs.move("r1", ("running",), "done", result={"best_epoch": 4})
    assert runs.add("same", SPEC)[0].id == "r2"
    runs.claim("r2", 1)
    runs.move("r2", ("running",), "failed")
    assert runs.remove("r2")
    assert runs.add("same", SPEC)[0].id == "r3"


def test_slots_bound_how_many_run_together() -> None:
    for name in "abc":
        runs.add(name, SPEC)
    assert [row.id for row in runs.queue()] == ["r1", "r2", "r3"]
    assert runs.claim("r1", 2)
    assert not runs.claim("r1", 2)
    assert runs.claim("r2", 2)
    assert not runs.claim("r3", 2)
    runs.move("r1", ("running",), "stopping")
    assert not runs.claim("r3", 2), "a run that is being stopped still has its slot"
    runs.move("r1", ("stopping",), "stopped")
    assert runs.claim("r3", 2)


def test_a_move_from_another_state_changes_nothing() -> None:
    runs.add("one", SPEC)
    assert not runs.move("r1", ("running",), "done")
    assert runs.get("r1").state == "queued"


def test_results_are_merged_and_errors_cleared() -> None:
    runs.add("one", SPEC)
    runs.claim("r1", 1)
    runs.move("r1", ("running",), "failed", result={"epochs": 3}, error={"where": "disk"})
    assert runs.get("r1").error == {"where": "disk"}
    runs.move("r1", ("failed",), "queued", result={"attempt": 2})
    row = runs.get("r1")
    assert (row.result, row.error, row.ended) == ({"epochs": 3, "attempt": 2}, None, None)


def test_resuming_beside_an_active_twin_is_refused_in_words() -> None:
    runs.add("same", SPEC)
    runs.claim("r1", 1)
    runs.move("r1", ("running",), "lost")
    runs.add("same", SPEC)
    with pytest.raises(RunError, match="already active as another run"):
        runs.move("r1", ("lost",), "queued")
    assert runs.get("r1").state == "lost"


def test_active_runs_are_not_removed() -> None:
    runs.add("one", SPEC)
    assert not runs.remove("r1")
    assert runs.get("r1").state == "queued"


@pytest.mark.parametrize("run_id", ["", "12", "r", "r1x", "../r1", "r" + "9" * 40, "r１"])
def test_nonsense_ids_are_refused(run_id: str) -> None:
    with pytest.raises(RunError, match="run id"):
        runs.get(run_id)


def test_an_unknown_run_is_an_error_in_words() -> None:
    with pytest.raises(RunError, match="no run of that id"):
        runs.get("r7")


def test_a_block_that_raises_stores_nothing() -> None:
    runs.add("one", SPEC)

    def fails() -> None:
        with database.writing() as db:
            db.execute("delete from runs")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert len(runs.listed()) == 1


def test_a_store_of_a_newer_version_is_left_alone() -> None:
    runs.add("one", SPEC)
    with sqlite3.connect(database.path()) as raw:
        raw.execute(f"pragma user_version = {database.VERSION + 1}")
    before = database.path().read_bytes()
    with pytest.raises(RunError, match="newer gnnrec"):
        runs.listed()
    with pytest.raises(RunError, match="newer gnnrec"):
        runs.add("two", SPEC)
    assert database.path().read_bytes() == before


def test_a_file_that_is_no_store_is_an_error_in_words(home: Path) -> None:
    home.mkdir()
    database.path().write_bytes(b"this is no database, but some text that is long enough to be read" * 50)
    with pytest.raises(RunError, match="runs are found again from their folders"):
        runs.listed()


def test_a_full_disk_is_an_error_in_words_and_loses_nothing() -> None:
    runs.add("one", SPEC)

    def fill() -> None:
        with database.writing() as db:
            pages = db.execute("pragma page_count").fetchone()[0]
            db.execute(f"pragma max_page_count = {pages}")
            db.execute("insert into evaluations values ('id', 'name', 0, ?)", ("x" * 1_000_000,))

    with pytest.raises(RunError, match="full"):
        fill()
    assert runs.get("r1").state == "queued"


def test_evaluations_are_kept_by_checkpoint_and_name() -> None:
    evaluations.remember("abc", "valid at 5", {"ndcg@5": 0.25})
    evaluations.remember("abc", "valid at 5", {"ndcg@5": 0.5})
    assert evaluations.recall("abc", "valid at 5") == {"ndcg@5": 0.5}
    assert evaluations.recall("abd", "valid at 5") is None


def test_a_folder_that_may_not_be_written_is_read_as_it_is(home: Path, monkeypatch) -> None:
    row, _ = runs.add("one", SPEC)
    evaluations.remember("abc", "valid", {"ndcg@10": 0.5})
    monkeypatch.setattr(database, "_writable", lambda folder: False)
    home.chmod(0o555)
    try:
        assert runs.listed() == [row]
        assert evaluations.recall("abc", "valid") == {"ndcg@10": 0.5}
        assert [one.name for one in home.iterdir()] == ["gnnrec.sqlite"]
        with database.reading() as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("delete from runs")
    finally:
        home.chmod(0o755)
