"""The files of the film club: tables for everybody, and the truth for those who may read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from . import FILES, catalogue, members, plan, viewing
from .catalogue import Catalogue
from .members import Members
from .parents import Parent
from .viewing import World

ITEM_COLUMNS = (
    "item_id",
    "title",
    "year",
    "genres",
    "mood",
    "director",
    "studio",
    "series",
    "series_number",
    "tagline",
    "minutes",
    "released",
    "remaster_of",
)


@dataclass(frozen=True)
class Club:
    """The whole film club in memory, as the files have it.

    Attributes:
        tables: Data frames by file name without ending; names of the truth start with "truth/".
        utility: Additive utility of each pair, members and films in the order of their ids. [U, I]
        groups: The planted groups.
        pattern: The pattern of each film's title, in the order of the films' ids.
    """

    tables: dict[str, pd.DataFrame]
    utility: np.ndarray
    groups: dict[str, dict]
    pattern: list[str]


def make(stop_after: int | None = None) -> Club:
    """Make the film club from its seed; the same every time.

    Args:
        stop_after: How many viewings to stop after, for a quick look; tables then start as if whole.
    """
    films = catalogue.build()
    people = members.build(films)
    world = viewing.simulate(films, people, stop_after)
    item = films.frame["item_id"].to_numpy()
    user = people.frame["user_id"].to_numpy()
    diary = world.diary
    return Club(
        tables={
            "interactions": _interactions(world, user, item),
            "items": _items(films),
            "users": people.frame,
            "social": pd.DataFrame(
                [(user[a], user[b]) for a, friends in enumerate(people.friends) for b in friends],
                columns=["user_id", "friend_id"],
            ),
            "knowledge": _knowledge(films),
            "sessions": _sessions(world, user, item),
            "truth/events": _events(world, user, item),
            "truth/parents": pd.DataFrame(
                [
                    (user[account], item[film], parent.part, parent.kind, _parent_id(parent, user, item))
                    for account, film, parents in zip(diary.account, diary.film, diary.parents, strict=True)
                    for parent in parents
                ],
                columns=["user_id", "item_id", "part", "parent_kind", "parent_id"],
            ),
        },
        utility=world.utility.astype(np.float16),
        groups=_groups(films, people),
        pattern=films.pattern,
    )


def save(club: Club, folder: Path = FILES) -> None:
    """Write all files of the club.

    Args:
        club: What to write.
        folder: Where; `truth` becomes a folder in it.
    """
    from safetensors.numpy import save_file

    (folder / "truth").mkdir(parents=True, exist_ok=True)
    for name, table in club.tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd", compression_level=19)
    matrix = folder / "truth" / "utility.safetensors"
    save_file({"utility": club.utility}, matrix)
    matrix.chmod(0o644)
    text = json.dumps(club.groups, ensure_ascii=False, indent=1)
    (folder / "truth" / "groups.json").write_text(text + "\n", encoding="utf-8")


def differences(club: Club, folder: Path = FILES) -> list[str]:
    """What of a club is not in its files as it should be; tables cut short are compared as far as they go.

    Args:
        club: The club as it was just made.
        folder: Where its files are.

    Returns:
        Names of the tables that differ.
    """
    out = []
    for name, table in club.tables.items():
        stored = pd.read_parquet(folder / f"{name}.parquet")
        try:
            pd.testing.assert_frame_equal(table.astype(stored.dtypes), stored.head(len(table)))
        except AssertionError:
            out.append(name)
    return out


def _interactions(world: World, user: np.ndarray, item: np.ndarray) -> pd.DataFrame:
    diary = world.diary
    return pd.DataFrame(
        {
            "user_id": user[diary.account],
            "item_id": item[diary.film],
            "rating": np.array(diary.rating, dtype=np.float32),
            "timestamp": np.array([m.time for m in diary.moment], dtype=np.int64),
            "evening": [m.evening for m in diary.moment],
            "place": ["cinema" if m.cinema else "home" for m in diary.moment],
            "city": [plan.CITIES[m.city] for m in diary.moment],
        }
    )


def _items(films: Catalogue) -> pd.DataFrame:
    frame = films.frame[list(ITEM_COLUMNS)].copy()
    return frame.astype({"series_number": "Int64", "year": "int64", "minutes": "int64", "released": "int64"})


def _knowledge(films: Catalogue) -> pd.DataFrame:
    rows = [
        (film.item_id, relation, entity)
        for film in films.frame.itertuples()
        for relation, entity in (
            ("director", film.director),
            ("studio", film.studio),
            *([("series", film.series)] if isinstance(film.series, str) else []),
            *(("genre", genre) for genre in film.genres.split("|")),
        )
    ]
    return pd.DataFrame(rows, columns=["item_id", "relation", "entity"])


def _sessions(world: World, user: np.ndarray, item: np.ndarray) -> pd.DataFrame:
    rows: list[tuple] = []
    number = 0
    for account, opened in zip(world.diary.account, world.diary.opened, strict=True):
        if not opened:
            continue
        number += 1
        rows += [
            (f"s{number:05d}", user[account], position, item[film], time)
            for position, (film, time) in enumerate(opened, start=1)
        ]
    return pd.DataFrame(rows, columns=["session_id", "user_id", "position", "item_id", "timestamp"])


def _parent_id(parent: Parent, user: np.ndarray, item: np.ndarray) -> str:
    if parent.kind == "item":
        return item[parent.who]
    return user[parent.who] if parent.kind == "user" else parent.who


def _events(world: World, user: np.ndarray, item: np.ndarray) -> pd.DataFrame:
    diary = world.diary
    first: dict[str, list] = {"item": [], "user": [], "entity": []}
    for decided, parents in zip(diary.decided_by, diary.parents, strict=True):
        strongest = [parent for parent in parents if parent.part == decided]
        for kind, column in first.items():
            column.append(
                next((_parent_id(parent, user, item) for parent in strongest if parent.kind == kind), None)
            )
    frame = pd.DataFrame(
        {
            "user_id": user[diary.account],
            "item_id": item[diary.film],
            "decided_by": diary.decided_by,
            "lead": np.round(np.array(diary.lead), 2).astype(np.float32),
            "parent_item_id": first["item"],
            "parent_user_id": first["user"],
            "parent_entity": first["entity"],
        }
    )
    # Hundredths are fine enough to read and keep the file small
    parts = np.round(np.stack(diary.parts), 2).astype(np.float32)
    return frame.assign(**{name: parts[:, n] for n, name in enumerate(plan.PARTS)})


def _groups(films: Catalogue, people: Members) -> dict[str, dict]:
    item = films.frame["item_id"].to_numpy()
    user = people.frame["user_id"].to_numpy()

    def of_kind(kind: str) -> list[str]:
        return user[people.kind == kind].tolist()

    return {
        "shared_accounts": {
            "what": "Two people with different tastes use one account.",
            "members": of_kind("shared"),
        },
        "silent_circle": {
            "what": "Members who cannot stand sound, and the silent films that only they watch: cut off from "
            "the rest.",
            "members": of_kind("silent"),
            "films": item[films.silent].tolist(),
        },
        "remasters": {
            "what": "Near-duplicates: the original and its newer copy, alike in all but title, year and age.",
            "pairs": [
                [film.remaster_of, film.item_id]
                for film in films.frame.itertuples()
                if isinstance(film.remaster_of, str)
            ],
        },
        "drift": {
            "what": "Members whose taste turns to something else within two months after the second year.",
            "members": of_kind("drift"),
            "since": plan.START + plan.DRIFT_DAY * plan.DAY,
        },
        "bots": {
            "what": "Accounts run by a script: the shelf in order with three stars, or five stars for one "
            "studio and half a star for its rival. Their utility is zero for every film.",
            "members": of_kind("bot"),
        },
        "newcomers": {
            "what": "Members who joined in the last four months and have rated none to three films.",
            "members": of_kind("newcomer"),
        },
        "new_films": {
            "what": "Films that reached the club on the last day: nobody has watched them yet.",
            "films": item[films.frame["released"].to_numpy() >= plan.END].tolist(),
        },
    }
