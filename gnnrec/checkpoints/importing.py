"""Import: results of a system that cannot be run here become a checkpoint that every page opens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from gnnrec import places
from gnnrec.checkpoints.checkpoint import Checkpoint, save
from gnnrec.checkpoints.folder import checked_slug, file_hash
from gnnrec.checkpoints.importing_ids import matched, once_each
from gnnrec.checkpoints.importing_lists import read_lists
from gnnrec.checkpoints.importing_vectors import read_vectors
from gnnrec.data import Dataset, Split, Vocabulary
from gnnrec.data import split as cut
from gnnrec.data.names import clean
from gnnrec.errors import DataError
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import create
from gnnrec.recommenders.imported_lists import ImportedLists
from gnnrec.recommenders.imported_vectors import ImportedVectors
from gnnrec.training import Fit

EMBEDDINGS, LISTS = "embeddings", "lists"


@dataclass(frozen=True, eq=False)
class _Read:
    """What a file became: a recommender's state, and what there is to say of it."""

    recommender: str
    settings: dict[str, Any]
    state: dict[str, Any]
    facts: dict[str, Any]


def import_embeddings(
    path: Path | str,
    dataset: Dataset,
    folder: Path | str,
    *,
    split: Split | str | None = None,
    score: str = "dot",
    skip_unknown: bool = False,
    title: str | None = None,
) -> Checkpoint:
    """Make a checkpoint from vectors of people and items.

    People and items of the data set that the file does not name are let pass: they get no recommendations and
    are never recommended.

    Args:
        path: safetensors, npz or Parquet, as `read_vectors` describes.
        dataset: What the ids belong to.
        folder: New folder; its name becomes the checkpoint's.
        split: What it is judged on: a split, its address, or the data set's default where None.
        score: `dot` or `cosine`.
        skip_unknown: Leave out vectors whose id the data set does not have, instead of refusing them.
        title: Name for the screen.

    Raises:
        DataError: The file, its ids or its vectors cannot be used.
        ConfigError: The score is unknown, or this is a public demo.
        CheckpointError: The folder exists or cannot be written.
    """
    path, split = _begun(path, dataset, folder, split)
    settings = {"score": score}
    create(ImportedVectors.name, settings)
    found = read_vectors(path)
    state, facts = {}, {}
    for kind, known, ids, vectors in (
        ("user", dataset.users, found.user_ids, found.user_vectors),
        ("item", dataset.items, found.item_ids, found.item_vectors),
    ):
        where = f"{path.name}, {kind}_ids"
        once_each(ids, where)
        one = matched(ids, known, where, skip_unknown)
        table, there = _placed(one.numbers, vectors, known)
        state |= {f"{kind}_vectors": table, f"{kind}s": there}
        facts |= {f"{kind}s": int(there.sum()), f"unknown_{kind}s": one.unknown}
    facts |= {"embedding_size": found.user_vectors.shape[1]}
    read = _Read(ImportedVectors.name, settings, state, facts)
    return _saved(read, EMBEDDINGS, path, split, Path(folder), title)


