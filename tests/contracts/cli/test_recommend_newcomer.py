"""`recommend --features`: somebody of whom nothing but features is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gnnrec.cli import main
from gnnrec.cli.newcomer import parse_features
from gnnrec.data import Dataset, Split
from gnnrec.errors import ConfigError
from tests.contracts.cli.contract import Run


@pytest.fixture(scope="module", params=["content", "hybrid"])
def reader(request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkpoint that reads features."""
    out = tmp_path_factory.mktemp("newcomers") / f"tiny-{request.param}"
    small = ["--set", "epochs=2", "--set", "embedding_size=8"] if request.param == "hybrid" else []
    words = ["train", "--dataset", "demo", "--model", request.param, *small, "--out", str(out)]
    assert main(words) == 0
    return out


def test_features_alone_are_answered(run: Run, reader: Path, dataset: Dataset, capsys) -> None:
    given = {"city": "Castelvane", "age_band": "18–24"}
    words = ",".join(f"{name}={value}" for name, value in given.items())
    result = run("recommend", reader, "--features", words, "-k", dataset.n_items)
    assert (result["user"], result["history"], result["what_if"]) == (None, [], "fold-in")
    assert result["features"] == given
    assert result["features_unseen"] == []
    listed = result["recommendations"]
    assert {one["item"] for one in listed} == set(dataset.items.ids)
    assert {one["held_out"] for one in listed} == {None}
    other = run("recommend", reader, "--features", "age_band=65+", "-k", dataset.n_items)
    scores = [{one["item"]: one["score"] for one in found["recommendations"]} for found in (result, other)]
    assert max(abs(scores[0][item] - scores[1][item]) for item in scores[0]) > 1e-4
    assert main(["recommend", str(reader), "--features", words]) == 0
    assert "somebody unknown, from features alone: city Castelvane" in capsys.readouterr().out


def test_features_stand_beside_a_history(run: Run, reader: Path, dataset: Dataset, cut: Split) -> None:
    ids = [dataset.items.id(int(one)) for one in cut.matrix("train")[7].indices[:3]]
    result = run("recommend", reader, "--features", "city=Castelvane", "--history", ",".join(ids))
    assert result["history"] == ids
    assert not {one["item"] for one in result["recommendations"]} & set(ids)


def test_a_value_that_nobody_has_is_named_and_counts_for_nothing(run: Run, reader: Path, capsys) -> None:
    result = run("recommend", reader, "--features", "city=Atlantis")
    assert result["features_unseen"] == ["city: Atlantis"]
    unknown = run("recommend", reader, "--features", "city=")
    scores = [[one["score"] for one in found["recommendations"]] for found in (result, unknown)]
    assert np.allclose(*scores)
    assert main(["recommend", str(reader), "--features", "city=Atlantis"]) == 0
    assert "nobody in train has city: Atlantis" in capsys.readouterr().out


def test_an_unknown_feature_is_refused(refused, reader: Path) -> None:
    said = refused("recommend", reader, "--features", "town=Castelvane")
    assert "unknown feature 'town'" in said and "age_band, city" in said


def test_a_model_that_reads_no_features_refuses_them(refused, trained) -> None:
    assert "does not read features" in refused(
        "recommend", trained["lightgcn"], "--features", "city=Castelvane"
    )


def test_a_known_person_has_features_already(refused, reader: Path, dataset: Dataset) -> None:
    said = refused("recommend", reader, "--user", dataset.users.id(0), "--features", "city=Castelvane")
    assert "Leave one of the two out" in said


def test_names_and_values_between_commas() -> None:
    assert parse_features(["a=1, b = two words"]) == {"a": "1", "b": "two words"}
    assert parse_features(["a=1,2", "b=x=y"]) == {"a": "1,2", "b": "x=y"}
    assert parse_features(["a="]) == {"a": ""}
    for wrong in (["a"], ["=1"], ["a=1,a=2"], ["a=1", "a=1"], [""]):
        with pytest.raises(ConfigError, match="For example --features"):
            parse_features(wrong)
