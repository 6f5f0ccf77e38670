"""The three years: who watches what, when and where, why, and how many stars it gets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import plan
from .catalogue import Catalogue
from .exposure import Exposure
from .members import Members
from .parents import History, Parent, parents_of
from .schedule import Slot, slots
from .standing import missing_appeal
from .utility import Moment, Tastes


@dataclass
class Diary:
    """Everything that happened, one entry per viewing, in order of time."""

    account: list[int] = field(default_factory=list)
    film: list[int] = field(default_factory=list)
    rating: list[float] = field(default_factory=list)
    moment: list[Moment] = field(default_factory=list)
    decided_by: list[str] = field(default_factory=list)
    lead: list[float] = field(default_factory=list)
    parts: list[np.ndarray] = field(default_factory=list)
    parents: list[list[Parent]] = field(default_factory=list)
    opened: list[list[tuple[int, int]]] = field(default_factory=list)


@dataclass(frozen=True)
class World:
    """The finished three years.

    Attributes:
        diary: All viewings.
        utility: What every film is worth to every account, see `standing_utility`. [U, I]
    """

    diary: Diary
    utility: np.ndarray


def simulate(catalogue: Catalogue, members: Members, stop_after: int | None = None) -> World:
    """Live through the three years; the same every time.

    Args:
        catalogue: The films.
        members: The members.
        stop_after: How many viewings to stop after; what comes before is the same as without.
    """
    rng = plan.stream("viewings")
    tastes = Tastes(catalogue, members)
    habits = _usual_context(tastes)
    at_start = np.stack([tastes.assemble(p, habits[p], 0.3).sum(axis=0) for p in range(len(members.account))])
    appeal = missing_appeal(catalogue, members, at_start)
    tastes.craft = tastes.craft + (1.0 - plan.FAME_SHARE) * appeal
    exposure = Exposure(catalogue, members, plan.FAME_SHARE * appeal)
    diary = Diary()
    histories = [History.for_up_to(int(members.n_viewings[account])) for account in members.account]
    ratings = np.zeros((len(members.frame), len(catalogue.frame)), dtype=np.float32)
    moments: list[list[Moment]] = [[] for _ in members.account]

    for slot in slots(catalogue, members)[:stop_after]:
        account = slot.account
        if slot.script is None:
            moments[slot.person].append(slot.moment)
            film, rating = _choose(rng, slot, tastes, exposure, histories[slot.person], ratings, diary)
            histories[slot.person].add(film, rating - plan.RATING_LIKED)
            tastes.watch(slot.person, film, rating)
        else:
            film, rating = slot.script
            diary.decided_by.append("script")
            diary.lead.append(0.0)
            diary.parts.append(np.zeros(len(plan.PARTS)))
            diary.parents.append([])
            diary.opened.append([])
        exposure.watch(account, film, slot.moment.time)
        ratings[account, film] = rating
        diary.account.append(account)
        diary.film.append(film)
        diary.rating.append(rating)
        diary.moment.append(slot.moment)
    return World(diary, standing_utility(catalogue, members, tastes, histories, moments, habits))


def _choose(
    rng: np.random.Generator,
    slot: Slot,
    tastes: Tastes,
    exposure: Exposure,
    history: History,
    ratings: np.ndarray,
    diary: Diary,
) -> tuple[int, float]:
    """One viewing: exposure times utility plus noise, on the scale of logarithms."""
    met = exposure.at(slot.account, slot.moment.time, slot.moment.cinema)
    parts = tastes.parts(slot.person, slot.moment)
    worth = parts.sum(axis=0)
    score = met + worth + rng.gumbel(size=len(met))
    film = int(np.argmax(score))

    offered = np.exp(met - met.max())
    leads = parts[:, film] - parts @ (offered / offered.sum())
    best = int(np.argmax(leads))
    decided = plan.PARTS[best] if leads[best] > 0 else "exposure"
    found = parents_of(tastes, slot, history, film, leads, ratings) if leads[best] > 0 else []

    members = tastes.members
    stars = plan.RATING_MEAN + plan.RATING_PER_UTILITY * worth[film]
    stars += members.rating_bias[slot.account] + rng.normal(0.0, plan.RATING_NOISE)
    step = 1.0 if members.whole_stars[slot.account] else 0.5
    rating = float(np.clip(np.round(stars / step) * step, step, 5.0))

    opened: list[tuple[int, int]] = []
    if rng.random() < plan.SESSION_SHARE:
        n_opened = int(min(1 + rng.geometric(0.42), 7, np.isfinite(score).sum()))
        chosen = np.argsort(-score)[:n_opened][::-1]
        gaps = rng.integers(15, 260, n_opened)
        at = slot.moment.time - np.cumsum(gaps[::-1])[::-1]
        opened = [(int(item), int(second)) for item, second in zip(chosen, at, strict=True)]
    diary.decided_by.append(decided)
    diary.lead.append(float(leads[best]))
    diary.parts.append(parts[:, film].copy())
    diary.parents.append(found)
    diary.opened.append(opened)
    return film, rating


def _usual_context(tastes: Tastes) -> list[np.ndarray]:
    """The context part averaged over the club's habits, at home in one's own city."""
    members = tastes.members
    towns = np.eye(len(plan.CITIES))
    return [
        tastes.context(person, plan.EVENING_SHARE, plan.CINEMA_SHARE, towns[members.city[account]])
        for person, account in enumerate(members.account)
    ]


def standing_utility(
    catalogue: Catalogue,
    members: Members,
    tastes: Tastes,
    histories: list[History],
    moments: list[list[Moment]],
    habits: list[np.ndarray],
) -> np.ndarray:
    """The additive utility of each pair, averaged over a person's own moments.

    For an account that two people share it is the logarithm of the mean of both odds; a bot values nothing.

    **Shapes**: [U, I].
    """
    odds = np.zeros((len(members.frame), len(catalogue.frame)))
    towns = np.eye(len(plan.CITIES))
    for person, account in enumerate(members.account):
        when = moments[person]
        if when:
            context = tastes.context(
                person,
                float(np.mean([m.evening for m in when])),
                float(np.mean([m.cinema for m in when])),
                towns[[m.city for m in when]].mean(axis=0),
            )
            drift = float(tastes.drift_weight(person, np.array([m.time for m in when])).mean())
        else:
            context, drift = habits[person], float(tastes.drift_weight(person, plan.END))
        worth = tastes.standing(person, context, drift, histories[person].film, histories[person].liking)
        odds[account] += members.share[person] * np.exp(worth)
    utility = np.log(odds)
    utility[members.kind == "bot"] = 0.0
    return utility
