"""Ranking metrics: one function each, with direction, formula and a description for the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Metric:
    """A number that says how good a list is.

    Attributes:
        name: Name in tables and JSON, before `@k`.
        title: Name for the screen.
        description: What it says, in a sentence a stakeholder understands.
        formula: How it is computed.
        direction: `higher` or `lower` is better.
        per_user: (hits [B, K] of 0/1 in list order, held-out count [B], k) → [B]; metrics of the whole ranking
            take what `whole_ranking.percentile_rank` takes.
    """

    name: str
    title: str
    description: str
    formula: str
    per_user: Callable[..., np.ndarray]
    direction: str = "higher"


def recall(hits: np.ndarray, n_held_out: np.ndarray, k: int) -> np.ndarray:
    """Share of a person's held-out items found in the list. **Shapes**: [B, K], [B] → [B]."""
    return hits[:, :k].sum(1) / n_held_out


def ndcg(hits: np.ndarray, n_held_out: np.ndarray, k: int) -> np.ndarray:
    """Discounted gain over that of the ideal list of min(K, held-out) hits. **Shapes**: [B, K], [B] → [B].

    **Source**: Järvelin and Kekäläinen, TOIS 2002, with binary gains and log2 discount.
    """
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.minimum(n_held_out, k).astype(int) - 1]
    return hits[:, :k] @ discount[: min(k, hits.shape[1])] / ideal


def hit(hits: np.ndarray, n_held_out: np.ndarray, k: int) -> np.ndarray:
    """1 where the list holds at least one held-out item. **Shapes**: [B, K], [B] → [B]."""
    return hits[:, :k].any(1).astype(float)


def mrr(hits: np.ndarray, n_held_out: np.ndarray, k: int) -> np.ndarray:
    """1 / rank of the first held-out item in the list, 0 without one. **Shapes**: [B, K], [B] → [B]."""
    first = hits[:, :k].argmax(1)
    return np.where(hits[:, :k].any(1), 1 / (first + 1), 0.0)


def precision(hits: np.ndarray, n_held_out: np.ndarray, k: int) -> np.ndarray:
    """Share of the K places that hold a held-out item; empty places count as misses. **Shapes**: [B, K], [B] → [B]."""
    return hits[:, :k].sum(1) / k


def average_precision(hits: np.ndarray, n_held_out: np.ndarray, k: int) -> np.ndarray:
    """Mean over held-out items of the precision at each one's place. **Shapes**: [B, K], [B] → [B].

    Divided by min(K, held-out), so that a perfect list is worth 1 even where more is held out than fits.

    **Source**: Buckley and Voorhees, SIGIR 2000, cut at K. Other programs divide by the held-out count or by
    the hits in the list.
    """
    shown = hits[:, :k]
    precisions = np.cumsum(shown, axis=1) / np.arange(1, shown.shape[1] + 1)
    return (precisions * shown).sum(1) / np.minimum(n_held_out, k)


METRICS: dict[str, Metric] = {
    one.name: one
    for one in (
        Metric(
            "recall",
            "Recall",
            "How much of what they later chose is in the list",
            "hits in the first K / held-out items",
            recall,
        ),
        Metric(
            "ndcg",
            "NDCG",
            "How much of what they later chose is in the list, counting the top places more",
            "Σ hits / log2(place + 1), over the same sum for the best possible list of min(K, held-out) hits",
            ndcg,
        ),
        Metric(
            "hit",
            "Hit rate",
            "Share of people who find at least one thing they later chose",
            "1 if a hit is in the first K, else 0",
            hit,
        ),
        Metric(
            "mrr",
            "MRR",
            "How far up the first hit is",
            "1 / place of the first hit in the first K, else 0",
            mrr,
        ),
        Metric(
            "precision",
            "Precision",
            "How much of the list is something they later chose",
            "hits in the first K / K",
            precision,
        ),
        Metric(
            "map",
            "MAP",
            "How much of what they later chose is in the list, and how little stands above it",
            "Σ over hits in the first K of (hits down to that place / place) / min(K, held-out items)",
            average_precision,
        ),
    )
}
