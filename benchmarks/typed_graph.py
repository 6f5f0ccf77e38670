"""What does each sort of edge add? `python -m benchmarks.typed_graph demo`, then `movielens-100k`.

`hetero` with all relations of a data set, with none, and with each alone, on the same split. The settings with all
and those with none are chosen on validation out of the same tries: the defaults, then draws from the search space.
A single relation has the settings chosen with all, and stands beside none with the same ones. Where there is a gain,
the same again with edges dealt out anew: each sort of edge keeps its shape, but which person or item has which edges
is drawn at random, so that what is left of the gain is no work of what the edges say. And once without learning again:
the model with all relations, one of them switched off.

Test is read once, at the end; differences are paired person by person over the mean of the seeds. Finished rows are
kept in the folder of the store, so that it can be stopped. Writes `benchmarks/results/typed-graph-<data set>.json`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch

from benchmarks import results_file
from benchmarks.cold_start import drawn_from
from benchmarks.social import dealt_anew as friends_anew
from gnnrec import places
from gnnrec.data import Dataset, split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation import evaluate
from gnnrec.evaluation.bootstrap import paired_difference
from gnnrec.graph import relations_of
from gnnrec.recommenders import create, recommender_class
from gnnrec.training import fit
from gnnrec.training.chosen import keep_chosen, settings_for

PROTOCOL, METRIC, MODEL = "random:seed=1", "ndcg@10", "hetero"
ALL, NONE, ALIKE = "all", "none", "none, settings of all"
# The model that it is without relations, with the settings chosen for it.
REFERENCE = "lightgcn"


def main() -> None:
    """Measure what is missing, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further fit after so long")
    parser.add_argument("--write-settings", action="store_true", help="keep the choice for every later fit")
    args = parser.parse_args()
    torch.set_num_threads(1)
    began = time.monotonic()

    def out_of_time() -> bool:
        return time.monotonic() - began > args.seconds

    for name in args.datasets:
        figures = measured(name, args.trials, args.seeds, out_of_time)
        command = f"python -m benchmarks.typed_graph {name} --trials {args.trials} --seeds {args.seeds}"
        results_file.write(f"typed-graph-{name}", command, figures)
        if args.write_settings:
            for key, relations in ((MODEL, ALL), (f"{MODEL}.relations={NONE}", NONE)):
                chosen = figures["chosen"][relations]
                settings = {one: value for one, value in chosen["settings"].items() if one != "relations"}
                if relations == NONE:
                    settings["relations"] = NONE
                entry = {"settings": settings, "split": PROTOCOL, "tried": args.trials}
                keep_chosen(name, key, entry | {"valid_ndcg@10": round(chosen["valid"], 4)})


def measured(name: str, trials: int, seeds: int, out_of_time: Callable[[], bool]) -> dict[str, Any]:
    """Every row of a data set, and its differences."""
    dataset = open_dataset(name)
    relations = tuple(relations_of(dataset))
    wishes = tries(trials)
    chosen: dict[str, dict[str, Any]] = {}
    for wanted in (ALL, NONE):
        tried = [kept(dataset, wanted, one, 0, (), out_of_time) for one in wishes]
        best = max(range(len(tried)), key=lambda place: tried[place]["valid"])
        chosen[wanted] = {
            "settings": wishes[best],
            "valid": tried[best]["valid"],
            "tried": [one["valid"] for one in tried],
        }
    settings = chosen[ALL]["settings"]

    lightgcn = mean_of([kept(dataset, REFERENCE, {}, seed, (), out_of_time) for seed in range(seeds)])

    def row(wanted: str, dealt: Collection[str] = (), mine: dict[str, Any] = settings) -> dict[str, Any]:
        made = [kept(dataset, wanted, mine, seed, dealt, out_of_time) for seed in range(seeds)]
        return mean_of(made)

    without, alike = row(NONE, mine=chosen[NONE]["settings"]), row(NONE)
    everything, shuffled = row(ALL), row(ALL, relations)
    rows = [
        figures(NONE, without, {}),
        figures(REFERENCE, lightgcn, {"less none": (lightgcn, without)}),
        figures(ALIKE, alike, {"less none": (alike, without)}),
        figures(
            ALL,
            everything,
            {
                "less none": (everything, without),
                "less none alike": (everything, alike),
                "less lightgcn": (everything, lightgcn),
                "less dealt anew": (everything, shuffled),
            },
        ),
        figures(
            f"{ALL}, dealt anew",
            shuffled,
            {"less none": (shuffled, without), "less none alike": (shuffled, alike)},
        ),
    ]
    for one in relations:
        alone = row(one)
        found = figures(one, alone, {"less none": (alone, without), "less none alike": (alone, alike)})
        if found["differences"]["less none alike"]["low"] > 0:
            # Only a gain needs the question whose it is.
            dealt = row(one, (one,))
            pairs = {"less dealt anew": (alone, dealt), "dealt anew less none alike": (dealt, alike)}
            found["differences"] |= figures(one, alone, pairs)["differences"]
        off = everything["test"].get(one)
        if off is not None:
            found["differences"]["switched off less all"] = interval(off, everything["test"]["as it is"])
        rows.append(found)
    return {
        "title": f"What each sort of edge adds: {dataset.title}",
        "dataset": name,
        "split": PROTOCOL,
        "metric": METRIC,
        "people": len(without["test"]["as it is"]),
        "seeds": seeds,
        "trials": trials,
        "chosen": chosen,
        "relations": {one: relations_of(dataset)[one] for one in relations},
        "rows": rows,
    }


