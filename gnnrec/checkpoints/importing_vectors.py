"""Vectors of people and items out of a file that another system wrote: safetensors, npz or Parquet. Never pickled."""

from __future__ import annotations

import json
import math
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError, safe_open

from gnnrec.datasets.table_files import PARQUET, TableFile, limit_in_mb, read_table
from gnnrec.errors import DataError

ARRAYS = ("user_ids", "user_vectors", "item_ids", "item_vectors")
COLUMNS = ("kind", "id", "vector")
MOST_DIMENSIONS = 8192
_KINDS = {"user": "user", "person": "user", "item": "item"}
_MB = 1024 * 1024
# Two float32 vectors this long give a score that float32 can still hold.
_LONGEST = 1e18


@dataclass(frozen=True, eq=False)
class Vectors:
    """What a file holds. **Shapes**: n people and m items of the file, `user_vectors` [n, D], `item_vectors` [m, D]."""

    user_ids: list[str]
    user_vectors: np.ndarray
    item_ids: list[str]
    item_vectors: np.ndarray


def read_vectors(path: Path, limit_mb: float | None = None) -> Vectors:
    """Vectors with their ids.

    A safetensors or npz file holds `user_vectors`, `item_vectors`, `user_ids` and `item_ids`; safetensors can
    hold ids that are text only as JSON lists of those names in its metadata. A Parquet file has one row for each
    vector: `kind` (user or item), `id` and `vector` (a list of numbers).

    Args:
        path: The file.
        limit_mb: Largest size that is read; the same limit as for tables where None.

    Raises:
        DataError: The file is absent, too large, damaged or of another kind, or something in it is missing or
            does not fit.
    """
    readers = {".safetensors": _safetensors, ".npz": _npz, **dict.fromkeys(PARQUET, _parquet)}
    ending = path.suffix.lower()
    if not path.is_file():
        raise DataError(where=path.name, found="no such file", expected="a file", todo="Check the path.")
    if ending not in readers:
        raise DataError(
            where=path.name,
            found=f"the ending {ending or '(none)'}",
            expected=f"one of {', '.join(readers)}",
            todo="Save the vectors as one of these. Pickled files (.pt, .pkl, .npy of objects) are never loaded.",
        )
    size, limit = path.stat().st_size / _MB, limit_in_mb(limit_mb)
    if size > limit:
        raise _too_large(path, f"{size:,.0f} MB", f"at most {limit:,.0f} MB")
    found = readers[ending](path, limit)
    return _checked(path, found)


def _safetensors(path: Path, limit: float) -> dict[str, Any]:
    try:
        with safe_open(str(path), framework="np") as stored:
            listed = stored.metadata() or {}
            found = {name: stored.get_tensor(name) for name in ARRAYS if name in stored.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(path, "safetensors", error) from None
    for name in ("user_ids", "item_ids"):
        if name not in found and name in listed:
            try:
                found[name] = json.loads(listed[name])
            except (ValueError, RecursionError):
                found[name] = None
            if not isinstance(found[name], list):
                raise DataError(
                    where=f"{path.name}, metadata {name}",
                    found="no JSON list",
                    expected="a JSON list of ids, in the order of the vectors",
                    todo="Write it with json.dumps.",
                )
    return found


def _npz(path: Path, limit: float) -> dict[str, Any]:
    found = {}
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(one.file_size for one in packed.infolist()) / _MB
            if unpacked > 4 * limit:
                raise _too_large(path, f"{unpacked:,.0f} MB once unpacked", f"at most {4 * limit:,.0f} MB")
            inside = set(packed.namelist())
            for name in ARRAYS:
                if f"{name}.npy" in inside:
                    found[name] = _array(packed, f"{name}.npy", path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, "npz", error) from None
    return found


def _array(packed: zipfile.ZipFile, member: str, path: Path) -> np.ndarray:
    with packed.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        read_header = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise DataError(
            where=f"{path.name}, {member.removesuffix('.npy')}",
            found="Python objects, which are stored as a pickle",
            expected="numbers or text: pickles are never loaded",
            todo="Turn the ids into text first, for example numpy.array(ids, dtype=str).",
        )
    # A header can claim an array that the file does not have the bytes for, and it would be made room for.
    if math.prod(shape) * dtype.itemsize > packed.getinfo(member).file_size:
        raise ValueError(f"{member} is cut short")
    with packed.open(member) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)


def _parquet(path: Path, limit: float) -> dict[str, Any]:
    table = read_table(TableFile(path, limit_mb=limit))
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise DataError(
            where=path.name,
            found=f"no column '{missing[0]}' (found: {', '.join(map(str, table.columns[:8]))})",
            expected="columns kind (user or item), id and vector",
            todo="Rename the columns.",
        )
    kinds = table["kind"].map(lambda one: _KINDS.get(str(one).strip().lower(), ""))
    if (kinds == "").any():
        raise DataError(
            where=f"{path.name}, column kind",
            found=f"'{str(table['kind'][kinds == ''].iloc[0])[:40]}'",
            expected="user or item in every row",
            todo="Correct it.",
        )
    found: dict[str, Any] = {}
    for kind in ("user", "item"):
        mine = table[kinds == kind]
        found[f"{kind}_ids"] = mine["id"].to_numpy(dtype=object)
        found[f"{kind}_vectors"] = _stacked(mine["vector"], f"{path.name}, column vector")
    return found


