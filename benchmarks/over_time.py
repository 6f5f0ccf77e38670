"""What does forgetting add? `python -m benchmarks.over_time demo movielens-100k`, `--choose` first, `--shuffled` last.

`time_lightgcn` stands beside itself with `half_life: 0`, which is LightGCN: the same class, the same other settings,
the same seeds, on a split by global time, where models see train alone. People with an earlier history (warm) and
without one (cold) are counted apart, beside what was popular over all of train and over its last month. What the
leaderboard has fitted is not fitted again.

`--choose` tries half-lives on validation and keeps the best for every later fit. `--shuffled` deals the dates of the
demo's train rows out anew: the graph is the same, but no edge is as old as it was. Writes
`benchmarks/results/time-<data set>.json` and `time-shuffled.json`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import results_file
from benchmarks.with_and_without import FEWEST, METRIC, only
from gnnrec.data import Split, split
from gnnrec.data.cold_start import seen
from gnnrec.data.moments import DAY
from gnnrec.datasets import open_dataset
from gnnrec.datasets.film_club.truth import groups
from gnnrec.evaluation.bootstrap import Interval, paired_difference
from gnnrec.runs.comparison import difference
from gnnrec.runs.leaderboard import make
from gnnrec.runs.leaderboard_request import Request
from gnnrec.training import chosen_entries, fit, keep_chosen

PROTOCOL = "global-time"
MODEL = "time_lightgcn"
WITHOUT = f"{MODEL}:half_life=0"
# Trained once: reading all events in order takes its time.
MEMORY, FORGETFUL = "tgn", "tgn:memory=no"
BESIDE = ("popularity", "recent_popularity", "item_knn", "ease")
HALF_LIVES = (30.0, 60.0, 120.0, 240.0, 480.0, 960.0)


def main() -> None:
    """Measure what was named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*", metavar="DATASET")
    parser.add_argument("--choose", action="store_true", help="choose the half-life on validation")
    parser.add_argument("--half-lives", default=",".join(f"{one:g}" for one in HALF_LIVES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--no-tgn", action="store_true", help="leave the temporal graph network out")
    parser.add_argument("--shuffled", action="store_true", help="deal the dates of the demo out anew")
    args = parser.parse_args()
    for name in args.datasets:
        tried = choose(name, [float(one) for one in args.half_lives.split(",")]) if args.choose else None
        print(name, tried or "", flush=True)
        if not args.choose:
            command = f"python -m benchmarks.over_time {name} --seeds {args.seeds}"
            command += " --no-tgn" if args.no_tgn else ""
            results_file.write(f"time-{name}", command, by_people(name, args.seeds, not args.no_tgn))
    if args.shuffled:
        command = f"python -m benchmarks.over_time --shuffled --seeds {args.seeds}"
        results_file.write("time-shuffled", command, shuffled(args.seeds))


def choose(name: str, half_lives: list[float]) -> dict[str, float]:
    """Validation NDCG@10 by half-life; the best one goes into the committed settings."""
    dataset = open_dataset(name)
    cut = split(dataset, PROTOCOL)
    scores = {}
    for one in half_lives:
        made = fit(MODEL, dataset, cut, seed=0, device="cpu", settings={"half_life": one})
        scores[f"{one:g}"] = round(made.valid.means[METRIC], 4)
    best = max(scores, key=scores.get)
    entry = {"settings": {"half_life": float(best)}, "split": PROTOCOL, "tried": len(scores)}
    keep_chosen(dataset.name, MODEL, entry | {"tried_values": scores, f"valid_{METRIC}": scores[best]})
    return scores


def by_people(name: str, seeds: int, with_tgn: bool) -> dict[str, Any]:
    """Test figures of all models for warm and cold people, and the difference that forgetting makes."""
    dataset = open_dataset(name)
    cut = split(dataset, PROTOCOL)
    rows = (*BESIDE, WITHOUT, MODEL)
    people, settings = _fitted(name, rows, seeds)
    if with_tgn:
        networks, _ = _fitted(name, (MEMORY, FORGETFUL), 1)
        people, rows = people | networks, (*rows, MEMORY, FORGETFUL)
    known = seen(cut, "user")
    inside = {"everybody": np.ones(dataset.n_users, dtype=bool), "warm": known, "cold": ~known}
    apart = dict(inside)
    if name == "demo":
        drift = np.zeros(dataset.n_users, dtype=bool)
        drift[dataset.users.numbers(groups()["drift"]["members"])] = True
        apart |= {"planted drift": drift & known, "no planted drift": ~drift & known}
    return {
        "title": dataset.title,
        "dataset": name,
        "split": PROTOCOL,
        "metric": METRIC,
        "seeds": seeds,
        "half_life": settings[MODEL]["half_life"],
        "valid_by_half_life": chosen_entries(name).get(MODEL, {}).get("tried_values", {}),
        "days": _days(cut),
        "known": _known(cut),
        "rows": [
            {"model": text} | {group: _level(people[text], mask) for group, mask in inside.items()}
            for text in rows
        ],
        "differences": {
            f"{MODEL} less {WITHOUT}": {
                group: _difference(people[MODEL], people[WITHOUT], mask) for group, mask in apart.items()
            },
            **{
                f"{first} less {second}": {
                    group: _difference(people[first], people[second], mask) for group, mask in inside.items()
                }
                for first, second in (("recent_popularity", "popularity"), (MEMORY, FORGETFUL))
                if first in people
            },
        },
    }


def _fitted(
    name: str, rows: tuple[str, ...], seeds: int
) -> tuple[dict[str, list[pd.DataFrame]], dict[str, dict[str, Any]]]:
    """Test metrics by person of every fit, and the settings, by row."""
    finished = make(Request(name, (PROTOCOL,), ",".join(rows), seeds=seeds, jobs=1), say=print)
    people = {one.variant.text: [cell.folder.people() for cell in one.cells] for one in finished.entries}
    return people, {one.variant.text: one.settings for one in finished.entries}


def shuffled(seeds: int) -> dict[str, Any]:
    """The demo's gain of forgetting, with true dates and with dates dealt out anew; vectors of people and none."""
    dataset = open_dataset("demo")
    true = split(dataset, PROTOCOL)
    cuts = {"true": true, "dealt_anew": dealt_anew(true, seed=1)}
    known = seen(true, "user")
    found = []
    for vectors in ("trained", "none"):
        fits = {
            (dates, decay): _fits(cut, vectors, decay, seeds)
            for dates, cut in cuts.items()
            for decay in (True, False)
            # Without decay dates do not matter.
            if decay or dates == "true"
        }
        by_person = {key: _by_person(one, known) for key, one in fits.items()}
        pairs = (
            (("true", True), ("true", False)),
            (("dealt_anew", True), ("true", False)),
            (("true", True), ("dealt_anew", True)),
        )
        found.append(
            {
                "user_vectors": vectors,
                "half_life": fits["true", True][0].recommender.config.half_life,
                "test": {_named(*key): float(one.mean()) for key, one in by_person.items()},
                "differences": {
                    f"{_named(*a)} less {_named(*b)}": _plain(paired_difference(by_person[a], by_person[b]))
                    for a, b in pairs
                },
            }
        )
        print(found[-1], flush=True)
    return {
        "title": "The demo's dates, true and dealt out anew",
        "split": PROTOCOL,
        "metric": METRIC,
        "seeds": seeds,
        "models": found,
    }


def dealt_anew(cut: Split, seed: int) -> Split:
    """The same rows in the same parts; the dates of train are dealt out anew among its rows."""
    rows, train = cut.dataset.interactions, cut.rows("train")
    times = rows.timestamp.copy()
    times[train] = np.random.default_rng(seed).permutation(times[train])
    return Split(replace(cut.dataset, interactions=replace(rows, timestamp=times)), cut.protocol, cut.part)


def _named(dates: str, decay: bool) -> str:
    return f"decay, {'true dates' if dates == 'true' else 'dates dealt out anew'}" if decay else "no decay"


def _fits(cut: Split, vectors: str, decay: bool, seeds: int) -> list[Any]:
    settings = {"user_vectors": vectors} | ({} if decay else {"half_life": 0.0})
    return [fit(MODEL, cut.dataset, cut, seed=seed, device="cpu", settings=settings) for seed in range(seeds)]


def _by_person(fits: list[Any], known: np.ndarray) -> np.ndarray:
    warm = known[fits[0].test.users]
    return np.mean([one.test.per_user[METRIC].to_numpy() for one in fits], axis=0)[warm]


def _days(cut: Split) -> dict[str, str]:
    times = cut.dataset.interactions.timestamp
    ends = {f"{part} ends": times[cut.rows(part)].max() for part in ("train", "valid", "test")}
    named = {"begins": times[cut.rows("train")].min()} | ends
    days = {key: datetime.fromtimestamp(int(one), tz=UTC).date().isoformat() for key, one in named.items()}
    return days | {"train days": str(int((ends["train ends"] - named["begins"]) // DAY))}


def _known(cut: Split) -> dict[str, int]:
    """How many people and items of test have an earlier history."""
    rows, held = cut.dataset.interactions, cut.rows("test")
    known = {side: seen(cut, side) for side in ("user", "item")}
    people, items = np.unique(rows.user[held]), np.unique(rows.item[held])
    return {
        "people": len(people),
        "cold_people": int((~known["user"][people]).sum()),
        "items": len(items),
        "cold_items": int((~known["item"][items]).sum()),
        "rows": len(held),
        "rows_of_cold_people": int((~known["user"][rows.user[held]]).sum()),
        "rows_of_cold_items": int((~known["item"][rows.item[held]]).sum()),
    }


def _level(tables: list[pd.DataFrame], inside: np.ndarray) -> dict[str, Any]:
    mine = only(tables, inside)
    n = len(mine[0])
    return {"n": n, METRIC: float(np.mean([one[METRIC].mean() for one in mine])) if n else None}


def _difference(
    first: list[pd.DataFrame], second: list[pd.DataFrame], inside: np.ndarray
) -> dict[str, Any] | None:
    mine, other = only(first, inside), only(second, inside)
    return _plain(difference(mine, other, METRIC)) if len(mine[0]) >= FEWEST else None


def _plain(value: Interval) -> dict[str, float | int | None]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}


if __name__ == "__main__":
    main()
