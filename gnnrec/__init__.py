"""gnnrec: look at what a graph neural network recommends to one person, why, and where it fails.

    import gnnrec

    dataset = gnnrec.Dataset.from_frame(frame)          # columns user_id, item_id, optional interaction
    split = gnnrec.split(dataset)                       # 80/10/10 per person, validation and test held out
    fit = gnnrec.fit("lightgcn", dataset, split)
    fit.recommender.recommend([0], k=10)

Names are imported when they are first used, so that `import gnnrec` alone costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Dataset": "gnnrec.data",
    "Interactions": "gnnrec.data",
    "Split": "gnnrec.data",
    "Vocabulary": "gnnrec.data",
    "split": "gnnrec.data",
    "fit": "gnnrec.training",
    "evaluate": "gnnrec.evaluation",
    "Query": "gnnrec.recommenders",
    "Checkpoint": "gnnrec.checkpoints",
    "save": "gnnrec.checkpoints",
    "open_dataset": "gnnrec.datasets",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names of the table are text


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gnnrec' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
