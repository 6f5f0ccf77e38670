"""The grammar of film titles: for each genre, patterns with gaps and the words that may fill them.

In words/patterns.txt one pattern stands on a line. `{a/b/c}` takes one of the words written there, `{town}`
one from the list of that name in words/lists.txt. A number behind a bar is how often the pattern may be used,
else three times. words/series.txt has, for each genre, names of series and what their later parts may be
called.
"""

from __future__ import annotations

import re

from .wording import listed, sections

DEFAULT_USES = 3
GAP = re.compile(r"\{([^}]*)\}")

LISTS = {name: listed(" ".join(lines)) for name, lines in sections("lists").items()}
SERIES = {genre: listed(lines[0]) for genre, lines in sections("series").items()}
SUBTITLES = {genre: listed(lines[1]) for genre, lines in sections("series").items()}


def patterns() -> dict[str, dict[str, int]]:
    """The patterns of each genre, and how often each may be used."""
    out: dict[str, dict[str, int]] = {}
    for genre, lines in sections("patterns").items():
        out[genre] = {}
        for line in lines:
            pattern, _, uses = line.partition("|")
            out[genre][pattern.strip()] = int(uses) if uses.strip() else DEFAULT_USES
    return out


def choices(gap: str) -> list[str]:
    """The words that may fill a gap, given what stands between its braces."""
    return gap.split("/") if "/" in gap else LISTS[gap]
