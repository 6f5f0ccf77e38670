"""What models of facts share: their settings by one table, and which facts they hear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gnnrec.data import Dataset
from gnnrec.data.knowledge import Facts, facts_of
from gnnrec.errors import IncompatibleError
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


def heard_facts(dataset: Dataset, least_items: int) -> Facts:
    """The facts that a model hears.

    Raises:
        IncompatibleError: No entity belongs to enough items.
    """
    facts = facts_of(dataset, least_items)
    if not len(facts):
        raise IncompatibleError(
            where=f"facts in {dataset.title}",
            found=f"nothing that {least_items} or more {dataset.words.items} have in common",
            expected=f"facts that join {dataset.words.items}",
            todo="Set use_knowledge to no, or least_items to 1.",
        )
    return facts
