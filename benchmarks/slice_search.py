"""Can the search for worst slices be believed? `python -m benchmarks.slice_search`.

Traits are those of the demo's 1,200 members; the values of a metric are made up, so that the truth is known.

- noise: values have nothing to do with the traits; finding any slice at all is a false alarm. Three kinds: normal,
  drawn from the NDCG@10 that a model really has on the demo (many zeros), and normal but three times as spread
  out in one slice (equal means, so a finding is still wrong).
- planted: the values of one pair of traits with about 5 % of the people are one standard deviation lower. It is found
  if a slice told shares at least 80 % (Jaccard) with it. Smaller effects say what is found in 80 %.
- rivals: sample splitting (search in one half, test the winner in the other), and the same permutation test
  without the slice's own spread.
- coverage of the bootstrap intervals, and false positives of the paired bootstrap between two models.

Simulations use 299 permutations and the program 999: more of them changes power a little, false alarms not at all.
Also: which planted groups of the demo, named by its truth, are named by searches on shipped models, by NDCG@10
and by percentile rank (`--only demo` asks this again).
Writes `benchmarks/results/slice-search.json`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks import results_file
from benchmarks.planted_groups import METRIC, named_groups, overlap
from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation.bootstrap import mean_interval, paired_difference, wilson
from gnnrec.evaluation.slices import Slice, measure
from gnnrec.evaluation.traits import traits_of
from gnnrec.evaluation.worst_slices import (
    LEVEL,
    Pool,
    choose,
    extremes_by_chance,
    pool_of,
    standing_out,
    threshold_of,
)

COMMAND = "python -m benchmarks.slice_search"
MODELS = ("demo-ease", "demo-lightgcn")
PERMUTATIONS, DRAWS = 299, 1000
SHARE, SAME = 0.05, 0.8
EFFECTS = (0.5, 0.6, 0.7, 0.8)
# One-sided 3 % of the normal distribution, for the half of the people that did not choose the slice.
_ONE_SIDED = 1.8808


@dataclass(frozen=True)
class Setup:
    """All slices of all people, and the places of those that a simulation may plant."""

    pool: Pool
    planted: np.ndarray

    def winner(self, signed: np.ndarray, rng: np.random.Generator) -> int | None:
        """Sample splitting: the worst slice of a random half, if the other half finds it worse too."""
        first = rng.permutation(len(signed)) < len(signed) // 2
        scores = [_t(self.pool, signed, half) for half in (first, ~first)]
        best = int(np.nanargmax(scores[0]))
        return best if scores[1][best] > _ONE_SIDED else None


def main() -> None:
    """Simulate, and write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=1000, help="of each kind (default 1,000)")
    parser.add_argument(
        "--effects", type=int, default=200, help="simulations of each smaller effect (default 200)"
    )
    parser.add_argument("--only", choices=["demo"], help="ask the demo again, keep the simulations")
    args = parser.parse_args()
    started, busy = time.perf_counter(), time.process_time()
    dataset = open_dataset("demo")
    cut = split(dataset, "random:seed=1")
    if args.only:
        kept = json.loads((results_file.RESULTS / "slice-search.json").read_text(encoding="utf-8"))
        kept["demo"] = named_groups(dataset, cut)
        print(results_file.write("slice-search", COMMAND, kept).read_text())
        return
    people = np.arange(dataset.n_users)
    pool = pool_of(traits_of(cut), people)
    near = np.abs(pool.sizes - SHARE * len(people)) <= 5
    pairs = np.array([len(one.conditions) == 2 for one in pool.slices])
    setup = Setup(pool, np.flatnonzero(near & pairs))
    real = [_real(name) for name in MODELS]
    figures = {
        "people": len(people),
        "slices_searched": len(pool.slices),
        "planted_slices_to_draw_from": len(setup.planted),
        "permutations": PERMUTATIONS,
        "level": LEVEL,
        "noise": {
            name: noise(setup, made, args.simulations, seed)
            for seed, (name, made) in enumerate(_noises(setup, real[0][1]).items())
        },
        "planted": [
            planted(setup, effect, args.simulations if effect == 1 else args.effects, 10 + number)
            for number, effect in enumerate((*EFFECTS, 1.0))
        ],
        "coverage": coverage(real[0][1], args.simulations),
        "paired_false_positives": paired(real, args.simulations),
        "demo": named_groups(dataset, cut),
    }
    figures["smallest_effect_found_in_80"] = smallest(figures["planted"])
    figures["seconds_wall"] = round(time.perf_counter() - started, 1)
    figures["seconds_cpu"] = round(time.process_time() - busy, 1)
    print(results_file.write("slice-search", COMMAND, figures).read_text())


