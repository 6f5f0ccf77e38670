"""Exposure: what puts a film in front of somebody, whatever they think of it."""

from __future__ import annotations

import numpy as np
from statistics import NormalDist

from . import plan
from .catalogue import Catalogue
from .members import Members

# Months from January; a genre has its season
SEASONS = {
    "Horror": (0, -0.4, -0.4, -0.2, 0, 0, 0, 0, 0.4, 1.6, 0.4, -0.6),
    "Romance": (0, 1.5, 0.3, 0.3, 0.3, 0.2, 0, 0, -0.2, -0.4, -0.2, 0.5),
    "Animation": (0.2, 0, 0, 0.4, 0, 0.2, 0.5, 0.4, -0.4, -0.3, 0.3, 1.4),
    "Adventure": (-0.2, -0.2, 0, 0, 0.4, 0.8, 1.0, 0.8, 0, -0.2, -0.2, 0.2),
    "Documentary": (0.6, 0.2, 0.5, 0.2, 0, -0.3, -0.5, -0.5, 0, 0.2, 0.4, 0),
    "Fantasy": (0.2, 0, 0, 0, 0, 0, 0, 0, 0, 0.3, 0.4, 1.0),
    "Comedy": (0, 0, 0.2, 0.3, 0.2, 0.4, 0.5, 0.4, 0, -0.2, 0, 0.5),
    "Drama": (0.4, 0.2, 0, 0, -0.2, -0.3, -0.5, -0.4, 0.2, 0.3, 0.5, 0.2),
}


class Exposure:
    """Logarithm of how likely each film is to be met, on the same scale as utility."""

    def __init__(self, catalogue: Catalogue, members: Members, at_start: np.ndarray) -> None:
        """Set every film's fame.

        Args:
            catalogue: The films.
            members: The members.
            at_start: Utility of each film for each person before anybody watched anything. [P, I]
        """
        rng = plan.stream("exposure")
        self.catalogue, self.members = catalogue, members
        self.released = catalogue.frame["released"].to_numpy()
        self.fame = _fame(rng, catalogue, members, at_start)
        season = np.zeros((12, len(plan.GENRES)))
        for genre, by_month in SEASONS.items():
            season[:, plan.GENRES.index(genre)] = by_month
        self.season = plan.SEASON * season @ catalogue.genres.T
        self.talked_of = np.full((len(members.frame), len(catalogue.frame)), -np.inf)
        self.twin_seen = np.zeros((len(members.frame), len(catalogue.frame)))
        self.hidden = np.zeros((len(members.frame), len(catalogue.frame)), dtype=bool)
        silent = members.kind == "silent"
        self.hidden[silent[:, None] != catalogue.silent] = True
        self._day, self._of_day = -1, np.zeros(0)

    def at(self, account: int, time: int, cinema: bool) -> np.ndarray:
        """Exposure of each film for one account at one moment; minus infinity for what cannot be watched. [I]"""
        day = (time - plan.START) // plan.DAY
        if day != self._day:
            month = int(np.datetime64(time, "s").astype("datetime64[M]").astype(int) % 12)
            age = (time - self.released) / plan.DAY
            fresh = np.where(age < 0, 0.0, np.exp(-np.maximum(age, 0.0) / plan.RELEASE_DAYS))
            self._fresh = np.where(self.released > plan.START, fresh, 0.0)
            self._of_day = self.fame + self.season[month] + plan.RELEASE_BUMP * self._fresh
            self._day = day
        talk = np.exp((self.talked_of[account] - time) / (plan.FRIEND_TALK_DAYS * plan.DAY))
        out = self._of_day + plan.FRIEND_TALK * talk + self.twin_seen[account]
        if cinema:
            out = out + plan.CINEMA_NEW * self._fresh
        return np.where(self.hidden[account] | (self.released > time), -np.inf, out)

    def watch(self, account: int, film: int, time: int) -> None:
        """Take a film off this account's shelf, and let its friends hear of it."""
        self.hidden[account, film] = True
        self.talked_of[self.members.friends[account], film] = time
        twin = self.catalogue.twin[film]
        if twin >= 0:
            self.twin_seen[account, twin] = plan.TWIN_SEEN


def _fame(rng: np.random.Generator, catalogue: Catalogue, members: Members, at_start: np.ndarray) -> np.ndarray:
    """Fame that gives viewings a long tail, with the sixty headliners at its head.

    Better-liked films are more famous, with much luck; how well liked a film is comes out of utility, so fame
    only adds what is missing to the number of viewings meant for the film.
    """
    n_films = len(catalogue.frame)
    fame = rng.normal(0.0, 0.5, n_films)
    usual = np.flatnonzero(~catalogue.silent & ~catalogue.new)
    persons = np.flatnonzero(np.isin(members.kind, ["member", "shared", "drift"])[members.account])
    weight = members.n_viewings[members.account[persons]] * members.share[persons]
    worth = at_start[np.ix_(persons, usual)]
    released = catalogue.frame["released"].to_numpy()[usual]
    available = np.clip((plan.END - released) / (plan.END - plan.START), 0.02, 1.0)

    appeal = np.log(np.exp(worth).mean(axis=0)) + np.log(available)
    luck = rng.normal(0.0, plan.FAME_NOISE, len(usual))
    headliner = catalogue.headliner[usual]
    order = np.lexsort((-(appeal + luck), ~headliner))
    quantile = 1.0 - (np.arange(len(usual)) + 0.5) / len(usual)
    wanted_log = np.array([NormalDist().inv_cdf(q) for q in quantile]) * plan.FAME_SPREAD
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
    fame[usual] = level - level.mean()
    return fame


def _fit_total(wanted: np.ndarray, total: float, most: float) -> np.ndarray:
    for _ in range(30):
        wanted = np.minimum(wanted * total / wanted.sum(), most)
    return wanted
