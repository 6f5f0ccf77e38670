"""`update`: new rows make a new checkpoint; the old one, its data and what was held out stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gnnrec.checkpoints import Checkpoint
from gnnrec.cli import main
from gnnrec.data import Dataset, Split, split
from gnnrec.datasets import open_dataset
from tests.contracts.cli.contract import METRICS, Run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def rows(home: Path, dataset: Dataset) -> Path:
    """Twelve films for somebody new, two for a known person, and what has to be left out."""
    items = dataset.items.ids
    lines = ["user_id,item_id,rating,timestamp"]
    lines += [f"zoe,{items[place * 7]},4,{1_756_900_000 + place}" for place in range(12)]
    lines += [f"{dataset.users.id(5)},a-new-film,5,1756900100", "zoe,a-new-film,5,1756900101"]
    lines += [f"zoe,{items[1]},4,4000000000", f"zoe,{items[0]},3,1756800000"]
    path = home / "november.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    ("model", "how"), [("lightgcn", "fold-in"), ("lightgcn", "warm-start"), ("ease", None)]
)
def test_a_new_checkpoint_and_the_old_one_untouched(
    run: Run, trained, rows: Path, home: Path, dataset: Dataset, cut: Split, model: str, how: str | None
) -> None:
    before = files(trained[model])
    wish = [] if how is None else ["--how", how]
    result = run("update", trained[model], "--interactions", rows, *wish, "--out", home / "newer")
    assert files(trained[model]) == before
    counted = result["rows"]
    assert (counted["read"], counted["added"], counted["repeated"], counted["in_future"]) == (16, 14, 1, 1)
    assert counted["new_items"] == 1 and counted["new_people"] >= 1
    assert result["how"] == (how or "fold-in")
    assert set(result["valid"]) == METRICS
    assert {"seconds_wall", "seconds_cpu", "peak_rss_mib", "epochs", "best_epoch"} <= set(result)
    assert (result["epochs"] == 0) == (result["how"] == "fold-in")
    newer = Checkpoint.open(home / "newer")
    assert newer.address == result["checkpoint"]
    origin = newer.config["updated_from"]
    assert origin["checkpoint"] == Checkpoint.open(trained[model]).address == result["updated_from"]
    assert origin["rows"]["file"] == "november.csv" and origin["split_hash"] == cut.hash
    assert origin["how"] in (newer.folder / "README.md").read_text(encoding="utf-8")
    # It belongs to data of its own, in which what was held out before is held out still.
    grown = open_dataset(result["dataset"])
    after = split(grown, result["split"])
    assert (
        after.matrix("valid").nnz == cut.matrix("valid").nnz
        and after.matrix("test").nnz == cut.matrix("test").nnz
    )
    assert np.isfinite(newer.load(grown, after).scores([grown.users.number("zoe")])).any()


def test_the_updated_model_answers_for_who_is_new(run: Run, trained, rows: Path, home: Path, refused) -> None:
    out = home / "newer"
    run("update", trained["lightgcn"], "--interactions", rows, "--out", out)
    assert "unknown user" in refused("recommend", trained["lightgcn"], "--user", "zoe")
    listed = run("recommend", out, "--user", "zoe")["recommendations"]
    assert len(listed) == 10 and "a-new-film" not in {one["item"] for one in listed}


def test_an_update_can_be_updated_and_has_a_name_of_its_own(
    run: Run, trained, rows: Path, home: Path
) -> None:
    first = run("update", trained["ease"], "--interactions", rows)
    assert Path(first["path"]).parent == home / "home" / "models"
    rows.write_text("user_id,item_id,rating,timestamp\nyves,a-new-film,4,1757000000\n", encoding="utf-8")
    second = run("update", first["checkpoint"], "--interactions", rows)
    assert second["updated_from"] == first["checkpoint"]
    assert second["dataset"] != first["dataset"] and second["dataset"].count("-plus-") == 1
    titles = [Checkpoint.open(one["path"]).title for one in (first, second)]
    assert titles[0] == titles[1] == "EASE, updated"


def test_it_says_in_words_what_came_of_the_rows(trained, rows: Path, home: Path, capsys) -> None:
    assert (
        main(["update", str(trained["ease"]), "--interactions", str(rows), "--out", str(home / "newer")]) == 0
    )
    said = capsys.readouterr().out
    assert "14 of 16 rows added" in said and "1 repeated in the file" in said and "1 in the future" in said
    assert "by fold-in, nothing was learned again" in said


def test_what_cannot_be_done_is_said_in_four_parts(refused, trained, rows: Path, home: Path) -> None:
    assert "closed form" in refused("update", trained["ease"], "--interactions", rows, "--how", "warm-start")
    assert "--how" in refused("update", trained["ease"], "--interactions", rows, "--how", "magic")
    refused("update", trained["ease"], "--interactions", home / "nothing.csv")
    assert "something of that name" in refused(
        "update", trained["ease"], "--interactions", rows, "--out", trained["ease"]
    )
    rows.write_text(rows.read_text(encoding="utf-8").replace("rating", "liking"), encoding="utf-8")
    assert "no column rating" in refused("update", trained["ease"], "--interactions", rows)
    assert not (home / "home" / "models").exists()


def test_a_damaged_checkpoint_is_not_updated(refused, trained, rows: Path, home: Path) -> None:
    copy = home / "copy"
    copy.mkdir()
    for name, content in files(trained["ease"]).items():
        (copy / name).write_bytes(content)
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"seed": 9}), encoding="utf-8")
    assert "config.json" in refused("update", copy, "--interactions", rows)
