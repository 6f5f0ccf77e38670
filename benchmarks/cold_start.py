"""What do features give to new items and new people? `python -m benchmarks.cold_start --dataset NAME`.

A tenth of the items, then a tenth of the people, is taken out of train altogether (`cold_items`, `cold_people`).
Every model with settings gets the same number of tries: its defaults, then draws from its search space. The try
with the best mean of warm and cold NDCG@10 on validation is kept; test is read once with it. New items compete
with new items, known ones with known ones. Beside each hybrid stands the same fit with the features of
items and people in random order. Finished rows are kept in the folder of the store, so that it can be stopped.
Writes `benchmarks/results/cold-start-NAME.json`, figures only.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from benchmarks import results_file
from benchmarks.long_tail import as_plain
from gnnrec import places
from gnnrec.data import Dataset, Split, TrainingData, split
from gnnrec.data.cold_start import seen
from gnnrec.datasets import open_dataset
from gnnrec.evaluation.bootstrap import mean_interval, paired_difference
from gnnrec.evaluation.cold_start import Warmth, by_warmth
from gnnrec.recommenders import Query, Recommender, create, recommender_class
from gnnrec.training import fit

PROTOCOLS = {"cold_items:share=10,seed=1": "item", "cold_people:share=10,seed=1": "user"}
METRIC = "ndcg@10"
FEW = 5


@dataclass(frozen=True)
class Row:
    """A recommender as it is compared.

    Attributes:
        name: Of the row.
        recommender: Its class by name.
        settings: What is fixed.
        permuted: Fitted with features in random order, under the settings chosen for the row of this name.
    """

    name: str
    recommender: str
    settings: dict[str, Any] = field(default_factory=dict)
    permuted: str = ""


ROWS = (
    Row("popularity", "popularity"),
    Row("ease", "ease"),
    Row("content", "content"),
    Row("lightgcn", "lightgcn", {"embedding_size": 64}),
    *(Row(f"hybrid, {one}", "hybrid", {"fusion": one}) for one in ("dot", "gated", "mlp")),
    Row("content, features permuted", "content", permuted="content"),
    Row("hybrid, gated, features permuted", "hybrid", {"fusion": "gated"}, permuted="hybrid, gated"),
)
PAIRS = [
    *(
        (f"hybrid, {one}", other)
        for one in ("dot", "gated", "mlp")
        for other in ("lightgcn", "content", "popularity")
    ),
    ("content", "popularity"),
    ("content", "content, features permuted"),
    ("hybrid, gated", "hybrid, gated, features permuted"),
]


def main() -> None:
    """Fit what is missing, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="movielens-100k")
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--side", choices=("item", "user"), help="only new items, or only new people")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further row after so long")
    args = parser.parse_args()
    torch.set_num_threads(1)
    started, dataset = time.monotonic(), open_dataset(args.dataset)
    tables = []
    for protocol, side in PROTOCOLS.items():
        if args.side not in (None, side):
            continue
        cut, made = split(dataset, protocol), {}
        for row in ROWS:
            if time.monotonic() - started > args.seconds:
                raise SystemExit("Not finished: run it again to go on.")
            made[row.name] = kept(row, cut, side, args.trials)
        tables.append(table(cut, side, made))
    command = f"python -m benchmarks.cold_start --dataset {args.dataset} --trials {args.trials}"
    command += f" --side {args.side}" if args.side else ""
    figures = {"dataset": args.dataset, "metric": METRIC, "trials": args.trials, "splits": tables}
    print(results_file.write(f"cold-start-{args.dataset}", command, figures).read_text())


def kept(row: Row, cut: Split, side: str, trials: int, rows: Sequence[Row] = ROWS) -> dict[str, Any]:
    """A row from the folder of the store, made if it is not there."""
    folder = places.home() / "cold-start"
    folder.mkdir(parents=True, exist_ok=True)
    path = (
        folder
        / f"{cut.dataset.name}-{cut.hash[:8]}-{trials}-{row.name.replace(', ', '-').replace(' ', '-')}.json"
    )
    if not path.is_file():
        like = (
            kept(next(one for one in rows if one.name == row.permuted), cut, side, trials, rows)
            if row.permuted
            else None
        )
        found = measured(row, cut, side, trials, like)
        path.write_text(json.dumps(found))
        print(row.name, {name: one["mean"] for name, one in found["test"].items()}, flush=True)
    return json.loads(path.read_text())


