"""How long an explanation takes: because, deletion of a history of about 100 items, and why-not.

python -m benchmarks.explanation_speed                                   MovieLens 100K and 1M, all models
python -m benchmarks.explanation_speed --dataset movielens-100k --model lightgcn --people 20

Writes benchmarks/results/explanation-speed.json, where each data set and model has an entry of its own. The data
sets have to be there (`gnnrec data download movielens-1m`). Vectors are trained for a few epochs only: how long an
answer takes depends on their number and length. Waiting time and processor time are told apart, because a machine
that does other work at the same time shows in the first alone. For a model that answers
edits one by one, what `estimate` says beforehand stands beside what deletion took.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.results_file import RESULTS, write
from gnnrec.data import Split, split
from gnnrec.datasets import open_dataset
from gnnrec.explain.because import because
from gnnrec.explain.deletion import deletion, estimate
from gnnrec.explain.why_not import why_not
from gnnrec.graph import Graph
from gnnrec.recommenders import Recommender, create
from gnnrec.recommenders.capabilities import DECOMPOSES
from gnnrec.recommenders.parts.trainable import Trainable

DATASETS = ("movielens-100k", "movielens-1m")
MODELS = ("lightgcn", "ease", "item_knn", "gat")
AIMS_MS = {"because": 20, "deletion": 300, "why_not_bring_in": 1000, "why_not_push_out": 1000}
_ALONE = {"people": 5, "history": 100}


def fitted(name: str, cut: Split, epochs: int) -> Recommender:
    """A recommender on the train part; vectors are trained for some epochs."""
    model = create(name)
    data = cut.training()
    if not isinstance(model, Trainable):
        return model.fit(data)
    model.attach(data)
    model.reset(seed=0)
    optimiser = torch.optim.Adam(model.parameters(), lr=model.config.learning_rate)
    for _ in range(epochs):
        for batch in model.batches():
            optimiser.zero_grad(set_to_none=True)
            model.loss(batch).backward()
            optimiser.step()
    model.serve()
    return model


def timed(work: Callable[[int], object], people: Sequence[int]) -> dict[str, Any]:
    """Median and 95th percentile over people, in milliseconds, of waiting and of processor time."""
    waited, worked = [], []
    for person in people:
        wall, cpu = time.perf_counter(), time.process_time()
        work(int(person))
        waited.append(1000 * (time.perf_counter() - wall))
        worked.append(1000 * (time.process_time() - cpu))
    found = {"people": len(people)}
    for name, values in (("", waited), ("cpu_", worked)):
        for part, at in (("median", 50), ("p95", 95)):
            found[f"{name}{part}_ms"] = round(float(np.percentile(values, at)), 1)
    return found


def together(model: Recommender, cut: Split, graph: Graph, n_people: int, seed: int) -> dict[str, Any]:
    """All three questions, for a model that answers many edits at once."""
    data, hidden = model.data, cut.matrix(*cut.fitted_parts)
    rng = np.random.default_rng(seed)
    length = np.diff(data.matrix.indptr)
    anybody = rng.choice(np.flatnonzero(length > 0), n_people, replace=False)
    around_100 = np.argsort(np.abs(length - 100), kind="stable")[:n_people]
    lists = {int(one): model.recommend([int(one)], 50, hidden).items[0] for one in [*anybody, *around_100]}
    places = {int(one): int(rng.integers(50)) for one in anybody}

    def at_rank(person: int, low: int, high: int) -> int:
        return int(lists[person][low + places[person] % (high - low)])

    work: dict[str, tuple[Callable[[int], object], np.ndarray]] = {
        "because": (lambda one: because(model, one, [lists[one][0]], exclude=hidden), anybody),
        "deletion": (lambda one: deletion(model, one, int(lists[one][0]), hidden), around_100),
        "why_not_bring_in": (
            lambda one: why_not(model, graph, one, at_rank(one, 10, 50), 10, hidden),
            anybody,
        ),
        "why_not_push_out": (
            lambda one: why_not(model, graph, one, at_rank(one, 0, 10), 10, hidden),
            anybody,
        ),
    }
    if DECOMPOSES not in model.capabilities:
        del work["because"]
    found = {}
    for name, (step, people) in work.items():
        step(int(people[0]))
        found[name] = timed(step, people) | {"aim_ms": AIMS_MS[name]}
        found[name]["history_median"] = float(np.median(length[people]))
    return found


def alone(model: Recommender) -> dict[str, Any]:
    """What `estimate` says and what deletion takes, for a model that answers edits one by one."""
    length = np.diff(model.data.matrix.indptr)
    people = np.argsort(np.abs(length - _ALONE["history"]), kind="stable")[: _ALONE["people"]]
    pairs = []
    for person in people.tolist():
        item = int(model.recommend([person], 1).items[0, 0])
        said = estimate(model, person, int(length[person]))
        start = time.perf_counter()
        deletion(model, person, item)
        pairs.append(
            {"history": int(length[person]), "estimate_s": said, "took_s": time.perf_counter() - start}
        )
    ratios = [one["estimate_s"] / one["took_s"] for one in pairs]
    rounded = [{name: round(value, 2) for name, value in one.items()} for one in pairs]
    return {"deletion": rounded, "estimate_over_time_median": round(float(np.median(ratios)), 2)}


def keep(dataset: str, model: str, entry: dict[str, Any]) -> None:
    """Put one entry into the results, beside those of other data sets and models."""
    path = RESULTS / "explanation-speed.json"
    known = json.loads(path.read_text(encoding="utf-8"))["datasets"] if path.exists() else {}
    known.setdefault(dataset, {})[model] = entry
    write("explanation-speed", "python -m benchmarks.explanation_speed", {"datasets": known})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", choices=DATASETS, action="append")
    parser.add_argument("--model", choices=MODELS, action="append")
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in options.dataset or DATASETS:
        cut = split(open_dataset(name), "random:seed=1")
        for model_name in options.model or MODELS:
            model = fitted(model_name, cut, options.epochs)
            data = model.data
            graph = Graph.bipartite(data.n_users, data.n_items, data.user, data.item)
            graph.adjacency  # noqa: B018 - computed here once, as the app does when it loads
            busy = os.getloadavg()[0]
            found = (
                together(model, cut, graph, options.people, options.seed) if model.edit_work else alone(model)
            )
            entry = {
                "split": str(cut),
                "seed": options.seed,
                "epochs": options.epochs if isinstance(model, Trainable) else None,
                "threads": torch.get_num_threads(),
                "load_before": round(busy, 1),
                **found,
            }
            print(name, model_name, json.dumps(entry), flush=True)
            keep(name, model_name, entry)


if __name__ == "__main__":
    main()
