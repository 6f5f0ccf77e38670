"""New rows on top of a data set: checked, counted, and kept with it as a data set of its own."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, Licence, Split
from gnnrec.data.dataset import TEST, TRAIN, VALID
from gnnrec.data.fingerprint import of_frame
from gnnrec.datasets import find_source, imports
from gnnrec.datasets.table_files import TableFile
from gnnrec.datasets.tables import ImportReport, TableInput, read_interactions
from gnnrec.errors import DataError, IncompatibleError

# Clocks differ; what lies further ahead than this has not happened.
_AHEAD_S = 24 * 3600
_PLUS = re.compile(r"-plus-[0-9a-f]{8}$")


@dataclass(frozen=True)
class Additions:
    """What came of a file of new rows.

    Attributes:
        dataset: Name of the data set that holds old and new rows.
        file: The file as its user calls it.
        sha256: Of its bytes.
        read: Rows in it.
        added: Rows that are new; all of them are in train.
        repeated: Pairs of person and item that came more than once in the file; the latest is kept.
        already_there: Pairs left out because the data has them: by part, `train`, `valid`, `test` or `none`.
            A pair that was held out stays held out.
        in_future: Rows left out because they have not happened yet.
        skipped: Rows left out because they cannot be read, with reasons.
        new_people: People with no row before.
        new_items: Items that were not there before.
        notes: What else is worth knowing.
    """

    dataset: str
    file: str
    sha256: str
    read: int
    added: int
    repeated: int
    already_there: Mapping[str, int]
    in_future: int
    skipped: tuple[str, ...]
    new_people: int
    new_items: int
    notes: tuple[str, ...]


def grow(
    split: Split,
    file: TableInput,
    *,
    columns: Mapping[str, str] | None = None,
    skip_bad_rows: bool = False,
    now: float | None = None,
) -> tuple[Dataset, Additions]:
    """Keep a data set with new rows as an import of its own; the old one stays as it is.

    What was held out stays held out, so that an old and an updated model are judged on the same rows; all new
    rows are learned from. The name holds a checksum of all of that: the same rows on the same split give the same
    data set, which is then used again.

    Args:
        split: The data set as a model was fitted on it.
        file: The new interactions.
        columns: Meaning → column, as on import.
        skip_bad_rows: Leave rows out that cannot be read.
        now: Unix seconds; what is a day later than this has not happened. The clock's where None.

    Returns:
        The grown data set, and what came of the file.

    Raises:
        DataError: The file cannot be read, lacks a column that the data has, or holds nothing new.
        IncompatibleError: The split learns from validation in the end, so nothing would be left to judge on.
    """
    if split.refits:
        raise IncompatibleError(
            where=f"{split.dataset.name}, split {split}",
            found="models that learn from validation too in the end",
            expected="a split whose validation part is kept from them",
            todo="Train a model on random:seed=1 and update that one.",
        )
    given = file if isinstance(file, TableFile) else TableFile(Path(file))
    rows, report = read_interactions(given, columns, skip_bad_rows)
    old = _rows_of(split)
    rows, notes = _same_columns(rows, old, split.dataset, given.shown)
    ahead = np.zeros(len(rows), dtype=bool)
    if "timestamp" in rows:
        ahead = rows["timestamp"].to_numpy() > (time.time() if now is None else now) + _AHEAD_S
    rows = rows[~ahead].reset_index(drop=True)
    there = old.set_index(["user_id", "item_id"])[imports.PART]
    parts = there.reindex(pd.MultiIndex.from_frame(rows[["user_id", "item_id"]])).to_numpy()
    names = {TRAIN: "train", VALID: "valid", TEST: "test", -1: "none"}
    repeated = {name: int((parts == part).sum()) for part, name in names.items()}
    new = rows[np.isnan(parts.astype(float))].reset_index(drop=True)
    if not len(new):
        raise DataError(
            where=given.shown,
            found=f"{report.rows_read:,} rows, none of them new ({int(ahead.sum()):,} lie in the future, "
            f"{sum(repeated.values()):,} are in the data already)",
            expected="at least one new pair of person and item",
            todo="Check that it is the file with the new rows.",
        )
    new[imports.PART] = np.int8(TRAIN)
    least = re.fullmatch(r"rating>=(\d+(?:\.\d+)?)", split.protocol.positives)
    if least:
        new.loc[new["rating"] < float(least.group(1)), imports.PART] = np.int8(-1)
    met = set(np.unique(split.dataset.interactions.user).tolist())
    people = split.dataset.users.numbers(new["user_id"].unique(), missing="negative")
    said = Additions(
        dataset=_name(split, new),
        file=given.shown,
        sha256=hashlib.sha256(given.path.read_bytes()).hexdigest(),
        read=report.rows_read,
        added=len(new),
        repeated=report.duplicates,
        already_there=repeated,
        in_future=int(ahead.sum()),
        skipped=tuple(report.skipped),
        new_people=sum(one not in met for one in people.tolist()),
        new_items=int((split.dataset.items.numbers(new["item_id"].unique(), missing="negative") < 0).sum()),
        notes=(*report.notes, *notes),
    )
    return _kept(split, pd.concat([old, new], ignore_index=True), report, said), said


def _kept(split: Split, rows: pd.DataFrame, report: ImportReport, said: Additions) -> Dataset:
    """Save the grown data set, or open it where the same was made before."""
    if said.dataset in imports.names():
        return imports.open_import(said.dataset)
    base = split.dataset
    of = {"dataset": base.name, "split": str(split), "split_hash": split.hash, "file": said.file}
    report.name = said.dataset
    known = imports.About(
        title=f"{_PLUS_TITLE.sub('', base.title)} + {said.added:,} rows"[:80],
        summary=f"{base.title} ({base.name}, split {split}) with {said.added:,} new rows of {said.file}."[
            :300
        ],
        words=base.words,
        licence=Licence(
            name=f"{base.licence.name}; new rows: your own"[:200],
            url=base.licence.url,
            note="A published data set and rows of your own; not to be passed on without a look at both.",
        ),
        citation=base.citation,
        report=asdict(report) | {"grown_from": of | {"sha256": said.sha256}},
    )
    tables = {"interactions": rows, **_other_tables(base)}
    dataset = imports.dataset_of(said.dataset, tables, known)
    imports.save(said.dataset, tables, known)
    return dataset


_PLUS_TITLE = re.compile(r" \+ [\d,]+ rows$")


def _name(split: Split, new: pd.DataFrame) -> str:
    texts = [split.hash, split.dataset.fingerprint("interactions") or "", of_frame(new.astype(str))]
    checksum = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]
    return f"{_PLUS.sub('', split.dataset.name)[:40]}-plus-{checksum}"


def _rows_of(split: Split) -> pd.DataFrame:
    """The interactions as an import keeps them, with the part of each."""
    data, rows = split.dataset, split.dataset.interactions
    columns = {"user_id": data.users.ids[rows.user], "item_id": data.items.ids[rows.item]}
    if rows.rating is not None:
        columns["rating"] = rows.rating
    if rows.timestamp is not None:
        columns["timestamp"] = rows.timestamp
    frame = pd.DataFrame(columns)
    if rows.context is not None:
        frame = pd.concat([frame, rows.context.reset_index(drop=True)], axis=1)
    return frame.assign(**{imports.PART: split.part.astype("int8")})


def _same_columns(
    rows: pd.DataFrame, old: pd.DataFrame, base: Dataset, shown: str
) -> tuple[pd.DataFrame, list[str]]:
    """The new rows with the columns of the old ones.

    Raises:
        DataError: Ratings or times are missing that every old row has.
    """
    wanted = [column for column in old.columns if column != imports.PART]
    if "rating" in wanted and "rating" not in rows and "interaction" in rows:
        rows = rows.rename(columns={"interaction": "rating"})
    lacking = [column for column in ("rating", "timestamp") if column in wanted and column not in rows]
    if lacking:
        raise DataError(
            where=shown,
            found=f"no column {lacking[0]} (found: {', '.join(rows.columns)})",
            expected=f"what every row of {base.title} has: {', '.join(wanted[: 2 + len(lacking)])}",
            todo=f"Add the column, or name the one that holds it with --columns {lacking[0]}=….",
        )
    notes = [
        f"{shown}: the column {one} is not in {base.name} and was left out."
        for one in rows
        if one not in wanted
    ]
    notes += [f"{shown}: no column {one}: empty for the new rows." for one in wanted if one not in rows]
    return rows.reindex(columns=wanted), notes


def _other_tables(base: Dataset) -> dict[str, pd.DataFrame]:
    """Features, friends, facts and sessions with ids in place of numbers."""
    users, items = base.users.ids, base.items.ids
    tables: dict[str, pd.DataFrame] = {}
    rows = base.interactions
    for name, key, ids, features, met in (
        ("items", "item_id", items, base.item_features, rows.item),
        ("users", "user_id", users, base.user_features, rows.user),
    ):
        # Without features the table is needed only to name those who have no interactions.
        if features is not None or len(np.unique(met)) < len(ids):
            named = pd.DataFrame({key: ids})
            tables[name] = (
                named if features is None else pd.concat([named, features.reset_index(drop=True)], axis=1)
            )
    if base.social is not None:
        pairs = base.social
        tables["social"] = pd.DataFrame(
            {"user_id": users[pairs["user"]], "friend_id": users[pairs["friend"]]}
        )
    if base.knowledge is not None:
        facts = base.knowledge.assign(item_id=items[base.knowledge["item"]])
        tables["knowledge"] = facts.drop(columns="item")[["item_id", "relation", "entity"]]
    return tables


def is_grown(name: str) -> bool:
    """Whether a data set is another one with new rows."""
    return find_source(name) is None and bool(_PLUS.search(name))
