"""The members: who they are, what they like, whom they know, and which of them were planted to be hard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import plan
from .catalogue import Catalogue
from .names import PAIRS_OF_NAMES, people


@dataclass(frozen=True)
class Members:
    """All member accounts, and the people who use them: two where an account is shared.

    Attributes:
        frame: One row per account, the columns of users.parquet.
        kind: "member", "silent", "bot", "newcomer", "shared" or "drift". [U]
        n_viewings: How many films each account will watch. [U]
        left: Second of the last possible viewing. [U]
        city: Number of the home city. [U]
        friends: For each account the accounts it is friends with.
        account: The account of each person. [P]
        share: How much of the account's viewing is this person's. [P]
        taste: What each person likes from the start: genres, then moods. [P, G + M]
        drift: How that changes over the three years. [P, G + M]
        directors: Fondness for directors from the start. [P, directors]
        studios: Fondness for studios from the start. [P, studios]
        sensitivity: How much time and place matter to each person. [P]
        rating_bias: How generous each account is, in stars. [U]
        whole_stars: Accounts that never give half stars. [U]
    """

    frame: pd.DataFrame
    kind: np.ndarray
    n_viewings: np.ndarray
    left: np.ndarray
    city: np.ndarray
    friends: list[np.ndarray]
    account: np.ndarray
    share: np.ndarray
    taste: np.ndarray
    drift: np.ndarray
    directors: np.ndarray
    studios: np.ndarray
    sensitivity: np.ndarray
    rating_bias: np.ndarray
    whole_stars: np.ndarray


def build(catalogue: Catalogue) -> Members:
    """Make all members; the same every time."""
    rng = plan.stream("members")
    n = plan.N_MEMBERS
    kind = _kinds(rng, n)
    joined, left = _membership(rng, kind)
    order = np.argsort(joined, kind="stable")
    kind, joined, left = kind[order], joined[order], left[order]
    city = rng.choice(len(plan.CITIES), size=n, p=plan.CITY_SHARE)
    age = rng.choice(len(plan.AGE_BANDS), size=n, p=plan.AGE_SHARE)
    n_viewings = _activity(rng, kind, joined, left)
    early = joined < plan.START + 200 * plan.DAY
    drifting = np.flatnonzero((kind == "member") & early & (left == plan.END))
    kind[rng.choice(drifting[n_viewings[drifting] >= 60], plan.N_DRIFT, replace=False)] = "drift"
    sharing = np.flatnonzero((kind == "member") & (n_viewings >= 40))
    kind[rng.choice(sharing, plan.N_SHARED, replace=False)] = "shared"

    taken = set(catalogue.frame["director"])
    names = people(rng, n, taken)
    for row in np.flatnonzero(kind == "shared"):
        second = people(rng, 1, taken)[0].split()[0]
        names[row] = f"{names[row].split()[0]}{PAIRS_OF_NAMES}{second} {names[row].split(' ', 1)[1]}"

    account = np.concatenate([np.arange(n), np.flatnonzero(kind == "shared")])
    share = np.ones(len(account))
    share[np.flatnonzero(kind == "shared")] = 0.58
    share[n:] = 0.42
    types, taste, drift = _tastes(rng, age[account], kind[account])
    return Members(
        frame=pd.DataFrame(
            {
                "user_id": [f"m{number:04d}" for number in range(1, n + 1)],
                "name": names,
                "age_band": [plan.AGE_BANDS[number] for number in age],
                "city": [plan.CITIES[number] for number in city],
                "joined": joined,
            }
        ),
        kind=kind,
        n_viewings=n_viewings,
        left=left,
        city=city,
        friends=_friends(rng, kind, city, age, types[:n]),
        account=account,
        share=share,
        taste=taste,
        drift=drift,
        directors=_favourite_directors(rng, catalogue, taste),
        studios=rng.normal(0.0, plan.STUDIO_OWN, (len(account), catalogue.studio.max() + 1)),
        sensitivity=rng.lognormal(0.0, 0.4, len(account)),
        rating_bias=rng.normal(0.0, plan.RATING_MEMBER, n),
        whole_stars=rng.random(n) < plan.RATING_WHOLE_SHARE,
    )


def _kinds(rng: np.random.Generator, n: int) -> np.ndarray:
    kind = np.full(n, "member", dtype=object)
    rows = rng.permutation(n)
    for name, size in (
        ("silent", plan.N_SILENT_MEMBERS),
        ("bot", plan.N_BOTS),
        ("newcomer", plan.N_NEWCOMERS),
    ):
        kind[rows[:size]] = name
        rows = rows[size:]
    return kind


def _membership(rng: np.random.Generator, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n = len(kind)
    day = np.where(rng.random(n) < 0.45, rng.integers(0, 60, n), rng.integers(60, 960, n))
    day[kind == "newcomer"] = rng.integers(plan.N_DAYS - 120, plan.N_DAYS - 8, (kind == "newcomer").sum())
    joined = plan.START + day * plan.DAY + rng.integers(8 * 3600, 22 * 3600, n)
    stay = np.clip(rng.exponential(500.0, n), 90, None).astype(np.int64) * plan.DAY
    left = np.where(rng.random(n) < 0.68, plan.END, np.minimum(joined + stay, plan.END))
    return joined, left


def _activity(rng: np.random.Generator, kind: np.ndarray, joined: np.ndarray, left: np.ndarray) -> np.ndarray:
    n = len(kind)
    low, high = plan.ACTIVITY_RANGE
    time_share = (left - joined) / (plan.END - plan.START)
    count = rng.lognormal(np.log(plan.ACTIVITY_MEDIAN), plan.ACTIVITY_SPREAD, n) * (0.45 + 0.8 * time_share)
    count[kind == "silent"] = rng.integers(8, 25, (kind == "silent").sum())
    count[kind == "bot"] = rng.integers(150, 320, (kind == "bot").sum())
    count[kind == "newcomer"] = np.arange((kind == "newcomer").sum()) % 4
    usual = kind == "member"
    for _ in range(20):
        count[usual] = np.clip(
            count[usual] * (plan.TOTAL_RATINGS - count[~usual].sum()) / count[usual].sum(), low, high
        )
    return np.round(count).astype(int)


def _tastes(
    rng: np.random.Generator, age: np.ndarray, kind: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each person mixes a few of the types of taste there are, and adds something of their own."""
    size = len(plan.GENRES) + len(plan.MOODS)
    weight = np.r_[np.ones(len(plan.GENRES)), np.full(len(plan.MOODS), plan.MOOD_WEIGHT)]
    kinds_of_taste = rng.normal(0.0, plan.TASTE_TYPE, (plan.N_TYPES, size)) * weight
    # No genre may be everybody's favourite by chance of the types drawn
    kinds_of_taste -= 0.6 * kinds_of_taste.mean(axis=0)
    by_age = rng.lognormal(0.0, 0.6, (len(plan.AGE_BANDS), plan.N_TYPES))

    def draw() -> tuple[np.ndarray, np.ndarray]:
        mix = rng.gamma(0.4 * by_age[age] / by_age.mean(), 1.0) + 1e-9
        mix /= mix.sum(axis=1, keepdims=True)
        return mix, mix @ kinds_of_taste + rng.normal(0.0, plan.TASTE_OWN, (len(age), size)) * weight

    types, taste = draw()
    drift = rng.normal(0.0, plan.DRIFT_OWN, taste.shape) * weight
    turned = kind == "drift"
    drift[turned] = draw()[1][turned] - taste[turned]
    return types, taste, drift