def mean_of(made: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of some seeds, person by person."""
    return {
        "valid": float(np.mean([one["valid"] for one in made])),
        "seconds_cpu": float(np.mean([one["seconds_cpu"] for one in made])),
        "edges": made[0]["edges"],
        "test": {key: np.mean([one["test"][key] for one in made], axis=0) for key in made[0]["test"]},
    }


def tries(trials: int) -> list[dict[str, Any]]:
    """The defaults and draws from the search space, the same for every row and every time."""
    rng = np.random.default_rng(7)
    space = recommender_class(MODEL).search_space
    return [{}, *(drawn_from(space, rng) for _ in range(trials - 1))]


def kept(
    dataset: Dataset,
    wanted: str,
    settings: dict[str, Any],
    seed: int,
    dealt: Collection[str],
    out_of_time: Callable[[], bool],
) -> dict[str, Any]:
    """One fit from the folder of the store, made if it is not there."""
    folder = places.home() / "typed-graph"
    folder.mkdir(parents=True, exist_ok=True)
    words = [
        dataset.name,
        wanted,
        *(f"{name}={value}" for name, value in sorted(settings.items())),
        f"seed={seed}",
    ]
    words += ["dealt"] if dealt else []
    path = folder / ("-".join(words).replace(" ", "_") + ".json")
    if not path.is_file():
        if out_of_time():
            raise SystemExit("Not finished: run it again to go on.")
        data = dealt_anew(dataset, dealt) if dealt else dataset
        cut = split(data, PROTOCOL)
        started = time.process_time()
        model = (
            create(REFERENCE, settings_for(dataset.name, REFERENCE)[0])
            if wanted == REFERENCE
            else create(MODEL, {**settings, "relations": wanted})
        )
        made = fit(model, data, cut, seed=seed, device="cpu")
        seconds = time.process_time() - started
        test = {"as it is": made.test}
        if wanted == ALL and not dealt:
            test |= {one: evaluate(model.without([one]), cut, "test") for one in model.side_relations}
        found = {
            "valid": made.valid.means[METRIC],
            "best_epoch": made.best_epoch,
            "seconds_cpu": seconds,
            "edges": sum(one.matrix.nnz for one in model._typed.edges) if wanted != REFERENCE else 0,
            "test": {key: one.per_user[METRIC].round(6).tolist() for key, one in test.items()},
        }
        path.write_text(json.dumps(found))
        print(path.stem, round(found["valid"], 4), round(seconds), "s", flush=True)
    return json.loads(path.read_text())


def dealt_anew(dataset: Dataset, relations: Collection[str], seed: int = 1) -> Dataset:
    """The data set with some relations dealt out at random: to other people, other items or other rows."""
    parts = relations_of(dataset)
    rng = np.random.default_rng(seed)
    for name in relations:
        part = parts[name]
        if part == "social":
            dataset = friends_anew(dataset, seed)
        elif part == "knowledge":
            order = rng.permutation(dataset.n_items)
            items = dataset.knowledge["item"].to_numpy(copy=True)
            mine = (dataset.knowledge["relation"] == name).to_numpy()
            items[mine] = order[items[mine]]
            dataset = replace(dataset, knowledge=dataset.knowledge.assign(item=items))
        elif part == "context":
            table = dataset.interactions.context
            values = table[name].to_numpy()[rng.permutation(len(table))]
            rows = replace(dataset.interactions, context=table.assign(**{name: values}))
            dataset = replace(dataset, interactions=rows)
        else:
            table = getattr(dataset, part)
            column = table[name].take(rng.permutation(len(table))).set_axis(table.index)
            dataset = replace(dataset, **{part: table.assign(**{name: column})})
    return dataset


def figures(name: str, row: dict[str, Any], pairs: dict[str, Any]) -> dict[str, Any]:
    """A row with its differences."""
    return {
        "relations": name,
        "valid": row["valid"],
        "test": float(row["test"]["as it is"].mean()),
        "edges": row["edges"],
        "seconds_cpu": row["seconds_cpu"],
        "differences": {
            key: interval(first["test"]["as it is"], second["test"]["as it is"])
            for key, (first, second) in pairs.items()
        },
    }


def interval(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """How much better the first is, person by person."""
    return asdict(paired_difference(first, second))


if __name__ == "__main__":
    main()
