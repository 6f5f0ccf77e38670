"""Click AUC on Last.FM with its knowledge graph, as papers report it: `python -m benchmarks.click_auc`.

Artists without a fact are left out. Interactions are cut at random into 60 % train, 20 % validation and 20 % test;
against each choice stands one artist drawn evenly among those the listener has in no part. Every row gets the same
number of tries, its defaults and draws from its search space; the one with the best validation AUC on the first split
is kept for all splits, and test is read with it alone. Popularity stands beside every figure, for it does well by
this measure. Finished fits are kept in the store, so that it can be stopped. Writes `benchmarks/results/click-auc.json`.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import results_file
from benchmarks.cold_start import drawn_from
from gnnrec import places
from gnnrec.data import Dataset, Split, fingerprint, split
from gnnrec.data.knowledge import facts_of
from gnnrec.datasets import open_dataset
from gnnrec.evaluation.click_auc import ClickAuc, auc, auc_difference, click_auc
from gnnrec.recommenders import recommender_class
from gnnrec.training import fit

ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "kgcn": ("kgcn", {}),
    "kgcn without": ("kgcn", {"use_knowledge": "no"}),
    "kgat": ("kgat", {}),
    "kgat without": ("kgat", {"use_knowledge": "no"}),
    "lightgcn": ("lightgcn", {}),
}
PAIRS = (("kgcn", "kgcn without"), ("kgat", "kgat without"), ("kgcn", "lightgcn"), ("kgat", "lightgcn"))


def main() -> None:
    """Measure what is missing, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--splits", type=int, default=3)
    args = parser.parse_args()
    dataset = mapped(open_dataset("lastfm"))
    cuts = [cut_at_random(dataset, seed) for seed in range(1, args.splits + 1)]
    made = {name: measured(name, cuts, args.trials) for name in ROWS}
    command = f"python -m benchmarks.click_auc --trials {args.trials} --splits {args.splits}"
    results_file.write("click-auc", command, table(dataset, cuts, made, args.trials))


def mapped(dataset: Dataset) -> Dataset:
    """The data set without items of which no fact is known."""
    known = np.flatnonzero(facts_of(dataset).per_item > 0)
    rows, facts = dataset.interactions, dataset.knowledge
    keep = np.isin(rows.item, known)
    pairs = {"user_id": dataset.users.ids[rows.user[keep]], "item_id": dataset.items.ids[rows.item[keep]]}
    about = {
        "item_id": dataset.items.ids[facts["item"]],
        "relation": facts["relation"],
        "entity": facts["entity"],
    }
    return Dataset.from_frame(
        pd.DataFrame(pairs),
        name=f"{dataset.name}-mapped",
        title=dataset.title,
        items=pd.DataFrame({"item_id": dataset.items.ids[known]}),
        knowledge=pd.DataFrame(about),
        words=dataset.words,
    )


def cut_at_random(dataset: Dataset, seed: int) -> Split:
    """60 % of all interactions for train, 20 % for validation and 20 % for test, whoever's they are."""
    n = len(dataset.interactions)
    part = np.zeros(n, dtype=np.int8)
    order = np.random.default_rng(seed).permutation(n)
    part[order[: n // 5]], part[order[n // 5 : 2 * (n // 5)]] = 1, 2
    fold = f"click{seed}"
    return split(Dataset(**(vars_of(dataset) | {"published": {fold: part}})), f"published:fold={fold}")


def vars_of(dataset: Dataset) -> dict[str, Any]:
    """The parts a data set was made of."""
    return {name: getattr(dataset, name) for name in dataset.__dataclass_fields__}


def tries(name: str, n: int) -> Iterator[dict[str, Any]]:
    """The defaults and draws from the search space, the same every time."""
    recommender, fixed = ROWS[name]
    space = recommender_class(recommender).space_under(fixed)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    yield fixed
    for _ in range(n - 1):
        yield fixed | drawn_from(space, rng)


def measured(name: str, cuts: list[Split], trials: int) -> dict[str, Any]:
    """One row: tries on the first split, then the best of them on all."""
    found = [(settings, fitted(name, settings, cuts[0])) for settings in tries(name, trials)]
    settings, best = max(found, key=lambda one: one[1]["valid"])
    print(name, [round(one["valid"], 4) for _, one in found], settings, flush=True)
    return {
        "settings": settings,
        "tried": trials,
        "valid": best["valid"],
        "test": [fitted(name, settings, cut) for cut in cuts],
    }


def fitted(name: str, settings: dict[str, Any], cut: Split) -> dict[str, Any]:
    """Validation AUC of a fit, and the scores of test for whoever reads them; from the store where it is there."""
    key = fingerprint.of_json({"row": name, "settings": settings, "split": cut.hash})[:16]
    path = places.home() / "click-auc" / f"{key}.json"
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    model = fit(ROWS[name][0], cut.dataset, cut, seed=0, device="cpu", settings=settings)
    valid, test = (click_auc(model.recommender, cut, part, seed=1) for part in ("valid", "test"))
    result = {"valid": valid.auc, "best_epoch": model.best_epoch, **scores_of(test)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")
    return result


def scores_of(test: ClickAuc) -> dict[str, Any]:
    """What is kept of test."""
    numbers = {
        "users": test.users,
        "of_chosen": test.of_chosen.astype(float).round(6),
        "of_drawn": test.of_drawn.astype(float).round(6),
    }
    return {"popularity": test.popularity, **{name: one.tolist() for name, one in numbers.items()}}


def table(
    dataset: Dataset, cuts: list[Split], made: dict[str, dict[str, Any]], trials: int
) -> dict[str, Any]:
    """The figures that are written."""

    def pair(one: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        return np.array(one["of_chosen"]), np.array(one["of_drawn"])

    rows = [
        {
            "row": name,
            "recommender": ROWS[name][0],
            "settings": one["settings"],
            "tried": one["tried"],
            "valid": one["valid"],
            "test": [auc(*pair(test)) for test in one["test"]],
        }
        for name, one in made.items()
    ]
    differences = [
        {
            "pair": [first, second],
            "by_split": [
                asdict(auc_difference(pair(a), pair(b), np.array(a["users"])))
                for a, b in zip(made[first]["test"], made[second]["test"], strict=True)
            ],
        }
        for first, second in PAIRS
    ]
    return {
        "title": "Click AUC on Last.FM, artists with facts only",
        "dataset": "lastfm",
        "users": dataset.n_users,
        "items": dataset.n_items,
        "interactions": len(dataset.interactions),
        "parts": "60 % train, 20 % validation, 20 % test of all interactions",
        "splits": [str(cut) for cut in cuts],
        "trials": trials,
        "popularity": [one["popularity"] for one in next(iter(made.values()))["test"]],
        "rows": rows,
        "pairs": differences,
    }


if __name__ == "__main__":
    main()
