"""Does a model keep up? The last months of the demo, lived through one by one: `python -m benchmarks.replay`.

Each month is judged by models that saw nothing of it: one left alone since before the first month, the same one
with the rows since folded in, one that learns on each month, and one trained from scratch each month. Rounds of
training are chosen on earlier months. Writes `benchmarks/results/replay.json`, figures only.
"""

from __future__ import annotations

import argparse

import torch

from benchmarks import results_file
from gnnrec.datasets import open_dataset
from gnnrec.runs.replay import as_plain, replay

RECOMMENDERS = ("lightgcn", "ease")


def main() -> None:
    """Live through the months with each recommender, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="demo")
    parser.add_argument("--months", type=int, default=12)
    args = parser.parse_args()
    torch.set_num_threads(1)
    dataset, found = open_dataset(args.dataset), []
    for name in RECOMMENDERS:
        found.append(as_plain(replay(dataset, name, args.months)))
        for one in found[-1]["months"]:
            means = {way: round(value["mean"], 4) for way, value in one["ways"].items()}
            print(name, one["month"], one["people"], means, flush=True)
    command = f"python -m benchmarks.replay --dataset {args.dataset} --months {args.months}"
    figures = {"dataset": args.dataset, "metric": "ndcg@10", "replays": found}
    name = "replay" if args.dataset == "demo" else f"replay-{args.dataset}"
    print(results_file.write(name, command, figures))


if __name__ == "__main__":
    main()
