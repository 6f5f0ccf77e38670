"""The films: what they are, who made them, when the club could see them, and their titles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import plan
from .headliners import HEADLINERS
from .names import people
from .titles import name_films

N_REGULAR_DIRECTORS = 150
N_SILENT_DIRECTORS = 9
N_SERIES = 17
MOST_FILMS = 12
SILENT_STUDIOS = ("Lumen & Sohn", "Étoile Muette", "Magic Lantern Works")
STUDIOS = (
    "Blackwater Lane",
    "Kestrel & Crow",
    "Atelier Mirabelle",
    "Nordlys Film",
    "Paper Moon Yard",
    "Casa Azulejo",
    "Third Platform",
    "Hofgarten",
    "Lantern Street",
    "Two Rivers",
    "Studio Zorza",
    "Ostrava Dock",
    "Red Umbrella",
    "Tangerine Hour",
    "Gull Island",
    "Bosphore 9",
    "Monsoon House",
    "Pale Horse Road",
    "Fig Tree",
    "Quiet Engine",
    "Salt & Slate",
    "Corner Table",
    "Winter Palace Radio",
    "Long Exposure",
)


@dataclass(frozen=True)
class Catalogue:
    """All films, in the order of their ids.

    Attributes:
        frame: One row per film, the columns of items.parquet.
        pattern: The pattern each title was made from, "by hand" for the sixty.
        genres: Share of each genre in a film, rows of length one. [I, G]
        moods: Number of each film's mood. [I]
        director: Number of each film's director. [I]
        studio: Number of each film's studio. [I]
        studio_city: Number of the city each studio is in.
        next_part: The film that continues this one, or -1. [I]
        headliner, silent, new: Which films these are. [I]
        twin: The original of a remaster and the remaster of an original, else -1. [I]
        craft: How well made a film is, the same for everybody. [I]
        entity: Name of each film's director, studio and series (None without), by relation. [I]
    """

    frame: pd.DataFrame
    pattern: list[str]
    genres: np.ndarray
    moods: np.ndarray
    director: np.ndarray
    studio: np.ndarray
    studio_city: np.ndarray
    next_part: np.ndarray
    headliner: np.ndarray
    silent: np.ndarray
    new: np.ndarray
    twin: np.ndarray
    craft: np.ndarray
    entity: dict[str, list]


def build() -> Catalogue:
    """Make all films; the same every time."""
    rng = plan.stream("films")
    taken: set[str] = {film.director for film in HEADLINERS}
    headline_directors = list(dict.fromkeys(film.director for film in HEADLINERS))
    directors = headline_directors + people(rng, N_REGULAR_DIRECTORS, taken)
    silent_directors = people(rng, N_SILENT_DIRECTORS, taken)
    films = _headliners()
    films += _regular(rng, directors, headline_directors)
    films += _silent(rng, silent_directors)
    films += _remasters(rng, films)
    frame = pd.DataFrame(films)
    frame["key"] = np.arange(len(frame))
    frame["released"] = _released(rng, frame)
    frame = frame.sort_values(["released", "key"], kind="stable").reset_index(drop=True)
    frame["item_id"] = [f"f{n:03d}" for n in range(1, len(frame) + 1)]
    id_of = dict(zip(frame["key"], frame["item_id"], strict=True))
    frame["remaster_of"] = [id_of.get(key) for key in frame["original"]]
    frame, pattern = name_films(frame, plan.stream("titles"))
    return _arrays(frame, pattern, directors + silent_directors)


def _headliners() -> list[dict]:
    rng = plan.stream("headliners")
    return [
        {
            "title": film.title,
            "director": film.director,
            "year": film.year,
            "genres": film.genres,
            "mood": film.mood,
            "tagline": film.tagline,
            "series": film.series,
            "series_number": film.number,
            "minutes": _minutes(rng, film.genres),
            "kind": "headliner",
            "original": None,
        }
        for film in HEADLINERS
    ]


def _regular(rng: np.random.Generator, directors: list[str], famous: list[str]) -> list[dict]:
    n_regular = plan.N_FILMS - len(HEADLINERS) - plan.N_SILENT_FILMS - plan.N_REMASTERS
    weight = rng.lognormal(0.0, 0.8, len(directors))
    weight[: len(famous)] *= 0.8
    home = rng.choice(len(plan.GENRES), size=len(directors), p=plan.FIRST_GENRE)
    for number, name in enumerate(famous):
        known_for = next(film.genres for film in HEADLINERS if film.director == name)
        home[number] = plan.GENRES.index(known_for.split("|")[0])
    films: list[dict] = []
    made = np.zeros(len(directors), dtype=int)
    for _ in range(n_regular):
        first = int(rng.choice(len(plan.GENRES), p=plan.FIRST_GENRE))
        fit = weight * np.where(home == first, 8.0, 0.35) * (made < MOST_FILMS)
        number = int(rng.choice(len(directors), p=fit / fit.sum()))
        made[number] += 1
        director = directors[number]
        genres = _genres(rng, plan.GENRES[first])
        films.append(
            {
                "title": None,
                "director": director,
                "year": _year(rng),
                "genres": genres,
                "mood": str(rng.choice(plan.MOODS, p=plan.MOOD_OF_GENRE[plan.GENRES[first]])),
                "tagline": None,
                "series": None,
                "series_number": None,
                "minutes": _minutes(rng, genres),
                "kind": "regular",
                "original": None,
            }
        )
    _make_series(rng, films)
    newest = rng.choice(len(films), size=plan.N_NEW_FILMS, replace=False)
    for number in newest:
        if films[number]["series"] is None:
            films[number] |= {"kind": "new", "year": 2025}
    spare = [f for f in films if f["kind"] == "regular" and f["series"] is None]
    for film in spare[: plan.N_NEW_FILMS - sum(f["kind"] == "new" for f in films)]:
        film |= {"kind": "new", "year": 2025}
    return films


def _make_series(rng: np.random.Generator, films: list[dict]) -> None:
    """Turn some films into series: the parts share what the first part is and follow each other in time."""
    suited = [n for n, f in enumerate(films) if f["genres"].split("|")[0] not in ("Documentary", "History")]
    free = [int(n) for n in rng.permutation(suited)]
    for number in range(N_SERIES):
        size = int(rng.choice([2, 3, 4, 5], p=[0.4, 0.35, 0.17, 0.08]))
        parts = [films[free.pop()] for _ in range(size)]
        first = parts[0]
        year = min(first["year"], 2024 - 3 * size)
        for part, film in enumerate(parts, start=1):
            film |= {key: first[key] for key in ("genres", "mood")}
            if part < 3 or rng.random() < 0.7:
                film["director"] = first["director"]
            film["year"] = year
            film["series"] = f"series {number}"
            film["series_number"] = part
            year += int(rng.integers(1, 4))


def _silent(rng: np.random.Generator, directors: list[str]) -> list[dict]:
    return [
        {
            "title": None,
            "director": directors[int(rng.integers(len(directors)))],
            "year": int(rng.integers(1914, 1930)),
            "genres": "Silent",
            "mood": str(rng.choice(plan.MOODS, p=plan.MOOD_OF_GENRE["Silent"])),
            "tagline": None,
            "series": None,
            "series_number": None,
            "minutes": int(rng.integers(38, 96)),
            "kind": "silent",
            "original": None,
        }
        for _ in range(plan.N_SILENT_FILMS)
    ]


def _remasters(rng: np.random.Generator, films: list[dict]) -> list[dict]:
    """Copies of older films that only differ in title, year and id: near-duplicates."""
    old = [
        n
        for n, f in enumerate(films)
        if f["kind"] in ("regular", "headliner") and f["year"] < 2006 and f["series"] is None
    ]
    chosen = sorted(int(n) for n in rng.choice(old, size=plan.N_REMASTERS, replace=False))
    return [
        films[n]
        | {
            "kind": "remaster",
            "year": int(rng.integers(2016, 2025)),
            "original": n,
            "title": None,
            "tagline": None,
        }
        for n in chosen
    ]


def _genres(rng: np.random.Generator, first: str) -> str:
    n = int(rng.choice([1, 2, 3], p=plan.N_GENRES_SHARE))
    share = np.array(plan.ADDED_GENRE[first])
    more = rng.choice(len(plan.GENRES), size=n - 1, replace=False, p=share / share.sum()) if n > 1 else []
    return "|".join([first, *(plan.GENRES[int(g)] for g in more)])


def _year(rng: np.random.Generator) -> int:
    return int(max(1934, 2024 - rng.exponential(17.0)))


def _minutes(rng: np.random.Generator, genres: str) -> int:
    middle = {"Animation": 89, "Documentary": 92, "Horror": 97, "Comedy": 101, "History": 131}.get(
        genres.split("|")[0], 112
    )
    return int(np.clip(rng.normal(middle, 15), 64, 212))


def _released(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Second at which the club could first see each film; a third of them arrive over the three years."""
    day = np.zeros(len(frame), dtype=np.int64)
    late = rng.random(len(frame)) < 0.30
    spread = rng.integers(5, plan.N_DAYS - 60, len(frame))
    day[late] = spread[late]
    year = frame["year"].to_numpy()
    for premiere in (2022, 2023, 2024):
        lowest = max(0, (premiere - 2022) * 365 - 240)
        these = year == premiere
        day[these] = np.clip(lowest + rng.integers(20, 350, these.sum()), 0, plan.N_DAYS - 45)
    headliner = (frame["kind"] == "headliner").to_numpy()
    day[headliner & (year < 2021)] = 0
    day[headliner & (year >= 2021)] = rng.integers(20, 300, (headliner & (year >= 2021)).sum())
    silent = (frame["kind"] == "silent").to_numpy()
    day[silent] = 0
    remaster = (frame["kind"] == "remaster").to_numpy()
    day[remaster] = rng.integers(90, 900, remaster.sum())
    for copy in np.flatnonzero(remaster):
        day[copy] = max(day[copy], day[int(frame["original"].iloc[copy])] + 90)
    day[(frame["kind"] == "new").to_numpy()] = plan.N_DAYS
    # A shelf is not filled at one stroke: what was there at the start arrived over the year before
    early = plan.START - rng.integers(1, 365, len(frame)) * plan.DAY
    second = plan.START + day * plan.DAY + 8 * 3600
    second = np.where(day == 0, early + 8 * 3600, second)
    for _, parts in frame[frame["series"].notna()].groupby("series"):
        rows = parts.sort_values("series_number").index.to_numpy()
        second[rows] = np.sort(second[rows])
    return second


