"""The command line is a contract: names of the JSON, exit codes, one line each way, ids as the user's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
METRICS = {
    f"{name}@{k}" for name in ("recall", "ndcg", "hit", "mrr", "precision", "map") for k in (10, 20)
} | {"mpr"}
STAGES = {"start", "load", "choose", "train", "evaluate"}

Run = Callable[..., dict[str, Any]]
