"""Exposure: what puts a film in front of somebody, whatever they think of it."""

from __future__ import annotations

import numpy as np

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

    def __init__(self, catalogue: Catalogue, members: Members, fame: np.ndarray) -> None:
        self.catalogue, self.members = catalogue, members
        self.released = catalogue.frame["released"].to_numpy()
        self.fame = fame
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
        """How likely an account is to meet each film now; minus infinity for what cannot be watched. [I]"""
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