def _favourite_directors(rng: np.random.Generator, catalogue: Catalogue, taste: np.ndarray) -> np.ndarray:
    """A few directors each person already loves, more often ones whose films suit their taste."""
    n_directors = catalogue.director.max() + 1
    n_genres = len(plan.GENRES)
    style = np.zeros((n_directors, taste.shape[1]))
    films = np.zeros(n_directors)
    np.add.at(style[:, :n_genres], catalogue.director, catalogue.genres)
    np.add.at(style, (catalogue.director, n_genres + catalogue.moods), 1.0)
    np.add.at(films, catalogue.director, 1.0)
    suits = taste @ (style / np.maximum(films, 1.0)[:, None]).T + np.log(np.maximum(films, 0.5))
    best = np.argsort(-(suits + rng.gumbel(size=suits.shape)), axis=1)[:, : plan.DIRECTOR_FAVOURITES]
    fondness = np.zeros(suits.shape)
    np.put_along_axis(fondness, best, plan.DIRECTOR_FAVOURITE * rng.uniform(0.5, 1.5, best.shape), axis=1)
    return fondness


def _friends(
    rng: np.random.Generator, kind: np.ndarray, city: np.ndarray, age: np.ndarray, types: np.ndarray
) -> list[np.ndarray]:
    """Friendships go both ways, are likelier within a city, age or taste, never leave the silent circle."""
    n = len(kind)
    unit = types / np.linalg.norm(types, axis=1, keepdims=True)
    near = 1.6 * (unit @ unit.T) + 1.6 * (city[:, None] == city) + 0.5 * (age[:, None] == age)
    silent = kind == "silent"
    apart = silent[:, None] != silent
    popular = rng.lognormal(0.0, 0.6, n)
    wish = near + np.log(popular) + rng.gumbel(size=(n, n))
    bot = kind == "bot"
    wish[apart | bot[:, None] | bot] = -np.inf
    np.fill_diagonal(wish, -np.inf)
    asked = np.minimum(rng.lognormal(0.9, 0.8, n).astype(int), 25)
    asked[silent] = np.minimum(asked[silent] + 1, 4)
    linked = np.zeros((n, n), dtype=bool)
    for row in np.flatnonzero(~bot):
        linked[row, np.argsort(-wish[row])[: asked[row]]] = True
    linked |= linked.T
    return [np.flatnonzero(row) for row in linked]
