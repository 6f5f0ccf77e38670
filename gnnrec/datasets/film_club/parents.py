"""Parents: what a viewing truly came from, an earlier film, a friend or an entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from . import plan
from .schedule import Slot
from .utility import Tastes


class Parent(NamedTuple):
    """One cause of one viewing: "item" and "user" hold a number, "entity" a text."""

    part: str
    kind: str
    who: int | str


@dataclass
class History:
    """Films one person has watched, in order, with the stars above indifference."""

    films: np.ndarray
    likings: np.ndarray
    n: int = 0

    @classmethod
    def for_up_to(cls, n: int) -> History:
        """An empty history with room for n films."""
        return cls(np.zeros(n, dtype=np.int64), np.zeros(n))

    def add(self, film: int, liking: float) -> None:
        """Add one film at the end."""
        self.films[self.n], self.likings[self.n] = film, liking
        self.n += 1

    @property
    def film(self) -> np.ndarray:
        """Numbers of the films so far."""
        return self.films[: self.n]

    @property
    def liking(self) -> np.ndarray:
        """Stars above indifference of the films so far."""
        return self.likings[: self.n]


def parents_of(
    tastes: Tastes, slot: Slot, history: History, film: int, leads: np.ndarray, ratings: np.ndarray
) -> list[Parent]:
    """Name the causes of a viewing: of the part that decided it, then of those that did half as much.

    Args:
        tastes: State before this viewing.
        slot: Who, when and where.
        history: What this person watched before.
        film: Number of the film chosen.
        leads: How far each part put the film ahead of what was on offer. [parts]
        ratings: Stars given so far, 0 where none. [U, I]

    Returns:
        Parents, strongest part first; within a part, strongest first.
    """
    found: list[Parent] = []
    order = [int(n) for n in np.argsort(-leads)]
    for number in order:
        if leads[number] < plan.PARENT_LEAD_SHARE * leads[order[0]]:
            break
        part = plan.PARTS[number]
        films = _films(tastes, slot.person, history, film, part)
        found += [Parent(part, "item", earlier) for earlier in films]
        if part == "friends":
            friends = tastes.members.friends[slot.account]
            found += [Parent(part, "user", int(f)) for f in friends[ratings[friends, film] >= 4.0]]
        entity = _entity(tastes, slot, film, part)
        if entity is not None:
            found.append(Parent(part, "entity", entity))
    return found


def _films(tastes: Tastes, person: int, history: History, film: int, part: str) -> list[int]:
    """Earlier films whose memory raised this part, the strongest first."""
    c = tastes.catalogue
    earlier, liking = history.film, history.liking
    if part == "genre":
        pull = liking * (c.genres[earlier] @ c.genres[film])
    elif part == "mood":
        pull = liking * (c.moods[earlier] == c.moods[film])
    elif part == "director":
        pull = liking * (c.director[earlier] == c.director[film])
    elif part == "studio":
        pull = liking * (c.studio[earlier] == c.studio[film])
    elif part == "series":
        pull = (c.next_part[earlier] == film).astype(float)
    else:
        return []
    # Of equal films the later one is remembered
    best = np.lexsort((-np.arange(len(earlier)), -pull))[: plan.PARENTS_PER_PART]
    return [int(earlier[n]) for n in best if pull[n] > 1e-9]


def _entity(tastes: Tastes, slot: Slot, film: int, part: str) -> str | None:
    c = tastes.catalogue
    if part == "genre":
        taste = tastes.members.taste[slot.person, : len(plan.GENRES)]
        return plan.GENRES[int(np.argmax(np.where(c.genres[film] > 0, taste * c.genres[film], -np.inf)))]
    if part == "mood":
        return plan.MOODS[int(c.moods[film])]
    if part in ("director", "studio", "series"):
        return c.entity[part][film]
    if part == "context":
        moment = slot.moment
        sides = {
            "evening" if moment.evening else "daytime": tastes.evening[film] * (1 if moment.evening else -1),
            "cinema" if moment.cinema else "home": tastes.cinema[film] * (1 if moment.cinema else -1),
            plan.CITIES[moment.city]: tastes.city[moment.city, film],
        }
        return max(sides, key=sides.__getitem__)
    if part == "drift":
        drift = tastes.members.drift[slot.person]
        names = [*plan.GENRES, *plan.MOODS]
        film_is = np.concatenate([c.genres[film], tastes.moods[film]])
        return names[int(np.argmax(np.where(film_is > 0, drift * film_is, -np.inf)))]
    return None
