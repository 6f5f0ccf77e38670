"""The audit: whether what an explanation names first is what the score hangs on, judged by deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from gnnrec.evaluation.bootstrap import mean_interval
from gnnrec.explain.deletion import Deletion, Tell, deletion, hidden_for, rescored
from gnnrec.explain.methods import METHODS, Asked, Importance
from gnnrec.recommenders.capabilities import DECOMPOSES

if TYPE_CHECKING:
    from gnnrec.data.words import Words

FAITHFUL, WEAK, CHANCE, UNKNOWN = "faithful", "weak", "not better than chance", "cannot tell"
VERDICTS = {
    FAITHFUL: "Better than chance, and at least half way from chance to the true order both in what taking out "
    "its first items does to the score and in how its whole order agrees with the true effects.",
    WEAK: "Better than chance, but less than half way to the true order in one of the two.",
    CHANCE: "Taking out what it names first does no more to the score than taking out anything else.",
    UNKNOWN: "The history is too short, or no order of taking things out does more than another.",
}
# How many items are taken out along the curve; those below the length of the history.
STEPS = (1, 2, 3, 5, 10)
DRAWS = 20
# With fewer items even the best of all orders could be luck in more than one case of twenty.
SHORTEST = 4
# Up to this length all orders are asked: there are at most 62 sets of items to take out.
_ALL_ORDERS = 6
_LUCK = 0.05
_HALF_WAY = 0.5
# Scores are single precision; what differs by less than this share of them is rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Curve:
    """What the score loses as more and more items are taken out.

    Attributes:
        removed: How many items are gone.
        drop: Lost when these are the first the explanation names.
        truth: Lost when these are the ones with the largest single effects.
        chance: Lost on average when they are drawn at random.
        chance_low: The lower end of what 95 of 100 random orders lose.
        chance_high: Its upper end.

    **Shapes**: M steps: all [M].
    """

    removed: np.ndarray
    drop: np.ndarray
    truth: np.ndarray
    chance: np.ndarray
    chance_low: np.ndarray
    chance_high: np.ndarray


@dataclass(frozen=True, eq=False)
class Audit:
    """How far an explanation can be believed. NaN where something cannot be measured.

    Attributes:
        method: Name of the method of explanation.
        n: Items in the history.
        area: How much more the score loses by its order than by random ones, mean over the steps of the curve,
            as a share of what the true order reaches: 1 as good as the true order, 0 chance, negative worse.
        low: Lower end of the area, had other random orders been drawn; the area itself where all were asked.
        high: Upper end.
        luck: Share of random orders that do as well.
        spearman: Rank correlation of its values with the effects of taking out each item alone.
        spearman_low: Lower end of that, had other items been in the history.
        spearman_high: Upper end.
        stability: Mean rank correlation between two seeds, for methods that draw.
        half: How many items hold half of all that speaks for the item.
        sparsity: 1 minus their share of the history; near 1 few items do it all.
        sum_error: How far the parts miss the score, relative to the sum of their sizes; for additive methods.
        verdict: One of `VERDICTS`.
        curve: The curve behind the area; without steps for a history of fewer than two items.
    """

    method: str
    n: int
    area: float
    low: float
    high: float
    luck: float
    spearman: float
    spearman_low: float
    spearman_high: float
    stability: float
    half: int
    sparsity: float
    sum_error: float
    verdict: str
    curve: Curve


def audit(
    asked: Asked,
    given: Importance,
    deleted: Deletion | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    tell: Tell | None = None,
) -> Audit:
    """Judge one explanation of one recommendation. See `audit_together`."""
    return audit_together(asked, {given.method: given}, deleted, draws, seed, tell)[given.method]


def audit_together(
    asked: Asked,
    given: Mapping[str, Importance],
    deleted: Deletion | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    tell: Tell | None = None,
) -> dict[str, Audit]:
    """Judge several explanations of one recommendation against the same deletions and the same random orders.

    An explanation orders the history. Its first 1, 2, 3, 5 and 10 items are taken out, the score is asked again
    each time, and what it loses is compared with random orders and with the order of the true single effects.
    Equal values stand in random order, so that who says nothing scores as chance. All removals are asked at
    once, each set a single time.

    The verdict: `cannot tell` for fewer than four items, or where the true order itself is not better than
    chance; better than chance is what more than 19 of 20 random orders stay below; `faithful` is what besides
    has an area whose lower end is at least a half and a rank correlation of at least a half; else `weak`.

    Args:
        asked: Model, person and item.
        given: Explanations by name.
        deleted: The true effects from `deletion`; computed where None.
        draws: How many random orders; all there are for up to six items.
        seed: Of these.
        tell: Told of the progress; may raise to end the work.

    Raises:
        IncompatibleError: The recommender cannot show a change of edges without retraining.
        DataError: A user or item number does not exist.

    **Source**: deletion curves after Petsiuk et al., "RISE", BMVC 2018; p-values of random orders after Phipson
    and Smyth 2010; interval of the rank correlation after Bonett and Wright, Psychometrika 2000; sparsity after
    Pope et al., CVPR 2019 (1 minus the share selected), selecting until half of the positive sum is held. The
    normalisation by the true order is ours.
    """
    deleted = deleted or deletion(asked.recommender, asked.query, asked.item, tell=tell)
    n, steps = len(asked.history), [m for m in STEPS if m < len(asked.history)]
    effect = _settled(deleted.effect, max(abs(deleted.score), np.abs(deleted.scores).max(initial=0)))
    rng = np.random.default_rng(seed)
    ties = rng.permutation(n)
    values = {name: _settled(one.values, np.abs(one.values).max(initial=0)) for name, one in given.items()}
    chance, all_there_are = _random_orders(n, draws, rng)
    orders = [_order(effect, ties), *(_order(one, ties) for one in values.values()), *chance]
    drops = _drops(asked, deleted, orders, steps, tell)
    judge = _Judge(steps, effect, drops[0], drops[1 + len(given) :], all_there_are, deleted)
    return {
        name: judge.audit(asked, one, values[name], drops[place])
        for place, (name, one) in enumerate(given.items(), start=1)
    }


def verdict_words(found: Audit, words: Words) -> str:
    """The verdict in a sentence, in the words of the data set, claiming no more than was measured."""
    removed = f"taking out the {words.items} it names first"
    if found.verdict == UNKNOWN and found.n < SHORTEST:
        held = words.count_items(found.n) if found.n else f"no {words.items}"
        return f"Cannot tell: with {held} in the history no order can be told from chance."
    if found.verdict == UNKNOWN:
        return (
            f"Cannot tell: for this score it hardly matters which {words.items} of the history are taken out."
        )
    if found.verdict == CHANCE:
        return (
            f"Not better than chance: {removed} does no more to the score than taking "
            f"out others; {_in_a_hundred(found.luck)} of 100 random orders do as well."
        )
    way = f"{removed} goes {100 * found.area:.0f} % of the way from chance to the true order"
    agrees = f"its order agrees with the true effects at {found.spearman:.2f} (1 is the same order, 0 none)"
    if np.isnan(found.spearman):
        return f"{found.verdict.capitalize()}: {way}."
    return f"{found.verdict.capitalize()}: {way}, and {agrees}."


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Rank correlation; equal values share their mean rank. NaN where one side has no order at all."""
    from scipy.stats import rankdata

    if len(a) < 2:
        return float("nan")
    left, right = rankdata(a), rankdata(b)
    left, right = left - left.mean(), right - right.mean()
    size = np.sqrt((left @ left) * (right @ right))
    # Rounding may leave the root a hair too small.
    return float(np.clip(left @ right / size, -1, 1)) if size else float("nan")


