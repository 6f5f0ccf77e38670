"""`cases`: written with where the item stands, handed on, taken in, and held against a checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gnnrec.checkpoints import read_library
from gnnrec.cli import main
from gnnrec.data import Dataset
from tests.contracts.cli.contract import Run
from tests.unit.reports.checking import checked

CASE = {
    "uid", "version", "dataset", "person", "item", "model", "verdict", "note", "view", "who", "created",
    "changed", "rank", "k", "in_list", "hidden",
}  # fmt: skip
NOTE = "=1+1 <script>alert(1)</script> [x](javascript:y)"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path


def check(checkpoint: Path, capsys, *words: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = main(["cases", "check", str(checkpoint), *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_case_from_writing_to_the_pipeline(run: Run, trained, dataset: Dataset, home: Path, capsys) -> None:
    assert run("cases", "list") == {"cases": []}
    user = dataset.users.id(3)
    listed = run("recommend", trained["popularity"], "--user", user, "-k", 12)["recommendations"]
    made = []
    for rank, verdict in ((1, "good"), (2, "too-popular"), (12, "irrelevant")):
        item = listed[rank - 1]["item"]
        add = ("cases", "add", trained["popularity"], "--user", user, "--item", item, "--verdict", verdict)
        (case,) = run(*add, "--note", NOTE, "--who", "Ann")["cases"]
        assert set(case) == CASE
        assert (case["rank"], case["k"], case["in_list"]) == (rank, 10, rank <= 10)
        assert (case["dataset"], case["person"], case["item"], case["note"]) == ("demo", user, item, NOTE)
        made.append(case)
    (alone,) = run("cases", "add", trained["popularity"], "--user", user, "--verdict", "unclear")["cases"]
    assert alone["item"] is alone["rank"] is None
    found = run("cases", "list", "--sort", "created", "--ascending", "--dataset", "demo")["cases"]
    assert found == [*made, alone]
    assert run("cases", "list", "--verdict", "good", "--who", "Ann", "--limit", 1)["cases"] == made[:1]

    code, result = check(trained["popularity"], capsys)
    assert code == 0 and result["passed"] and result["n"] == 4
    assert result["counts"] == {
        "fixed": 0, "still_wrong": 1, "newly_broken": 0, "still_right": 2, "cannot_tell": 1
    }  # fmt: skip
    for one in result["cases"][:3]:
        assert one["rank_then"] == one["rank_now"] == one["rank"] and one["reason"] == ""
    assert set(result["cases"][0]) - CASE == {
        "outcome", "rank_then", "in_list_then", "rank_now", "in_list_now", "k_now", "reason"
    }  # fmt: skip
    assert check(trained["popularity"], capsys, "--strict")[0] == 3
    assert check(trained["popularity"], capsys, "--verdict", "good", "--strict")[0] == 0
    assert check(trained["popularity"], capsys, "--verdict", "unclear")[0] == 3, "nothing could be told"

    # Another model, and a list of one: what was good at rank 1 is broken unless it is first here too.
    code, result = check(trained["ease"], capsys, "-k", "1")
    first = run("recommend", trained["ease"], "--user", user, "-k", 1)["recommendations"][0]["item"]
    assert result["cases"][0]["outcome"] == ("still right" if first == made[0]["item"] else "newly broken")
    assert code == (3 if result["counts"]["newly_broken"] else 0)

    for ending in ("jsonl", "csv"):
        file = home / f"cases.{ending}"
        assert run("cases", "export", file)["exported"] == 4
        again = run("cases", "import", file)
        assert {name: again[name] for name in ("added", "updated", "unchanged", "kept")} == {
            "added": 0, "updated": 0, "unchanged": 4, "kept": 0
        }  # fmt: skip
    assert "'=1+1" in (home / "cases.csv").read_text()
    capsys.readouterr()
    for words in (["cases", "list"], ["cases", "check", str(trained["popularity"])], ["cases", "verdicts"],
                  ["cases", "import", str(home / "cases.csv")]):  # fmt: skip
        assert main(words) == 0
        out = capsys.readouterr().out
        assert len(out.splitlines()) >= 1 and "{" not in out and "None" not in out


def test_cases_move_to_another_home(run: Run, trained, dataset: Dataset, home: Path, monkeypatch) -> None:
    run("cases", "verdicts", "--add", "Wrong mood", "--wants", "out")
    user = dataset.users.id(3)
    (case,) = run("cases", "add", trained["popularity"], "--user", user, "--verdict", "wrong-mood")["cases"]
    run("cases", "export", home / "cases.jsonl", "--user", user)
    monkeypatch.setenv("GNNREC_HOME", str(home / "other"))
    assert run("cases", "import", home / "cases.jsonl")["added"] == 1
    assert run("cases", "list")["cases"] == [case]
    last = run("cases", "verdicts")["verdicts"][-1]
    assert last == {"key": "wrong-mood", "title": "Wrong mood", "wants": "out", "retired": False}


def test_verdicts_are_renamed_and_retired(run: Run, refused) -> None:
    found = run("cases", "verdicts", "--rename", "wrong", "Wrong otherwise", "--retire", "unclear")[
        "verdicts"
    ]
    assert [one["title"] for one in found if one["key"] == "wrong"] == ["Wrong otherwise"]
    assert [one["key"] for one in found if one["retired"]] == ["unclear"]
    assert not any(one["retired"] for one in run("cases", "verdicts", "--restore", "unclear")["verdicts"])
    assert "'nope'" in refused("cases", "verdicts", "--retire", "nope")
    assert "--wants" in refused("cases", "verdicts", "--wants", "in")


def test_a_report_is_one_file_that_opens_anywhere(run: Run, refused, dataset: Dataset, home: Path) -> None:
    shipped = next(one for one in read_library().of("demo") if one.config["recommender"] == "ease")
    user = dataset.users.id(3)
    item = run("recommend", shipped.address, "--user", user)["recommendations"][2]["item"]
    for verdict, about in (("good", item), ("missed", dataset.items.id(800)), ("unclear", None)):
        add = ["cases", "add", shipped.address, "--user", user, "--verdict", verdict, "--note", NOTE]
        run(*add, *(["--item", about] if about else []))
    made = run("cases", "report", home / "cases.html", "--title", "For <you>")
    assert made["cases"] == 3 and made["bytes"] == (home / "cases.html").stat().st_size
    page = checked((home / "cases.html").read_text(encoding="utf-8"))
    said = " ".join(page.itertext())
    assert page.find(".//h1").text == "For <you>" and said.count(NOTE) == 3
    assert dataset.item_title(dataset.items.number(item)) in said and shipped.address in said
    assert shipped.config["fingerprints"]["interactions"] in said and shipped.config["split_hash"] in said
    assert run("cases", "report", home / "one.html", "--verdict", "good")["cases"] == 1
    assert "no such cases" in refused("cases", "report", home / "none.html", "--user", "nobody")
    assert "expected .html" in refused("cases", "report", home / "cases.txt")
    assert not (home / "none.html").exists() and not (home / "cases.txt").exists()


def test_what_cannot_be(run: Run, refused, trained, dataset: Dataset, home: Path, monkeypatch) -> None:
    user, item = dataset.users.id(3), dataset.items.id(4)
    add = ("cases", "add", trained["popularity"], "--user", user, "--item", item)
    assert "'nope'" in refused(*add, "--verdict", "nope")
    assert "100,000 characters" in refused(*add, "--verdict", "good", "--note", "x" * 100_000)
    assert "-k" in refused(*add, "--verdict", "good", "-k", 0)
    assert "'nobody'" in refused("cases", "add", trained["ease"], "--user", "nobody", "--verdict", "good")
    assert "no such cases on 'demo'" in refused("cases", "check", trained["ease"])
    assert "no such checkpoint" in refused("cases", "check", "gone@000000000000")
    assert "order of cases" in refused("cases", "list", "--sort", "note")
    assert "--limit" in refused("cases", "list", "--limit", 0)
    assert "a file of cases" in refused("cases", "import", home / "absent.jsonl")
    assert "the ending '.html'" in refused("cases", "export", home / "cases.html")
    monkeypatch.setenv("GNNREC_MODE", "demo")
    assert "public demo" in refused(*add, "--verdict", "good")
    assert run("cases", "list") == {"cases": []}