def noise(
    setup: Setup, made: Callable[[np.random.Generator], np.ndarray], simulations: int, seed: int
) -> dict[str, Any]:
    """False alarms where no slice differs."""
    rng = np.random.default_rng(seed)
    told = {"permutation": 0, "permutation_common_spread": 0, "splitting": 0}
    for _ in range(simulations):
        values = made(rng)
        ours, common = standing_out(setup.pool, values).max(), _common(setup.pool, values).max()
        beaten = _beaten(setup.pool, values, np.array([ours, common]), int(rng.integers(2**31)))
        told["permutation"] += beaten[0]
        told["permutation_common_spread"] += beaten[1]
        told["splitting"] += setup.winner(values, rng) is not None
    return {name: share(count, simulations) for name, count in told.items()}


def planted(setup: Setup, effect: float, simulations: int, seed: int) -> dict[str, Any]:
    """How often a slice that is worse by `effect` standard deviations is found, and what else is told."""
    rng = np.random.default_rng(seed)
    pool, n = setup.pool, setup.pool.inside.shape[1]
    found, first, exactly, extra, split_found = 0, 0, 0, 0, 0
    for _ in range(simulations):
        which = int(rng.choice(setup.planted))
        values = rng.standard_normal(n)
        values[pool.inside[which].indices] += effect
        extremes = extremes_by_chance(pool, values, "worse", PERMUTATIONS, int(rng.integers(2**31)))
        chosen = choose(pool, values, standing_out(pool, values), threshold_of(extremes, LEVEL))
        same = [_jaccard(pool, which, one) >= SAME for one, _ in chosen]
        found += any(same)
        first += bool(same) and same[0]
        exactly += any(one == which for one, _ in chosen)
        extra += len(chosen) > sum(same)
        winner = setup.winner(values, rng)
        split_found += winner is not None and _jaccard(pool, which, winner) >= SAME
    return {
        "effect": effect,
        "permutation": share(found, simulations),
        "told_first": share(first, simulations),
        "exactly_that_pair": share(exactly, simulations),
        "told_something_else_too": share(extra, simulations),
        "splitting": share(split_found, simulations),
    }


def coverage(population: np.ndarray, simulations: int) -> dict[str, Any]:
    """How often 95 % intervals hold the truth, for people drawn from those of the demo."""
    rng = np.random.default_rng(30)
    truth_is = population.mean()
    found = {}
    for n in (60, 300, 1200):
        inside = 0
        for seed in range(simulations):
            interval = mean_interval(rng.choice(population, n), seed, DRAWS)
            inside += interval.low <= truth_is <= interval.high
        found[f"mean of {n}"] = share(inside, simulations)
    people = np.arange(1200)
    for size in (20, 60):
        inside, apart = 0, 0
        members = Slice("planted", people[:size])
        for seed in range(simulations):
            values = rng.choice(population, len(people))
            values[:size] -= 0.1
            told = measure([members], people, values, seed=seed, draws=DRAWS)[0]
            inside += told.inside.low <= truth_is - 0.1 <= told.inside.high
            apart += told.difference.low <= -0.1 <= told.difference.high
        found[f"slice of {size}"] = share(inside, simulations)
        found[f"difference of {size} to the others of 1,200"] = share(apart, simulations)
    return found


