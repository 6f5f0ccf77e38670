"""Why missed: every held-out item that a model left out of its first K, in exactly one class by measurable rules.

The classes are tried in this order, and the first that fits is taken. What neither the data nor the model could
give comes first, because nothing below it can be judged then; then what took the places of an item that was near;
what is far away is told apart by the person's own history first, since an item that does not fit was not pushed
out by anything.

1. *cold person*, 2. *cold item*: the person has fewer than 5 items in train, or fewer than 5 people have the
   item. Whichever is scarcer is blamed; the item where both are equally scarce. Five is the usual border of a
   "5-core" data set, below which little can be expected of collaborative filtering.
3. *unreachable*: the model has no score for the item, or nothing it knows of the person can reach it: with
   messages of L rounds no way of at most 2 L + 1 steps leads from the person to the item (up to that, what the
   person hears of and what the item hears of overlap, or are joined by an edge that was learned from); where a
   score is exactly the sum of what the history adds, nothing of the history adds anything.
4. *near-duplicates*: it is at rank K + 1 to 5 K, and if near-duplicates above it shared one place it would be
   among the first K; or a near-duplicate of the item itself is. `near_duplicates` says what they are.
5. *against taste*: beyond rank 5 K, and of the items about as popular (half to twice) at least 60 % fit the
   history better by who has both, and by genres too where there are genres. Both have to say so: a rare genre
   that the person's neighbours share is no other taste, nor is a rare film of a frequent genre.
6. *popularity*: it is not among the most popular fifth of the catalogue, at least half of the items above it are
   at least twice as popular, and among items no more popular than itself the model ranks it high: in the first K
   where it is at rank K + 1 to 5 K, in the first 10 K where it is beyond.
7. *near miss*: rank K + 1 to 5 K, and none of the above.
8. *no room*: K or more of the items above it were held out as well, so that a list of K that is all hits would be
   full; and its rank is at most 5 times as many as the person has held out: with a list as long as that it would be
   a hit or a near miss.
9. *other*: none of these: it fits the history, is not rare, and the model ranks others higher.

Thresholds were set on MovieLens 100K by looking at misses one by one; `docs/why-missed.md` tells how well the
classes agree with that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gnnrec.data import Split
from gnnrec.evaluation.bootstrap import Interval, wilson
from gnnrec.evaluation.miss_measures import NEAR, measure_misses

if TYPE_CHECKING:
    from gnnrec.recommenders import Recommender

COLD_PERSON, COLD_ITEM, UNREACHABLE, DUPLICATES = "cold_person", "cold_item", "unreachable", "near_duplicates"
TASTE, POPULARITY, NEAR_MISS, NO_ROOM, OTHER = (
    "against_taste",
    "popularity",
    "near_miss",
    "no_room",
    "other",
)
# In the order in which they are tried.
CLASSES = (COLD_PERSON, COLD_ITEM, UNREACHABLE, DUPLICATES, TASTE, POPULARITY, NEAR_MISS, NO_ROOM, OTHER)
# Below this many interactions a person or an item is cold.
COLD = 5
# From this percentile on an item is popular: the most popular fifth, as for the tail recall.
POPULAR_FROM = 80
# Beyond the near misses an item ranks high among its like within this many times K.
HIGH = 10
# What share of the items above has to be much more popular.
MOSTLY = 0.5
# An item is unlike a history if at most this share of equally popular ones fits it worse.
UNLIKE = 0.4


@dataclass(frozen=True, eq=False)
class Missed:
    """The misses of one model, each in its class.

    Attributes:
        part: `valid` or `test`.
        k: Length of the lists.
        table: One row per miss, as `measure_misses` says, and `why`, its class, a category.
        people: How many people have something held out.
        held_out: How many pairs are held out.
        unavoidable: How many of them no list of K could have held, since the person has more than K of them.
        steps: Within how many steps of the graph the model can see an item; None where that does not apply.
    """

    part: str
    k: int
    table: pd.DataFrame
    people: int
    held_out: int
    unavoidable: int
    steps: int | None

    @property
    def misses(self) -> int:
        """How many held-out items were missed."""
        return len(self.table)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many misses are in each class, all classes in their order."""
        found = self.table["why"].value_counts()
        return {name: int(found.get(name, 0)) for name in CLASSES}

    @cached_property
    def shares(self) -> dict[str, Interval]:
        """The share of misses in each class with its interval; n is the number of people who miss something."""
        _, person = np.unique(self.table["user"], return_inverse=True)
        total, code = np.bincount(person), self.table["why"].cat.codes.to_numpy()
        return {
            name: share_of_misses(np.bincount(person[code == place], minlength=len(total)), total)
            for place, name in enumerate(CLASSES)
        }

    def of(self, name: str) -> pd.DataFrame:
        """The misses of one class, the most typical ones first: those nearest to the middle rank of the class."""
        mine = self.table[self.table["why"] == name]
        rank = mine["rank"].to_numpy()
        middle = np.median(rank[rank > 0]) if rank.any() else 0
        return mine.iloc[np.lexsort((mine["item"], mine["user"], np.abs(rank - middle), rank == 0))]

    def people_of(self, name: str) -> np.ndarray:
        """Who misses something for that reason: those with the most such misses first, then by number."""
        users, counts = np.unique(self.table.loc[self.table["why"] == name, "user"], return_counts=True)
        return users[np.lexsort((users, -counts))]


