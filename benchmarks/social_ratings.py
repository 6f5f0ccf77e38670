"""What do friends add to predicted ratings? `python -m benchmarks.social_ratings filmtrust`.

GraphRec stands beside itself without friends, with settings searched without them, beside offsets alone (`bias`) and
beside SVD++, on the same five random splits. Errors pool all held-out ratings; differences are paired person by
person, over everybody and by how many ratings somebody has in train. What the leaderboard has fitted is not fitted
again. What friends have in common is read from train. Writes `benchmarks/results/social-ratings-<data set>.json`.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import results_file
from gnnrec.data import Dataset, Split, split
from gnnrec.data.friends import friends_of
from gnnrec.datasets import open_dataset
from gnnrec.evaluation.bootstrap import Interval
from gnnrec.evaluation.trait_groups import by_quantiles
from gnnrec.recommenders.bias import offsets
from gnnrec.runs.comparison import difference
from gnnrec.runs.leaderboard import make
from gnnrec.runs.leaderboard_request import Request

METRIC = "rmse"
SPLITS = tuple(f"random:seed={seed}" for seed in range(1, 6))
MODEL, WITHOUT = "graphrec", "graphrec:use_friends=false"
# With the patience that comes with it, SVD++ stops long before it is done here.
SVDPP = "svdpp:patience=30,epochs=200"
PAIRS = ((MODEL, WITHOUT), (MODEL, "bias"), (MODEL, "svdpp"))
FEWEST = 20
# Who has rated fewer has hardly an offset of their own.
ENOUGH = 5


def main() -> None:
    """Measure the data sets that were named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    args = parser.parse_args()
    for name in args.datasets:
        results_file.write(
            f"social-ratings-{name}", f"python -m benchmarks.social_ratings {name}", ratings(name)
        )


def ratings(name: str) -> dict[str, Any]:
    """Errors and their differences, for everybody and by number of ratings."""
    dataset = open_dataset(name)
    rows = {"bias": "bias", "svdpp": SVDPP, MODEL: MODEL, WITHOUT: WITHOUT}
    request = Request(name, SPLITS, ",".join(rows.values()), seeds=1, jobs=1, task="rating")
    entries = make(request, say=print).entries
    tables = {
        row: [cell.folder.people() for cell in one.cells] for row, one in zip(rows, entries, strict=True)
    }
    first = split(dataset, SPLITS[0])
    train = first.rows("train")
    counts = np.bincount(dataset.interactions.user[train], minlength=dataset.n_users).astype(float)
    names = tuple(
        f"{many} ratings" for many in ("very few", "few", "a middling number of", "many", "very many")
    )
    trait = by_quantiles(
        "ratings", "Ratings", np.where(counts > 0, counts, np.nan), names, "no ratings", "Ratings in train."
    )
    groups = [{"group": "everybody", **_numbers(tables, np.ones(dataset.n_users, dtype=bool))}]
    groups += [
        {"group": group.name, "from": group.low, "to": group.high, **_numbers(tables, trait.codes == place)}
        for place, group in enumerate(trait.groups)
    ]
    return {
        "title": dataset.title,
        "dataset": name,
        "splits": list(SPLITS),
        "metric": METRIC,
        "settings": dict(zip(rows, (one.settings for one in entries), strict=True)),
        "tried": dict(zip(rows, (one.tried for one in entries), strict=True)),
        "groups": groups,
        "friends": _in_common(dataset, first),
        "valid": {
            row: [cell.folder.result()["valid"][METRIC] for cell in one.cells]
            for row, one in zip(rows, entries, strict=True)
        },
    }


def _in_common(dataset: Dataset, where: Split) -> dict[str, float | int]:
    """How alike two friends are in how mildly they rate, and two people whoever they are."""
    data = where.training()
    mild, _ = offsets(data, float(data.rating.mean()), 0.0, 5.0)
    counts = np.bincount(data.user, minlength=data.n_users)
    one, other = friends_of(dataset).matrix.nonzero()
    both = (counts[one] >= ENOUGH) & (counts[other] >= ENOUGH)
    one, other = one[both], other[both]
    dealt = np.random.default_rng(0).permutation(other)
    return {
        "pairs": len(one) // 2,
        "at_least": ENOUGH,
        "friends": float(np.corrcoef(mild[one], mild[other])[0, 1]),
        "by_chance": float(np.corrcoef(mild[one], mild[dealt])[0, 1]),
    }


def _numbers(tables: dict[str, list[pd.DataFrame]], inside: np.ndarray) -> dict[str, Any]:
    mine = {row: [one[inside[one.index.to_numpy()]] for one in each] for row, each in tables.items()}
    n = len(set().union(*(one.index for one in mine[MODEL])))
    if n < FEWEST:
        return {"n": n, "errors": {}, "differences": {}}
    found = {
        "n": n,
        "errors": {row: _pooled(each) for row, each in mine.items()},
        "differences": {
            f"{first} less {second}": _plain(difference(mine[first], mine[second], METRIC))
            for first, second in PAIRS
        },
    }
    print(found, flush=True)
    return found


def _pooled(tables: list[pd.DataFrame]) -> float:
    """Mean over splits of the error over all ratings of these people."""
    each = [np.sqrt(np.average(one[METRIC] ** 2, weights=one["held_out"])) for one in tables]
    return float(np.mean(each))


def _plain(value: Interval) -> dict[str, float | int | None]:
    return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}


if __name__ == "__main__":
    main()
