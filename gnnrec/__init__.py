"""gnnrec: look at what a graph neural network recommends to one person, why, and where it fails.

    import gnnrec

    dataset = gnnrec.Dataset.from_frame(frame, name="mine")    # columns user_id and item_id
    fitted = gnnrec.fit("lightgcn", dataset, "random:seed=1")  # 80/10/10 per person
    gnnrec.save(fitted, "models/mine-lightgcn")

Names are imported when they are first used, so that `import gnnrec` alone costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Checkpoint": "gnnrec.checkpoints",
    "Dataset": "gnnrec.data",
    "GnnrecError": "gnnrec.errors",
    "Interactions": "gnnrec.data",
    "Split": "gnnrec.data",
    "Vocabulary": "gnnrec.data",
    "evaluate": "gnnrec.evaluation",
    "fit": "gnnrec.training",
    "open_dataset": "gnnrec.datasets",
    "save": "gnnrec.checkpoints",
    "split": "gnnrec.data",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names of the table are text


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gnnrec' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
