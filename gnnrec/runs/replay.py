"""Replay: a data set lived through month by month, with a model that is left alone, updated or trained again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gnnrec.data import Dataset, TrainingData
from gnnrec.errors import IncompatibleError
from gnnrec.evaluation.bootstrap import Interval, mean_interval, paired_difference
from gnnrec.evaluation.metrics import METRICS
from gnnrec.recommenders import Recommender, create
from gnnrec.recommenders.capabilities import FOLDS_IN
from gnnrec.recommenders.parts.top_k import top_k
from gnnrec.training import TrainingState, is_trained, settings_for
from gnnrec.training.updating import folded_in, start_of

K = 10
METRIC = "ndcg"
STALE, FOLDED, WARM, RETRAINED = "stale", "fold-in", "warm start", "retrained"
WAYS = (STALE, FOLDED, WARM, RETRAINED)
POPULAR, RECENT = "most popular", "last month's most popular"
PAIRS = ((FOLDED, STALE), (WARM, STALE), (RETRAINED, STALE), (FOLDED, RETRAINED), (WARM, RETRAINED))
# Rounds of a warm start that are tried before the first month that is judged.
_ROUNDS = (1, 2, 4, 8)

Tell = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Month:
    """One month that is judged by what was known before it began.

    Attributes:
        name: Such as `2025-03`.
        people: Ids of those with something new in it.
        held_out: Pairs in it.
        unknown: How many of the people were not known when it began.
        values: Each person's NDCG@10, by way. **Shapes**: [people].
        seconds: CPU time it took to be ready for the month, by way.
    """

    name: str
    people: np.ndarray
    held_out: int
    unknown: int
    values: dict[str, np.ndarray] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Replay:
    """What came of all months.

    Attributes:
        recommender: Its name.
        settings: Its settings.
        epochs: Rounds of training from scratch; 0 in closed form.
        rounds: Rounds of a warm start each month; 0 where there is none.
        trained_until: The last month the stale model has seen.
        months: In order.
    """

    recommender: str
    settings: dict[str, Any]
    epochs: int
    rounds: int
    trained_until: str
    months: list[Month]

    @property
    def ways(self) -> list[str]:
        """Which ways this model has, and the simple ones beside it."""
        return list(self.months[0].values)

    def pair(self, a: str, b: str, months: Sequence[Month] | None = None) -> Interval:
        """How much better `a` is than `b`, each person by the mean of their months."""
        chosen = self.months if months is None else months
        rows = pd.DataFrame(
            {
                "person": np.concatenate([one.people for one in chosen]),
                "a": np.concatenate([one.values[a] for one in chosen]),
                "b": np.concatenate([one.values[b] for one in chosen]),
            }
        )
        means = rows.groupby("person")[["a", "b"]].mean()
        return paired_difference(means["a"].to_numpy(), means["b"].to_numpy())


def replay(
    dataset: Dataset,
    recommender: str,
    n_months: int = 12,
    *,
    settings: dict[str, Any] | None = None,
    seed: int = 0,
    tell: Tell = lambda done, of: None,
) -> Replay:
    """Live through the last months of a data set.

    Each month is judged by models that saw nothing of it: `stale` was trained once before the first of them;
    `fold-in` is the same model on the rows since, nothing learned; `warm start` goes on each month from where it
    was; `retrained` begins from scratch each month. All leave out what a person has by then, and whoever is in
    no row a way has seen gets the most popular. Only people and items with a row so far exist, so that every
    month brings new ones. How many rounds are trained is chosen on months before the first that is judged.

    Args:
        dataset: With timestamps.
        recommender: Its name.
        n_months: How many months are judged.
        settings: Over the chosen or default ones.
        seed: Of the model.
        tell: Told how many months are done, of how many.

    Raises:
        IncompatibleError: No timestamps, or too few months.
    """
    if dataset.interactions.timestamp is None:
        raise IncompatibleError(
            where=f"replay of {dataset.name}",
            found="no timestamps",
            expected="a time for each interaction",
            todo="Import the data with a timestamp column.",
        )
    past = _Past(dataset)
    if past.n_months < n_months + 4:
        raise IncompatibleError(
            where=f"replay of {dataset.name}",
            found=f"{past.n_months} months",
            expected=f"at least {n_months + 4}: some to learn from, and {n_months} to judge",
            todo="Judge fewer months.",
        )
    values = settings_for(dataset.name, recommender, settings)[0]
    last = past.n_months - n_months - 1
    ready = _Ready(past, recommender, values, seed)
    ready.choose(last)
    months = []
    for number in range(last, past.n_months - 1):
        tell(len(months), n_months)
        months.append(ready.judged(number))
    return Replay(recommender, values, ready.epochs, ready.rounds, past.names[last], months)


class _Past:
    """What was known at the end of each month, and what came in the next."""

    def __init__(self, dataset: Dataset) -> None:
        rows = dataset.interactions
        periods = pd.to_datetime(rows.timestamp, unit="s").to_period("M")
        self.names = [str(one) for one in pd.period_range(periods.min(), periods.max(), freq="M")]
        self.month = (periods.year * 12 + periods.month).to_numpy()
        self.month = self.month - self.month.min()
        self.dataset, self.n_months = dataset, len(self.names)
        self.frame = pd.DataFrame(
            {"user_id": dataset.users.ids[rows.user], "item_id": dataset.items.ids[rows.item]}
        )
        if rows.rating is not None:
            self.frame["rating"] = rows.rating
        self.frame["timestamp"] = rows.timestamp

    def until(self, month: int) -> TrainingData:
        """All rows up to the end of a month, of people and items that are in them."""
        frame = self.frame[self.month <= month]
        made = Dataset.from_frame(frame, name=self.dataset.name, words=self.dataset.words)
        return TrainingData(made, np.arange(len(frame)))

    def of(self, month: int) -> pd.DataFrame:
        """The pairs of a month."""
        return self.frame[self.month == month]


class _Ready:
    """Models that are made ready for each month."""

    def __init__(self, past: _Past, name: str, settings: dict[str, Any], seed: int) -> None:
        self.past, self.name, self.settings, self.seed = past, name, settings, seed
        self.epochs, self.rounds = 0, 0
        self.stale: Recommender | None = None
        self.warm: Recommender | None = None

    def choose(self, last: int) -> None:
        """The number of rounds, on the two months before those that are judged."""
        if not is_trained(self.name):
            return
        early, late = self.past.until(last - 2), self.past.until(last - 1)
        model = create(self.name, self.settings)
        config, best = model.config, (-1.0, 0)
        state: TrainingState | None = None
        for epochs in range(config.evaluate_every, config.epochs + 1, config.evaluate_every):
            state = self._train(model, early, epochs, state)
            score = float(self._values(model, early, last - 1).mean())
            best = max(best, (score, epochs))
            if epochs - best[1] >= config.patience:
                break
        self.epochs = best[1]
        before = self._fresh(early)
        scores = []
        for rounds in _ROUNDS:
            scores.append((float(self._values(self._on(before, late, rounds), late, last).mean()), -rounds))
        self.rounds = -max(scores)[1]

    def judged(self, number: int) -> Month:
        """Every way on the month after `number`."""
        known, wanted = self.past.until(number), self.past.of(number + 1)
        people = np.array(sorted(wanted["user_id"].unique()), dtype=object)
        unknown = int((known.dataset.users.numbers(people, missing="negative") < 0).sum())
        month = Month(self.past.names[number + 1], people, len(wanted), unknown)
        for way, make in self._ways(known).items():
            started = time.process_time()
            model = make()
            month.seconds[way] = time.process_time() - started
            month.values[way] = self._values(model, known, number + 1)
        rows = np.flatnonzero(self.past.month[self.past.month <= number] == number)
        for name, data in ((POPULAR, known), (RECENT, TrainingData(known.dataset, rows))):
            month.values[name] = self._values(create("popularity").fit(data), known, number + 1)
            month.seconds[name] = 0.0
        return month

    def _ways(self, known: TrainingData) -> dict[str, Callable[[], Recommender]]:
        first = self.stale is None
        if first:
            self.stale = self.warm = self._fresh(known)
        ways: dict[str, Callable[[], Recommender]] = {STALE: lambda: self.stale}
        if FOLDS_IN in self.stale.capabilities:
            ways[FOLDED] = lambda: self.stale if first else folded_in(self.stale, known)
        if self.epochs:
            ways[WARM] = lambda: self.warm if first else self._warmed(known)
        # For the first month too, so that its cost is measured; the same seed gives the stale model again.
        ways[RETRAINED] = lambda: self._fresh(known)
        return ways

    def _warmed(self, known: TrainingData) -> Recommender:
        self.warm = self._on(self.warm, known, self.rounds)
        return self.warm

    def _fresh(self, data: TrainingData) -> Recommender:
        model = create(self.name, self.settings)
        if not self.epochs:
            return model.fit(data)
        self._train(model, data, self.epochs, None)
        return model

    def _on(self, before: Recommender, data: TrainingData, rounds: int) -> Recommender:
        """A few rounds more on more rows."""
        model = create(self.name, self.settings)
        self._train(model, data, rounds, start_of(before, data, self.seed)[0])
        return model

    def _train(
        self, model: Recommender, data: TrainingData, epochs: int, resume: TrainingState | None
    ) -> TrainingState:
        from gnnrec.training import Listener
        from gnnrec.training.loop import train

        kept: list[TrainingState] = []
        model.attach(data)
        listener = Listener(on_state=kept.append)
        train(model, None, self.seed, n_epochs=epochs, resume=resume, listener=listener)
        return kept[-1]

    def _values(self, model: Recommender, known: TrainingData, month: int) -> np.ndarray:
        """NDCG@10 of everybody who has something new in a month; what they had by then is left out."""
        wanted = self.past.of(month)
        people = np.array(sorted(wanted["user_id"].unique()), dtype=object)
        items = self.past.dataset.items
        held = pd.Series(items.numbers(wanted["item_id"]), index=wanted["user_id"]).groupby(level=0).agg(list)
        theirs, mine = model.data.dataset, known.dataset
        places = items.numbers(theirs.items.ids)
        seen_places = items.numbers(mine.items.ids)
        popular = np.bincount(model.data.item, minlength=theirs.n_items).astype(np.float32)
        met = np.bincount(model.data.user, minlength=theirs.n_users) > 0
        numbers = theirs.users.numbers(people, missing="negative")
        answered = (numbers >= 0) & met[numbers]
        scores = np.full((len(people), len(items)), -np.inf, dtype=np.float32)
        scores[:, places] = popular
        if answered.any():
            scores[np.ix_(np.flatnonzero(answered), places)] = model.scores(numbers[answered])
        for row, number in enumerate(mine.users.numbers(people, missing="negative")):
            if number >= 0:
                scores[row, seen_places[known.history(int(number))]] = -np.inf
        lists = top_k(scores, K)
        hits = np.zeros(lists.shape, dtype=bool)
        for row, person in enumerate(people):
            hits[row] = np.isin(lists[row], held[person]) & np.isfinite(scores[row, lists[row]])
        counts = np.array([len(held[person]) for person in people])
        return METRICS[METRIC].per_user(hits, counts, K)


def as_plain(found: Replay) -> dict[str, Any]:
    """Figures for a file: means with intervals by month and way, pairs over all months and the last three."""

    def interval(one: Interval) -> dict[str, Any]:
        return {"mean": one.mean, "low": one.low, "high": one.high, "people": one.n}

    pairs = [pair for pair in PAIRS if set(pair) <= set(found.ways)]
    return {
        "recommender": found.recommender,
        "settings": found.settings,
        "epochs": found.epochs,
        "rounds": found.rounds,
        "trained_until": found.trained_until,
        "months": [
            {
                "month": one.name,
                "people": len(one.people),
                "held_out": one.held_out,
                "unknown": one.unknown,
                "ways": {
                    way: interval(mean_interval(values)) | {"seconds_cpu": round(one.seconds[way], 3)}
                    for way, values in one.values.items()
                },
            }
            for one in found.months
        ],
        "pairs": [
            {
                "pair": list(pair),
                "all": interval(found.pair(*pair)),
                "last_three": interval(found.pair(*pair, found.months[-3:])),
            }
            for pair in pairs
        ],
    }
