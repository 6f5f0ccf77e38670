"""RP3β: where a random walk of three steps from the person ends, with popular items held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from gnnrec.data import TrainingData
from gnnrec.recommenders.config import Settings, setting
from gnnrec.recommenders.parts.degrees import degree_power
from gnnrec.recommenders.parts.item_weights import ItemWeights
from gnnrec.recommenders.parts.neighbours import largest_of_rows, without_own

_ROWS_AT_ONCE = 1024


class RP3Beta(ItemWeights):
    """Walks at random from the person's items to other people and on to their items.

    A strong baseline that costs one sparse product and is as good as many graph networks.

    **Source**: Paudel et al., "Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive
    Applications", ACM TiiS 7(1), 2017; the walk P³α is Cooper et al., WWW 2014:
    W[j, i] = Σ_u (1/|U_j|)^α (1/|I_u|)^α / |U_i|^β. As in later comparisons, each row keeps its `neighbours`
    largest entries and, with `normalise`, is divided by its sum; the diagonal is zero. The first step of the
    walk, alike for all items of a person, is left out: it changes no order.

    **Shapes**: W [I, I] with at most `neighbours` entries a row.
    """

    name = "rp3beta"
    title = "Random walk RP3β"
    paper = "Paudel et al., TiiS 2017"
    simple = True
    search_space: ClassVar[dict[str, tuple | list]] = {
        "neighbours": (50, 800, "log"),
        "alpha": (0.3, 1.5),
        "beta": (0.0, 0.9),
        "normalise": [True, False],
    }

    @dataclass(frozen=True)
    class Config(Settings):
        """Settings of the random walk."""

        neighbours: int = setting(
            500, "How many items each item of the history speaks for", low=1, high=100_000, unit="items"
        )
        alpha: float = setting(
            0.6, "Exponent of each step: smaller values spread over rare ways as well", low=0, high=3
        )
        beta: float = setting(0.2, "How much popular items are held back", low=0, high=2)
        normalise: bool = setting(True, "Give every item of the history the same say")

    def _fit(self, data: TrainingData) -> None:
        matrix = data.matrix
        people = np.bincount(data.item, minlength=data.n_items)
        to_items = sparse.diags(degree_power(np.diff(matrix.indptr), -self.config.alpha)) @ matrix
        to_people = (
            (sparse.diags(degree_power(people, -self.config.alpha)) @ matrix.T).tocsr().astype(np.float32)
        )
        held_back = degree_power(people, -self.config.beta)
        to_items = (to_items @ sparse.diags(held_back)).tocsr().astype(np.float32)
        kept = []
        # Rows in blocks: the whole table of walks is many times larger than what is kept of it.
        for start in range(0, data.n_items, _ROWS_AT_ONCE):
            walks = (to_people[start : start + _ROWS_AT_ONCE] @ to_items).tocsr()
            kept.append(largest_of_rows(without_own(walks, start), self.config.neighbours))
        weights = sparse.vstack(kept).tocsr()
        if self.config.normalise:
            total = np.asarray(weights.sum(axis=1)).ravel()
            weights = sparse.diags(np.divide(1, total, out=np.zeros_like(total), where=total > 0)) @ weights
        self.weights = weights.tocsr().astype(np.float32)
