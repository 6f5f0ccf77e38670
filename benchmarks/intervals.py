"""Can the intervals and the paired comparison be believed? `python -m benchmarks.intervals`.

People are drawn from those of the demo with the values that shipped models really have for them (many zeros), so that
the truth is known: the mean over all of them.

- coverage: how often the 95 % interval of a mean holds it, for NDCG@10 and the hit rate of an accurate model and of one
  that mostly fails, and for errors pooled over ratings.
- false positives: who is A and who is B is drawn for each person anew, so two models are alike by construction; how
  often is a difference told? Between a model and itself with another seed, between two models that differ, and between
  an accurate and a weak one.
- power: how often a real difference of the two is told, by the number of people, and the smallest true difference that
  is told in 80 %, from people whose difference was moved.

Each over 1,000 simulations with its Wilson interval. Writes `benchmarks/results/intervals.json`.
"""

from __future__ import annotations

import argparse
import time
from math import sqrt
from typing import Any

import numpy as np

from benchmarks import results_file
from benchmarks.slice_search import share
from gnnrec import places
from gnnrec.checkpoints import Checkpoint
from gnnrec.evaluation.bootstrap import mean_interval, mean_intervals, paired_difference, pooled_interval

COMMAND = "python -m benchmarks.intervals"
PEOPLE, DRAWS = (100, 943), 1000
METRIC, HIT = "ndcg@10", "hit@10"
GOOD, TWIN, OTHER, WEAK = "demo-lightgcn", "demo-lightgcn-seed1", "demo-ease", "demo-popularity"
RATING = "demo-svdpp"
# Moved differences, in standard errors of the mean difference.
_EFFECTS = (1.0, 2.0, 2.5, 2.8, 3.2, 4.0)


def main() -> None:
    """Simulate, and write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=1000, help="of each kind (default 1,000)")
    args = parser.parse_args()
    started, busy = time.perf_counter(), time.process_time()
    pairs = {
        "two seeds of one model": (GOOD, TWIN),
        "two models": (GOOD, OTHER),
        "an accurate and a weak one": (GOOD, WEAK),
    }
    figures = {
        "people_to_draw_from": len(_values(GOOD)),
        "draws": DRAWS,
        "share_of_zeros": {name: round(float((_values(name) == 0).mean()), 3) for name in (GOOD, WEAK)},
        "coverage": coverage(args.simulations),
        "paired_false_positives": {
            name: false_positives(*pair, args.simulations) for name, pair in pairs.items()
        },
        "power": {name: power(*pair, args.simulations) for name, pair in pairs.items()},
        "smallest_difference": smallest(GOOD, OTHER, args.simulations),
    }
    figures["seconds_wall"] = round(time.perf_counter() - started, 1)
    figures["seconds_cpu"] = round(time.process_time() - busy, 1)
    print(results_file.write("intervals", COMMAND, figures).read_text())


def coverage(simulations: int) -> dict[str, Any]:
    """How often the interval of a mean holds the mean of all people, and of both ends how often each misses it."""
    found: dict[str, Any] = {}
    for name, metric in ((GOOD, METRIC), (GOOD, HIT), (WEAK, METRIC), (WEAK, HIT)):
        population = _values(name, metric)
        for n in PEOPLE:
            rng = np.random.default_rng(n)
            drawn = (mean_interval(rng.choice(population, n), seed, DRAWS) for seed in range(simulations))
            found[f"{metric} of {name}, {n} people"] = _inside(drawn, population.mean(), simulations)
    result = Checkpoint.open(places.shipped_models() / RATING).evaluation("valid")
    errors, counts = result.per_user["mae"].to_numpy(dtype=float), result.counts
    truth = float((errors * counts).sum() / counts.sum())
    for n in PEOPLE:
        rng = np.random.default_rng(n)
        drawn = (
            pooled_interval(errors[who], counts[who], seed, DRAWS)
            for seed, who in ((seed, rng.integers(0, len(errors), n)) for seed in range(simulations))
        )
        found[f"mae of {RATING}, {n} people"] = _inside(drawn, truth, simulations)
    # Several at once, as the leaderboard and the curves by length draw them.
    both = np.column_stack([_values(GOOD), _values(OTHER)])
    rng = np.random.default_rng(7)
    drawn = (
        mean_intervals(both[rng.integers(0, len(both), PEOPLE[1])], seed, DRAWS)[1]
        for seed in range(simulations)
    )
    found[f"{METRIC} of {OTHER} beside another, {PEOPLE[1]} people"] = _inside(
        drawn, both[:, 1].mean(), simulations
    )
    return found


def false_positives(one: str, other: str, simulations: int) -> dict[str, Any]:
    """How often two models that are alike by construction are told apart."""
    a, b = _values(one), _values(other)
    found = {}
    for n in PEOPLE:
        rng, told = np.random.default_rng(1000 + n), 0
        for seed in range(simulations):
            who = rng.integers(0, len(a), n)
            swapped = rng.random(n) < 0.5
            first, second = np.where(swapped, a[who], b[who]), np.where(swapped, b[who], a[who])
            told += paired_difference(first, second, seed, DRAWS).excludes_zero
        found[f"{n} people"] = share(told, simulations)
    return found


def power(one: str, other: str, simulations: int) -> dict[str, Any]:
    """How often the difference that two models really have over all people of the demo is told."""
    a, b = _values(one), _values(other)
    found: dict[str, Any] = {"true_difference": round(float((a - b).mean()), 4)}
    for n in PEOPLE:
        rng, told = np.random.default_rng(2000 + n), 0
        for seed in range(simulations):
            who = rng.integers(0, len(a), n)
            told += paired_difference(a[who], b[who], seed, DRAWS).excludes_zero
        found[f"{n} people"] = share(told, simulations)
    return found


def smallest(one: str, other: str, simulations: int) -> dict[str, Any]:
    """The true difference that is told in 80 %, by the number of people.

    Each person's difference is moved by the same amount, so that the mean is what was asked for and the spread stays.
    """
    apart = _values(one) - _values(other)
    apart = apart - apart.mean()
    found = {}
    for n in PEOPLE:
        error = float(apart.std() / sqrt(n))
        rows = []
        for place, effect in enumerate(_EFFECTS):
            rng, told = np.random.default_rng(3000 + n + place), 0
            for seed in range(simulations):
                who = rng.integers(0, len(apart), n)
                told += mean_interval(apart[who] + effect * error, seed, DRAWS).excludes_zero
            rows.append({"difference": round(effect * error, 4), "told": share(told, simulations)})
        shares = [row["told"]["share"] for row in rows]
        found[f"{n} people"] = {
            "by_size": rows,
            "told_in_80": round(float(np.interp(0.8, shares, [row["difference"] for row in rows])), 4),
        }
    return found


def _inside(intervals, truth: float, simulations: int) -> dict[str, Any]:
    below = above = 0
    for one in intervals:
        below += one.high < truth
        above += one.low > truth
    return share(simulations - below - above, simulations) | {
        "too_low": round(below / simulations, 4),
        "too_high": round(above / simulations, 4),
    }


def _values(name: str, metric: str = METRIC) -> np.ndarray:
    stored = Checkpoint.open(places.shipped_models() / name).evaluation("valid")
    return stored.per_user[metric].to_numpy(dtype=float)


if __name__ == "__main__":
    main()
