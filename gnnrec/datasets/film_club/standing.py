"""How many people each film is meant to reach, and what it needs for that: the long tail and its head."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from . import plan
from .catalogue import Catalogue
from .members import Members


def missing_appeal(catalogue: Catalogue, members: Members, at_start: np.ndarray) -> np.ndarray:
    """What every film needs, beside taste, to be watched as often as it is meant to be.

    Films that suit more people are meant to be watched more, with much luck; the sixty headliners come first.

    Args:
        catalogue: The films.
        members: The members.
        at_start: Utility of each film for each person before anybody watched anything. [P, I]

    Returns:
        Appeal to add, on the scale of utility; small random values for silent and new films. [I]
    """
    rng = plan.stream("exposure")
    appeal = rng.normal(0.0, 0.5, len(catalogue.frame))
    usual = np.flatnonzero(~catalogue.silent & ~catalogue.new)
    persons = np.flatnonzero(np.isin(members.kind, ["member", "shared", "drift"])[members.account])
    weight = members.n_viewings[members.account[persons]] * members.share[persons]
    worth = at_start[np.ix_(persons, usual)]
    released = catalogue.frame["released"].to_numpy()[usual]
    available = np.clip((plan.END - released) / (plan.END - plan.START), 0.02, 1.0)

    suits = np.log(np.exp(worth).mean(axis=0)) + np.log(available)
    luck = rng.normal(0.0, plan.POPULARITY_LUCK, len(usual))
    headliner = catalogue.headliner[usual]
    order = np.lexsort((-(suits + luck), ~headliner))
    quantile = 1.0 - (np.arange(len(usual)) + 0.5) / len(usual)
    wanted_log = np.array([NormalDist().inv_cdf(q) for q in quantile]) * plan.POPULARITY_SPREAD
    wanted_log[: headliner.sum()] += plan.HEADLINER_GAP
    wanted = np.empty(len(usual))
    wanted[order] = np.exp(wanted_log)
    wanted = _fit_total(wanted, weight.sum(), 0.62 * len(persons))

    level = np.zeros(len(usual))
    for _ in range(40):
        odds = np.exp(worth + level) * available
        chance = odds / odds.sum(axis=1, keepdims=True)
        # Nobody watches a film twice, so the odds saturate
        expected = (1.0 - np.exp(-chance * weight[:, None] * 1.15)).sum(axis=0)
        level += 0.7 * np.log(wanted / expected)
    appeal[usual] = level - level.mean()
    return appeal


def _fit_total(wanted: np.ndarray, total: float, most: float) -> np.ndarray:
    for _ in range(30):
        wanted = np.minimum(wanted * total / wanted.sum(), most)
    return wanted