def import_lists(
    path: Path | str,
    dataset: Dataset,
    folder: Path | str,
    *,
    split: Split | str | None = None,
    columns: Mapping[str, str] | None = None,
    skip_unknown: bool = False,
    title: str | None = None,
) -> Checkpoint:
    """Make a checkpoint from lists of recommendations.

    People without a list get no recommendations. What a person has in train already is hidden, as in every list
    here; equal scores go to the item with the lower number.

    Args:
        path: CSV, TSV or Parquet, as `read_lists` describes.
        dataset: What the ids belong to.
        folder: New folder; its name becomes the checkpoint's.
        split: What it is judged on: a split, its address, or the data set's default where None.
        columns: The table's own column names by role: user, item, rank, score.
        skip_unknown: Leave out rows whose person or item the data set does not have, instead of refusing them.
        title: Name for the screen.

    Raises:
        DataError: The file or its rows cannot be used.
        ConfigError: A role of a column is unknown, or this is a public demo.
        CheckpointError: The folder exists or cannot be written.
    """
    path, split = _begun(path, dataset, folder, split)
    rows = read_lists(path, columns)
    people = matched(rows["user"].tolist(), dataset.users, f"{path.name}, users", skip_unknown)
    items = matched(rows["item"].tolist(), dataset.items, f"{path.name}, items", skip_unknown)
    kept = (people.numbers >= 0) & (items.numbers >= 0)
    if not kept.any():
        raise DataError(
            where=path.name,
            found="no row whose person and item are both known",
            expected="recommendations of items of the data set",
            todo="Check that this is the right data set.",
        )
    user, item = people.numbers[kept], items.numbers[kept]
    scores = rows["score"].to_numpy(np.float32)[kept]
    lists = sparse.csr_matrix((scores, (user, item)), shape=(dataset.n_users, dataset.n_items))
    lengths = np.diff(lists.indptr)
    facts = {
        "users": int((lengths > 0).sum()),
        "items": len(np.unique(item)),
        "unknown_users": people.unknown,
        "unknown_items": items.unknown,
        "rows": int(kept.sum()),
        "shortest": int(lengths[lengths > 0].min(initial=dataset.n_items)),
        "longest": int(lengths.max(initial=0)),
        "in_train": int(split.fitted.matrix[user, item].sum()),
        "tied": _tied(user, scores),
    }
    read = _Read(ImportedLists.name, {}, {"lists": lists}, facts)
    return _saved(read, LISTS, path, split, Path(folder), title)


def _begun(
    path: Path | str, dataset: Dataset, folder: Path | str, split: Split | str | None
) -> tuple[Path, Split]:
    places.require_writes("Importing a model")
    checked_slug(Path(folder).resolve().name)
    return Path(path).expanduser(), split if isinstance(split, Split) else cut(dataset, split)


def _placed(numbers: np.ndarray, vectors: np.ndarray, known: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Vectors at the numbers of their ids, and which numbers have one."""
    table = np.zeros((len(known), vectors.shape[1]), dtype=np.float32)
    there = np.zeros(len(known), dtype=bool)
    kept = numbers >= 0
    table[numbers[kept]], there[numbers[kept]] = vectors[kept], True
    return table, there


def _tied(user: np.ndarray, scores: np.ndarray) -> int:
    """How many people have two items with the same score."""
    order = np.lexsort((scores, user))
    same = (np.diff(user[order]) == 0) & (np.diff(scores[order]) == 0)
    return len(np.unique(user[order][1:][same]))


def _saved(read: _Read, kind: str, path: Path, split: Split, folder: Path, title: str | None) -> Checkpoint:
    """Judge what was read as any other model, and write it down."""
    recommender = create(read.recommender, read.settings)
    started = time.monotonic()
    # On a split that refits, validation belongs to the graph of a finished model and cannot be judged with it.
    recommender.load_state(split.training(), read.state)
    valid = evaluate(recommender, split, "valid")
    recommender.load_state(split.fitted, read.state)
    test = evaluate(recommender, split, "test")
    fit = Fit(
        recommender=recommender,
        split=split,
        seed=0,
        settings_from="imported",
        device="cpu",
        device_name="",
        best_epoch=0,
        epochs=0,
        history=[],
        valid=valid,
        test=test,
        seconds_by_stage={"evaluate": time.monotonic() - started},
        note=_note(read.facts, split.dataset),
    )
    facts = {"from": kind, "file": clean(path.name)[:200], "sha256": file_hash(path), **read.facts}
    label = clean(title)[:100] if title else None
    return save(fit, folder, label=label or None, extra={"imported": facts})


def _note(facts: Mapping[str, Any], dataset: Dataset) -> str:
    """What a person must know of results that were made elsewhere."""
    words, without = dataset.words, dataset.n_users - facts["users"]
    said = [
        "Made by another system and imported. What that system learned from is not known here: if it saw what is "
        "held out, its figures are better than it is."
    ]
    if without:
        whom = words.person if without == 1 else words.people
        said.append(f"{without:,} of {dataset.n_users:,} {whom} are without recommendations.")
    return " ".join(said)
