"""When and where members sit down to watch, before anything is chosen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import plan
from .catalogue import Catalogue
from .members import Members
from .utility import Moment


class Slot(NamedTuple):
    """One sitting: who, when and where; bots bring the film and the stars with them."""

    account: int
    person: int
    moment: Moment
    script: tuple[int, float] | None = None


def slots(catalogue: Catalogue, members: Members) -> list[Slot]:
    """All sittings of the three years, in order of time."""
    rng = plan.stream("schedule")
    persons = [np.flatnonzero(members.account == account) for account in range(len(members.frame))]
    out: list[Slot] = []
    cinema_goer = np.clip(rng.beta(2.0, 5.5, len(members.frame)), 0.02, 0.85)
    for account in range(len(members.frame)):
        if members.kind[account] == "bot":
            out += _script(rng, catalogue, members, account)
            continue
        for time in _times(rng, members, account):
            weekend = (time // plan.DAY + 3) % 7 >= 5
            person = int(persons[account][int(rng.random() > members.share[persons[account][0]])])
            away = rng.random() < 0.06
            city = int(rng.integers(len(plan.CITIES))) if away else int(members.city[account])
            cinema = bool(rng.random() < cinema_goer[account] * (1.25 if weekend else 0.9))
            evening = time % plan.DAY >= 18 * 3600
            out.append(Slot(account, person, Moment(int(time), bool(evening), cinema, city)))
    return sorted(out, key=lambda slot: (slot.moment.time, slot.account))


def _times(rng: np.random.Generator, members: Members, account: int) -> np.ndarray:
    """Seconds of an account's viewings: more at weekends and in the dark months, never two at once."""
    n = int(members.n_viewings[account])
    first = (int(members.frame["joined"].iloc[account]) - plan.START) // plan.DAY + 1
    last = (int(members.left[account]) - plan.START) // plan.DAY
    days = np.arange(first, max(last, first + 1))
    weekday = (plan.START // plan.DAY + days + 3) % 7
    weight = np.where(weekday >= 5, 1.9, 1.0) * (1.0 + 0.25 * np.cos(2 * np.pi * (days - 120) / 365.25))
    # Enthusiasm comes in waves of its own
    weight = weight * np.exp(0.6 * np.sin(2 * np.pi * days / rng.uniform(90, 400) + rng.uniform(0, 6.3)))
    chosen = np.sort(rng.choice(days, size=n, replace=n > 0.7 * len(days), p=weight / weight.sum()))
    evening = rng.random(n) < plan.EVENING_SHARE
    hour = np.where(evening, rng.triangular(18.0, 20.4, 23.9, n), rng.triangular(9.5, 15.5, 18.0, n))
    return np.sort(plan.START + chosen * plan.DAY + (hour * 3600).astype(np.int64))


def _script(rng: np.random.Generator, catalogue: Catalogue, members: Members, account: int) -> list[Slot]:
    """A bot's one night: the shelf in order, or, for every other bot, one studio praised and one damned."""
    start = int(members.frame["joined"].iloc[account]) + plan.DAY
    shelf = np.flatnonzero((catalogue.frame["released"].to_numpy() < start) & ~catalogue.silent)
    number = int((members.kind[:account] == "bot").sum())
    if number % 2 == 0:
        begin = int(rng.integers(len(shelf)))
        films = np.roll(shelf, -begin)[: members.n_viewings[account]]
        stars = np.full(len(films), 3.0)
    else:
        praised, damned = rng.choice(np.unique(catalogue.studio[shelf]), 2, replace=False)
        films = rng.permutation(shelf[np.isin(catalogue.studio[shelf], [praised, damned])])
        stars = np.where(catalogue.studio[films] == praised, 5.0, 0.5)
    times = start + np.cumsum(rng.integers(20, 75, len(films)))
    city = int(members.city[account])
    person = int(np.flatnonzero(members.account == account)[0])
    return [
        Slot(
            account, person, Moment(int(t), bool(t % plan.DAY >= 18 * 3600), False, city), (int(f), float(s))
        )
        for t, f, s in zip(times, films, stars, strict=True)
    ]
