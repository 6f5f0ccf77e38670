"""Settings that models of facts share: one table, so that a name means the same in every form and command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gnnrec.recommenders.config import setting

_SETTINGS: dict[str, dict[str, Any]] = {
    "use_knowledge": {
        "help": "Whether facts about items are heard; no is the same model without them",
        "choices": ("yes", "no"),
    },
    "knowledge_weight": {
        "help": "Share of its facts in what an item becomes; 0 is the same model without them",
        "low": 0.0,
        "high": 1.0,
    },
    "least_items": {
        "help": "Entities of fewer items are left out: what only one item has tells nothing of another",
        "low": 1,
        "high": 1000,
        "unit": "items",
    },
}


def knowledge_setting(name: str, default: Any) -> Any:
    """`use_knowledge`, `knowledge_weight` or `least_items` as a field of a Config."""
    return setting(default, **_SETTINGS[name])


def space_of_knowledge(
    space: Mapping[str, tuple | list], settings: Mapping[str, Any]
) -> dict[str, tuple | list]:
    """A search space under some settings: without facts, nothing that is about them is drawn."""
    unread = {"knowledge_weight", "n_hops"} if settings.get("use_knowledge") == "no" else set()
    return {name: one for name, one in space.items() if name not in unread}