def _stacked(cells: pd.Series, where: str) -> np.ndarray:
    sizes = {len(one) if isinstance(one, (list, tuple, np.ndarray)) else -1 for one in cells}
    if len(sizes) > 1 or -1 in sizes:
        raise DataError(
            where=where,
            found="a cell that is no list"
            if -1 in sizes
            else f"vectors of different lengths ({min(sizes)} and {max(sizes)})",
            expected="a list of numbers in every row, all of one length",
            todo="Write it again with all vectors whole.",
        )
    rows = [np.asarray(one) for one in cells]
    return np.stack(rows) if rows else np.empty((0, 0), dtype=np.float32)


def _checked(path: Path, found: dict[str, Any]) -> Vectors:
    missing = [name for name in ARRAYS if name not in found]
    if missing:
        raise DataError(
            where=path.name,
            found=f"no '{missing[0]}'",
            expected=f"{', '.join(ARRAYS)}",
            todo="Add it under that name. In safetensors, ids that are text go into the metadata as JSON lists.",
        )
    people, items = (_vectors(found[f"{kind}_vectors"], path, f"{kind}_vectors") for kind in ("user", "item"))
    if people.shape[1] != items.shape[1]:
        raise DataError(
            where=path.name,
            found=f"vectors of people with {people.shape[1]:,} numbers, of items with {items.shape[1]:,}",
            expected="the same length for both, as they are compared",
            todo="Check which arrays were saved.",
        )
    ids = {}
    for kind, vectors in (("user", people), ("item", items)):
        ids[kind] = _ids(found[f"{kind}_ids"], path, f"{kind}_ids")
        if len(ids[kind]) != len(vectors):
            raise DataError(
                where=path.name,
                found=f"{len(ids[kind]):,} {kind}_ids and {len(vectors):,} {kind}_vectors",
                expected="one id for each vector, in the same order",
                todo="Save both from the same list.",
            )
    return Vectors(ids["user"], people, ids["item"], items)


def _vectors(given: np.ndarray, path: Path, name: str) -> np.ndarray:
    where = f"{path.name}, {name}"
    if given.dtype.kind != "f":
        raise DataError(
            where=where,
            found=f"numbers of type {given.dtype}",
            expected="floating-point numbers (float16, float32 or float64)",
            todo="Save the vectors as float32.",
        )
    if given.ndim != 2 or not given.size or given.shape[1] > MOST_DIMENSIONS:
        raise DataError(
            where=where,
            found=f"an array of shape {' × '.join(map(str, given.shape)) or '()'}",
            expected=f"one row for each id, with 1 to {MOST_DIMENSIONS:,} numbers",
            todo="Save a table of vectors, people and items apart.",
        )
    bad = np.flatnonzero(~np.isfinite(given).all(axis=1))
    if len(bad):
        raise DataError(
            where=where,
            found=f"NaN or infinity in {len(bad):,} of {len(given):,} vectors, first in row {bad[0] + 1:,}",
            expected="finite numbers",
            todo="Leave those vectors and their ids out, or train the model until it is stable.",
        )
    longest = float(np.abs(given).max()) * math.sqrt(given.shape[1])
    if longest > _LONGEST:
        raise DataError(
            where=where,
            found=f"numbers that make vectors as long as {longest:.1e}",
            expected=f"at most {_LONGEST:.0e}, so that scores stay finite",
            todo="Scale the vectors down.",
        )
    return given.astype(np.float32)


def _ids(given: Any, path: Path, name: str) -> list[str]:
    array = given if isinstance(given, np.ndarray) else np.array(given, dtype=object)
    whole = array.dtype.kind in "iuU" or all(
        isinstance(one, (str, int, np.integer)) and not isinstance(one, bool)
        for one in array.ravel().tolist()
    )
    if array.ndim != 1 or not whole:
        raise DataError(
            where=f"{path.name}, {name}",
            found=f"a {array.ndim}-dimensional array of {array.dtype if array.dtype != object else 'mixed values'}",
            expected="one list of ids: text or whole numbers",
            todo="Save the ids as the data set's file has them.",
        )
    return [str(one).strip() for one in array.tolist()]


def _damaged(path: Path, kind: str, error: Exception) -> DataError:
    return DataError(
        where=path.name,
        found=f"no readable {kind} file ({str(error).partition(chr(10))[0][:120]})",
        expected=f"a whole {kind} file with {', '.join(ARRAYS)}",
        todo="Write it again, vectors as float32. Pickles are never loaded.",
    )


def _too_large(path: Path, found: str, expected: str) -> DataError:
    return DataError(
        where=path.name,
        found=found,
        expected=expected,
        todo="Save the vectors as float32 or float16, or raise GNNREC_IMPORT_LIMIT_MB.",
    )
