"""Saving and loading: the same scores, a stable identity, and every kind of damage told in words."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gnnrec import places
from gnnrec.checkpoints import Checkpoint, delete, find, find_or_open, read_library, rename, save, tensors
from gnnrec.checkpoints import folder as folders
from gnnrec.errors import CheckpointError, ConfigError, IncompatibleError
from gnnrec.training import fit
from tests.worlds import checkerboard, published, rated


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Checkpoint:
    world = checkerboard()
    fitted = fit("lightgcn", world, published(world), settings={"epochs": 2, "embedding_size": 8})
    return save(fitted, tmp_path_factory.mktemp("made") / "world-lightgcn", extra={"run": "r1"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    """An empty folder of trained models."""
    monkeypatch.setenv("GNNREC_HOME", str(tmp_path / "home"))
    places.trained_models().mkdir(parents=True)
    return places.trained_models()


@pytest.fixture
def copy(made: Checkpoint, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.folder, tmp_path / made.slug))


@pytest.mark.parametrize("name", ["ease", "item_knn", "popularity", "lightgcn"])
def test_what_is_loaded_scores_like_what_was_saved(name: str, tmp_path: Path) -> None:
    world = checkerboard()
    settings = {"epochs": 2, "embedding_size": 8} if name == "lightgcn" else None
    fitted = fit(name, world, published(world), settings=settings)
    loaded = save(fitted, tmp_path / name).load(world)
    users = np.arange(world.n_users)
    np.testing.assert_array_equal(loaded.scores(users), fitted.recommender.scores(users))
    assert loaded.capabilities == fitted.recommender.capabilities


def test_a_model_saved_by_an_earlier_version_can_what_it_can_now(made: Checkpoint) -> None:
    config = made.config | {"capabilities": []}
    older = Checkpoint(made.folder, made.id, config)
    assert older.capabilities == made.capabilities != frozenset()
    unknown = Checkpoint(
        made.folder, made.id, config | {"recommender": "of_tomorrow", "capabilities": ["embeddings"]}
    )
    assert unknown.capabilities == {"embeddings"}


def test_results_are_stored_person_by_person(made: Checkpoint) -> None:
    for part in ("valid", "test"):
        stored = made.evaluation(part)
        assert stored.means["ndcg@10"] == pytest.approx(made.metrics[part]["ndcg@10"], abs=1e-6)
        assert len(stored.users) == len(stored.per_user) == checkerboard().n_users


def test_a_rating_model_is_stored_with_its_errors(tmp_path: Path) -> None:
    world = published(rated())
    fitted = fit("bias", world.dataset, world)
    checkpoint = save(fitted, tmp_path / "offsets")
    assert checkpoint.config["task"] == "rating"
    assert checkpoint.config["score_kind"] == "stars"
    assert checkpoint.metrics["test"] == pytest.approx(fitted.test.means)
    for part in ("valid", "test"):
        stored = checkpoint.evaluation(part)
        assert stored.means == pytest.approx(getattr(fitted, part).means, rel=1e-6)
        assert stored.users.tolist() == getattr(fitted, part).users.tolist()
    assert "chosen on validation RMSE" in (checkpoint.folder / "README.md").read_text()
    loaded = checkpoint.load(world.dataset, world)
    np.testing.assert_array_equal(loaded.scores([1]), fitted.recommender.scores([1]))


def test_the_address_is_the_name_and_the_hash_of_the_manifest(made: Checkpoint, copy: Path) -> None:
    assert made.address == f"world-lightgcn@{made.id}"
    assert len(made.id) == 12
    assert Checkpoint.open(copy).id == made.id


def test_a_saved_checkpoint_is_never_overwritten(made: Checkpoint) -> None:
    world = checkerboard()
    before = made.id
    with pytest.raises(CheckpointError, match="a saved checkpoint never changes"):
        save(fit("popularity", world, published(world)), made.folder)
    assert Checkpoint.open(made.folder).id == before


def test_a_file_cut_short_is_named(copy: Path) -> None:
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(CheckpointError, match=r"model\.safetensors: .* bytes"):
        Checkpoint.open(copy)


def test_a_changed_byte_is_found(copy: Path) -> None:
    file = copy / "model.safetensors"
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(bytes(raw))
    with pytest.raises(CheckpointError, match="other contents"):
        Checkpoint.open(copy)


class _Bomb:
    def __reduce__(self):
        return (Path.touch, (Path("exploded"),))


def test_a_pickle_beside_the_weights_is_refused_unread(copy: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (copy / "weights.pkl").write_bytes(pickle.dumps(_Bomb()))
    with pytest.raises(CheckpointError, match=r"weights\.pkl"):
        Checkpoint.open(copy)
    assert not (tmp_path / "exploded").exists()


def test_a_pickle_in_place_of_the_weights_is_refused_unread(copy: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (copy / "model.safetensors").write_bytes(pickle.dumps(_Bomb()))
    _seal_again(copy)
    opened = Checkpoint.open(copy)
    with pytest.raises(CheckpointError, match="Pickled weights are never loaded"):
        opened.load(checkerboard())
    assert not (tmp_path / "exploded").exists()


def test_a_path_in_the_manifest_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"]["../../outside.safetensors"] = {"size": 1, "sha256": "0"}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match=r"outside\.safetensors"):
        Checkpoint.open(copy)


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "..", "UPPER", "a" * 90, "a..b", "-a", "a\n"])
def test_a_path_in_the_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        find(name)


def test_another_data_set_is_told_apart_by_part(made: Checkpoint) -> None:
    with pytest.raises(
        IncompatibleError, match="other users, items, interactions than the model was fitted on"
    ):
        made.load(checkerboard(n_users=24, n_items=18))


def test_a_corrected_title_does_not_orphan_a_checkpoint(made: Checkpoint) -> None:
    world = checkerboard()
    retitled = world.item_features.assign(title="New title")
    assert made.load(replace(world, item_features=retitled)).scores([0]).shape == (1, world.n_items)


def test_tensors_of_another_shape_are_told(copy: Path) -> None:
    state = tensors.read(copy / "model.safetensors")
    state["item"] = state["item"][:-1]
    tensors.write(copy / "model.safetensors", state)
    _seal_again(copy)
    with pytest.raises(CheckpointError, match="tensors that do not fit"):
        Checkpoint.open(copy).load(checkerboard())


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch) -> None:
    world = checkerboard()
    fitted = fit("ease", world, published(world))
    kept = save(fitted, tmp_path / "kept")

    def full(path, arrays):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gnnrec.checkpoints.checkpoint.tensors.write", full)
    with pytest.raises(CheckpointError, match="No space left on device"):
        save(fitted, tmp_path / "new")
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]
    assert Checkpoint.open(kept.folder).id == kept.id


def test_the_library_lists_what_opens_and_says_why_the_rest_does_not(copy: Path, home: Path) -> None:
    shutil.copytree(copy, home / "good")
    shutil.copytree(copy, home / "bad")
    (home / "bad" / "config.json").write_text("{}")
    library = read_library()
    assert "good" in [one.slug for one in library.checkpoints]
    assert list(library.broken) == ["bad"]
    assert find("good").id == Checkpoint.open(copy).id
    with pytest.raises(CheckpointError, match="only good@"):
        find("good@000000000000")
    assert find_or_open(str(copy)).slug == copy.name


def test_own_checkpoints_can_be_renamed_and_deleted_shipped_ones_not(
    copy: Path, home: Path, monkeypatch
) -> None:
    shutil.copytree(copy, home / "mine")
    before = find("mine").id
    assert rename("mine", "yours").id == before
    delete("yours")
    assert not (home / "yours").exists()
    monkeypatch.setattr(places, "shipped_models", lambda: copy.parent)
    with pytest.raises(CheckpointError, match="cannot be deleted"):
        delete(copy.name)
    monkeypatch.setenv("GNNREC_MODE", "demo")
    with pytest.raises(ConfigError):
        delete(copy.name)


def _seal_again(folder: Path) -> None:
    """A manifest that fits the changed files, as somebody who tampers would write it."""
    (folder / "manifest.json").unlink()
    folders._seal(folder)
