"""What do friends add? `python -m benchmarks.social demo filmtrust`, or `--permuted` for friends dealt out anew.

Each model that knows friends stands beside itself with `social_weight: 0`: the same class, the same seeds, and the
settings chosen for each of the two where both were searched, else the same other settings. The difference is paired
person by person on test, over everybody, by the number of items in the history, and by the number of friends. What
the leaderboard has fitted is not fitted again.

With `--permuted` the demo's friendships, which cause viewings by construction, are dealt out anew: the graph keeps
its shape, but who stands where in it is drawn at random. The weight of friends is chosen on validation with the true
friends, and test is read once, at the end. Writes `benchmarks/results/social-<data set>.json`.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import results_file
from benchmarks.with_and_without import METRIC, numbers, only
from gnnrec.data import Dataset, Split, split
from gnnrec.data.friends import friends_of
from gnnrec.datasets import open_dataset
from gnnrec.datasets.social_report import likeness, social_report
from gnnrec.evaluation.bootstrap import paired_difference
from gnnrec.evaluation.trait_groups import Trait, by_quantiles
from gnnrec.evaluation.traits import traits_of
from gnnrec.runs.comparison import difference
from gnnrec.runs.leaderboard import make
from gnnrec.runs.leaderboard_request import Request
from gnnrec.training import Fit, fit

PROTOCOLS = {"ciao": "published:fold=published"}
MODELS = ("social_lightgcn", "diffnet")
WEIGHTS = (0.1, 0.2, 0.4)


def main() -> None:
    """Measure what was named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", nargs="*", metavar="DATASET")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--permuted", action="store_true", help="deal the demo's friends out anew")
    parser.add_argument("--strangers", action="store_true", help="deal the friends of these out anew")
    args = parser.parse_args()
    if args.permuted:
        command = f"python -m benchmarks.social --permuted --seeds {args.seeds}"
        results_file.write("social-permuted", command, permuted(args.seeds))
    if args.strangers:
        for name in args.datasets:
            command = (
                f"python -m benchmarks.social {name} --strangers --models {args.models} --seeds {args.seeds}"
            )
            found = strangers(name, args.models.split(","), args.seeds)
            results_file.write(f"social-strangers-{name}", command, found)
        return
    for name in args.datasets:
        command = f"python -m benchmarks.social {name} --models {args.models} --seeds {args.seeds}"
        results_file.write(f"social-{name}", command, by_people(name, args.models.split(","), args.seeds))


def by_people(name: str, models: list[str], seeds: int) -> dict[str, Any]:
    """With less without friends, for everybody and for groups of people, from the fits of the leaderboard."""
    dataset = open_dataset(name)
    cut = split(dataset, PROTOCOLS.get(name, "random:seed=1"))
    rows = [row for model in models for row in (model, f"{model}:social_weight=0")]
    finished = make(Request(name, (str(cut),), ",".join(rows), seeds=seeds, jobs=1), say=print)
    people = {one.variant.text: [cell.folder.people() for cell in one.cells] for one in finished.entries}
    weights = {one.variant.text: one.settings["social_weight"] for one in finished.entries}
    tried = {one.variant.text: one.tried for one in finished.entries}
    found = []
    for model in models:
        without = f"{model}:social_weight=0"
        pair = people[model], people[without]
        groups = {
            trait.title: [
                {"group": group.name, "from": group.low, "to": group.high}
                | numbers(*(only(tables, trait.codes == place) for tables in pair))
                for place, group in enumerate(trait.groups)
            ]
            for trait in traits(dataset, cut)
        }
        everybody = numbers(*pair)
        print(model, weights[model], everybody["difference"])
        found.append(
            {
                "model": model,
                "social_weight": weights[model],
                "tried": {"with": tried[model], "without": tried[without]},
                **everybody,
                "groups": groups,
            }
        )
    return {
        "title": f"What friends add: {dataset.title}",
        "dataset": name,
        "split": str(cut),
        "metric": METRIC,
        "seeds": seeds,
        "friends": social_report(dataset).as_dict,
        "alike": alike(cut),
        "models": found,
    }


