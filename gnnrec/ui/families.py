"""Recommenders in families, as the Train and Models pages list them, with what each one is in a line."""

from __future__ import annotations

import inspect
from functools import cache

from gnnrec.data import Dataset
from gnnrec.recommenders import create, names, recommender_class
from gnnrec.recommenders.capabilities import PROPAGATES
from gnnrec.training import is_trained
from gnnrec.ui.tasks import NEXT_ITEM, RATING

# From what people look for first to what is only there to compare with.
GRAPH, RATINGS, CLICKS, VECTORS, SIMPLE, CLOSED, GIVEN = (
    "Graph networks that rank",
    "Predicted ratings",
    "What comes next in a session",
    "Vectors without a graph",
    "Simple and strong",
    "Filters and shortcuts, no training",
    "Nothing to train",
)
FAMILIES = (GRAPH, RATINGS, CLICKS, VECTORS, SIMPLE, CLOSED, GIVEN)


@cache
def family_of(name: str) -> str:
    """The family of a recommender, from what it declares and can do, never from its name."""
    model = recommender_class(name)
    if "truth" in model.needs:
        return GIVEN
    if model.task == RATING:
        return RATINGS
    if model.task == NEXT_ITEM:
        return CLICKS
    if model.simple:
        return SIMPLE
    if not is_trained(name):
        return CLOSED
    return GRAPH if PROPAGATES in create(name).capabilities else VECTORS


def by_family() -> dict[str, list[str]]:
    """Names of all recommenders by family, each family in the order of titles."""
    found: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for name in sorted(names(), key=lambda one: recommender_class(one).title.lower()):
        found[family_of(name)].append(name)
    return {family: members for family, members in found.items() if members}


def about(name: str) -> str:
    """What a recommender is, in the first line of its description."""
    return (inspect.getdoc(recommender_class(name)) or "").partition("\n")[0]


# What a data set calls a table is no word for everybody.
_NEEDS = {"social": "friends", "knowledge": "facts about items"}


def why_not(name: str, dataset: Dataset) -> str:
    """Why a recommender cannot be trained on a data set; empty where it can."""
    model = recommender_class(name)
    if "truth" in model.needs:
        return "It looks at the truth of made-up data, so there is nothing to train."
    missing = model.missing_needs(dataset)
    lacking = ", ".join(sorted(_NEEDS.get(need, need.replace("_", " ")) for need in missing))
    return f"It needs {lacking}, which this data does not have." if lacking else ""
