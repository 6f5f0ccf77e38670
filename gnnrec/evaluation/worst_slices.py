"""Worst slices: who is served clearly worse, searched over all traits and pairs of traits without fooling itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from gnnrec.data import Words
from gnnrec.errors import ConfigError
from gnnrec.evaluation.slices import FEWEST, Measured, Slice, measure, ones_at, require_pairs
from gnnrec.evaluation.trait_groups import Trait

SIDES = ("worse", "both")
# Slices that share at least this much (Jaccard) are told once, under the name of the clearer one.
_ALIKE = 0.5
_CELLS_AT_ONCE = 4_000_000
# The promise is at most 5 %. A test at exactly 5 % would break it in every second measurement.
LEVEL = 0.03


@dataclass(frozen=True, eq=False)
class WorstSlice:
    """A slice that stands out more than the most extreme of all slices would by chance.

    Attributes:
        slice: Who they are.
        measured: How well they are served, against everybody else.
        p: Share of the permutations in which any slice at all stood out as much (adjusted for all that were
            searched).
        alike: Names of slices of nearly the same people, which are not told again.
    """

    slice: Slice
    measured: Measured
    p: float
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Search:
    """What a search for worst slices found.

    Attributes:
        found: Slices that stand out, the clearest first.
        searched: How many slices were looked at.
        people: How many people had a value.
        threshold: How many standard errors a slice has to be away to stand out; NaN where nothing was searched.
        said: Why nothing was searched, in words; None where it was.
    """

    found: tuple[WorstSlice, ...]
    searched: int
    people: int
    threshold: float
    said: str | None = None


@dataclass(frozen=True, eq=False)
class Pool:
    """All slices of one trait or of a pair of traits that are large enough, as a table.

    Attributes:
        slices: The slices, single traits before pairs.
        inside: 1 where a person is in a slice. **Shapes**: S slices, B people: [S, B] float32 CSR.
    """

    slices: tuple[Slice, ...]
    inside: sparse.csr_matrix

    @property
    def sizes(self) -> np.ndarray:
        """How many of the people are in each slice. **Shapes**: [S]."""
        return np.diff(self.inside.indptr)


def pool_of(traits: Sequence[Trait], users: np.ndarray, fewest: int = FEWEST) -> Pool:
    """Every slice of one or two traits in which, and outside of which, there are enough people.

    A pair that holds the same people as one of its two groups alone is left out.

    Args:
        traits: What is known of people.
        users: Numbers of the people to look at.
        fewest: Smallest slice, and smallest rest.
    """
    slices: list[Slice] = []
    columns: list[np.ndarray] = []
    n = len(users)
    single = [np.bincount(one.codes[users], minlength=len(one.groups)) for one in traits]

    def add(code: np.ndarray, at_most: np.ndarray, named: Sequence[tuple[str, tuple]]) -> None:
        sizes = np.bincount(code, minlength=len(named))
        order = np.argsort(code, kind="stable")
        ends = np.cumsum(sizes)
        for place in np.flatnonzero((sizes >= fewest) & (sizes <= n - fewest) & (sizes < at_most)):
            members = order[ends[place] - sizes[place] : ends[place]]
            name, conditions = named[place]
            slices.append(Slice(name, np.sort(users[members]), conditions))
            columns.append(members)

    for one, sizes in zip(traits, single, strict=True):
        named = [(group.name, ((one.key, place),)) for place, group in enumerate(one.groups)]
        add(one.codes[users], sizes + 1, named)
    for (one, n_one), (two, n_two) in combinations(zip(traits, single, strict=True), 2):
        named = [
            (f"{first.name} and {second.name}", ((one.key, i), (two.key, j)))
            for i, first in enumerate(one.groups)
            for j, second in enumerate(two.groups)
        ]
        add(
            one.codes[users] * len(two.groups) + two.codes[users],
            np.minimum(n_one[:, None], n_two[None, :]).ravel(),
            named,
        )
    return Pool(tuple(slices), ones_at(columns, n, np.float32))


def worst_slices(
    traits: Sequence[Trait],
    users: np.ndarray,
    values: np.ndarray,
    direction: str = "higher",
    side: str = "worse",
    words: Words = Words(),
    level: float = LEVEL,
    permutations: int = 999,
    most: int = 5,
    fewest: int = FEWEST,
    seed: int = 0,
    tell: Callable[[int, int], None] | None = None,
) -> Search:
    """Search all traits and pairs of traits for people who are served clearly worse than the others.

    Hundreds of slices are looked at, and by chance alone the worst of them looks bad. So each is compared with
    the most extreme of *all* slices after the values have been dealt out among the people at random, many
    times. On pure noise any slice at all is found in at most `level` of the cases. Having told one slice, the
    search goes on with what that slice does not explain: `few films` is not told again as `few films and city X`.

    Args:
        traits: What is known of people, from `traits_of`.
        users: Numbers of the people judged.
        values: Their values of a metric, or differences A − B between two models; NaN where there is none.
        direction: `higher` or `lower` values are better.
        side: `worse` for slices that are served worse, `both` for large differences either way, as for A − B.
        words: What people are called.
        level: How often pure noise may give any finding at all.
        permutations: How many times the values are dealt out at random.
        most: How many slices are told at most.
        fewest: Smallest slice, and smallest rest.
        seed: Of the dealing.
        tell: Called with permutations done and all permutations.

    Raises:
        ConfigError: The direction, the side, the level or a count cannot be.
        IncompatibleError: Users and values are not about the same people.

    **Shapes**: users and values [B].
    **Source**: Westfall and Young, "Resampling-based multiple testing", Wiley 1993, single-step maxT. Ours takes
    the larger of the slice's own spread and the common one, so that small groups with noisy values stand out
    less, never more.
    """
    _require(direction, side, level, permutations, most, fewest)
    users, values = require_pairs(users, values)
    known = np.isfinite(values)
    users, values = users[known], values[known]
    pool = pool_of(traits, users, fewest)
    nothing = _nothing_to_search(pool, values, words, fewest)
    if nothing:
        return Search((), len(pool.slices), len(users), float("nan"), nothing)
    signed = values if direction == "lower" else -values
    stand_out = standing_out(pool, signed, side)
    extremes = extremes_by_chance(pool, signed, side, permutations, seed, tell)
    threshold = threshold_of(extremes, level)
    chosen = choose(pool, signed, stand_out, threshold, side, most)
    measured = measure([pool.slices[one] for one, _ in chosen], users, values, words, seed, fewest=fewest)
    found = tuple(
        WorstSlice(
            pool.slices[one],
            told,
            float((1 + (extremes >= stand_out[one]).sum()) / (permutations + 1)),
            tuple(pool.slices[other].name for other in alike),
        )
        for (one, alike), told in zip(chosen, measured, strict=True)
    )
    return Search(found, len(pool.slices), len(users), threshold)


def standing_out(pool: Pool, signed: np.ndarray, side: str = "worse") -> np.ndarray:
    """How many standard errors each slice is away from its rest. **Shapes**: [B] → [S].

    Args:
        pool: The slices.
        signed: One number per person, larger being worse.
        side: `worse`, or `both` for either sign.
    """
    n, sizes = len(signed), pool.sizes
    values = signed - signed.mean()
    spread = values.std()
    if spread <= _rounding(signed):
        return np.zeros(len(sizes))
    sums, squares = pool.inside @ values, pool.inside @ np.square(values)
    means = sums / sizes
    own = np.maximum(squares / sizes - np.square(means), 0) * sizes / np.maximum(sizes - 1, 1)
    # Under chance a slice's mean varies with the common spread; a slice with a larger one of its own varies more.
    common = spread**2 * n / (n - 1)
    variance = np.maximum(own, common) * (1 / sizes - 1 / n)
    found = means / np.sqrt(variance)
    return np.abs(found) if side == "both" else found


def extremes_by_chance(
    pool: Pool,
    signed: np.ndarray,
    side: str = "worse",
    permutations: int = 999,
    seed: int = 0,
    tell: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """The largest standing-out of all slices, each time the values are dealt out at random.

    The common spread is used for all slices, which can only make chance look more extreme.

    **Shapes**: [B] → [permutations].
    """
    rng = np.random.default_rng(seed)
    n, sizes = len(signed), pool.sizes
    values = ((signed - signed.mean()) / signed.std(ddof=1)).astype(np.float32)
    scale = (1 / np.sqrt(sizes * (1 - sizes / n))).astype(np.float32)[:, None]
    step = max(1, min(permutations, _CELLS_AT_ONCE // max(n, len(sizes))))
    found = []
    for start in range(0, permutations, step):
        block = min(step, permutations - start)
        dealt = rng.permuted(np.broadcast_to(values, (block, n)), axis=1).T
        sums = (pool.inside @ np.ascontiguousarray(dealt)) * scale
        found.append((np.abs(sums) if side == "both" else sums).max(0))
        if tell is not None:
            tell(start + block, permutations)
    return np.concatenate(found).astype(np.float64)


def sentence(told: Measured, metric: str, words: Words = Words()) -> str:
    """A measured slice in plain words, with its uncertainty, or why it cannot be compared.

    Args:
        told: What was measured.
        metric: Title of the metric, such as `NDCG@10`.
        words: What people are called.
    """
    if told.said:
        return f"{words.people} with {told.name}: {told.said}"
    n, inside, rest = words.count_people(told.inside.n), told.inside.mean, told.rest.mean
    gap = told.difference
    return (
        f"the {n} with {told.name}: {metric} {_signed(inside)} against {_signed(rest)} for the others "
        f"(difference {_signed(gap.mean)}, {_signed(gap.low)} to {_signed(gap.high)})"
    )


def threshold_of(extremes: np.ndarray, level: float = LEVEL) -> float:
    """What has to be surpassed so that the adjusted p, (1 + permutations as extreme) / (1 + all), is `level` or less."""
    allowed = int(np.floor(level * (len(extremes) + 1) + 1e-9)) - 1
    return float(np.sort(extremes)[::-1][allowed]) if allowed >= 0 else float("inf")


def choose(
    pool: Pool,
    signed: np.ndarray,
    stand_out: np.ndarray,
    threshold: float,
    side: str = "worse",
    most: int = 5,
) -> list[tuple[int, list[int]]]:
    """Slices that stand out, each also beyond what those before it explain.

    Returns:
        Places in the pool, each with the places of the slices of nearly the same people that stand out too.
    """
    left = signed - signed.mean()
    free = stand_out > threshold
    explained = [np.ones(len(signed))]
    chosen: list[tuple[int, list[int]]] = []
    while len(chosen) < most and free.any() and left.std() > _rounding(signed):
        beyond = np.where(free, standing_out(pool, left, side), -np.inf)
        best = int(beyond.argmax())
        if beyond[best] <= threshold:
            break
        shared = (pool.inside @ pool.inside[best].T).toarray().ravel()
        overlap = shared / (pool.sizes + pool.sizes[best] - shared)
        near = free & (overlap >= _ALIKE)
        near[best] = False
        alike = np.flatnonzero(near)
        chosen.append((best, alike[np.argsort(-overlap[alike], kind="stable")].tolist()))
        free &= ~near
        free[best] = False
        explained.append(pool.inside[best].toarray().ravel().astype(np.float64))
        table = np.stack(explained, axis=1)
        left = signed - table @ np.linalg.lstsq(table, signed, rcond=None)[0]
    return chosen


def _nothing_to_search(pool: Pool, values: np.ndarray, words: Words, fewest: int) -> str | None:
    if not len(values):
        return f"no {words.person} was judged"
    if values.std() <= _rounding(values):
        return f"all {words.count_people(len(values))} have the same value: no slice can differ"
    if not pool.slices:
        return f"no group has {words.count_people(fewest)} both inside and outside: too few to search"
    return None


def _rounding(values: np.ndarray) -> float:
    """A spread that is nothing but rounding of equal values."""
    return 1e-12 * float(np.abs(values).max(initial=0))


def _require(direction: str, side: str, level: float, permutations: int, most: int, fewest: int) -> None:
    for where, given, good, expected in (
        ("direction", direction, direction in ("higher", "lower"), "higher or lower"),
        ("side", side, side in SIDES, "worse or both"),
        ("level", level, 0 < level < 1, "a number between 0 and 1"),
        ("permutations", permutations, permutations >= 1, "1 or more"),
        ("most", most, most >= 1, "1 or more"),
        ("fewest", fewest, fewest >= 2, "2 or more"),
    ):
        if not good:
            raise ConfigError(
                where=f"worst slices, {where}",
                found=str(given)[:40],
                expected=expected,
                todo="Choose one of those.",
            )


def _signed(value: float) -> str:
    # A true minus sign: a hyphen reads like a dash in front of a number.
    return f"{value:.2f}".replace("-", "−") if round(value, 2) else "0.00"
