"""Two models person by person: for how many is one better, and who is found by both, by one alone, or by none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gnnrec.errors import IncompatibleError
from gnnrec.evaluation.ranking import Evaluation
from gnnrec.evaluation.rating import RATING_METRICS

BOTH, ONLY_A, ONLY_B, NONE, A_AHEAD, B_AHEAD = "both", "a", "b", "none", "a_ahead", "b_ahead"
QUADRANTS = (BOTH, ONLY_A, ONLY_B, NONE)
# Values are stored in single precision; what differs by less is the same.
_SAME = 1e-6


@dataclass(frozen=True, eq=False)
class Versus:
    """One metric of two models for the same people.

    Attributes:
        metric: Such as `ndcg@10` or `rmse`.
        users: Numbers of the people both were judged on.
        a: The metric of model A for each of them.
        b: The same of model B.
        served_a: Whether model A serves them: at least one hit, or an error within `limit`.
        served_b: The same of model B.
        limit: For predicted ratings the error up to which somebody counts as served; None for lists.

    **Shapes**: all [n].
    """

    metric: str
    users: np.ndarray
    a: np.ndarray
    b: np.ndarray
    served_a: np.ndarray
    served_b: np.ndarray
    limit: float | None = None

    @property
    def lower_is_better(self) -> bool:
        """Whether the metric is an error."""
        return self.metric in RATING_METRICS

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.users)

    @cached_property
    def gain(self) -> np.ndarray:
        """How much better A is than B for each person; exactly 0 where they are alike. **Shapes**: [n]."""
        gain = self.b - self.a if self.lower_is_better else self.a - self.b
        return np.where(np.abs(gain) <= _SAME, 0.0, gain)

    @property
    def identical(self) -> bool:
        """Whether nobody is served better by either."""
        return not self.gain.any()

    @cached_property
    def of_100(self) -> tuple[int, int, int]:
        """Of 100 people, for how many A is better, both are alike, and B is better; they add up to 100."""
        counts = np.array([(self.gain > 0).sum(), (self.gain == 0).sum(), (self.gain < 0).sum()])
        shares = 100 * counts / max(self.n, 1)
        whole = np.floor(shares).astype(int)
        # What rounding leaves over goes where most was cut off.
        left = (100 if self.n else 0) - whole.sum()
        whole[np.argsort(whole - shares, kind="stable")[:left]] += 1
        return tuple(int(one) for one in whole)

    @cached_property
    def groups(self) -> Mapping[str, np.ndarray]:
        """Places of people by what the models do for them, the most telling first.

        The four quadrants share everybody out; `a_ahead` and `b_ahead` are those who lose most by the other choice.
        """
        served = {
            BOTH: self.served_a & self.served_b,
            ONLY_A: self.served_a & ~self.served_b,
            ONLY_B: ~self.served_a & self.served_b,
            NONE: ~self.served_a & ~self.served_b,
            A_AHEAD: self.gain > 0,
            B_AHEAD: self.gain < 0,
        }
        return {name: self._telling(np.flatnonzero(who)) for name, who in served.items()}

    def _telling(self, places: np.ndarray) -> np.ndarray:
        """Largest difference first; where there is none, who is served worst."""
        worst = self.a + self.b
        keys = (worst[places] * (-1 if self.lower_is_better else 1), -np.abs(self.gain[places]))
        return places[np.lexsort((self.users[places], *keys))]


def versus(a: Evaluation, b: Evaluation, metric: str) -> Versus:
    """Put two evaluations side by side, on the people that both judge.

    Raises:
        IncompatibleError: One of them has no such metric, or they are of different parts.
    """
    if a.part != b.part or metric not in a.per_user or metric not in b.per_user:
        raise IncompatibleError(
            where=f"comparison by {metric}",
            found=f"{', '.join(a.per_user)} of {a.part} and {', '.join(b.per_user)} of {b.part}",
            expected="two results with that metric on the same part",
            todo="Compare two models that rank, or two that predict ratings.",
        )
    users, here, there = np.intersect1d(a.users, b.users, return_indices=True)
    left, right = (
        one.per_user[metric].to_numpy(dtype=np.float64)[places] for one, places in ((a, here), (b, there))
    )
    if metric in RATING_METRICS:
        both = np.concatenate([left, right])
        limit = float(np.median(both)) if len(both) else None
        return Versus(metric, users, left, right, left <= (limit or 0), right <= (limit or 0), limit)
    hit = f"hit@{metric.partition('@')[2]}"
    served = (one.per_user[hit].to_numpy()[places] > 0 for one, places in ((a, here), (b, there)))
    return Versus(metric, users, left, right, *served)