def paired(real: list[tuple[np.ndarray, np.ndarray]], simulations: int) -> dict[str, Any]:
    """How often two models that are alike by construction are told apart: who is A is drawn for each person."""
    rng = np.random.default_rng(40)
    _, both, other = np.intersect1d(real[0][0], real[1][0], return_indices=True)
    a, b = real[0][1][both], real[1][1][other]
    found = {}
    for n in (100, 943):
        told = 0
        for seed in range(simulations):
            drawn = rng.choice(len(a), n)
            swapped = rng.random(n) < 0.5
            one = np.where(swapped, a[drawn], b[drawn])
            two = np.where(swapped, b[drawn], a[drawn])
            told += paired_difference(one, two, seed, DRAWS).excludes_zero
        found[f"{n} people"] = share(told, simulations)
    return found


def share(count: int, of: int) -> dict[str, Any]:
    """A share with its Wilson interval of 95 %."""
    low, high = wilson(count / of, of)
    return {"share": round(count / of, 4), "low": round(low, 4), "high": round(high, 4), "of": of}


def smallest(rows: list[dict[str, Any]]) -> float | None:
    """The smallest effect found in 80 %, in a straight line between the two simulated beside it."""
    for low, high in pairwise(rows):
        one, two = (row["permutation"]["share"] for row in (low, high))
        if one < 0.8 <= two:
            along = (0.8 - one) / (two - one)
            return round(low["effect"] + along * (high["effect"] - low["effect"]), 2)
    return None


def _noises(setup: Setup, population: np.ndarray) -> dict[str, Callable[[np.random.Generator], np.ndarray]]:
    n = setup.pool.inside.shape[1]

    def noisy(rng: np.random.Generator) -> np.ndarray:
        values = rng.standard_normal(n)
        values[setup.pool.inside[int(rng.choice(setup.planted))].indices] *= 3
        return values

    return {
        "normal": lambda rng: rng.standard_normal(n),
        "NDCG of a model": lambda rng: -rng.choice(population, n),
        "one noisy slice": noisy,
    }


def _beaten(pool: Pool, values: np.ndarray, best: np.ndarray, seed: int) -> np.ndarray:
    """Whether each best slice is told, dealing out only as long as that is open."""
    allowed = int(LEVEL * (PERMUTATIONS + 1)) - 1
    more = np.zeros(len(best), dtype=int)
    for block in _blocks(PERMUTATIONS, 50):
        extremes = extremes_by_chance(pool, values, "worse", block, seed)
        seed += 1
        more += (extremes[None, :] >= best[:, None]).sum(1)
        if (more > allowed).all():
            break
    return more <= allowed


def _blocks(total: int, size: int) -> Iterator[int]:
    return (min(size, total - start) for start in range(0, total, size))


def _common(pool: Pool, values: np.ndarray) -> np.ndarray:
    """Standing out by the common spread alone."""
    n, sizes = len(values), pool.sizes
    means = pool.inside @ (values - values.mean()) / sizes
    return means / (values.std(ddof=1) * np.sqrt(1 / sizes - 1 / n))


def _t(pool: Pool, values: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Welch's t of each slice against its rest among some of the people; NaN below 10 on a side."""
    here = people.astype(float)
    sizes, sums = pool.inside @ here, pool.inside @ (values * here)
    squares = pool.inside @ (values**2 * here)
    n, total, total_squares = here.sum(), (values * here).sum(), (values**2 * here).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [(sizes, sums, squares), (n - sizes, total - sums, total_squares - squares)]
        means = [one[1] / one[0] for one in parts]
        errors = [(one[2] / one[0] - mean**2) / (one[0] - 1) for one, mean in zip(parts, means, strict=True)]
        found = (means[0] - means[1]) / np.sqrt(errors[0] + errors[1])
    return np.where((sizes >= 10) & (n - sizes >= 10), found, np.nan)


def _jaccard(pool: Pool, one: int, two: int) -> float:
    return overlap(pool.inside[one].indices, pool.inside[two].indices)


def _real(name: str) -> tuple[np.ndarray, np.ndarray]:
    stored = Checkpoint.open(places.shipped_models() / name).evaluation("valid")
    return stored.users, stored.per_user[METRIC].to_numpy(dtype=float)


if __name__ == "__main__":
    main()
