"""`import-checkpoint`: another system's vectors and lists, through every verb that makes sense for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gnnrec.checkpoints import Checkpoint
from gnnrec.cli import main
from gnnrec.data import Dataset
from tests.contracts.cli.contract import METRICS, Run


@pytest.fixture(scope="module")
def lists(trained, dataset: Dataset, tmp_path_factory) -> Path:
    """What EASE recommends to everybody but one, as another system would export it."""
    model = Checkpoint.open(trained["ease"]).load(dataset)
    best = model.recommend(range(1, dataset.n_users), k=30).items
    rows = [
        (dataset.users.id(user), dataset.items.id(int(item)), place)
        for user, row in enumerate(best, start=1)
        for place, item in enumerate(row, start=1)
        if item >= 0
    ]
    file = tmp_path_factory.mktemp("lists") / "lists.csv"
    pd.DataFrame(rows, columns=["member", "film", "place"]).to_csv(file, index=False)
    return file


@pytest.fixture(scope="module")
def vectors(trained, dataset: Dataset, tmp_path_factory) -> Path:
    people, items = Checkpoint.open(trained["lightgcn"]).load(dataset).embeddings()
    file = tmp_path_factory.mktemp("vectors") / "vectors.npz"
    ids = {"user_ids": dataset.users.ids.astype(str), "item_ids": dataset.items.ids.astype(str)}
    np.savez(file, user_vectors=people, item_vectors=items, **ids)
    return file


COLUMNS = "user=member,item=film,rank=place"


@pytest.fixture(scope="module")
def imported(lists: Path, vectors: Path, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("imported")
    shared = ["--dataset", "demo"]
    from_lists = ["--from", "lists", str(lists), *shared, "--columns", COLUMNS]
    assert main(["import-checkpoint", *from_lists, "--out", str(folder / "lists")]) == 0
    from_vectors = ["--from", "embeddings", str(vectors), *shared, "--title", "Their vectors"]
    assert main(["import-checkpoint", *from_vectors, "--out", str(folder / "vectors")]) == 0
    return {"lists": folder / "lists", "vectors": folder / "vectors"}


def shown(run: Run, checkpoint: Path, user: str) -> list[str]:
    return [one["item"] for one in run("recommend", checkpoint, "--user", user, "-k", 10)["recommendations"]]


def test_lists_through_the_other_verbs(run: Run, refused, imported, trained, dataset: Dataset) -> None:
    user, without = dataset.users.id(5), dataset.users.id(0)
    assert shown(run, imported["lists"], user) == shown(run, trained["ease"], user)
    assert shown(run, imported["lists"], without) == []
    ours, theirs = (
        run("evaluate", one, "--part", "valid")["metrics"] for one in (trained["ease"], imported["lists"])
    )
    assert theirs["ndcg@10"] == pytest.approx(ours["ndcg@10"], abs=0.002)
    item = dataset.items.id(4)
    said = refused("explain", imported["lists"], "--user", user, "--item", item)
    assert "Imported lists" in said and "explained by: none" in said
    unsaid = run("why-not", imported["lists"], "--user", without, "--item", item)
    assert unsaid["rank"] is None and unsaid["score"] is None
    assert "no score" in unsaid["sentence"]
    two = run(
        "recommend", trained["ease"], "--user", user, "--rank-with", imported["lists"], "--candidates", 60
    )
    assert any(one["rank"] is None for one in two["candidates"])


def test_vectors_through_the_other_verbs(run: Run, imported, trained, dataset: Dataset) -> None:
    for number in (0, 7):
        user = dataset.users.id(number)
        assert shown(run, imported["vectors"], user) == shown(run, trained["lightgcn"], user)
    for part in ("valid", "test"):
        ours, theirs = (
            run("evaluate", one, "--part", part)["metrics"]
            for one in (trained["lightgcn"], imported["vectors"])
        )
        assert theirs == pytest.approx(ours, abs=1e-6)


def test_the_result(run: Run, vectors: Path, dataset: Dataset, tmp_path: Path) -> None:
    words = ("import-checkpoint", "--from", "embeddings", vectors, "--dataset", "demo", "--score", "cosine")
    made = run(*words, "--out", tmp_path / "made")
    assert set(made["valid"]) == set(made["test"]) == METRICS
    assert (made["model"], made["capabilities"]) == ("imported_vectors", ["embeddings"])
    assert made["imported"]["users"] == dataset.n_users and made["imported"]["users_without"] == 0
    assert made["checkpoint"].startswith("made@") and Path(made["path"]).is_dir()
    assert "not known here" in made["note"]


def test_text_for_people(lists: Path, tmp_path: Path, capsys) -> None:
    words = ["import-checkpoint", "--from", "lists", str(lists), "--dataset", "demo", "--columns", COLUMNS]
    assert main([*words, "--out", str(tmp_path / "made")]) == 0
    out = capsys.readouterr().out
    assert "1 of 1,200" in out and "ndcg@10" in out
    assert "{" not in out and "None" not in out


def test_mistakes(refused, lists: Path, vectors: Path, tmp_path: Path) -> None:
    shared = ("--dataset", "demo", "--out", tmp_path / "never")
    for said, words in {
        "embeddings or lists": ("--from", "recbole", lists),
        "--score": ("--from", "lists", lists, "--score", "dot"),
        "--columns": ("--from", "embeddings", vectors, "--columns", COLUMNS),
        "ROLE=NAME": ("--from", "lists", lists, "--columns", "user=a,user=b"),
        "no column 'user'": ("--from", "lists", lists),
        "the ending .csv": ("--from", "embeddings", lists),
        "dot, cosine": ("--from", "embeddings", vectors, "--score", "euclid"),
        "no such file": ("--from", "lists", tmp_path / "nowhere.csv"),
    }.items():
        assert said in refused("import-checkpoint", *words, *shared)
    assert not (tmp_path / "never").exists()
    for verb in (
        ["train", "--model", "imported_lists", "--out", tmp_path / "t"],
        ["leaderboard", "--models", "imported_lists"],
    ):
        assert "learns nothing here" in refused(*verb, "--dataset", "demo")
