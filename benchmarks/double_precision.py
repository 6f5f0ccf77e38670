"""A fitted recommender in double precision: what it learned widened, and everything derived computed again."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from scipy import sparse

from gnnrec.recommenders import Recommender


def in_double(recommender: Recommender) -> Recommender:
    """A copy that works in double precision wherever it does not round on purpose.

    Every single-precision array, sparse matrix, tensor and module it holds is widened, and what is derived from
    parameters is derived again. The recommender itself stays as it is.
    """
    wide = copy.copy(recommender)
    wide.__dict__.update({name: _wide(value) for name, value in vars(recommender).items()})
    if hasattr(wide, "serve"):
        wide.serve()
    return wide


def _wide(value: Any) -> Any:
    if isinstance(value, torch.nn.Module):
        return copy.deepcopy(value).double()
    if isinstance(value, torch.Tensor) and value.dtype == torch.float32:
        return value.double()
    if (isinstance(value, np.ndarray) or sparse.issparse(value)) and value.dtype == np.float32:
        return value.astype(np.float64)
    return value