def spearman_interval(correlation: float, n: int) -> tuple[float, float]:
    """95 % interval of a rank correlation over n items."""
    if np.isnan(correlation) or n < 4:
        return float("nan"), float("nan")
    if abs(correlation) == 1:
        return correlation, correlation
    reach = 1.96 * np.sqrt((1 + correlation**2 / 2) / (n - 3))
    centre = np.arctanh(correlation)
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


@dataclass(frozen=True, eq=False)
class _Judge:
    """What all explanations of one recommendation are measured against."""

    steps: list[int]
    effect: np.ndarray
    truth: np.ndarray
    chance: np.ndarray
    all_orders: bool
    deleted: Deletion

    def audit(self, asked: Asked, given: Importance, values: np.ndarray, drop: np.ndarray) -> Audit:
        area, low, high = self._area(drop)
        agreement = spearman(values, self.effect)
        spearman_low, spearman_high = spearman_interval(agreement, len(values))
        half, sparsity = _sparsity(values)
        luck = self._luck(drop)
        return Audit(
            method=given.method,
            n=len(values),
            area=area,
            low=low,
            high=high,
            luck=luck,
            spearman=agreement,
            spearman_low=spearman_low,
            spearman_high=spearman_high,
            stability=_stability(given.by_seed),
            half=half,
            sparsity=sparsity,
            sum_error=_sum_error(asked, given),
            verdict=self._verdict(values, low, luck, agreement),
            curve=self._curve(drop),
        )

    def _area(self, drop: np.ndarray) -> tuple[float, float, float]:
        if not self.steps:
            return (float("nan"),) * 3
        random = mean_interval(self.chance.mean(1))
        ends = [random.mean] * 3 if self.all_orders else [random.mean, random.low, random.high]
        best, mine = self.truth.mean(), drop.mean()
        if best - max(ends) <= self._rounding:
            return (float("nan"),) * 3
        area, *bounds = ((mine - end) / (best - end) for end in ends)
        return float(area), float(min(bounds)), float(max(bounds))

    def _luck(self, drop: np.ndarray) -> float:
        """Share of random orders that lose at least as much, an order as such counted among them."""
        if not self.steps:
            return float("nan")
        as_well = int((self.chance.mean(1) >= drop.mean() - self._rounding).sum())
        return as_well / len(self.chance) if self.all_orders else (1 + as_well) / (1 + len(self.chance))

    def _verdict(self, values: np.ndarray, low: float, luck: float, agreement: float) -> str:
        if len(values) < SHORTEST or np.isnan(low) or self._luck(self.truth) > _LUCK:
            return UNKNOWN
        if luck > _LUCK or (values == values[0]).all():
            return CHANCE
        return FAITHFUL if low >= _HALF_WAY and agreement >= _HALF_WAY else WEAK

    def _curve(self, drop: np.ndarray) -> Curve:
        if not self.steps:
            return Curve(np.empty(0, dtype=np.int64), *[np.empty(0)] * 5)
        low, high = np.quantile(self.chance, [0.025, 0.975], axis=0)
        return Curve(np.array(self.steps), drop, self.truth, self.chance.mean(0), low, high)

    @property
    def _rounding(self) -> float:
        return _ROUNDING * max(abs(self.deleted.score), float(np.abs(self.deleted.scores).max()))


