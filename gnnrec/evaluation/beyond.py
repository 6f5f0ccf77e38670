"""Beyond accuracy: what lists are like as lists: how varied, how popular, how personal, how true to taste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from gnnrec.data import Split
from gnnrec.evaluation.ranking import blocks, require_held_out

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

GENRES, HELD_OUT = "genres", "held-out items"
# Share of the catalogue, most popular first, that counts as the head; the rest is the tail.
HEAD_SHARE = 0.2
# How much of the history's genres is mixed into those of the list, so that the divergence stays finite.
_SMOOTHING = 0.01
_ROWS_AT_ONCE = 512


@dataclass(frozen=True, eq=False)
class Shown:
    """The lists of one model, and what is known of people and items to judge them by.

    Attributes:
        users: Numbers of the people.
        items: Their lists, best first; -1 where a person has fewer items left.
        train: 1 where a person has the item in train.
        held_out: 1 where a person has the item in the part that is judged; None where that part was learned from.
        genres: Share of each genre in each item, or None where the data set has no genres.

    **Shapes**: B people, K places, U, I, G genres: `users` [B], `items` [B, K], `train` and `held_out` [U, I] CSR,
    `genres` [I, G] CSR, rows that sum to 1 or 0.
    """

    users: np.ndarray
    items: np.ndarray
    train: sparse.csr_matrix
    held_out: sparse.csr_matrix | None
    genres: sparse.csr_matrix | None = None

    def first(self, k: int) -> Shown:
        """The same lists cut after k places."""
        return replace(self, items=self.items[:, :k])

    @property
    def provides(self) -> frozenset[str]:
        """What of `Beyond.needs` is there."""
        there = {GENRES: self.genres, HELD_OUT: self.held_out}
        return frozenset(name for name, table in there.items() if table is not None)

    @cached_property
    def popularity(self) -> np.ndarray:
        """How many people have each item in train. **Shapes**: [I]."""
        return np.bincount(self.train.indices, minlength=self.train.shape[1])

    @cached_property
    def exposure(self) -> np.ndarray:
        """In how many lists each item stands. **Shapes**: [I]."""
        return np.bincount(self.items[self.items >= 0], minlength=self.train.shape[1])

    @cached_property
    def lengths(self) -> np.ndarray:
        """Filled places of each list. **Shapes**: [B]."""
        return (self.items >= 0).sum(1)

    @cached_property
    def tail(self) -> np.ndarray:
        """Whether an item is outside the most popular fifth of the catalogue. **Shapes**: [I]."""
        order = np.argsort(-self.popularity, kind="stable")
        tail = np.ones(len(order), dtype=bool)
        tail[order[: int(np.ceil(HEAD_SHARE * len(order)))]] = False
        return tail

    def mean_in_lists(self, of_items: np.ndarray) -> np.ndarray:
        """Mean over each list of a number per item; NaN for an empty list. **Shapes**: [I] → [B]."""
        values = np.where(self.items >= 0, of_items[self.items], 0.0)
        return _over(values.sum(1), self.lengths)

    @cached_property
    def rows(self) -> sparse.csr_matrix:
        """1 where a list holds an item. **Shapes**: [B, I] CSR."""
        filled = self.items >= 0
        ends = np.concatenate([[0], np.cumsum(self.lengths)])
        ones = np.ones(ends[-1])
        return sparse.csr_matrix((ones, self.items[filled], ends), (len(self.items), self.train.shape[1]))


@dataclass(frozen=True)
class Beyond:
    """A number that says what lists are like.

    Attributes:
        name: Name in tables and JSON, before `@k`.
        title: Name for the screen.
        description: What it says, in a sentence a stakeholder understands.
        formula: How it is computed.
        measure: One number for all lists, or one for each person: NaN for people it says nothing about.
        direction: `higher` or `lower` is what is usually wanted.
        needs: What has to be there besides lists and train.
    """

    name: str
    title: str
    description: str
    formula: str
    measure: Callable[[Shown], float | np.ndarray]
    direction: str = "higher"
    needs: frozenset[str] = frozenset()


def coverage(shown: Shown) -> float:
    """Share of the catalogue that stands in at least one list.

    **Source**: Ge, Delgado-Battenfeld and Jannach, "Beyond accuracy", RecSys 2010, catalogue coverage.
    """
    return float((shown.exposure > 0).mean())


def gini(shown: Shown) -> float:
    """How unevenly lists expose the catalogue: 0 if all items stand in equally many, near 1 if few get all.

    **Source**: Fleder and Hosanagar, Management Science 2009; over all items, those never shown included.
    """
    ascending = np.sort(shown.exposure)
    n, total = len(ascending), ascending.sum()
    return float((2 * np.arange(1, n + 1) - n - 1) @ ascending / (n * total)) if total else float("nan")


def popularity(shown: Shown) -> np.ndarray:
    """Mean over a list of how many people have the item in train. **Shapes**: [B].

    **Source**: average recommendation popularity of Yin et al., "Challenging the long tail recommendation",
    VLDB 2012.
    """
    return shown.mean_in_lists(shown.popularity.astype(float))


def novelty(shown: Shown) -> np.ndarray:
    """Mean over a list of −log2 of the share of people who have the item in train. **Shapes**: [B].

    An item that nobody has counts as if one person had it. **Units**: bits.

    **Source**: Zhou et al., PNAS 2010, self-information.
    """
    people = max(int((np.diff(shown.train.indptr) > 0).sum()), 1)
    return shown.mean_in_lists(-np.log2(np.maximum(shown.popularity, 1) / people))


def diversity(shown: Shown) -> np.ndarray:
    """1 − mean cosine over the pairs of a list, NaN where it holds no pair. **Shapes**: [B].

    Items are compared by their genres, items without one left out; where the data set has no genres, by the
    people who have them in train.

    **Source**: Ziegler et al., WWW 2005, intra-list similarity, as a mean over pairs.
    """
    of_items = shown.genres.sign() if shown.genres is not None else shown.train.T.tocsr().astype(np.float64)
    sizes = np.sqrt(np.asarray(of_items.multiply(of_items).sum(1)).ravel())
    units = sparse.diags(_over(1.0, sizes, otherwise=0.0)) @ of_items
    lists = shown.rows
    known = lists @ (sizes > 0).astype(float)
    # |Σ v|² counts each pair twice and each item with itself once: no pair is ever looked at.
    squares = np.concatenate(
        [
            np.asarray(summed.multiply(summed).sum(1)).ravel()
            for start in range(0, lists.shape[0], _ROWS_AT_ONCE)
            for summed in [lists[start : start + _ROWS_AT_ONCE] @ units]
        ]
        or [np.empty(0)]
    )
    return 1 - _over(squares - known, known * (known - 1))


def personalisation(shown: Shown) -> float:
    """1 − mean share of the K places that the lists of two people have in common, over all pairs of people.

    Two people share as many items as there are items with both among their readers, so the sum over pairs is
    Σ over items of n (n − 1) / 2, n being the lists an item stands in.

    **Source**: inter-user diversity of Zhou et al., PNAS 2010, equation for h(K).
    """
    people, k = shown.items.shape
    n = shown.exposure.astype(float)
    return float(1 - (n * (n - 1)).sum() / (k * people * (people - 1))) if people > 1 else float("nan")


def calibration(shown: Shown) -> np.ndarray:
    """How far the genres of a list are from those of the history: KL divergence, 0 if they agree. **Shapes**: [B].

    NaN for people without a genre in their history or their list. **Units**: nats.

    **Source**: Steck, "Calibrated recommendations", RecSys 2018, equations 2–5 with equal weights and α = 0.01:
    Σ_g p(g) log(p(g) / q̃(g)), q̃ = 0.99 q + 0.01 p, p of the history in train, q of the list.
    """
    history, listed = (_shares(rows @ shown.genres) for rows in (shown.train[shown.users], shown.rows))
    smoothed = (1 - _SMOOTHING) * listed + _SMOOTHING * history
    terms = history * np.log(np.divide(history, smoothed, out=np.ones_like(history), where=history > 0))
    divergence = terms.sum(1)
    divergence[(history.sum(1) == 0) | (listed.sum(1) == 0)] = np.nan
    return divergence


def tail_recall(shown: Shown) -> np.ndarray:
    """Recall over a person's held-out items in the tail; NaN for people with none there. **Shapes**: [B].

    The tail is what lies outside the fifth of the catalogue with the most interactions in train.

    **Source**: the usual 20 / 80 division of Abdollahpouri, Burke and Mobasher, RecSys 2017.
    """
    held_out = shown.held_out[shown.users].astype(bool)
    lists = shown.rows.astype(bool)
    in_tail = shown.tail.astype(float)
    return _over(held_out.multiply(lists) @ in_tail, held_out @ in_tail)


BEYOND: dict[str, Beyond] = {
    one.name: one
    for one in (
        Beyond(
            "coverage",
            "Catalogue coverage",
            "How much of the catalogue is in anybody's list",
            "distinct items in all lists / items in the catalogue",
            coverage,
        ),
        Beyond(
            "gini",
            "Gini of exposure",
            "How unevenly places in lists are spread over the catalogue: 0 evenly, near 1 to a few items",
            "Σ over items, least shown first, of (2 · place − items − 1) · lists it is in / (items · all places)",
            gini,
            direction="lower",
        ),
        Beyond(
            "popularity",
            "Mean popularity",
            "How many people have what is recommended",
            "mean over the list of the number of people who have the item in train",
            popularity,
            direction="lower",
        ),
        Beyond(
            "novelty",
            "Novelty",
            "How surprising it is that anybody has what is recommended; one more for each halving of its people",
            "mean over the list of −log2(people who have the item in train / all people)",
            novelty,
        ),
        Beyond(
            "diversity",
            "Diversity of a list",
            "How different the items of one list are, by genres where they are known, else by who has them",
            "1 − mean over pairs of the list of the cosine of genres, or of the columns of train",
            diversity,
        ),
        Beyond(
            "personalisation",
            "Personalisation",
            "How different the lists of two people are: 0 if everybody gets the same",
            "1 − mean over pairs of people of common items / K",
            personalisation,
        ),
        Beyond(
            "calibration",
            "Distance in genres",
            "How far the genres of a list are from those of the person's history: 0 if they agree",
            "Σ over genres of p · ln(p / (0.99 q + 0.01 p)), p of the history, q of the list",
            calibration,
            direction="lower",
            needs=frozenset({GENRES}),
        ),
        Beyond(
            "tail_recall",
            "Tail recall",
            "How much of what they later chose outside the most popular fifth of the catalogue is in the list",
            "hits in the tail in the first K / held-out items in the tail",
            tail_recall,
            needs=frozenset({HELD_OUT}),
        ),
    )
}


def lists_of(recommender: Recommender, split: Split, part: str = "valid", k: int = 10) -> Shown:
    """The lists that `evaluate` judges: of every person with something held out, masked as it does.

    Raises:
        IncompatibleError: The recommender learned from that part.
    """
    require_held_out(recommender, split, part)
    held_out, masked = split.matrix(part), split.matrix(*split.masked_parts(part))
    users = np.flatnonzero(np.diff(held_out.indptr))
    k = min(k, split.dataset.n_items)
    lists = [
        recommender.recommend(block, k=k, exclude=masked).items
        for block in blocks(users, split.dataset.n_items)
    ]
    items = np.concatenate(lists) if lists else np.empty((0, k), dtype=np.int64)
    return Shown(users, items, split.matrix("train"), held_out, genre_table(split.dataset.item_features))


def measured(shown: Shown) -> dict[str, float]:
    """Everything in `BEYOND` that can be said of some lists, by name; means over people where it is theirs."""
    found = {}
    for name, one in BEYOND.items():
        if one.needs <= shown.provides:
            value = np.asarray(one.measure(shown), dtype=float)
            value = value[~np.isnan(value)]
            found[name] = float(value.mean()) if value.size else float("nan")
    return found


def beyond(recommender: Recommender, split: Split, part: str = "valid", k: int = 10) -> dict[str, float]:
    """What the lists of a fitted recommender are like, beyond how often they are right.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        part: `valid` or `test`; people with something held out there get lists, masked as for accuracy.
        k: Length of the lists.

    Returns:
        Values by `name@k`; what the data set lacks (genres) is absent, what nobody could be judged by is NaN.
    """
    return {f"{name}@{k}": value for name, value in measured(lists_of(recommender, split, part, k)).items()}


def genre_table(item_features: pd.DataFrame | None, separator: str = "|") -> sparse.csr_matrix | None:
    """Share of each genre in each item, split evenly; None where no item has one. **Shapes**: [I, G] CSR."""
    if item_features is None or "genres" not in item_features.columns:
        return None
    texts = item_features["genres"].fillna("").astype(str).str.split(separator, regex=False)
    pairs = texts.reset_index(drop=True).explode()
    pairs = pairs[pairs.notna() & (pairs != "")]
    if pairs.empty:
        return None
    genre, names = pd.factorize(pairs.to_numpy(), sort=True)
    table = sparse.csr_matrix(
        (np.ones(len(pairs)), (pairs.index.to_numpy(), genre)), (len(item_features), len(names))
    )
    return sparse.diags(_over(1.0, np.asarray(table.sum(1)).ravel(), otherwise=0.0)) @ table


def _shares(totals: sparse.csr_matrix) -> np.ndarray:
    dense = totals.toarray()
    whole = dense.sum(1, keepdims=True)
    return np.divide(dense, whole, out=np.zeros_like(dense), where=whole > 0)


def _over(parts: np.ndarray | float, whole: np.ndarray, otherwise: float = np.nan) -> np.ndarray:
    """parts / whole, and `otherwise` where there is no whole. **Shapes**: [n], [n] → [n]."""
    whole = np.asarray(whole, dtype=float)
    return np.divide(parts, whole, out=np.full(whole.shape, otherwise), where=whole > 0)
