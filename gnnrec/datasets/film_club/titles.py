"""Titles: the sixty written by hand stay, all others come from the grammar, each of its patterns seldom."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from .grammar import GAP, SERIES, SUBTITLES, choices, patterns

BY_HAND = "by hand"
WORD_USES = 4
ROMAN = ("I", "II", "III", "IV", "V", "VI")
SPELLED = ("One", "Two", "Three", "Four", "Five", "Six")
REMASTERS = ("{} (Remastered)", "{} (Restored)")

_PLAIN = frozenset(
    ("with", "from", "that", "this", "your", "their", "what", "into", "under", "after", "before", "does")
)


def content_words(title: str) -> list[str]:
    """Words that a listener remembers: longer than three letters, and not the small change of grammar."""
    return [word for word in re.findall(r"\w+", title.lower()) if len(word) > 3 and word not in _PLAIN]


def name_films(frame: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, list[str]]:
    """Give every film without a title one, and every series its name.

    Args:
        frame: Films with `item_id`, `title` (missing where to be made), `genres`, `series`, `series_number`
            and `remaster_of`.
        rng: Random stream.

    Returns:
        The frame with all titles, and the pattern that each came from.
    """
    writer = _Writer(rng, [title for title in frame["title"] if isinstance(title, str)])
    titles: dict[str, str] = {}
    patterns: dict[str, str] = {}
    series_name: dict[str, str] = {}
    films = list(frame.itertuples())
    for film in films:
        if isinstance(film.title, str):
            titles[film.item_id], patterns[film.item_id] = film.title, BY_HAND
    for _, parts in frame[frame["series"].notna()].groupby("series"):
        if parts["title"].isna().any():
            name, made = writer.series(parts.sort_values("series_number"))
            series_name[parts["series"].iloc[0]] = name
            for item, (title, pattern) in made.items():
                titles[item], patterns[item] = title, pattern
    for film in films:
        if film.item_id not in titles and not isinstance(film.remaster_of, str):
            titles[film.item_id], patterns[film.item_id] = writer.title(film.genres.split("|")[0])
    for film in films:
        if film.item_id not in titles:
            pattern = REMASTERS[int(rng.integers(len(REMASTERS)))]
            titles[film.item_id], patterns[film.item_id] = pattern.format(titles[film.remaster_of]), pattern
    named = frame.assign(
        title=[titles[item] for item in frame["item_id"]],
        series=[series_name.get(s, s) if isinstance(s, str) else None for s in frame["series"]],
    )
    return named, [patterns[item] for item in frame["item_id"]]


class _Writer:
    """Writes titles nobody has had yet, wary of patterns and words that come up too often."""

    def __init__(self, rng: np.random.Generator, taken: list[str]) -> None:
        self.rng = rng
        self.taken = set(taken)
        self.words = Counter(word for title in taken for word in content_words(title))
        self.left = patterns()
        self.filled: Counter[tuple[str, int, str]] = Counter()
        self.names = {genre: list(names) for genre, names in SERIES.items()}

    def title(self, genre: str) -> tuple[str, str]:
        """A new title for a film of this genre, with its pattern."""
        left = self.left[genre]
        for _ in range(4000):
            usable = [pattern for pattern, uses in left.items() if uses]
            weight = np.array([left[pattern] for pattern in usable], dtype=float)
            pattern = usable[int(self.rng.choice(len(usable), p=weight / weight.sum()))]
            fills = self._fills(pattern)
            title = GAP.sub("{}", pattern).format(*(fill for _, _, fill in fills))
            words = content_words(title)
            # A word twice in one title reads like a slip, a pattern filled twice alike reads like a machine
            doubled = len(set(words)) < len(words)
            heard = any(self.words[word] >= WORD_USES for word in words)
            if title in self.taken or doubled or heard or any(self.filled[fill] for fill in fills):
                continue
            left[pattern] -= 1
            self.filled.update(fills)
            self._take(title)
            return title, pattern
        raise RuntimeError(f"the grammar has no titles left for {genre}")

    def series(self, parts: pd.DataFrame) -> tuple[str, dict[str, tuple[str, str]]]:
        """Titles for all parts of one series, numbered in order."""
        genre = parts["genres"].iloc[0].split("|")[0]
        names = self.names[genre]
        name = names.pop(int(self.rng.integers(len(names))))
        style = int(self.rng.integers(4))
        subtitles = SUBTITLES[genre]
        order = self.rng.permutation(len(subtitles))
        made: dict[str, tuple[str, str]] = {}
        for n, item in enumerate(parts["item_id"]):
            later = (
                f"{name} {n + 1}",
                f"{name} {ROMAN[n]}",
                f"{name}, Part {SPELLED[n]}",
                f"{name}: {subtitles[order[n - 1]]}",
            )
            title = name if n == 0 else later[style]
            made[item] = (title, "first of a series" if n == 0 else f"later part, style {style}")
            self._take(title)
        return name, made

    def _take(self, title: str) -> None:
        self.taken.add(title)
        self.words.update(content_words(title))

    def _fills(self, pattern: str) -> list[tuple[str, int, str]]:
        """Words for the gaps of a pattern, each with the gap it is for."""
        fills = []
        for number, gap in enumerate(GAP.findall(pattern)):
            words = choices(gap)
            fills.append((pattern, number, words[int(self.rng.integers(len(words)))]))
        return fills
