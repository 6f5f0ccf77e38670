"""How good and how fast are the recommenders on MovieLens 100K? `python -m benchmarks.movielens_100k`.

Three splits of each person's ratings at random (80/10/10), all ratings as positives, every film ranked.
Settings come from the committed table, chosen on the validation part of the first split. Test is read once
per fit. Writes `benchmarks/results/movielens-100k.json` and `.md`, figures only.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from benchmarks import results_file
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation.bootstrap import paired_difference
from gnnrec.recommenders import create
from gnnrec.training import fit, settings_for

DATASET = "movielens-100k"
SPLITS = (1, 2, 3)
METRICS = ("recall@10", "ndcg@10")
REFERENCE = "EASE"
COMMAND = "python -m benchmarks.movielens_100k"


@dataclass(frozen=True)
class Model:
    """A row of the table: a recommender under the settings chosen for `entry`."""

    title: str
    recommender: str
    entry: str


MODELS = (
    Model("Most popular", "popularity", "popularity"),
    Model("Item neighbours", "item_knn", "item_knn"),
    Model("User neighbours", "user_knn", "user_knn"),
    Model("Random walk RP3β", "rp3beta", "rp3beta"),
    Model("SLIM", "slim", "slim"),
    Model("EASE", "ease", "ease"),
    Model("Graph filter GF-CF", "gf_cf", "gf_cf"),
    Model("Graph filter Turbo-CF", "turbo_cf", "turbo_cf"),
    Model("Blurring and sharpening BSPM", "bspm", "bspm"),
    Model("LightGCN", "lightgcn", "lightgcn"),
    Model("LightGCN without user vectors", "lightgcn", "lightgcn.history"),
    Model("Graph attention", "gat", "gat"),
)


def main() -> None:
    """Fit every model on every split, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--models", default="", help="make these rows anew, with commas between; else all")
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    dataset = open_dataset(DATASET)
    entries = wanted.models.split(",") if wanted.models else [model.entry for model in MODELS]
    # EASE is always among them: the others are compared with it person by person.
    models = [model for model in MODELS if model.entry in entries or model.title == REFERENCE]
    measured: dict[str, list[dict[str, Any]]] = {model.title: [] for model in models}
    per_person: dict[str, list[np.ndarray]] = {model.title: [] for model in models}
    for seed in SPLITS:
        cut = split(dataset, f"random:seed={seed}")
        for model in models:
            figures, people = measure(model, cut)
            measured[model.title].append({"split": str(cut)} | figures)
            per_person[model.title].append(people)
            print(f"{cut} {model.title}: {json.dumps(figures)}", flush=True)
    rows = in_order([row(model, measured, per_person) for model in models])
    note = (
        f"NDCG@10 and recall@10 on test, mean of {len(SPLITS)} random 80/10/10 splits, all ratings as "
        "positives, all films ranked. Settings chosen on validation of the first split."
    )
    figures = {
        "title": "MovieLens 100K",
        "note": note,
        "threads": wanted.threads,
        "rows": rows,
        "home": {
            "title": "MovieLens 100K",
            "note": note,
            "rows": [
                {
                    "model": one["model"],
                    "NDCG@10": one["test"]["ndcg@10"],
                    "Recall@10": one["test"]["recall@10"],
                    "share of EASE": one["ratio"],
                }
                for one in rows
            ],
        },
    }
    path = results_file.write(DATASET, COMMAND, figures)
    path.with_suffix(".md").write_text(as_text(json.loads(path.read_text())), encoding="utf-8")
    print(path.with_suffix(".md").read_text())


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """These rows in place of their former selves, among the rows that were measured before."""
    path = results_file.RESULTS / f"{DATASET}.json"
    known = json.loads(path.read_text())["rows"] if path.is_file() else []
    by_title = {one["model"]: one for one in [*known, *rows]}
    return [by_title[model.title] for model in MODELS if model.title in by_title]


def measure(model: Model, cut) -> tuple[dict[str, Any], np.ndarray]:
    """One fit: its figures, and test NDCG@10 of each person."""
    settings, _ = settings_for(DATASET, model.entry)
    wall, cpu = time.perf_counter(), time.process_time()
    done = fit(create(model.recommender, settings), cut.dataset, cut, seed=0, device="cpu")
    figures = {
        "valid": {name: done.valid.means[name] for name in METRICS},
        "test": {name: done.test.means[name] for name in METRICS},
        "best_epoch": done.best_epoch,
        "epochs": done.epochs,
        "seconds_train": done.seconds_by_stage["train"],
        "seconds_wall": time.perf_counter() - wall,
        "seconds_cpu": time.process_time() - cpu,
    }
    return figures, done.test.per_user["ndcg@10"].to_numpy()


def row(model: Model, measured: dict[str, list], per_person: dict[str, list[np.ndarray]]) -> dict[str, Any]:
    """Means over the splits, and the difference to EASE person by person."""
    mine, reference = measured[model.title], measured[REFERENCE]
    settings, origin = settings_for(DATASET, model.entry)
    means = {
        part: {name: float(np.mean([one[part][name] for one in mine])) for name in METRICS}
        for part in ("valid", "test")
    }
    # The same person in another split is no new person: their differences are averaged first.
    difference = paired_difference(
        np.mean(per_person[model.title], axis=0), np.mean(per_person[REFERENCE], axis=0)
    )
    return {
        "model": model.title,
        "recommender": model.recommender,
        "settings": settings,
        "settings_from": origin,
        **means,
        "ratio": means["test"]["ndcg@10"] / np.mean([one["test"]["ndcg@10"] for one in reference]),
        "ratio_valid": means["valid"]["ndcg@10"] / np.mean([one["valid"]["ndcg@10"] for one in reference]),
        "difference": {"mean": difference.mean, "low": difference.low, "high": difference.high},
        "seconds_cpu": float(np.mean([one["seconds_cpu"] for one in mine])),
        "seconds_wall": float(np.mean([one["seconds_wall"] for one in mine])),
        "by_split": mine,
    }


def as_text(result: dict[str, Any]) -> str:
    """The table for readers."""
    lines = [
        f"# {result['title']}",
        "",
        result["note"],
        f"Made by `{result['made_by']}` on {result['date']}: Python {result['python']}, "
        + ", ".join(f"{name} {number}" for name, number in result["versions"].items())
        + f", {result['threads']} of {result['cores']} cores. Seconds include choosing the epoch and evaluation.",
        "",
        "| model | valid NDCG@10 | test NDCG@10 | test recall@10 | share of EASE | difference to EASE (95 %) "
        "| seconds of CPU |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in result["rows"]:
        gap = one["difference"]
        between = f"{gap['mean']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f})"
        between = "reference" if one["model"] == REFERENCE else between
        lines.append(
            f"| {one['model']} | {one['valid']['ndcg@10']:.4f} | {one['test']['ndcg@10']:.4f} "
            f"| {one['test']['recall@10']:.4f} | {one['ratio']:.3f} "
            f"| {between} | {one['seconds_cpu']:.1f} |"
        )
    lines += [
        "",
        "Each split by itself:",
        "",
        "| model | split | valid NDCG@10 | test NDCG@10 | valid recall@10 | test recall@10 | best epoch |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in result["rows"]:
        for part in one["by_split"]:
            valid, test = part["valid"], part["test"]
            lines.append(
                f"| {one['model']} | {part['split']} | {valid['ndcg@10']:.4f} | {test['ndcg@10']:.4f} "
                f"| {valid['recall@10']:.4f} | {test['recall@10']:.4f} | {part['best_epoch'] or ''} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