def measured(row: Row, cut: Split, side: str, trials: int, like: dict[str, Any] | None) -> dict[str, Any]:
    """Choose on validation, read test once."""
    started = time.process_time()
    tries = [like["settings"]] if like else wishes(row, trials)
    data = permuted(cut) if like else cut
    best: tuple[float, dict[str, Any], Any] = (-1.0, {}, None)
    for settings in tries:
        done = fit(create(row.recommender, settings), data.dataset, data, seed=0, device="cpu")
        judged = by_warmth(done.recommender, data, "valid", side, at=(10,))
        score = float(np.mean([one.evaluation.means[METRIC] for one in judged.values()]))
        if score > best[0]:
            best = (score, settings, done)
    found = by_warmth(best[2].recommender, data, "test", side, at=(10,))
    if side == "user" and best[2].recommender.personalised and not like:
        found[f"cold, {FEW} known"] = by_warmth(
            best[2].recommender, data, "test", side, at=(10,), scores=folded(best[2].recommender, data)
        )["cold"]
    return {
        "settings": best[1],
        "tried": len(tries),
        "valid": best[0],
        "best_epoch": best[2].best_epoch,
        "seconds_cpu": time.process_time() - started,
        "test": {name: of_people(one) for name, one in found.items()},
    }


def wishes(row: Row, trials: int) -> list[dict[str, Any]]:
    """The defaults and draws from the search space, the same every time."""
    space = recommender_class(row.recommender).space_under(row.settings)
    space = {name: one for name, one in space.items() if name not in row.settings}
    rng = np.random.default_rng(zlib.crc32(row.recommender.encode()))
    further = [drawn_from(space, rng) for _ in range(trials - 1)] if space else []
    return [row.settings, *(row.settings | one for one in further)]


def drawn_from(space: dict[str, tuple | list], rng: np.random.Generator) -> dict[str, Any]:
    """One value of each setting."""
    found: dict[str, Any] = {}
    for name, one in sorted(space.items()):
        if isinstance(one, list):
            found[name] = one[int(rng.integers(len(one)))]
        elif one[-1] == "log":
            value = float(np.exp(rng.uniform(*np.log(one[:2]))))
            found[name] = round(value) if isinstance(one[0], int) else round(value, 4)
        elif all(isinstance(end, int) for end in one):
            found[name] = int(rng.integers(one[0], one[1] + 1))
        else:
            found[name] = round(float(rng.uniform(*one)), 4)
    return found


def permuted(cut: Split, seed: int = 1) -> Split:
    """The same split with every item and person described by the features of another."""
    rng = np.random.default_rng(seed)

    def shuffled(table: pd.DataFrame | None) -> pd.DataFrame | None:
        return None if table is None else table.iloc[rng.permutation(len(table))].reset_index(drop=True)

    dataset: Dataset = replace(
        cut.dataset,
        item_features=shuffled(cut.dataset.item_features),
        user_features=shuffled(cut.dataset.user_features),
    )
    return Split(dataset, cut.protocol, cut.part)


def folded(model: Recommender, cut: Split) -> Callable[[np.ndarray], np.ndarray]:
    """Answers for people never seen from five of their validation items, and their features where they are read."""
    valid, known = cut.matrix("valid"), seen(cut, "user")
    table = cut.dataset.user_features
    data: TrainingData = cut.training()
    reads = [one.name for one in model.user_reading.columns] if hasattr(model, "user_reading") else []

    def answers(users: np.ndarray) -> np.ndarray:
        asked: list[Query | int] = []
        for user in users.tolist():
            mine = np.random.default_rng(user).permutation(valid[user].indices)[:FEW]
            features = {name: table[name][user] for name in reads} or None
            asked.append(user if known[user] else Query(history=tuple(map(int, mine)), features=features))
        assert model.data.n_users == data.n_users
        return model.scores(asked)

    return answers


def of_people(one: Warmth) -> dict[str, Any]:
    """Figures of one part, with each person's value for the pairs."""
    values = one.evaluation.per_user[METRIC]
    return {
        "mean": float(values.mean()),
        "people": one.evaluation.users.tolist(),
        "values": [round(float(value), 6) for value in values],
        "held_out": one.n_held_out,
        "items": one.n_items,
    }


def table(
    cut: Split, side: str, made: dict[str, dict[str, Any]], pairs: Sequence[tuple[str, str]] = PAIRS
) -> dict[str, Any]:
    """Rows and pairs of one split."""
    rows = [
        {
            "row": name,
            **{key: one[key] for key in ("settings", "tried", "valid", "best_epoch", "seconds_cpu")},
            "test": {
                part: as_plain(mean_interval(found["values"]))
                | {"held_out": found["held_out"], "items": found["items"]}
                for part, found in one["test"].items()
            },
        }
        for name, one in made.items()
    ]
    differences = [
        {
            "pair": [a, b],
            **{
                part: as_plain(
                    paired_difference(made[a]["test"][part]["values"], made[b]["test"][part]["values"])
                )
                for part in made[a]["test"]
                if part in made[b]["test"]
            },
        }
        for a, b in pairs
    ]
    return {"split": str(cut), "split_hash": cut.hash, "side": side, "rows": rows, "pairs": differences}


if __name__ == "__main__":
    main()
