"""Films that nobody has seen yet, on the demo data: `python -m benchmarks.new_films`.

The film club planted a few films without a single viewing. What each member would have thought of them is known,
so the order in which a model puts them can be checked: the share of pairs of new films that it puts as the
member's true utility does (0.5 is chance). Beside each model stands the same one with features in random order,
the mean of three orders: with so few films one order is lucky or unlucky for everybody at once.
Writes `benchmarks/results/new-films.json`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks import results_file
from benchmarks.cold_start import permuted
from benchmarks.long_tail import as_plain
from gnnrec.data import split
from gnnrec.datasets import open_dataset
from gnnrec.datasets.film_club import truth
from gnnrec.evaluation.bootstrap import mean_interval, paired_difference
from gnnrec.recommenders import create
from gnnrec.training import fit

ROWS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("popularity", "popularity", {}),
    ("lightgcn", "lightgcn", {"embedding_size": 64}),
    ("content", "content", {}),
    *((f"hybrid, {one}", "hybrid", {"fusion": one}) for one in ("dot", "gated", "mlp")),
)
DRAWS = 3


def main() -> None:
    """Fit, compare with the truth, and write."""
    torch.set_num_threads(1)
    cut = split(open_dataset("demo"), "random:seed=1")
    utility = truth.utility(cut.dataset)
    new = np.flatnonzero(np.bincount(cut.dataset.interactions.item, minlength=cut.dataset.n_items) == 0)
    users = np.flatnonzero(np.ptp(utility[:, new], axis=1) > 0)
    right: dict[str, np.ndarray] = {}
    for name, recommender, settings in ROWS:
        reads = recommender in ("content", "hybrid")
        for label, cuts in (
            (name, [cut]),
            (f"{name}, features permuted", [permuted(cut, seed) for seed in range(DRAWS)] if reads else []),
        ):
            of_draws = []
            for data in cuts:
                model = fit(
                    create(recommender, settings), data.dataset, data, seed=0, device="cpu"
                ).recommender
                of_draws.append(in_order(model.scores(users, new), utility[users][:, new]))
            if of_draws:
                right[label] = np.mean(of_draws, axis=0)
                print(label, [round(float(one.mean()), 4) for one in of_draws], flush=True)
    pairs = [(name, "lightgcn") for name in right if name.partition(",")[0] in ("content", "hybrid")]
    pairs += [(name, f"{name}, features permuted") for name in right if f"{name}, features permuted" in right]
    figures = {
        "split": str(cut),
        "new_films": len(new),
        "rows": [{"row": name, **as_plain(mean_interval(values))} for name, values in right.items()],
        "pairs": [{"pair": [a, b], **as_plain(paired_difference(right[a], right[b]))} for a, b in pairs],
    }
    print(results_file.write("new-films", "python -m benchmarks.new_films", figures).read_text())


def in_order(scores: np.ndarray, utility: np.ndarray) -> np.ndarray:
    """Share of pairs put in the right order; equal scores count half. **Shapes**: [B, C], [B, C] → [B]."""
    first, second = np.triu_indices(scores.shape[1], 1)
    said = np.sign(scores[:, first] - scores[:, second])
    true = np.sign(utility[:, first] - utility[:, second])
    return ((1 + said * true) / 2).mean(1)


if __name__ == "__main__":
    main()
