"""Worlds small enough to check by eye: made-up data sets with known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from gnnrec.data import FILMS, Dataset, Split, split
from gnnrec.data.dataset import TEST, TRAIN, VALID


def of_pairs(
    pairs: list[tuple[int, int]],
    n_users: int,
    n_items: int,
    parts: list[int] | None = None,
    name: str = "world",
    **columns: list,
) -> Dataset:
    """A data set from pairs of numbers; ids sort like the numbers, and parts become its published split."""
    frame = pd.DataFrame(
        {
            "user_id": [f"u{user:03d}" for user, _ in pairs],
            "item_id": [f"i{item:03d}" for _, item in pairs],
            **columns,
        }
    )
    return Dataset.from_frame(
        frame,
        name=name,
        users=pd.DataFrame({"user_id": [f"u{user:03d}" for user in range(n_users)]}),
        items=pd.DataFrame({"item_id": [f"i{item:03d}" for item in range(n_items)]}),
        published={} if parts is None else {"parts": np.array(parts)},
        words=FILMS,
    )


def published(dataset: Dataset) -> Split:
    """The split that came with a world."""
    return split(dataset, "published:fold=parts")


def checkerboard(n_users: int = 22, n_items: int = 16) -> Dataset:
    """Even people have even items, odd people odd ones; each lacks one in validation and one in test.

    The withheld item is the only one of its colour that a person has not seen, so a personalised model must
    rank it first in test.
    """
    pairs, parts = [], []
    per_colour = n_items // 2
    for user in range(n_users):
        turn = user // 2
        for place in range(per_colour):
            pairs.append((user, 2 * place + user % 2))
            held = {turn % per_colour: TEST, (turn + 3) % per_colour: VALID}
            parts.append(held.get(place, TRAIN))
    return of_pairs(pairs, n_users, n_items, parts, "checkerboard")


def scattered(n_users: int = 40, n_items: int = 31, per_user: int = 9, seed: int = 7) -> Dataset:
    """Random pairs, ratings and times; two of each person's pairs are validation, one is test."""
    rng = np.random.default_rng(seed)
    pairs = [
        (user, int(item))
        for user in range(n_users)
        for item in rng.choice(n_items, size=per_user, replace=False)
    ]
    parts = ([TEST, VALID, VALID] + [TRAIN] * (per_user - 3)) * n_users
    return of_pairs(
        pairs,
        n_users,
        n_items,
        parts,
        "scattered",
        rating=rng.integers(1, 6, len(pairs)).tolist(),
        timestamp=rng.integers(1, 1000, len(pairs)).tolist(),
    )


