"""Settings that models of vectors share: one table, so that a name means the same in every form and command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gnnrec.recommenders.config import setting

LOSSES = ("softmax", "sampled_softmax", "in_batch", "bsl", "bpr")
SHARED: dict[str, dict[str, Any]] = {
    "embedding_size": {"help": "Length of each vector", "low": 2, "high": 1024},
    "n_layers": {"help": "How many hops messages travel", "low": 0, "high": 6, "unit": "hops"},
    "dropout": {"help": "Share of vector entries hidden while learning", "low": 0.0, "high": 0.9},
    "loss": {
        "help": "What a choice competes with: the whole catalogue (softmax), drawn items (sampled_softmax), "
        "the other choices of the batch (in_batch, bsl), or one item (bpr)",
        "choices": LOSSES,
    },
    "temperature": {
        "help": "Sharpness of the softmax: lower looks harder at the closest rivals",
        "low": 0.01,
        "high": 5.0,
    },
    "negative_power": {
        "help": "How much a person's choices must back each other up in bsl: near 0 each pulls alike",
        "low": 0.01,
        "high": 3.0,
    },
    "popularity_exponent": {
        "help": "Pushes popular items down in all losses but bpr: 0 not at all, 1 as plain in-batch negatives do",
        "low": 0.0,
        "high": 1.5,
    },
    "popularity_correction": {
        "help": "Learns more from choices of rare items: each weighs popularity to minus this power",
        "low": 0.0,
        "high": 2.0,
    },
    "score": {
        "help": "Rank by the angle between vectors, or by their product (raw), which favours popular items",
        "choices": ("cosine", "raw"),
    },
    "batch_users": {
        "help": "People per step of the softmax loss; 0 takes everybody at once",
        "low": 0,
        "high": 1_000_000,
        "unit": "people",
    },
    "batch_size": {
        "help": "Interactions per step of all losses but softmax",
        "low": 1,
        "high": 1_000_000,
        "unit": "interactions",
    },
    "negatives": {
        "help": "Sampled items per step of sampled_softmax",
        "low": 1,
        "high": 100_000,
        "unit": "items",
    },
    "reg": {
        "help": "Weight decay on the vectors of the batch (all losses but softmax)",
        "low": 0.0,
        "high": 10.0,
    },
    "learning_rate": {"help": "Size of each learning step", "low": 1e-6, "high": 1.0},
    "epochs": {"help": "Most rounds through the data", "low": 1, "high": 10_000, "unit": "epochs"},
    "patience": {
        "help": "Stop after this long without a better validation score",
        "low": 1,
        "high": 10_000,
        "unit": "epochs",
    },
    "evaluate_every": {
        "help": "How often validation is looked at",
        "low": 1,
        "high": 1000,
        "unit": "epochs",
    },
}


def space_of_loss(space: Mapping[str, tuple | list], loss: str) -> dict[str, tuple | list]:
    """A search space under a loss: what the loss does not read is not drawn, what only it reads is.

    Args:
        space: What a recommender searches under the exact softmax.
        loss: One of `LOSSES`.
    """
    if loss == "softmax":
        return dict(space)
    unread = {"batch_users"} | ({"temperature", "popularity_exponent"} if loss == "bpr" else set())
    read = {"batch_size": [1024, 2048, 4096, 8192], "reg": (1e-4, 0.1, "log")}
    if loss == "bpr":
        # A difference of two cosines is at most 2, too little for its sigmoid to tell good from bad.
        read["score"] = ["raw", "cosine"]
    return {name: one for name, one in space.items() if name not in unread} | read


def shared_setting(name: str, default: Any, **changed: Any) -> Any:
    """A field of a Config as `SHARED` describes it.

    Args:
        name: Name in `SHARED`.
        default: Value of this recommender unless chosen otherwise.
        changed: What differs here, such as another `low`.
    """
    return setting(default, **{**SHARED[name], **changed})
