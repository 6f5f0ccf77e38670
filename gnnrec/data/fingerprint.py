"""Fingerprints: short proofs that two pieces of data are the same, whatever file they came from."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd


def of_json(value: Any) -> str:
    """sha256 of a JSON value written in one canonical way (sorted keys, no spaces)."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def of_texts(texts: Any) -> str:
    """sha256 of an ordered sequence of texts; the length prefix keeps ("ab", "c") and ("a", "bc") apart."""
    raws = [str(text).encode() for text in texts]
    return hashlib.sha256(b"".join(len(raw).to_bytes(8, "little") + raw for raw in raws)).hexdigest()


def of_arrays(*arrays: np.ndarray | None) -> str:
    """sha256 of numeric arrays in order, with their dtypes and shapes; None counts as its own value."""
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            digest.update(b"none")
            continue
        little = np.ascontiguousarray(array, dtype=np.asarray(array).dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.str}{little.shape}".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()


def of_frame(frame: pd.DataFrame | None) -> str:
    """sha256 of a table's cells as text, column by column in name order."""
    if frame is None:
        return of_texts(["none"])
    columns = sorted(map(str, frame.columns))
    renamed = frame.rename(columns=str)
    return of_texts([*columns, *(of_texts(_cells(renamed[column])) for column in columns)])


def _cells(column: pd.Series) -> np.ndarray:
    return np.where(column.isna(), "", column.astype(str).to_numpy(dtype=object))
