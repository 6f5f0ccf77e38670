"""Which settings suit a data set? A random search that sees validation alone.

`python -m benchmarks.search movielens-100k` tries settings for neighbours, walks, linear models, graph
filters, LightGCN with and without people's own vectors, and graph attention, on the split `random:seed=1`. The
best few are tried again with two more seeds of the model, so that the winner is not the luckiest. The winners
go into `gnnrec/training/chosen_settings.json`, which every fit reads. The test part is never looked at.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from gnnrec.data import Split, split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import create
from gnnrec.training.fit import is_trained

CHOSEN = Path(__file__).parents[1] / "gnnrec" / "training" / "chosen_settings.json"
PROTOCOL = "random:seed=1"
METRIC = "ndcg@10"
FINALISTS, SEEDS = 3, (0, 1, 2)

# Name in the table (recommender, or recommender.variant): what is fixed, and the values to draw from.
SPACES: dict[str, tuple[dict[str, Any], dict[str, tuple]]] = {
    "item_knn": (
        {},
        {
            "neighbours": (10, 20, 30, 50, 75, 100, 150, 200, 300),
            "shrink": (0.0, 5.0, 10.0, 25.0, 50.0, 100.0),
        },
    ),
    "ease": (
        {},
        {"reg": (50.0, 75.0, 100.0, 125.0, 150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 700.0, 1000.0)},
    ),
    "user_knn": (
        {},
        {"neighbours": (20, 30, 50, 75, 100, 150, 200), "shrink": (0.0, 5.0, 10.0, 25.0, 50.0, 100.0)},
    ),
    "rp3beta": (
        {},
        {
            "neighbours": (50, 100, 200, 400),
            "alpha": (0.4, 0.6, 0.8, 1.0, 1.3),
            "beta": (0.0, 0.2, 0.4, 0.6, 0.8),
            "normalise": (True, False),
        },
    ),
    "slim": (
        {"tolerance": 0.003},
        {"l1": (0.5, 1.0, 2.0, 4.0), "l2": (100.0, 200.0, 300.0, 500.0, 800.0)},
    ),
    "gf_cf": (
        {},
        {"factors": (16, 32, 48, 64, 96, 128), "weight": (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0)},
    ),
    "turbo_cf": (
        {},
        {
            "alpha": (0.2, 0.3, 0.4, 0.5, 0.6, 0.7),
            "power": (0.7, 1.0, 1.3, 1.6, 2.0),
            "neighbours": (50, 200, 2000),
        },
    ),
    "bspm": (
        {},
        {
            "factors": (16, 32, 48, 64, 96),
            "weight": (0.1, 0.3, 0.5, 0.8, 1.2),
            "sharpening": (0.5, 1.0, 1.5, 2.0, 2.5),
        },
    ),
    "lightgcn": (
        {"user_vectors": "trained", "embedding_size": 128},
        {
            "n_layers": (1, 2, 2, 3),
            "batch_users": (315, 472),
            "learning_rate": (0.03, 0.05, 0.08),
            "dropout": (0.0, 0.1, 0.2),
            "temperature": (0.15, 0.18, 0.21, 0.25),
        },
    ),
    "lightgcn.history": (
        {"user_vectors": "none", "embedding_size": 128},
        {
            "n_layers": (1, 1, 2),
            "batch_users": (236, 315, 472),
            "learning_rate": (0.06, 0.1, 0.15),
            "dropout": (0.1, 0.2, 0.3, 0.4),
            "temperature": (0.12, 0.15, 0.18),
        },
    ),
    "gat": (
        {},
        {
            "variant": ("gatv2", "gatv2", "gat"),
            "embedding_size": (64, 96),
            "learning_rate": (0.03, 0.04),
            "dropout": (0.1, 0.2),
            "edge_dropout": (0.3, 0.5),
            "temperature": (0.18, 0.21),
        },
    ),
}


def main() -> None:
    """Search, print every try, and write the winners."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("--models", default=",".join(SPACES), help="names in the table, with commas between")
    parser.add_argument("--tries", type=int, default=24, help="settings tried for each model")
    parser.add_argument("--seed", type=int, default=0, help="of the draw of settings")
    wanted = parser.parse_args()
    held = split(open_dataset(wanted.dataset), PROTOCOL)
    for name in wanted.models.split(","):
        entry = search(name, held, wanted.tries, np.random.default_rng(wanted.seed))
        table = json.loads(CHOSEN.read_text()) if CHOSEN.is_file() else {}
        table.setdefault(wanted.dataset, {})[name] = entry
        CHOSEN.write_text(json.dumps(table, indent=2, sort_keys=True) + "\n")
        print(f"chosen for {name}: {json.dumps(entry)}", flush=True)


def search(name: str, held: Split, tries: int, rng: np.random.Generator) -> dict[str, Any]:
    """The best settings of one model and how they were found."""
    fixed, space = SPACES[name]
    recommender = name.partition(".")[0]
    tried = [({**fixed, **drawn}, 0) for drawn in draws(space, tries, rng)]
    scores = [valid(recommender, settings, held, seed) for settings, seed in tried]
    best = np.argsort(scores)[::-1][: FINALISTS if is_trained(recommender) else 1]
    if is_trained(recommender):
        means = [
            np.mean([scores[n], *(valid(recommender, tried[n][0], held, seed) for seed in SEEDS[1:])])
            for n in best
        ]
    else:
        means = [scores[n] for n in best]
    winner = best[int(np.argmax(means))]
    return {
        "settings": tried[winner][0],
        "split": PROTOCOL,
        f"valid_{METRIC}": round(float(max(means)), 4),
        "tried": len(tried),
    }


def draws(space: dict[str, tuple], tries: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Different settings drawn at random; all of them where the space is small enough."""
    size = int(np.prod([len(set(values)) for values in space.values()]))
    found: dict[str, dict[str, Any]] = {}
    while len(found) < min(tries, size):
        one = {name: values[rng.integers(len(values))] for name, values in space.items()}
        found.setdefault(json.dumps(one), one)
    return list(found.values())


def valid(recommender: str, settings: dict[str, Any], held: Split, seed: int) -> float:
    """Validation score of one fit; prints a line."""
    model = create(recommender, settings)
    if is_trained(model):
        from gnnrec.training.loop import train

        model.attach(held.training())
        state = train(model, held, seed)
        score, after = state.best_score, f"epoch {state.best_epoch}, {state.history[-1].seconds_train:.1f} s"
    else:
        score = evaluate(model.fit(held.training()), held, "valid", at=(10,), metrics=("ndcg",)).means[METRIC]
        after = ""
    print(f"{recommender} seed {seed} {METRIC} {score:.4f} {after} {json.dumps(settings)}", flush=True)
    return score


if __name__ == "__main__":
    main()