def _settled(values: np.ndarray, scale: float) -> np.ndarray:
    """Values without the digits that are rounding, so that equals are equal and nothing is zero."""
    step = _ROUNDING * float(scale)
    return np.round(values / step) * step if step > 0 else np.zeros_like(values)


def _order(values: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Places of items, the largest value first; equal ones as `ties` has them. **Shapes**: [H], [H] → [H]."""
    return np.lexsort((ties, -values))


def _random_orders(n: int, draws: int, rng: np.random.Generator) -> tuple[list[np.ndarray], bool]:
    """Random orders of n places, and whether they are all there are."""
    if n <= _ALL_ORDERS:
        return [np.array(one, dtype=np.int64) for one in permutations(range(n))], True
    return [rng.permutation(n) for _ in range(draws)], False


def _drops(
    asked: Asked, deleted: Deletion, orders: Sequence[np.ndarray], steps: list[int], tell: Tell | None
) -> np.ndarray:
    """What the score loses when the first items of each order are taken out. **Shapes**: R orders → [R, M]."""
    sets = [[tuple(sorted(order[:m].tolist())) for m in steps] for order in orders]
    asked_of = list(dict.fromkeys(one for row in sets for one in row if len(one) > 1))
    hidden = hidden_for(asked.recommender, asked.query)
    removals = [deleted.items[list(one)] for one in asked_of]
    found = rescored(asked.recommender, asked.query, asked.item, removals, hidden, tell).score
    score: dict[Any, float] = dict(zip(asked_of, found.tolist(), strict=True))
    score |= {(place,): float(one) for place, one in enumerate(deleted.scores)}
    lost = [[deleted.score - score[one] for one in row] for row in sets]
    return np.array(lost, dtype=np.float64).reshape(len(orders), len(steps))


def _stability(by_seed: np.ndarray) -> float:
    pairs = [spearman(by_seed[a], by_seed[b]) for a, b in combinations(range(len(by_seed)), 2)]
    known = [one for one in pairs if not np.isnan(one)]
    return float(np.mean(known)) if known else float("nan")


def _sparsity(values: np.ndarray) -> tuple[int, float]:
    """How many items hold half of the positive sum, and 1 minus their share of all items."""
    held = np.cumsum(-np.sort(-np.maximum(values, 0)))
    if not len(held) or held[-1] <= 0:
        return 0, float("nan")
    # Rounding must not ask for one item more where some hold exactly half.
    half = 1 + int(np.searchsorted(held, held[-1] / 2 * (1 - 1e-12)))
    return half, 1 - half / len(values)


def _sum_error(asked: Asked, given: Importance) -> float:
    method = METHODS.get(given.method)
    if method is None or not method.additive or DECOMPOSES not in asked.recommender.capabilities:
        return float("nan")
    split = asked.recommender.contributions(asked.query, [asked.item])
    own = float(split.own[0])
    size = float(np.abs(given.values).sum()) + abs(own)
    missed = abs(float(given.values.sum()) + own - float(split.score[0]))
    return missed / size if size else missed


def _in_a_hundred(share: float) -> int:
    return max(round(100 * share), 1)