def _arrays(frame: pd.DataFrame, pattern: list[str], directors: list[str]) -> Catalogue:
    rng = plan.stream("catalogue arrays")
    n = len(frame)
    genres = np.zeros((n, len(plan.GENRES)))
    for row, text in enumerate(frame["genres"]):
        for place, genre in enumerate(text.split("|")):
            genres[row, plan.GENRES.index(genre)] = 1.0 if place == 0 else 0.7
    genres /= np.linalg.norm(genres, axis=1, keepdims=True)
    moods = np.array([plan.MOODS.index(mood) for mood in frame["mood"]])
    director = np.array([directors.index(name) for name in frame["director"]])
    kind = frame["kind"].to_numpy()

    studios = STUDIOS + SILENT_STUDIOS
    partner = rng.integers(0, len(STUDIOS), (len(directors), 2))
    pick = np.where(rng.random(n) < 0.75, partner[director, 0], partner[director, 1])
    pick = np.where(rng.random(n) < 0.12, rng.integers(0, len(STUDIOS), n), pick)
    pick = np.where(kind == "silent", len(STUDIOS) + rng.integers(0, len(SILENT_STUDIOS), n), pick)
    row_of = {item: row for row, item in enumerate(frame["item_id"])}
    next_part = np.full(n, -1)
    for _, parts in frame[frame["series"].notna()].groupby("series"):
        rows = parts.sort_values("series_number").index.to_numpy()
        next_part[rows[:-1]] = rows[1:]
        pick[rows] = pick[rows[0]]
    twin = np.full(n, -1)
    craft_of = rng.normal(0.0, 1.0, len(directors))
    famous = {film.director for film in HEADLINERS}
    craft_of += [0.5 * (name in famous) for name in directors]
    craft = plan.CRAFT * (0.75 * craft_of[director] + 0.66 * rng.normal(0.0, 1.0, n))
    for row, original in frame["remaster_of"].dropna().items():
        first = row_of[original]
        twin[row], twin[first] = first, row
        pick[row], craft[row] = pick[first], craft[first]
    frame["studio"] = [studios[number] for number in pick]
    return Catalogue(
        frame=frame,
        pattern=pattern,
        genres=genres,
        moods=moods,
        director=director,
        studio=pick,
        studio_city=rng.choice(len(plan.CITIES), size=len(studios), p=plan.CITY_SHARE),
        next_part=next_part,
        headliner=kind == "headliner",
        silent=kind == "silent",
        new=kind == "new",
        twin=twin,
        craft=craft,
        entity={name: frame[name].tolist() for name in ("director", "studio", "series")},
    )
