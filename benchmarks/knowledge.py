"""What do facts add? `python -m benchmarks.knowledge demo movielens-100k --seeds 1`, with facts dealt out anew beside.

Each model of facts stands beside itself with `use_knowledge: no`, each with the settings chosen for it on validation
with the same number of tries. The difference is paired person by person on test, over everybody and by the number of
items in the history. What the leaderboard has fitted is not fitted again.

Then the same facts are dealt out anew: every item gets the facts of another one drawn at random, so that the graph
keeps its shape and its facts are wrong. What is left of a gain is no work of what is known. Writes
`benchmarks/results/knowledge-<data set>.json`.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import results_file
from benchmarks.with_and_without import METRIC, numbers, only
from gnnrec.data import Dataset, split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.knowledge_report import knowledge_report
from gnnrec.evaluation.bootstrap import paired_difference
from gnnrec.evaluation.traits import traits_of
from gnnrec.runs.leaderboard import make
from gnnrec.runs.leaderboard_request import Request
from gnnrec.training import fit

PROTOCOL = "random:seed=1"
MODELS = ("kgcn", "kgat")


def main() -> None:
    """Measure what was named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    for name in args.datasets:
        command = f"python -m benchmarks.knowledge {name} --models {args.models} --seeds {args.seeds}"
        results_file.write(f"knowledge-{name}", command, measured(name, args.models.split(","), args.seeds))


def measured(name: str, models: list[str], seeds: int) -> dict[str, Any]:
    """With less without facts, for everybody and for groups of people, and with facts dealt out anew."""
    dataset = open_dataset(name)
    cut = split(dataset, PROTOCOL)
    rows = [row for model in models for row in (model, f"{model}:use_knowledge=no")]
    finished = make(Request(name, (PROTOCOL,), ",".join(rows), seeds=seeds, jobs=1), say=print)
    entries = {one.variant.text: one for one in finished.entries}
    people = {text: [cell.folder.people() for cell in one.cells] for text, one in entries.items()}
    activity = next(one for one in traits_of(cut) if one.key == "activity")
    found = []
    for model in models:
        pair = people[model], people[f"{model}:use_knowledge=no"]
        settings = entries[model].settings
        found.append(
            {
                "model": model,
                "settings": settings,
                **numbers(*pair),
                "groups": [
                    {"group": group.name}
                    | numbers(*(only(tables, activity.codes == place) for tables in pair))
                    for place, group in enumerate(activity.groups)
                ],
                "dealt_anew": _dealt(model, dataset, settings, seeds, *pair),
            }
        )
        print(model, found[-1]["difference"], found[-1]["dealt_anew"], flush=True)
    return {
        "title": f"What facts add: {dataset.title}",
        "dataset": name,
        "split": PROTOCOL,
        "metric": METRIC,
        "seeds": seeds,
        "knowledge": knowledge_report(dataset).as_dict,
        "models": found,
    }


def dealt_anew(dataset: Dataset, seed: int) -> Dataset:
    """Every item with the facts of another one, drawn at random: the same shape, wrong facts."""
    order = np.random.default_rng(seed).permutation(dataset.n_items)
    facts = dataset.knowledge.assign(item=order[dataset.knowledge["item"].to_numpy()])
    return replace(dataset, knowledge=facts)


def _dealt(
    model: str,
    dataset: Dataset,
    settings: dict[str, Any],
    seeds: int,
    mine: list[pd.DataFrame],
    other: list[pd.DataFrame],
) -> dict[str, Any]:
    """Facts dealt out anew less none, and less the true ones."""
    cut = split(dealt_anew(dataset, seed=1), PROTOCOL)
    tests = [
        fit(model, cut.dataset, cut, seed=seed, device="cpu", settings=settings).test for seed in range(seeds)
    ]
    dealt = pd.DataFrame(
        {n: pd.Series(one.per_user[METRIC].to_numpy(), one.users) for n, one in enumerate(tests)}
    )
    dealt = dealt.mean(axis=1)
    found: dict[str, Any] = {"test": float(dealt.mean())}
    for key, tables in (("less without", other), ("less facts", mine)):
        reference = pd.concat([one[METRIC] for one in tables], axis=1).mean(axis=1)
        found[key] = asdict(paired_difference(dealt.loc[reference.index], reference))
    return found


if __name__ == "__main__":
    main()