def strangers(name: str, models: list[str], seeds: int) -> dict[str, Any]:
    """Friends dealt out anew, less none and less the true ones: what is left of a gain is no work of friends."""
    dataset = open_dataset(name)
    protocol = PROTOCOLS.get(name, "random:seed=1")
    anew = split(dealt_anew(dataset, seed=1), protocol)
    rows = [row for model in models for row in (model, f"{model}:social_weight=0")]
    finished = make(Request(name, (protocol,), ",".join(rows), seeds=seeds, jobs=1), say=print)
    people = {one.variant.text: [cell.folder.people() for cell in one.cells] for one in finished.entries}
    weights = {one.variant.text: one.settings["social_weight"] for one in finished.entries}
    found = []
    for model in models:
        dealt = [_by_person(one) for one in _fits(model, anew, weights[model], seeds)]
        references = {"without": people[f"{model}:social_weight=0"], "friends": people[model]}
        differences = {
            f"dealt_anew less {key}": asdict(difference(dealt, one, METRIC))
            for key, one in references.items()
        }
        print(model, differences, flush=True)
        found.append({"model": model, "social_weight": weights[model], "differences": differences})
    return {
        "title": f"Friends dealt out anew: {dataset.title}",
        "dataset": name,
        "split": str(anew),
        "metric": METRIC,
        "seeds": seeds,
        "models": found,
    }


def traits(dataset: Dataset, cut: Split) -> list[Trait]:
    """How people are grouped: by their history in train, and by their friends."""
    counts = friends_of(dataset).counts.astype(float)
    names = tuple(
        f"{few} friends" for few in ("very few", "few", "a middling number of", "many", "very many")
    )
    by_friends = by_quantiles(
        "friends", "Friends", np.where(counts > 0, counts, np.nan), names, "no friends", "Number of friends."
    )
    return [next(one for one in traits_of(cut) if one.key == "activity"), by_friends]


def alike(cut: Split) -> dict[str, float]:
    """How alike the train histories of friends are, beside people dealt to each other at random."""
    friends, by_chance = likeness(friends_of(cut.dataset), cut.matrix("train"))
    return {"friends": friends, "by_chance": by_chance}


def permuted(seeds: int) -> dict[str, Any]:
    """The demo's gain of friends, with true friends and with friends dealt out anew."""
    dataset = open_dataset("demo")
    cuts = {
        "friends": split(dataset, "random:seed=1"),
        "dealt_anew": split(dealt_anew(dataset, seed=1), "random:seed=1"),
    }
    return {
        "title": "The demo's friends, true and dealt out anew",
        "split": "random:seed=1",
        "metric": METRIC,
        "seeds": seeds,
        "alike": {name: alike(cut)["friends"] for name, cut in cuts.items()},
        "models": [_dealt(model, cuts, seeds) for model in MODELS],
    }


def _dealt(model: str, cuts: dict[str, Split], seeds: int) -> dict[str, Any]:
    made = {weight: _fits(model, cuts["friends"], weight, seeds) for weight in WEIGHTS}
    tried = {
        weight: float(np.mean([one.valid.means[METRIC] for one in fits])) for weight, fits in made.items()
    }
    weight = max(tried, key=tried.get)
    fits = {
        "friends": made[weight],
        "without": _fits(model, cuts["friends"], 0.0, seeds),
        "dealt_anew": _fits(model, cuts["dealt_anew"], weight, seeds),
    }
    values = {name: _mean_by_person(made) for name, made in fits.items()}
    pairs = (("friends", "without"), ("dealt_anew", "without"), ("friends", "dealt_anew"))
    found = {
        "model": model,
        "valid_by_weight": {f"{one:g}": score for one, score in tried.items()},
        "social_weight": weight,
        "test": {name: float(one.mean()) for name, one in values.items()},
        "differences": {
            f"{first} less {second}": asdict(paired_difference(values[first], values[second]))
            for first, second in pairs
        },
    }
    print(found, flush=True)
    return found


def dealt_anew(dataset: Dataset, seed: int) -> Dataset:
    """The same shape of friendships between people drawn at random."""
    order = np.random.default_rng(seed).permutation(dataset.n_users)
    return replace(
        dataset,
        social=pd.DataFrame({one: order[dataset.social[one].to_numpy()] for one in ("user", "friend")}),
    )


def _fits(model: str, cut: Split, weight: float, seeds: int) -> list[Fit]:
    return [
        fit(model, cut.dataset, cut, seed=seed, device="cpu", settings={"social_weight": weight})
        for seed in range(seeds)
    ]


def _by_person(one: Fit) -> pd.DataFrame:
    """Test figures of a fit as the leaderboard keeps them."""
    return pd.DataFrame({METRIC: one.test.per_user[METRIC].to_numpy(), "held_out": 1}, index=one.test.users)


def _mean_by_person(fits: list[Fit]) -> np.ndarray:
    return np.mean([one.test.per_user[METRIC].to_numpy() for one in fits], axis=0)


if __name__ == "__main__":
    main()
