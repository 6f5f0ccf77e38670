"""What the points of a map look like: by group or by a number, with the words of their legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gnnrec.figures.hues import genre_colour
from gnnrec.figures.tokens import tokens

NO_VALUE = 255
# On both pages, so that those without a value stay in the background of a dark one as well.
NOTHING = tokens("light").baseline
_MOST_GROUPS = 8
# The palest steps of a ramp cannot be told from the page.
_PALEST = 2
_RARE = 0.02
_GRID = 28


@dataclass(frozen=True, eq=False)
class Colouring:
    """The colour of every point of a map, and how to read it.

    Attributes:
        title: What the colour means.
        index: For each point its place among the colours; 255 for one without a value.
        light: Colours on a light page.
        dark: The same on a dark one.
        names: What each colour stands for; empty for a scale.
        ends: What the lowest and the highest colour stand for; None for groups.
        steps: How many of the colours make up the scale.
        none: What having no value means.
        groups: Names of groups with the places they are written at, by what is shown: both, people, items.
        notes: A line about each point, shown under the pointer; empty where the colour's name is enough.
    """

    title: str
    index: np.ndarray
    light: tuple[str, ...]
    dark: tuple[str, ...]
    names: tuple[str, ...] = ()
    ends: tuple[str, str] | None = None
    steps: int = 0
    none: str = ""
    groups: Mapping[str, tuple[tuple[float, float, str], ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=(), repr=False)


def by_kind(n_people: int, n_items: int, words: tuple[str, str]) -> Colouring:
    """People in one colour, items in another."""
    light, dark = tokens("light").series, tokens("dark").series
    index = np.repeat([0, 1], [n_people, n_items]).astype(np.uint8)
    return Colouring("", index, (light[2], light[1]), (dark[2], dark[1]), names=words)


def by_genre(genres: Sequence[str], title: str, xy: np.ndarray, n_people: int, none: str = "") -> Colouring:
    """Each point in the colour of its genre; the eight most frequent have a name, the rest is other.

    Args:
        genres: A genre for each point, empty where there is none.
        title: What the colour means.
        xy: Places, for the names written over them. **Shapes**: [n, 2].
        n_people: How many of the points are people, the first ones.
        none: What having none means.
    """
    names, counts = np.unique(np.asarray(genres, dtype=str), return_counts=True)
    order = [place for place in np.lexsort((names, -counts)) if names[place]]
    shown = [str(names[place]) for place in order[:_MOST_GROUPS]]
    place_of = {name: place for place, name in enumerate(shown)}
    more = len(order) > len(shown)
    other = len(shown) if more else NO_VALUE
    index = np.array(
        [place_of.get(one, other) if one else NO_VALUE for one in map(str, genres)], dtype=np.uint8
    )
    light, dark = ([genre_colour(one, mode) for one in shown] for mode in ("light", "dark"))
    if more:
        light.append(tokens("light").muted)
        dark.append(tokens("dark").muted)
    return Colouring(
        title,
        index,
        tuple(light),
        tuple(dark),
        names=(*shown, *(["Other"] if more else [])),
        none=none if (index == NO_VALUE).any() else "",
        groups={
            kind: densest(index[some], xy[some], shown)
            for kind, some in (
                ("both", slice(None)),
                ("people", slice(0, n_people)),
                ("items", slice(n_people, None)),
            )
        },
    )


def by_number(
    values: np.ndarray,
    title: str,
    told: Callable[[float], str],
    none: str,
    *,
    logarithmic: bool = False,
) -> Colouring:
    """Each point in a step from little to much; the highest two of a hundred share the last one.

    Args:
        values: A number for each point, NaN where there is none. **Shapes**: [n].
        title: What the number is.
        told: The number in words.
        none: What having none means.
        logarithmic: Whether a step multiplies instead of adding, as for counts.
    """
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(np.quantile(known, 0.98))) if len(known) else (0.0, 0.0)
    scale = np.log1p if logarithmic else np.asarray
    light, dark = (tokens(mode).sequential[_PALEST:] for mode in ("light", "dark"))
    index = _steps((scale(values) - scale(low)) / max(float(scale(high) - scale(low)), 1e-12), len(light))
    beyond = len(known) and float(known.max()) > high
    return Colouring(
        title,
        index,
        light,
        dark,
        ends=(told(low), f"{told(high)} and more" if beyond else told(high)),
        steps=len(light),
        none=none if (index == NO_VALUE).any() else "",
        notes=_told(values, told),
    )


def by_difference(values: np.ndarray, title: str, ends: tuple[str, str], none: str) -> Colouring:
    """Each point by a difference of two: one colour below zero, another above, grey where there is none.

    **Shapes**: values [n], NaN where unknown.
    """
    known = np.abs(values[np.isfinite(values)])
    known = known[known > 0]
    most = float(np.quantile(known, 0.95)) if len(known) else 1.0
    light, dark = (tokens(mode).diverging for mode in ("light", "dark"))
    index = _steps((np.clip(values / most, -1, 1) + 1) / 2, len(light))
    # Most people are served alike by two models; that must not look like a small difference.
    index[values == 0] = len(light)
    return Colouring(
        title,
        index,
        (*light, NOTHING),
        (*dark, NOTHING),
        ends=ends,
        steps=len(light),
        none=none if (index == NO_VALUE).any() or (values == 0).any() else "",
        notes=_told(values, lambda value: f"{value:+.2f}"),
    )


def densest(index: np.ndarray, xy: np.ndarray, names: Sequence[str]) -> tuple[tuple[float, float, str], ...]:
    """Where in a picture each group is most at home: where it is frequent, and more so than elsewhere.

    Groups that no part of the picture belongs to get no place.
    """
    if not len(names) or not len(xy):
        return ()
    cells = np.clip((xy * _GRID).astype(int), 0, _GRID - 1)
    whole = _smooth(_counts(cells))
    found: list[tuple[float, float, str]] = []
    for place, name in enumerate(names):
        mine = index == place
        if mine.mean() < _RARE:
            continue
        here = _smooth(_counts(cells[mine]))
        share = here / np.maximum(whole, 1e-9)
        worth = here * share
        row, column = np.unravel_index(int(worth.argmax()), worth.shape)
        if share[row, column] < min(0.9, 1.5 * mine.mean()):
            continue
        x, y = (row + 0.5) / _GRID, (column + 0.5) / _GRID
        # Two names on one spot cannot be read.
        if all(abs(x - ax) > 0.13 or abs(y - ay) > 0.035 for ax, ay, _ in found):
            found.append((round(x, 4), round(y, 4), name))
    return tuple(found)


def _counts(cells: np.ndarray) -> np.ndarray:
    counts = np.zeros((_GRID, _GRID))
    np.add.at(counts, (cells[:, 0], cells[:, 1]), 1)
    return counts


def _smooth(counts: np.ndarray) -> np.ndarray:
    padded = np.pad(counts, 1)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]


def _steps(shares: np.ndarray, n: int) -> np.ndarray:
    index = np.full(len(shares), NO_VALUE, dtype=np.uint8)
    known = np.isfinite(shares)
    index[known] = np.clip((shares[known] * n).astype(int), 0, n - 1)
    return index


def _told(values: np.ndarray, told: Callable[[float], str]) -> tuple[str, ...]:
    return tuple("" if not np.isfinite(value) else told(float(value)) for value in values)
