"""What is in a table of friends: how many are joined, what was left out and why, and whether friends are alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy import sparse

from gnnrec.data import Dataset
from gnnrec.data.friends import Friends, friends_of

_DRAWS = 5


@dataclass(frozen=True)
class SocialReport:
    """Figures of the friendships of a data set.

    Attributes:
        rows: Rows of the table.
        pairs: Pairs of people who are joined, each once.
        with_friends: People with at least one friend.
        median_friends: Median number of friends of those.
        most_friends: Friends of the person who has most.
        repeated: Rows left out because an earlier one names the same two people in the same order.
        with_self: Rows left out because they join a person to themselves.
        one_way: Pairs named in one direction only; they count as friends too.
        only_friends: People with friends and without any interaction.
        alike: Mean cosine of the histories of two friends.
        alike_by_chance: The same when friends are dealt out anew, everybody keeping how many they have.
    """

    rows: int
    pairs: int
    with_friends: int
    median_friends: float
    most_friends: int
    repeated: int
    with_self: int
    one_way: int
    only_friends: int
    alike: float
    alike_by_chance: float

    @property
    def as_dict(self) -> dict[str, float]:
        """Plain values for a JSON line."""
        return asdict(self)


def social_report(dataset: Dataset) -> SocialReport | None:
    """Count and measure the friendships; None where the data set has no social edges."""
    if dataset.social is None:
        return None
    friends = friends_of(dataset)
    rows = dataset.interactions
    ones = np.ones(len(rows), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (rows.user, rows.item)), shape=(dataset.n_users, dataset.n_items))
    alike, by_chance = likeness(friends, matrix)
    some = friends.counts[friends.counts > 0]
    return SocialReport(
        rows=friends.rows,
        pairs=friends.pairs,
        with_friends=len(some),
        median_friends=float(np.median(some)) if len(some) else 0.0,
        most_friends=int(some.max(initial=0)),
        repeated=friends.repeated,
        with_self=friends.with_self,
        one_way=friends.one_way,
        only_friends=friends.only_friends,
        alike=alike,
        alike_by_chance=by_chance,
    )


def likeness(friends: Friends, matrix: sparse.csr_matrix, seed: int = 0) -> tuple[float, float]:
    """Mean cosine of the histories of two friends, and of two people dealt to each other at random.

    **Shapes**: who has what, matrix [U, I].
    """
    if not friends.pairs:
        return 0.0, 0.0
    lengths = np.sqrt(np.maximum(np.diff(matrix.indptr), 1))
    edges = friends.matrix.tocoo()
    rng = np.random.default_rng(seed)

    def mean_cosine(one: np.ndarray, other: np.ndarray) -> float:
        shared = np.asarray(matrix[one].multiply(matrix[other]).sum(1)).ravel()
        return float((shared / (lengths[one] * lengths[other])).mean())

    dealt = []
    for _ in range(_DRAWS):
        other = rng.permutation(edges.col)
        apart = other != edges.row
        dealt.append(mean_cosine(edges.row[apart], other[apart]))
    return mean_cosine(edges.row, edges.col), float(np.mean(dealt))


def social_findings(report: SocialReport, dataset: Dataset) -> list[str]:
    """What somebody should know about the friends, in sentences."""
    words = dataset.words
    if not report.pairs:
        return [f"No {words.person} has a friend, though there is a table of them."]
    said = [
        f"{words.count_people(report.with_friends)} have friends, {report.median_friends:g} in the middle; the "
        f"histories of two friends have a cosine of {report.alike:.3f}, of two {words.people} dealt to each "
        f"other at random {report.alike_by_chance:.3f}."
    ]
    if report.only_friends:
        said.append(f"Known by their friends alone: {words.count_people(report.only_friends)}.")
    left_out = [
        f"{count:,} {why}"
        for count, why in (
            (report.repeated, "repeated"),
            (report.with_self, f"of {words.people} with themselves"),
        )
        if count
    ]
    if left_out:
        said.append(f"Rows of friends that add nothing and are left out: {', '.join(left_out)}.")
    if report.one_way:
        said.append(
            f"{report.one_way:,} of {report.pairs:,} friendships are named in one direction only; they count too."
        )
    return said
