"""How benchmarks set the same model with and without something side by side, for some of the people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from gnnrec.runs.comparison import difference

METRIC = "ndcg@10"
# Fewer people than this say nothing of a group.
FEWEST = 20


def only(tables: list[pd.DataFrame], inside: np.ndarray) -> list[pd.DataFrame]:
    """The rows of some people; `inside` says for each user number whether they are among them."""
    return [table[inside[table.index.to_numpy()]] for table in tables]


def numbers(mine: list[pd.DataFrame], other: list[pd.DataFrame]) -> dict[str, Any]:
    """Means with and without, and the paired difference; None where too few people are judged."""
    n = len(mine[0])
    if n < FEWEST:
        return {"n": n, "with": None, "without": None, "difference": None}
    return {
        "n": n,
        "with": float(np.mean([table[METRIC].mean() for table in mine])),
        "without": float(np.mean([table[METRIC].mean() for table in other])),
        "difference": asdict(difference(mine, other, METRIC)),
    }
