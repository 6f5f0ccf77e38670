"""Settings that models trained on sessions share, and what a search draws of them."""

from __future__ import annotations

from typing import Any

from gnnrec.recommenders.config import setting

_SETTINGS: dict[str, dict[str, Any]] = {
    "embedding_size": {"help": "Numbers per item vector", "low": 2, "high": 512},
    "learning_rate": {"help": "Step size of Adam", "low": 1e-5, "high": 0.1},
    "decay_every": {
        "help": "After so many epochs the steps become smaller; 0: never",
        "low": 0,
        "high": 1000,
        "unit": "epochs",
    },
    "decay": {"help": "Factor by which they become smaller", "low": 0.001, "high": 1.0},
    "batch_size": {"help": "Questions per step", "low": 1, "high": 65_536},
    "reg": {"help": "Weight of squared parameters in the loss (L2)", "low": 0, "high": 1},
    "epochs": {"help": "Passes over the train sessions at most", "low": 1, "high": 1000, "unit": "epochs"},
    "patience": {
        "help": "Stop after so many epochs without a better one",
        "low": 1,
        "high": 1000,
        "unit": "epochs",
    },
    "evaluate_every": {"help": "Epochs between looks at validation", "low": 1, "high": 100, "unit": "epochs"},
}
SPACE: dict[str, tuple | list] = {
    "learning_rate": (5e-4, 5e-3, "log"),
    "reg": (1e-6, 1e-4, "log"),
    "embedding_size": [32, 64, 100],
    "decay_every": [0, 3],
}


def session_setting(name: str, default: Any) -> Any:
    """A field of a Config that models trained on sessions share."""
    return setting(default, **_SETTINGS[name])
