"""The verb `data`: the names its answers have are a contract with scripts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from gnnrec.cli import data
from gnnrec.errors import ConfigError, DataError


@pytest.fixture(autouse=True)
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GNNREC_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("GNNREC_MODE", raising=False)


def ran(*words: object) -> dict:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true")
    parser = argparse.ArgumentParser()
    data.add_parser(parser.add_subparsers(), parents=[shared])
    args = parser.parse_args(["data", *map(str, words), "--json"])
    assert args.json
    result = data.run(args)
    assert data.text(result)
    return json.loads(json.dumps(result, allow_nan=False))


def test_list_has_the_demo_and_says_what_is_absent() -> None:
    cards = {card["name"]: card for card in ran("list")["datasets"]}
    assert cards["demo"]["present"]
    assert cards["movielens-100k"] == cards["movielens-100k"] | {
        "present": False,
        "reason": "not downloaded yet",
    }


def test_show_has_the_names_of_the_contract() -> None:
    shown = ran("show", "demo")
    assert {"users", "items", "interactions", "provides", "fingerprints", "example_users"} <= shown.keys()
    assert shown["users"] == 1200
    assert len(set(shown["example_users"])) == 5
    assert "interactions" in shown["fingerprints"]


def test_split_counts_its_parts() -> None:
    cut = ran("split", "demo", "--split", "random:seed=2")
    assert cut["split"] == "random:seed=2"
    assert cut["train"] + cut["valid"] + cut["test"] == ran("show", "demo")["interactions"]
    assert cut["hash"] != ran("split", "demo")["hash"]


def test_import_keeps_parts_and_words(tmp_path: Path) -> None:
    for part, rows in {"train": "1,a\n2,b\n", "test": "1,b\n"}.items():
        (tmp_path / f"{part}.csv").write_text(f"who,what\n{rows}", encoding="utf-8")
    report = ran(
        "import", "mine", "--train", tmp_path / "train.csv", "--test", tmp_path / "test.csv",
        "--columns", "user=who,item=what", "--words", "item=place,verb=visit,past=visited",
    )  # fmt: skip
    assert (report["users"], report["items"], report["interactions"], report["rows_read"]) == (2, 2, 3, 3)
    assert ran("show", "mine")["default_split"] == "published:fold=parts"
    assert ran("split", "mine")["refits"]


def test_mistakes_are_told() -> None:
    with pytest.raises(DataError, match="no publisher is known"):
        ran("download", "nowhere")
    with pytest.raises(ConfigError, match="'colour'"):
        ran("import", "mine", "--interactions", "x.csv", "--words", "colour=red")
    with pytest.raises(DataError, match="no such file"):
        ran("import", "mine", "--interactions", "x.csv")
