"""Two stages, as in production: one model retrieves candidates, another ranks them; and where held-out items were lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import Split
from gnnrec.errors import ConfigError
from gnnrec.evaluation.metrics import METRICS
from gnnrec.evaluation.ranking import Evaluation, blocks, require_held_out

if TYPE_CHECKING:
    from gnnrec.recommenders import Query, Recommender

NOT_RETRIEVED, NOT_RANKED, HIT = "not retrieved", "not ranked", "hit"
CANDIDATES = 200
# Depths at which candidates are usually judged.
DEPTHS = (100, 200)


@dataclass(frozen=True, eq=False)
class TwoStages:
    """What went through the two stages for some queries; -1 where fewer items are left.

    **Shapes**: B queries, N candidates.

    Attributes:
        candidates: Items in the retriever's order. [B, N]
        ranked: The same items in the ranker's order, less those it has no score for; the list is the first K. [B, N]
        scores: The ranker's score of each of `ranked`; -inf for an empty place. [B, N]
    """

    candidates: np.ndarray
    ranked: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, eq=False)
class Funnel:
    """How good two stages are together, and what each of them loses.

    Attributes:
        part: `valid` or `test`.
        n_candidates: How many items the retriever hands over.
        k: Length of the list.
        candidates: Recall of the retriever's candidates per person, at 100, 200 and `n_candidates`.
        final: Every metric of the two-stage list at `k`, per person.
        held_out: What `stages_of` says of every held-out item, with `user`.
    """

    part: str
    n_candidates: int
    k: int
    candidates: Evaluation
    final: Evaluation
    held_out: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """How many held-out items ended in each stage: `not retrieved`, `not ranked`, `hit`."""
        return {
            stage: int((self.held_out["stage"] == stage).sum()) for stage in (NOT_RETRIEVED, NOT_RANKED, HIT)
        }


def two_stages(
    retriever: Recommender,
    ranker: Recommender,
    queries: Sequence[Query | int] | np.ndarray,
    n_candidates: int = CANDIDATES,
    exclude: sparse.csr_matrix | None = None,
) -> TwoStages:
    """Let one model choose candidates and another one order them.

    Args:
        retriever: Its first `n_candidates` are the candidates; what the person already has is not among them.
        ranker: Its scores decide their order; ties go to the lower number.
        queries: User numbers or queries.
        n_candidates: How many; more than there are items is fine.
        exclude: CSR matrix [U, I] of further pairs to hide.

    Raises:
        ConfigError: `n_candidates` is below 1.
    """
    if n_candidates < 1:
        raise ConfigError(
            where="number of candidates",
            found=str(n_candidates),
            expected="1 or more",
            todo="For example 200.",
        )
    return _ranked(ranker, queries, retriever.recommend(queries, k=n_candidates, exclude=exclude).items)


def stages_of(found: TwoStages, held_out: sparse.csr_matrix, k: int = 10) -> pd.DataFrame:
    """Where each held-out item got to.

    Args:
        found: What went through the two stages.
        held_out: The items wanted, one row per query. **Shapes**: CSR [B, I].
        k: Length of the list.

    Returns:
        One row per held-out item: `row`, `item`, `candidate` (its place among the candidates, from 1, 0 where it
        is not one), `rank` (its place after ranking, likewise), and `stage`: `not retrieved`, `not ranked` into
        the list, or `hit`.
    """
    rows = np.repeat(np.arange(held_out.shape[0]), np.diff(held_out.indptr))
    wanted = rows * held_out.shape[1] + held_out.indices
    candidate, rank = (_places(one, wanted, held_out.shape[1]) for one in (found.candidates, found.ranked))
    stage = np.select([candidate == 0, (rank == 0) | (rank > k)], [NOT_RETRIEVED, NOT_RANKED], HIT)
    return pd.DataFrame(
        {
            "row": rows,
            "item": held_out.indices.astype(np.int64),
            "candidate": candidate,
            "rank": rank,
            "stage": stage,
        }
    )


def funnel(
    retriever: Recommender,
    ranker: Recommender,
    split: Split,
    part: str = "valid",
    n_candidates: int = CANDIDATES,
    k: int = 10,
    most: int | None = None,
) -> Funnel:
    """Judge two stages on everybody with something held out, or on a fixed draw of them.

    Validation masks train; test masks train and validation. The recall of the candidates is the most that any
    ranker could reach behind this retriever.

    Args:
        retriever: A fitted recommender.
        ranker: Another one, or the same, fitted on the same split.
        split: What both were fitted on.
        part: `valid` or `test`.
        n_candidates: How many items the retriever hands over.
        k: Length of the list.
        most: Largest number of people judged; everybody where None.

    Raises:
        ConfigError: `k` or `n_candidates` does not fit, or the part is unknown.
        IncompatibleError: One of the two learned from that part.
    """
    if not 1 <= k <= n_candidates:
        raise ConfigError(
            where="list length k",
            found=f"{k} of {n_candidates} candidates",
            expected="from 1 to the number of candidates",
            todo="For example 10 of 200.",
        )
    for one in (retriever, ranker):
        require_held_out(one, split, part)
    wanted = split.matrix(part)
    masked = split.matrix(*split.masked_parts(part))
    counts = np.diff(wanted.indptr)
    users = np.flatnonzero(counts)
    if most is not None and len(users) > most:
        users = np.sort(np.random.default_rng(0).permutation(users)[:most])
    depths = sorted({*DEPTHS, n_candidates})
    recalls: dict[str, list[np.ndarray]] = {f"recall@{depth}": [] for depth in depths}
    metrics: dict[str, list[np.ndarray]] = {f"{name}@{k}": [] for name in METRICS}
    stages = []
    for block in blocks(users, split.dataset.n_items):
        theirs, how_many = wanted[block], counts[block]
        deep = retriever.recommend(block, k=depths[-1], exclude=masked).items
        found = _ranked(ranker, block, deep[:, :n_candidates])
        among, listed = _hits(deep, theirs), _hits(found.ranked[:, :k], theirs)
        for depth in depths:
            recalls[f"recall@{depth}"].append(METRICS["recall"].per_user(among, how_many, depth))
        for name, metric in METRICS.items():
            metrics[f"{name}@{k}"].append(metric.per_user(listed, how_many, k))
        table = stages_of(found, theirs, k)
        stages.append(table.assign(user=block[table["row"]]).drop(columns="row"))
    nobody = pd.DataFrame(columns=["item", "candidate", "rank", "stage", "user"])
    return Funnel(
        part,
        n_candidates,
        k,
        Evaluation(part, users, _per_user(recalls)),
        Evaluation(part, users, _per_user(metrics)),
        pd.concat(stages, ignore_index=True) if stages else nobody,
    )


def _ranked(
    ranker: Recommender, queries: Sequence[Query | int] | np.ndarray, candidates: np.ndarray
) -> TwoStages:
    by_number = np.sort(candidates, axis=1)
    # An empty place (-1) would read the last item's score.
    scores = np.take_along_axis(ranker.scores(queries), np.maximum(by_number, 0), axis=1)
    scores = np.where(by_number >= 0, scores, -np.inf)
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked, scores = (np.take_along_axis(one, order, axis=1) for one in (by_number, scores))
    # A ranker that says nothing of a candidate puts it nowhere.
    return TwoStages(candidates, np.where(np.isfinite(scores), ranked, -1), scores)


def _hits(lists: np.ndarray, wanted: sparse.csr_matrix) -> np.ndarray:
    """Which places hold a wanted item. **Shapes**: [B, N], CSR [B, I] → bool [B, N]."""
    n_items = wanted.shape[1]
    rows = np.repeat(np.arange(wanted.shape[0]), np.diff(wanted.indptr))
    keys = np.arange(len(lists))[:, None] * n_items + lists
    return np.isin(keys, rows * n_items + wanted.indices) & (lists >= 0)


def _places(lists: np.ndarray, wanted: np.ndarray, n_items: int) -> np.ndarray:
    """The place of each wanted pair (row · I + item) in its row's list, from 1; 0 where it is not in it."""
    rows, places = np.nonzero(lists >= 0)
    keys = rows * n_items + lists[rows, places]
    order = np.argsort(keys)
    keys, places = keys[order], places[order]
    at = np.searchsorted(keys, wanted)
    there = at < len(keys)
    there[there] = keys[at[there]] == wanted[there]
    found = np.zeros(len(wanted), dtype=np.int64)
    found[there] = places[at[there]] + 1
    return found


def _per_user(columns: dict[str, list[np.ndarray]]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: np.concatenate(values) if values else np.empty(0) for name, values in columns.items()}
    )
