"""Arrays on disk as safetensors: dense ones as they are, CSR matrices as indptr, indices, data and shape. Never pickled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy import sparse

from gnnrec.errors import CheckpointError

_CSR = ("indptr", "indices", "data", "shape")


def write(path: Path, arrays: dict[str, Any]) -> None:
    """Write named arrays and CSR matrices to one file."""
    flat: dict[str, np.ndarray] = {}
    for name, value in arrays.items():
        if sparse.issparse(value):
            csr = value.tocsr()
            parts = (csr.indptr, csr.indices, csr.data, np.array(csr.shape))
            flat |= {
                f"{name}.csr.{part}": np.ascontiguousarray(array)
                for part, array in zip(_CSR, parts, strict=True)
            }
        else:
            flat[name] = np.ascontiguousarray(value)
    save_file(flat, str(path))


def read(path: Path) -> dict[str, Any]:
    """Named arrays and CSR matrices of a file.

    Raises:
        CheckpointError: The file is cut short or is no safetensors file (a pickle, say).
    """
    try:
        flat = load_file(str(path))
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(
            where=f"checkpoint {path.parent.name}, {path.name}",
            found="no readable safetensors file",
            expected="tensors saved by this software",
            todo="Copy the checkpoint again. Pickled weights are never loaded.",
        ) from error
    out: dict[str, Any] = {name: value for name, value in flat.items() if ".csr." not in name}
    for name in {name.partition(".csr.")[0] for name in flat if ".csr." in name}:
        parts = {part: flat[f"{name}.csr.{part}"] for part in _CSR}
        out[name] = sparse.csr_matrix(
            (parts["data"], parts["indices"], parts["indptr"]), shape=tuple(parts["shape"])
        )
    return out
