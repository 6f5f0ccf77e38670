"""How sorts of edges and entities are called in sentences: `age_band` is an age band, two of them age bands."""

from __future__ import annotations

from collections.abc import Sequence


def spoken(name: str) -> str:
    """The name of a relation or a kind as words: `age_band` → `age band`."""
    return " ".join(name.replace("_", " ").split()) or name


def plural(name: str, count: int = 2) -> str:
    """The same for several: `friends`, `cities`; names that are no plain English words stay as they are."""
    words = spoken(name)
    if count == 1 or not words.replace(" ", "").isalpha() or words.endswith("s"):
        return words
    if words.endswith("y") and words[-2:-1] not in tuple("aeiou"):
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("x", "z", "ch", "sh")) else f"{words}s"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Several names in a sentence: `friends, directors and genres`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
