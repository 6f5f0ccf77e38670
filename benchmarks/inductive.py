"""What does bipartite GraphSAGE know of people and items it never saw? `python -m benchmarks.inductive`.

The splits, tries and figures of `benchmarks.cold_start`, for `bipartite_sage` with and without vectors of its own,
beside popularity, features alone and the hybrid, and once more with the features of items and people in random
order. Finished rows are kept in the folder of the store. Writes `benchmarks/results/inductive-<data set>.json`.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import torch

from benchmarks import results_file
from benchmarks.cold_start import METRIC, PROTOCOLS, Row, kept, table
from gnnrec.data import split
from gnnrec.datasets import open_dataset

SAGE, PLAIN = "bipartite_sage", "bipartite_sage, no vectors of its own"
ROWS = (
    Row("popularity", "popularity"),
    Row("content", "content"),
    Row("hybrid, gated", "hybrid", {"fusion": "gated"}),
    Row(SAGE, SAGE),
    Row(PLAIN, SAGE, {"ids": "none"}),
    Row(f"{SAGE}, features permuted", SAGE, permuted=SAGE),
)
PAIRS = [
    *(
        (SAGE, other)
        for other in ("popularity", "content", "hybrid, gated", PLAIN, f"{SAGE}, features permuted")
    ),
    (PLAIN, "popularity"),
]


def main() -> None:
    """Fit what is missing, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="movielens-100k")
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further row after so long")
    args = parser.parse_args()
    torch.set_num_threads(1)
    began, dataset, tables = time.monotonic(), open_dataset(args.dataset), []
    for protocol, side in PROTOCOLS.items():
        cut, made = split(dataset, protocol), {}
        for row in ROWS:
            if time.monotonic() - began > args.seconds:
                raise SystemExit("Not finished: run it again to go on.")
            made[row.name] = kept(row, cut, side, args.trials, ROWS)
        tables.append(table(cut, side, made, PAIRS))
    command = f"python -m benchmarks.inductive --dataset {args.dataset} --trials {args.trials}"
    figures: dict[str, Any] = {
        "dataset": args.dataset,
        "metric": METRIC,
        "trials": args.trials,
        "splits": tables,
    }
    results_file.write(f"inductive-{args.dataset}", command, figures)


if __name__ == "__main__":
    main()
