"""Names for invented people, by the languages they might come from.

A given name and a family name always come from one part of the world; family names that change with gender
are left out.
"""

from __future__ import annotations

import numpy as np

from .wording import sections

# Share of people, given names, family names
NAMES = [
    (float(heading.split()[1]), given.split(), family.split())
    for heading, (given, family) in sections("names").items()
]
PAIRS_OF_NAMES = " & "


def people(rng: np.random.Generator, n: int, taken: set[str]) -> list[str]:
    """Draw full names that nobody has yet.

    Args:
        rng: Random stream.
        n: How many people to name.
        taken: Names in use; the new ones are added to it.

    Returns:
        n different full names.
    """
    share = np.array([row[0] for row in NAMES])
    out: list[str] = []
    while len(out) < n:
        row = int(rng.choice(len(NAMES), p=share / share.sum()))
        _, given, family = NAMES[row]
        name = f"{given[rng.integers(len(given))]} {family[rng.integers(len(family))]}"
        if name not in taken:
            taken.add(name)
            out.append(name)
    return out
