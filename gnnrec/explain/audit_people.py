"""The audit over many people: how far the explanations of a model can be believed, method by method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from gnnrec.errors import IncompatibleError
from gnnrec.evaluation.bootstrap import Interval, mean_interval
from gnnrec.explain.audit import (
    CHANCE,
    FAITHFUL,
    SHORTEST,
    UNKNOWN,
    WEAK,
    Audit,
    audit_together,
)
from gnnrec.explain.deletion import Deletion, Tell, deletion
from gnnrec.explain.methods import Asked, Importance, importance, methods_of
from gnnrec.graph import Graph
from gnnrec.recommenders import Query, Recommender

if TYPE_CHECKING:
    import pandas as pd

    from gnnrec.data import Split

# Explanations made to be wrong, judged beside the others: what chance and worse than chance look like here.
RANDOM, INVERTED = "random", "inverted"
CONTROLS = {
    RANDOM: "Control: a random order of the history, which must score as chance.",
    INVERTED: "Control: the true order the wrong way round, which must score below chance.",
}
# The method that all others are judged by has nothing to be judged by itself.
_REFERENCE = "deletion"
_FEWEST = 10
_HALF_WAY = 0.5
_COLUMNS = [one.name for one in fields(Audit) if one.name not in ("method", "curve")]


def choose_people(recommender: Recommender, n: int, seed: int = 0) -> np.ndarray:
    """People at random among those with a history that can be judged; fewer where there are no more.

    A smaller n with the same seed gives the first of the same people.

    **Shapes**: [n] user numbers.
    """
    long_enough = np.flatnonzero(np.diff(recommender.data.matrix.indptr) >= SHORTEST)
    return np.random.default_rng(seed).permutation(long_enough)[:n]


def methods_to_judge(recommender: Recommender) -> list[str]:
    """The methods that can explain a recommender, without the one they are judged by."""
    return [one.name for one in methods_of(recommender) if one.name != _REFERENCE]


def audit_many(
    recommender: Recommender,
    graph: Graph,
    split: Split,
    users: Sequence[int] | np.ndarray,
    methods: Sequence[str] | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    tell: Tell | None = None,
) -> pd.DataFrame:
    """Judge how each method explains the first item of each person's list.

    Each person is asked about one item, the one they are shown first; people with nothing left to show are left
    out. Two explanations that are made to be wrong are judged as well.

    Args:
        recommender: A fitted recommender with the capability `edits_graph`.
        graph: The graph it was fitted on.
        split: The split it was fitted on; what it was fitted on is not recommended.
        users: User numbers.
        methods: Names of methods; all that can explain the recommender where None.
        seeds: For methods that draw.
        tell: Told how many people of how many are done; may raise to end the work.

    Returns:
        One row per person and method: `user`, `item`, `method` and the fields of `Audit` without the curve.

    Raises:
        IncompatibleError: The recommender cannot be explained that way, or shows no change of edges.
        ConfigError: There is no such method.
        DataError: A user number does not exist.
    """
    import pandas as pd

    names = methods_to_judge(recommender) if methods is None else list(methods)
    if not names:
        raise IncompatibleError(
            where=f"audit of {recommender.title}",
            found="a model that no method of explanation fits",
            expected="a model with reasons to judge",
            todo="Choose another model; the Models page lists what each can do.",
        )
    shown = recommender.recommend(users, 1, exclude=split.matrix(*split.fitted_parts)).items[:, 0]
    rows = []
    for done, (user, item) in enumerate(zip(np.asarray(users).tolist(), shown.tolist(), strict=True)):
        told = _told(tell, done, len(users))
        if told is not None:
            told(0, 0)
        if item < 0:
            continue
        asked = Asked(recommender, graph, Query(user=user), item)
        deleted = deletion(recommender, asked.query, item, tell=told)
        given = {name: importance(asked, name, seeds) for name in names} | _controls(asked, deleted)
        found = audit_together(asked, given, deleted, seed=user, tell=told)
        rows += [
            {"user": user, "item": item, "method": name, **{field: getattr(one, field) for field in _COLUMNS}}
            for name, one in found.items()
        ]
    if tell is not None:
        tell(len(users), len(users))
    return pd.DataFrame(rows, columns=["user", "item", "method", *_COLUMNS])


def summary(audits: pd.DataFrame) -> pd.DataFrame:
    """What the audits of many people come to, one row per method in their order.

    Means over people whose explanation can be judged, with bootstrap intervals over people. The verdict: `not
    better than chance` where the interval of the area reaches zero; `faithful` where it lies above a half and
    the mean rank correlation is at least a half; `weak` between; `cannot tell` for fewer than ten people.

    Args:
        audits: From `audit_many`.

    Returns:
        Columns `method`, `people`, `area`, `area_low`, `area_high`, `spearman`, `spearman_low`,
        `spearman_high`, `stability`, `half` (median number of items that hold half), `sparsity`, `sum_error`
        (the largest), `faithful`, `weak` and `chance` (shares of people by verdict) and `verdict`.
    """
    import pandas as pd

    rows = []
    for method, rest in audits.groupby("method", sort=False):
        judged = rest[rest["verdict"] != UNKNOWN]
        area, agreement = mean_interval(judged["area"]), mean_interval(judged["spearman"])
        verdicts = judged["verdict"].value_counts(normalize=True)
        rows.append(
            {
                "method": method,
                "people": len(judged),
                **_named("area", area),
                **_named("spearman", agreement),
                "stability": judged["stability"].mean(),
                "half": judged["half"].median(),
                "sparsity": judged["sparsity"].mean(),
                "sum_error": judged["sum_error"].max(),
                "faithful": float(verdicts.get(FAITHFUL, 0.0)),
                "weak": float(verdicts.get(WEAK, 0.0)),
                "chance": float(verdicts.get(CHANCE, 0.0)),
                "verdict": _verdict(area, agreement),
            }
        )
    return pd.DataFrame(rows)


def _controls(asked: Asked, deleted: Deletion) -> dict[str, Importance]:
    drawn = np.random.default_rng([1, asked.query.user]).random(len(asked.history))
    values = {RANDOM: drawn, INVERTED: -deleted.effect}
    return {name: Importance(name, asked.history, one, one[None]) for name, one in values.items()}


def _verdict(area: Interval, agreement: Interval) -> str:
    if area.n < _FEWEST:
        return UNKNOWN
    if area.low <= 0:
        return CHANCE
    return FAITHFUL if area.low >= _HALF_WAY and agreement.mean >= _HALF_WAY else WEAK


def _named(name: str, found: Interval) -> dict[str, float]:
    ends = (float("nan") if end is None else end for end in (found.low, found.high))
    return dict(zip((name, f"{name}_low", f"{name}_high"), (found.mean, *ends), strict=True))


def _told(tell: Tell | None, done: int, total: int) -> Tell | None:
    """Says how many people are done, however much of one person's work is; so that it can be ended within."""
    return None if tell is None else lambda *_: tell(done, total)