def befriended(n_users: int = 40, n_friends: int = 45, seed: int = 11) -> Dataset:
    """The scattered world with friends: random pairs of people, some named twice; the last ten have none."""
    ends = np.random.default_rng(seed).integers(0, n_users - 10, (n_friends, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    return replace(
        scattered(n_users), name="befriended", social=pd.DataFrame({"user": ends[:, 0], "friend": ends[:, 1]})
    )


def informed(n_users: int = 40, n_facts: int = 60, seed: int = 13) -> Dataset:
    """The scattered world with facts: random pairs of an item and one of five directors or four genres.

    Some stand there twice; the last three items have none.
    """
    rng = np.random.default_rng(seed)
    dataset = scattered(n_users)
    directs = rng.random(n_facts) < 0.6
    entity = np.where(directs, rng.integers(5, size=n_facts), rng.integers(4, size=n_facts))
    names = np.where(directs, "director", "genre").astype(object)
    facts = pd.DataFrame(
        {
            "item": rng.integers(dataset.n_items - 3, size=n_facts),
            "relation": names,
            "entity": names + " " + entity.astype(str),
        }
    )
    return replace(dataset, name="informed", knowledge=facts)


def described(n_users: int = 40, seed: int = 17) -> Dataset:
    """The scattered world with features: years, genres and titles of items, age, gender and occupation of people.

    The last items have no genre, the last people nothing at all.
    """
    plain, rng = scattered(n_users), np.random.default_rng(seed)
    n = plain.n_items
    genres = rng.choice(["Crime", "Drama", "Comedy|Drama", "War"], n).astype(object)
    ages = pd.array(rng.integers(16, 80, n_users), dtype="Int64")
    genders, jobs = rng.choice(["f", "m"], n_users), rng.choice(["nurse", "pilot", "poet"], n_users)
    people = pd.DataFrame({"age": ages, "gender": genders, "occupation": jobs}).astype(
        {"gender": object, "occupation": object}
    )
    genres[-3:], people.iloc[-2:] = None, None
    items = pd.DataFrame(
        {
            "title": [f"Film {number}" for number in range(n)],
            "year": pd.array(rng.integers(1950, 2020, n), dtype="Int64"),
            "genres": genres,
        }
    )
    return replace(plain, name="described", item_features=items, user_features=people)


def sessioned(n_users: int = 40, seed: int = 13) -> Dataset:
    """The scattered world with sessions: each person clicks through their items, in the order of their numbers.

    Each has two sessions of train items, one that ends with a validation item and one with the test item, and a
    session of a single click; the last five people have none at all.
    """
    plain = scattered(n_users)
    rng, rows, clicks = np.random.default_rng(seed), plain.interactions, []
    part = plain.published["parts"]
    for user in range(n_users - 5):
        mine = np.flatnonzero(rows.user == user)
        train = np.sort(rows.item[mine[part[mine] == TRAIN]])
        ends = [rows.item[mine[part[mine] == held]][0] for held in (VALID, TEST)]
        turns = [train[:3], train[3:], [train[0], ends[0]], [*train[2:4], ends[1]], [train[1]]]
        for turn, items in enumerate(turns):
            start = 10_000 * turn + int(rng.integers(1000))
            clicks += [
                (f"s{user:02d}-{turn}", user, place, int(item), start + 60 * place)
                for place, item in enumerate(items, 1)
            ]
    table = pd.DataFrame(clicks, columns=["session", "user", "position", "item", "timestamp"])
    return replace(plain, name="sessioned", sessions=table)


def rated(n_users: int = 40, n_items: int = 30, seed: int = 5) -> Dataset:
    """Ratings from 1 to 5 by how mild a person is, how good an item is, and whose half of the items it is.

    Most pairs are rated; an eighth of these are validation and an eighth test. Who shares the taste are friends,
    in a ring.
    """
    rng = np.random.default_rng(seed)
    mild, good = rng.normal(0, 0.8, n_users), rng.normal(0, 0.8, n_items)
    taste = np.where((np.arange(n_users)[:, None] + np.arange(n_items)) % 2 == 0, 0.7, -0.7)
    given = np.clip(np.rint(3 + mild[:, None] + good + taste), 1, 5).astype(int)
    user, item = np.nonzero(rng.random((n_users, n_items)) < 0.7)
    parts = rng.choice([TRAIN, VALID, TEST], size=len(user), p=[0.75, 0.125, 0.125]).tolist()
    pairs = list(zip(user.tolist(), item.tolist(), strict=True))
    people = np.arange(n_users)
    return replace(
        of_pairs(pairs, n_users, n_items, parts, "rated", rating=given[user, item].tolist()),
        social=pd.DataFrame({"user": people, "friend": (people + 2) % n_users}),
    )


def two_communities(n_users: int = 12, n_items: int = 10) -> Dataset:
    """Each half of the people has its own half of the items; person 0 has all."""
    half_users, half_items = n_users // 2, n_items // 2
    pairs = [
        (user, item)
        for user in range(n_users)
        for item in range(n_items)
        if (user < half_users) == (item < half_items) or user == 0
    ]
    return of_pairs(pairs, n_users, n_items, name="communities")


def path_of_four() -> Dataset:
    """Person 0 - item 0 - person 1 - item 1: one way from person 0 to item 1, and nothing else."""
    return of_pairs([(0, 0), (1, 0), (1, 1)], 2, 2, name="path")


ROWS = """
ana   heat    5   100
ana   alien   2   110
ana   solaris 4   120
ben   heat    4   200
ben   alien   5   210
ben   amelie  1   220
cleo  amelie  5   300
cleo  solaris 4   310
cleo  zorba   4   320
dev   heat    3   400
dev   zorba   5   410
eve   amelie  4   500
eve   zorba   2   510
"""


def readable() -> Dataset:
    """Thirteen rows of five people and five films, with ratings, times, titles and genres."""
    cells = [line.split() for line in ROWS.strip().splitlines()]
    return Dataset.from_frame(
        pd.DataFrame(
            {
                "user_id": [row[0] for row in cells],
                "item_id": [row[1] for row in cells],
                "rating": [float(row[2]) for row in cells],
                "timestamp": [int(row[3]) for row in cells],
            }
        ),
        name="readable",
        items=pd.DataFrame(
            {
                "item_id": ["alien", "amelie", "heat", "solaris", "zorba"],
                "title": ["Alien", "Amélie", "Heat", "Solaris", "Zorba the Greek"],
                "year": [1979, 2001, 1995, 1972, 1964],
                "genres": [
                    "Horror|Science fiction",
                    "Comedy|Romance",
                    "Crime",
                    "Drama|Science fiction",
                    None,
                ],
            }
        ),
        users=pd.DataFrame(
            {
                "user_id": ["ana", "ben", "cleo", "dev", "eve"],
                "name": ["Ana", "Ben", "Cleo", "Dev", "Eve"],
            }
        ),
        words=FILMS,
    )


def whole(dataset: Dataset) -> Split:
    """A split with everything in train."""
    parts = {"all": np.full(len(dataset.interactions), TRAIN, dtype=np.int8)}
    return split(replace(dataset, published=parts), "published:fold=all,carve=0")