def missed(
    recommender: Recommender,
    split: Split,
    part: str = "valid",
    k: int = 10,
    tell: Callable[[int, int], None] | None = None,
) -> Missed:
    """Put every held-out item that is not among a person's first k into its class.

    Args:
        recommender: A fitted recommender.
        split: What it was fitted on.
        part: `valid` or `test`.
        k: Length of the lists.
        tell: Told how many people are done, of how many; may raise to end the work.

    Raises:
        ConfigError: k is below 1 or the part unknown.
        IncompatibleError: The recommender learned from that part, or predicts ratings.
    """
    found = measure_misses(recommender, split, part, k, tell)
    table = found.table.assign(why=pd.Categorical(classify(found.table, k), categories=CLASSES))
    return Missed(part, k, table, found.people, found.held_out, found.unavoidable, found.steps)


def classify(table: pd.DataFrame, k: int) -> np.ndarray:
    """The class of each miss, from what `measure_misses` says of it. **Shapes**: [n] texts."""
    column = {name: table[name].to_numpy() for name in table.columns}
    people, history, rank = column["people"], column["history"], column["rank"]
    near = (rank > k) & (rank <= NEAR * k)
    unlike = (column["fits"] <= UNLIKE) & ((column["genre_fits"] <= UNLIKE) | np.isnan(column["genre_fits"]))
    mostly_popular = column["popular_above"] >= MOSTLY * np.maximum(rank - 1, 0)
    first_of_its_like = column["rank_of_rest"] <= np.where(near, k, HIGH * k)
    rules = {
        COLD_PERSON: (history < COLD) & (history < people),
        COLD_ITEM: people < COLD,
        UNREACHABLE: ~column["reached"],
        DUPLICATES: (near & (column["rank_one_each"] <= k)) | (column["twin"] >= 0),
        TASTE: ~near & unlike,
        POPULARITY: (column["percentile"] < POPULAR_FROM) & mostly_popular & first_of_its_like,
        NEAR_MISS: near,
        NO_ROOM: (column["held_out_above"] >= k) & (rank <= NEAR * column["held_out"]),
    }
    return np.select([rules[name] for name in CLASSES[:-1]], CLASSES[:-1], OTHER).astype(object)


def share_of_misses(inside: np.ndarray, total: np.ndarray) -> Interval:
    """The share of misses that are in a class, with its 95 % interval over people.

    The misses of one person come and go together, so what counts is how many people there are, not how many
    misses: the interval is Wilson's for as many independent misses as would vary as much as people do.

    Args:
        inside: Each person's misses in the class.
        total: Each person's misses.

    **Shapes**: [people], [people].
    **Source**: variance of a ratio of sums by linearisation (Cochran, Sampling Techniques, 1977, chapter 6), in
    Wilson's interval by effective sample size (Korn and Graubard, Survey Methodology 1998).
    """
    n, misses = len(total), float(total.sum())
    if n < 2:
        return Interval(float(inside.sum()) / misses if misses else float("nan"), None, None, n)
    share = float(inside.sum()) / misses
    variance = n / (n - 1) * float(((inside - share * total) ** 2).sum()) / misses**2
    effective = share * (1 - share) / variance if variance > 0 else float(n)
    low, high = wilson(share, effective)
    # Rounding must not push an end beyond the share itself where it is 0 or 1.
    return Interval(share, min(max(low, 0.0), share), max(min(high, 1.0), share), n)
