"""Which planted groups of the demo, named by its truth, the search for worst slices names without being told of them."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any

import numpy as np

from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import Dataset, Split
from gnnrec.datasets.film_club import truth
from gnnrec.evaluation import WHOLE_RANKING, evaluate
from gnnrec.evaluation.slices import FEWEST
from gnnrec.evaluation.traits import traits_of
from gnnrec.evaluation.worst_slices import worst_slices

METRIC = "ndcg@10"
# What is asked of the demo: a model, the one it is compared with, the side looked at. Each by both metrics.
ASKED = (
    ("demo-ease", None, "worse"),
    ("demo-lightgcn", None, "worse"),
    ("demo-popularity", None, "worse"),
    ("demo-ease", None, "both"),
    ("demo-lightgcn", None, "both"),
    ("demo-ease", "demo-oracle", "both"),
    ("demo-lightgcn", "demo-oracle", "both"),
    ("demo-lightgcn", "demo-popularity", "both"),
)


def named_groups(dataset: Dataset, cut: Split) -> dict[str, Any]:
    """Which planted groups the searches name, which they were not told about, and why they miss the others."""
    searches = [
        _search(name, side, dataset, cut, metric, against)
        for metric in (METRIC, "mpr")
        for name, against, side in ASKED
    ]
    groups = []
    for place, first in enumerate(searches[0]["planted_groups"]):
        seen = [(one["planted_groups"][place], one) for one in searches]
        clearest, where = max(seen, key=lambda pair: abs(pair[0]["worse_by_standard_errors"]))
        groups.append(
            {
                "group": first["group"],
                "judged": first["judged"],
                "named_by": {_asked(one): group["named"] for group, one in seen if group["named"]},
                "clearest": _asked(where),
                "standard_errors": abs(clearest["worse_by_standard_errors"]),
                "needed": where["threshold"],
                "best_jaccard": max(group["best_jaccard"] for group, _ in seen),
            }
        )
    return {
        "searches": searches,
        "groups": groups,
        "fewest_people_told": FEWEST,
        "named": f"{sum(bool(one['named_by']) for one in groups)} of {len(groups)}",
    }


def _search(
    name: str, side: str, dataset: Dataset, cut: Split, metric: str, against: str | None = None
) -> dict[str, Any]:
    """Which planted groups one search on a shipped model names."""
    users, values = _judged(name, dataset, cut, metric)
    if against is not None:
        others, theirs = _judged(against, dataset, cut, metric)
        users, here, there = np.intersect1d(users, others, return_indices=True)
        values = values[here] - theirs[there]
    direction = "lower" if metric in WHOLE_RANKING else "higher"
    search = worst_slices(traits_of(cut), users, values, direction, side, words=dataset.words)
    groups = []
    for group, what in truth.groups().items():
        if not isinstance(what.get("members"), list):
            continue
        members = np.intersect1d(dataset.users.numbers(what["members"]), users)
        inside = np.isin(users, members)
        overlaps = {one.slice.name: overlap(members, one.slice.members) for one in search.found}
        best = max(overlaps, key=overlaps.__getitem__, default=None)
        worse = _errors(values, inside)
        groups.append(
            {
                "group": group,
                "judged": len(members),
                "difference": round(float(values[inside].mean() - values[~inside].mean()), 3),
                "worse_by_standard_errors": -worse if direction == "lower" else worse,
                "named": best if best is not None and overlaps[best] >= 0.5 else None,
                "best_jaccard": round(max(overlaps.values(), default=0.0), 2),
            }
        )
    return {
        "model": name,
        "against": against,
        "metric": metric,
        "side": side,
        "searched": search.searched,
        "threshold": round(search.threshold, 2),
        "told": [
            {
                "name": one.slice.name,
                "n": one.measured.inside.n,
                "difference": round(one.measured.difference.mean, 3),
                "p": round(one.p, 3),
            }
            for one in search.found
        ],
        "planted_groups": groups,
    }


def overlap(one: np.ndarray, two: np.ndarray) -> float:
    """Jaccard of two sets of people."""
    both = len(np.intersect1d(one, two))
    return both / max(len(one) + len(two) - both, 1)


def _errors(values: np.ndarray, inside: np.ndarray) -> float:
    n, size = len(values), int(inside.sum())
    gap = values.mean() - values[inside].mean()
    return round(float(gap / (values.std(ddof=1) * sqrt(1 / size - 1 / n))), 1)


def _asked(one: dict[str, Any]) -> str:
    against = f" less {one['against']}" if one["against"] else ""
    return f"{one['metric']} of {one['model']}{against}, {one['side']}"


@cache
def _judged(name: str, dataset: Dataset, cut: Split, metric: str) -> tuple[np.ndarray, np.ndarray]:
    model = Checkpoint.open(places.shipped_models() / name).load(dataset, cut)
    found = evaluate(model, cut, "valid", at=[10], metrics=[metric.partition("@")[0]])
    return found.users, found.per_user[metric].to_numpy(dtype=float)
