"""The demo's leaderboard, published as it falls: `python -m benchmarks.demo_leaderboard`.

Every shipped checkpoint that ranks, by what people watched (validation and test) and by what they would have liked.
"""

from __future__ import annotations

from dataclasses import asdict

from benchmarks import results_file
from gnnrec.checkpoints import Checkpoint
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.evaluation.bootstrap import mean_interval
from gnnrec.evaluation.true_taste import true_taste
from gnnrec.places import shipped_models
from gnnrec.recommenders import recommender_class
from gnnrec.runs.shipped import DATASET, PROTOCOL, SHIPPED

METRIC = "ndcg@10"


def main() -> None:
    """Measure and write `benchmarks/results/demo.json`."""
    dataset = open_dataset(DATASET)
    cut = split(dataset, PROTOCOL)
    rows = []
    for one in [one for one in SHIPPED if one.protocol == PROTOCOL]:
        if recommender_class(one.recommender).task != "ranking":
            continue
        checkpoint = Checkpoint.open(shipped_models() / one.slug)
        liked = true_taste(checkpoint.load(dataset, cut), cut).per_user[METRIC]
        rows.append(
            {
                "model": checkpoint.title,
                "checkpoint": checkpoint.slug,
                "valid": checkpoint.metrics["valid"][METRIC],
                "test": asdict(mean_interval(checkpoint.evaluation("test").per_user[METRIC].to_numpy())),
                "recall@10": checkpoint.metrics["test"]["recall@10"],
                "true_taste": asdict(mean_interval(liked.to_numpy())),
            }
        )
    rows.sort(key=lambda row: -row["test"]["mean"])
    best = next(row for row in rows if row["checkpoint"] != "demo-oracle")
    oracle = next(row for row in rows if row["checkpoint"] == "demo-oracle")
    figures = {
        "title": "Demo leaderboard",
        "split": PROTOCOL,
        "metric": METRIC,
        "best_of_oracle": best["test"]["mean"] / oracle["test"]["mean"],
        "rows": rows,
    }
    results_file.write("demo", "python -m benchmarks.demo_leaderboard", figures)
    for row in rows:
        print(f"{row['model']:32} test {row['test']['mean']:.4f}  true taste {row['true_taste']['mean']:.4f}")
    print(f"best model: {figures['best_of_oracle']:.1%} of the oracle")


if __name__ == "__main__":
    main()
